"""Sentences that name keys: `<training.train> trains`.

What can be done the playground knows; which keys do it only a screen does.
"""

import re
from collections.abc import Callable

_REFERENCE = re.compile(r"<([a-z_]+\.[a-z0-9_]+)>")


def name_keys(sentence: str, key: Callable[[str], str]) -> str:
    """Return a sentence with the keys that `key` gives for the commands' ids.

    What it knows no key for (KeyError) stays as it stands: a file's name may look like one.
    """

    def named(reference: re.Match[str]) -> str:
        try:
            return key(reference[1])
        except KeyError:
            return reference[0]

    return _REFERENCE.sub(named, sentence)
