"""Sentences that name keys. What can be done the playground knows; which keys do it only a screen does."""

from collections.abc import Callable
from typing import NamedTuple


class Advice(NamedTuple):
    """A sentence of charplay's own, with a `{}` for the key of each of its commands."""

    sentence: str
    commands: tuple[str, ...] = ()
    """Their ids, in the order of the sentence."""

    def told(self, key: Callable[[str], str]) -> str:
        """Return the sentence with the keys that `key` gives for the commands' ids."""
        return self.sentence.format(*map(key, self.commands))
