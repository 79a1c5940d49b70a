"""Branches: every way that a text has gone, and how to walk between them."""

from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import ReferenceType, ref

import numpy as np

from charplay.corpora.vocabulary import code_points
from charplay.sampling.errors import TapeError
from charplay.sampling.player import Player
from charplay.sampling.ride import Ride
from charplay.sampling.settings import Sampling
from charplay.sampling.tape import Tape

LONGEST_NAME = 60
UNTOUCHED = 20
"""Beginnings that are kept though nothing left them and nobody named them."""
HELD = 8
"""Players that are kept, those played last: what others wrote can only be read any more."""


@dataclass
class _Way:
    """A branch as it was left; the present one's tape and settings are the player's."""

    parent: str
    player: ReferenceType[Player]
    tape: Tape
    settings: Sampling


class Branch(NamedTuple):
    """A way that the text has gone."""

    name: str
    parent: str
    """The branch that it left; empty for a beginning."""
    start: int
    """How many characters it has in common with its parent, to the bit."""
    length: int
    """Characters in all."""
    source: str
    """Whose weights write at its end."""
    seed: int
    temperature: float
    """Of its next character."""


class Comparison(NamedTuple):
    """Two texts beside each other."""

    common: str
    """What both begin with."""
    first: str
    """How the first goes on."""
    second: str
    """How the second goes on."""


class Tree:
    """Texts and their branches, each with a name: "1" is the first, and those that come later are "2", "3" and so on.

    The player writes on the present branch, and may be played as if there were no tree. What is begun anew, or with
    another player, is a branch that left none: see `begin`.
    """

    def __init__(self, player: Player) -> None:
        self.player = player
        """Who writes on the present branch."""
        self._held = [player]
        self._ways = {"1": _Way("", ref(player), player.tape, player.settings)}
        self._present = "1"
        self._count = 1

    @property
    def present(self) -> str:
        """The name of the branch that the player writes on."""
        return self._present

    @property
    def names(self) -> tuple[str, ...]:
        """Of all branches, the oldest first."""
        return tuple(self._ways)

    @property
    def branches(self) -> tuple[Branch, ...]:
        """All of them, the oldest first."""
        return tuple(
            self._branch(name, way.parent, self.tape(name), self._settings(name)) for name, way in self._ways.items()
        )

    @property
    def branched(self) -> bool:
        """Whether any branch left another."""
        return any(way.parent for way in self._ways.values())

    def tape(self, name: str) -> Tape:
        """What stands on a branch. KeyError where there is none of that name."""
        way = self._ways[name]
        return self.player.tape if name == self._present else way.tape

    def text(self, name: str) -> str:
        """The text of a branch."""
        return self.tape(name).text()

    def begin(self, player: Player) -> None:
        """What this player has begun, or begins now with `Player.restart`, is a text beside the others.

        It takes the place of the present one where nothing was written in that. Of the beginnings that nothing left and
        nobody named, the last UNTOUCHED are kept.
        """
        written = self.player.tape.column("kind").any()  # a prompt's is 0
        if written or self._ways[self._present].parent or self._present in self._parents:
            self._leave()
            self._present = self._new_name()
        self._ways[self._present] = _Way("", ref(player), player.tape, player.settings)
        self._play(player)
        kept = {self._present, *self._parents}
        untouched = [
            name for name, way in self._ways.items() if name.isdecimal() and not way.parent and name not in kept
        ]
        for name in untouched[: max(0, len(untouched) + 1 - UNTOUCHED)]:
            del self._ways[name]

    def fork(self, position: int, text: str = "", kind: str = "picked") -> str:
        """Go back to a position of the present branch, write `text` there, and go on: the name of the new branch.

        Characters that the model does not know are left out. The branch that is left stays as it is.

        Raises:
            TapeError: as `Player.rewind`; nothing has changed then.
        """
        self._leave()
        self.player.rewind(position)
        name = self._new_name()
        self._ways[name] = _Way(self._present, ref(self.player), self.player.tape, self.player.settings)
        self._present = name
        self.player.write(text, kind)
        return name

    def go(self, name: str) -> None:
        """Go over to a branch, where it goes on exactly as it would have, with the settings that it was left with.

        Raises:
            TapeError: as `Player.resume`, or its player is not kept: it can only be read any more. Nothing has changed
                then.
        """
        way = self._ways[name]
        if name == self._present:
            return
        player = way.player()
        if player is None:
            raise TapeError(f"only the {HELD} networks that wrote last are kept")
        self._leave()
        player.resume(way.tape)
        player.settings = way.settings
        self._play(player)
        self._present = name

    def rename(self, old: str, new: str) -> None:
        """Give a branch another name. ValueError where that is empty, too long or taken."""
        if new == old:
            return
        if not 0 < len(new) <= LONGEST_NAME or new in self._ways:
            raise ValueError(f"a branch's name has 1 to {LONGEST_NAME} characters and is its own, not {new!r}")
        self._ways = {new if name == old else name: way for name, way in self._ways.items()}
        self._adopt(old, new)
        if self._present == old:
            self._present = new

    def forget(self, name: str) -> None:
        """Let a branch go; those that left it count as its parent's. Not the present one (TapeError)."""
        if name == self._present:
            raise TapeError("the branch that is being written stays; go over to another one first")
        self._adopt(name, self._ways.pop(name).parent)

    def compare(self, first: str, second: str) -> Comparison:
        """The texts of two branches: how both begin, and how each goes on."""
        one, other = self.text(first), self.text(second)
        length = min(len(one), len(other))
        differ = np.flatnonzero(code_points(one[:length]) != code_points(other[:length]))
        common = int(differ[0]) if len(differ) else length
        return Comparison(one[:common], one[common:], other[common:])

    def export(self) -> dict[str, Any]:
        """All branches as plain data for JSON: texts, whose weights wrote them, and their rides with the seeds."""
        return {
            "present": self._present,
            "branches": [
                branch._asdict()
                | {
                    "text": self.text(branch.name),
                    "sources": [list(stretch) for stretch in self.tape(branch.name).stretches],
                    "ride": Ride.of(self.tape(branch.name)).plain(),
                }
                for branch in self.branches
            ],
        }

    @property
    def _parents(self) -> set[str]:
        return {way.parent for way in self._ways.values()}

    def _new_name(self) -> str:
        self._count += 1
        while str(self._count) in self._ways:
            self._count += 1
        return str(self._count)

    def _play(self, player: Player) -> None:
        self._held = [player, *(one for one in self._held if one is not player)][:HELD]
        self.player = player

    def _branch(self, name: str, parent: str, tape: Tape, settings: Sampling) -> Branch:
        start = tape.shared(self.tape(parent)) if parent else 0
        return Branch(name, parent, start, len(tape), tape.source_at(len(tape)), settings.seed, settings.temperature)

    def _settings(self, name: str) -> Sampling:
        return self.player.settings if name == self._present else self._ways[name].settings

    def _leave(self) -> None:
        way = self._ways[self._present]
        way.tape, way.settings = self.player.tape, self.player.settings

    def _adopt(self, old: str, new: str) -> None:
        """The children of one branch become another's."""
        for way in self._ways.values():
            if way.parent == old:
                way.parent = new
