"""Keeps the branches of a text: every way that it has gone on, and how to go from one to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import ReferenceType, ref

import numpy as np

from charplay.corpora.vocabulary import code_points
from charplay.sampling.errors import TranscriptError
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams
from charplay.sampling.recording import Recording
from charplay.sampling.transcript import Transcript

LONGEST_NAME = 60
UNTOUCHED = 20
"""Beginnings that are kept though nothing left them and nobody named them."""
HELD = 8
"""Generators that are kept, those used last: what others wrote can only be read any more."""


@dataclass
class _BranchHead:
    """A branch as it was left; the present one's transcript and params are the generator's."""

    parent: str
    generator: ReferenceType[TextGenerator]
    transcript: Transcript
    params: SamplingParams


class Branch(NamedTuple):
    """One way that the text has gone on."""

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


class KeptBranch(NamedTuple):
    """A branch as it outlives the tree that it grew on."""

    name: str
    parent: str
    """Of the branches that were kept with it; empty for a beginning."""
    transcript: Transcript
    params: SamplingParams
    generator: TextGenerator | None
    """Who can go on with it; None where it can only be read."""


class TextDiff(NamedTuple):
    """Two texts beside each other."""

    common: str
    """What both begin with."""
    first: str
    """How the first goes on."""
    second: str
    """How the second goes on."""


class BranchTree:
    """Texts and their branches, each with a name: "1" is the first, and those that come later are "2", "3" and so on.

    The generator writes on the present branch, and may be played as if there were no tree. What is begun anew, or with
    another generator, is a branch that left none: see `start_text`.
    """

    def __init__(self, generator: TextGenerator) -> None:
        self.generator = generator
        """Who writes on the present branch."""
        self._held = [generator]
        self._heads = {"1": _BranchHead("", ref(generator), generator.transcript, generator.params)}
        self._current = "1"
        self._count = 1

    @property
    def current(self) -> str:
        """The name of the branch that the generator writes on."""
        return self._current

    @property
    def names(self) -> tuple[str, ...]:
        """Of all branches, the oldest first."""
        return tuple(self._heads)

    @property
    def branches(self) -> tuple[Branch, ...]:
        """All of them, the oldest first."""
        return tuple(
            self._branch(name, head.parent, self.transcript(name), self._params(name))
            for name, head in self._heads.items()
        )

    @property
    def branched(self) -> bool:
        """Whether any branch left another."""
        return any(head.parent for head in self._heads.values())

    def transcript(self, name: str) -> Transcript:
        """What stands on a branch. KeyError where there is none of that name."""
        head = self._heads[name]
        return self.generator.transcript if name == self._current else head.transcript

    def text(self, name: str) -> str:
        """The text of a branch."""
        return self.transcript(name).text()

    def start_text(self, generator: TextGenerator) -> None:
        """What this generator has begun, or begins now with `TextGenerator.restart`, is a text beside the others.

        It takes the place of the present one where nothing was written in that. Of the beginnings that nothing left and
        nobody named, the last UNTOUCHED are kept.
        """
        written = self.generator.transcript.column("kind").any()  # a prompt's is 0
        if written or self._heads[self._current].parent or self._current in self._parents:
            self._store_current()
            self._current = self._new_name()
        self._heads[self._current] = _BranchHead("", ref(generator), generator.transcript, generator.params)
        self._switch_generator(generator)
        kept = {self._current, *self._parents}
        untouched = [
            name for name, head in self._heads.items() if name.isdecimal() and not head.parent and name not in kept
        ]
        for name in untouched[: max(0, len(untouched) + 1 - UNTOUCHED)]:
            del self._heads[name]

    def fork(self, position: int, text: str = "", kind: str = "picked") -> str:
        """Go back to a position of the present branch, write `text` there, and go on: the name of the new branch.

        Characters that the model does not know are left out. The branch that is left stays as it is.

        Raises:
            TranscriptError: as `TextGenerator.rewind`; nothing has changed then.
        """
        self._store_current()
        self.generator.rewind(position)
        name = self._new_name()
        self._heads[name] = _BranchHead(
            self._current, ref(self.generator), self.generator.transcript, self.generator.params
        )
        self._current = name
        self.generator.write(text, kind)
        return name

    def switch_to(self, name: str) -> None:
        """Go over to a branch, where it goes on exactly as it would have, with the params that it was left with.

        Raises:
            TranscriptError: as `TextGenerator.resume`, or its generator is not kept, so that the branch can only be
                read. Nothing has changed then.
        """
        head = self._heads[name]
        if name == self._current:
            return
        generator = head.generator()
        if generator is None:
            raise TranscriptError(f"its network is not here, or wrote before the {HELD} that wrote last")
        self._store_current()
        generator.resume(head.transcript)
        generator.params = head.params
        self._switch_generator(generator)
        self._current = name

    def keep(self) -> list[KeptBranch]:
        """Return all branches, the oldest first."""
        self._store_current()
        return [
            KeptBranch(name, head.parent, head.transcript, head.params, head.generator())
            for name, head in self._heads.items()
        ]

    def adopt(self, branches: Sequence[KeptBranch]) -> dict[str, str]:
        """Add branches that were kept to these; return the name that each has here by the one that it had there.

        Parents come before their children.
        """
        names: dict[str, str] = {}
        for branch in branches:
            taken = branch.name in self._heads or branch.name.isdecimal()
            name = names[branch.name] = self._new_name() if taken else branch.name
            generator = ref(branch.generator) if branch.generator is not None else _nobody()
            self._heads[name] = _BranchHead(names.get(branch.parent, ""), generator, branch.transcript, branch.params)
            if branch.generator is not None and branch.generator not in self._held:
                self._held = [*self._held, branch.generator][:HELD]
        return names

    def rename(self, old: str, new: str) -> None:
        """Give a branch another name. ValueError where that is empty, too long or taken."""
        if new == old:
            return
        if not 0 < len(new) <= LONGEST_NAME or new in self._heads:
            raise ValueError(f"a branch's name has 1 to {LONGEST_NAME} characters and is its own, not {new!r}")
        self._heads = {new if name == old else name: head for name, head in self._heads.items()}
        self._reparent(old, new)
        if self._current == old:
            self._current = new

    def delete(self, name: str) -> None:
        """Let a branch go; those that left it count as its parent's. Not the present one (TranscriptError)."""
        if name == self._current:
            raise TranscriptError("the branch that is being written stays; go over to another one first")
        self._reparent(name, self._heads.pop(name).parent)

    def compare(self, first: str, second: str) -> TextDiff:
        """The texts of two branches: how both begin, and how each goes on."""
        one, other = self.text(first), self.text(second)
        length = min(len(one), len(other))
        differ = np.flatnonzero(code_points(one[:length]) != code_points(other[:length]))
        common = int(differ[0]) if len(differ) else length
        return TextDiff(one[:common], one[common:], other[common:])

    def export(self) -> dict[str, Any]:
        """All branches as plain data for JSON: texts, whose weights wrote them, and their rides with the seeds."""
        return {
            "present": self._current,
            "branches": [
                branch._asdict()
                | {
                    "text": self.text(branch.name),
                    "sources": [list(span) for span in self.transcript(branch.name).weights_spans],
                    "ride": Recording.of(self.transcript(branch.name)).plain(),
                }
                for branch in self.branches
            ],
        }

    @property
    def _parents(self) -> set[str]:
        return {head.parent for head in self._heads.values()}

    def _new_name(self) -> str:
        self._count += 1
        while str(self._count) in self._heads:
            self._count += 1
        return str(self._count)

    def _switch_generator(self, generator: TextGenerator) -> None:
        self._held = [generator, *(one for one in self._held if one is not generator)][:HELD]
        self.generator = generator

    def _branch(self, name: str, parent: str, transcript: Transcript, params: SamplingParams) -> Branch:
        start = transcript.shared(self.transcript(parent)) if parent else 0
        return Branch(
            name,
            parent,
            start,
            len(transcript),
            transcript.source_at(len(transcript)),
            params.seed,
            params.temperature,
        )

    def _params(self, name: str) -> SamplingParams:
        return self.generator.params if name == self._current else self._heads[name].params

    def _store_current(self) -> None:
        head = self._heads[self._current]
        head.transcript, head.params = self.generator.transcript, self.generator.params

    def _reparent(self, old: str, new: str) -> None:
        """The children of one branch become another's."""
        for head in self._heads.values():
            if head.parent == old:
                head.parent = new


def _nobody() -> ReferenceType[TextGenerator]:
    """Return a reference to a generator that is gone."""
    return ref(TextGenerator.__new__(TextGenerator))
