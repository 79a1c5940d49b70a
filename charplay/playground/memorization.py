"""Copied or composed: which stretches of the text stand in the text that its network learned."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from charplay.playground.happenings import Said
from charplay.playground.jobs import JobSlot
from charplay.playground.text_changes import CopiesChanged
from charplay.sampling.memorization import MemorizationTracker

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.playground.instrument import Instrument
    from charplay.playground.training_text import TrainingText, TrainingTextJob
    from charplay.sampling.substring_index import Match
    from charplay.sampling.transcript import Transcript

MIN_COPIED = 20
"""Characters from which on a stretch counts as copied, at first."""
BUDGET = 0.006
"""Seconds that looking for copies may take each time."""
PORTION = 16
"""Characters looked through between two looks at the clock."""


class CopySummary(NamedTuple):
    """How much of the text is new."""

    new_share: float
    """0 to 1, of what follows the prompt."""
    last_copied: int
    """Length of the stretch that was copied last; 0 where none was."""


class Memorization:
    """Keeps up with what the instrument writes, and says what of it is copied, while it is switched on."""

    def __init__(
        self, instrument: "Instrument", find: "Callable[[Path, TrainingText | None], TrainingTextJob]"
    ) -> None:
        """`find` starts a job that finds and indexes the text that the checkpoint at a path learned.

        It is given the text that was searched last, which may be the same.
        """
        self._instrument = instrument
        self._find = find
        self.on = False
        self.status = ""
        """What is being done, or why nothing is; empty while copies are looked for."""
        self.training_text: TrainingText | None = None
        """The text that was searched last."""
        self._learned_by = ""
        """The path of the checkpoint that learned it."""
        self._origin = ""
        """The path of the checkpoint that writes, as of the last look."""
        self._reading: JobSlot[TrainingText] = JobSlot()
        self._min_length = MIN_COPIED
        self._tracker: MemorizationTracker | None = None
        self._watched: Transcript | None = None
        """Whose characters were looked for."""
        self._changed: int | None = None
        """From which position on it is known anew what is copied; None where nothing has changed."""
        self._sentences: list[str] = []

    @property
    def min_length(self) -> int:
        """Characters from which on a stretch counts as copied."""
        return self._min_length

    @min_length.setter
    def min_length(self, length: int) -> None:
        self._min_length = length
        if self._tracker is not None:
            self._tracker.least = length
            self._change(0)

    @property
    def looking(self) -> bool:
        """Whether copies are looked for in what is written."""
        return self._tracker is not None

    @property
    def behind(self) -> bool:
        """Whether it has yet to look at some of what is written."""
        found, transcript = self._tracker, self._instrument.transcript
        return found is not None and transcript is not None and len(found) < len(transcript)

    def toggle(self) -> None:
        """Look for copies, or no more."""
        self.on = not self.on
        self._rest()
        if self.on:
            self._seek()

    def _rest(self) -> None:
        self._reading.cancel()
        if self._tracker is not None:
            self._change(0)
        self._tracker = self._watched = None

    def _seek(self) -> None:
        """Look for copies in the text that the network learned, which may have to be found first."""
        self._rest()
        self._origin = self._instrument.origin.path
        if self.training_text is not None and self._learned_by == self._origin:
            self._start(self.training_text)
        elif self._origin:
            self._reading.put(self._find(Path(self._origin), self.training_text))
        else:
            self.status = "where this network comes from is not known"

    def _take_text(self) -> None:
        """Say how far the training text is read, and look for copies in it once it is there."""
        if self._reading.percent >= 0:
            self.status = f"reading the training text: {self._reading.percent} %"
        ended = self._reading.take_ended()
        if ended is None:
            return
        if ended.result is None:
            self.status = "the training text is not here"
            self._sentences.append(str(ended.fault))
        else:
            self.training_text, self._learned_by = ended.result, self._origin
            self._start(ended.result)

    def _start(self, text: "TrainingText") -> None:
        self.status = ""
        self._tracker = MemorizationTracker(text.index, self._min_length)
        searched = text.index.length
        if searched < len(text.corpus):
            self._sentences.append(f"Copies are looked for in the first {searched:,} characters of the training text.")

    def advance(self) -> "list[CopiesChanged | Said]":
        """Look at what was written meanwhile, for a bounded time, and return what is known anew."""
        if self.on and self._instrument.origin.path != self._origin:
            self._seek()
        self._take_text()
        self._look()
        happened: list[CopiesChanged | Said] = [Said(sentence, passing=True) for sentence in self._sentences]
        if self._changed is not None:
            happened.append(CopiesChanged(self._changed))
        self._sentences, self._changed = [], None
        return happened

    def _change(self, since: int) -> None:
        self._changed = since if self._changed is None else min(since, self._changed)

    def _look(self) -> None:
        found, transcript = self._tracker, self._instrument.transcript
        if found is None or transcript is None:
            return
        if transcript is not self._watched:
            self._cut(found, transcript)
        end, first = time.perf_counter() + BUDGET, len(found)
        while len(found) < len(transcript) and time.perf_counter() < end:
            first = min(first, found.extend(transcript.text(len(found), len(found) + PORTION)))
        if any(found.copied(position) for position in range(first, len(found))):
            self._change(first)

    def _cut(self, found: MemorizationTracker, transcript: "Transcript") -> None:
        """Forget what another text has not in common with the one that was looked at."""
        common = transcript.shared(self._watched) if self._watched is not None else len(found)
        if common < len(found):
            found.cut(common)
            self._change(max(0, common - self._min_length))  # what is left of a copy may be too short for one
        self._watched = transcript

    def is_copied(self, position: int) -> bool:
        """Whether the character at a position is part of a copied stretch."""
        return self._tracker is not None and self._tracker.copied(position)

    def measure(self) -> CopySummary | None:
        """Return how much of the text is new; None while copies are not looked for."""
        found, generator = self._tracker, self._instrument.generator
        if found is None or generator is None:
            return None
        start = sum(1 for each in generator.prompt if each not in generator.unknown)
        newest = found.newest()
        copied = newest.stop - newest.start if newest is not None and newest.stop > start else 0
        return CopySummary(found.new_share(start), copied)

    def match(self, position: int | None) -> "Match | None":
        """Return the copied stretch at a position, or the newest one where none is given."""
        if self._tracker is None:
            return None
        return self._tracker.newest() if position is None else self._tracker.stretch(position)
