"""Reading what was written: tints, what of it is copied from the training text, and its score."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from charplay.sampling.memorization import MemorizationTracker
from charplay.sampling.transcript import Transcript
from charplay.tui.commands import command
from charplay.tui.panes.memorization_row import CopiesRow
from charplay.tui.panes.text_writing import WritingPane
from charplay.tui.presentation.tinting import COPIED, explained, tint_numbers, tints
from charplay.tui.training_text import TrainingText, TrainingTextJob

if TYPE_CHECKING:
    from textual.timer import Timer

    from charplay.corpora.library import Corpus, Library
    from charplay.sampling.generator import TextGenerator

LOOKS = 30
"""A second, at what was written meanwhile."""
BUDGET = 0.006
"""Seconds that looking for copies may take each time."""
PORTION = 16
"""Characters looked through between two looks at the clock."""
LOOKS_A_MEASURE = 10

TINTS = tints()


class ReadingPane(WritingPane):
    """Tints the text, underlines what is copied, and asks for its score.

    Whoever lays out the pane shows `copies` while the pane has the class `-copies`.
    """

    BINDINGS = [  # noqa: RUF012 - Textual's form
        command("v", "tint", "tint", "Tint the text by temperature, surprise, probability, or not at all", footer=True),
        command("o", "copied", "copied", "Underline what is copied from the training text", footer=True),
        command("O", "source", "source", "Open the passage that a copy comes from: at the cursor, or the newest one"),
        command("h", "score", "score", "How well the network foretells this text, the corpus or a file", footer=True),
    ]

    class Sought(Message, namespace="text_pane"):
        """The text that the network learned is to be searched: `seek` begins it."""

    class Opened(Message, namespace="text_pane"):
        """A passage is to be shown in its text."""

        def __init__(self, corpus: "Corpus", passage: tuple[int, int]) -> None:
            super().__init__()
            self.corpus = corpus
            self.passage = passage

    class Scored(Message, namespace="text_pane"):
        """A score is asked for."""

    def __init__(self, texts: Path, clock: Callable[[], float]) -> None:
        super().__init__(texts, clock)
        self.copies = CopiesRow(id="copies")
        self._tint = TINTS[0]
        self._marked: MemorizationTracker | None = None
        self._indexing: TrainingTextJob | None = None
        self._learned: tuple[str, TrainingText] | None = None
        """The path of the checkpoint that learned it, and the text."""
        self._sought = ""
        """The path of the checkpoint whose text is searched, or is to be."""
        self._watched: Transcript | None = None
        """Whose characters were looked for."""
        self._looked = 0
        self._timer: Timer

    def on_mount(self) -> None:
        """Looking for copies waits until it is asked for."""
        self._timer = self.set_interval(1 / LOOKS, self._look_on, pause=True)

    # Tints.

    def action_tint(self) -> None:
        """The next tint."""
        self._tint = TINTS[(TINTS.index(self._tint) + 1) % len(TINTS)]
        self._repaint_text()
        self._say_source()
        self._tell(f"The text is {explained(self._tint)}.")

    def _tints(self, transcript: Transcript, start: int, stop: int) -> list[int]:
        return tint_numbers(self._tint, transcript, start, stop)

    def _how(self, generator: "TextGenerator") -> str:
        how = super()._how(generator)
        return how if self._tint == TINTS[0] else f"{how}  {self._tint}"

    # Copied or composed.

    def action_copied(self) -> None:
        """Look for copies, or no more."""
        if self.toggle_class("-copies").has_class("-copies"):
            self._seek()
        else:
            self._rest()
            self.writing.recolour(self._first)

    def _seek(self) -> None:
        """Look for copies in the text that the network learned, which may have to be searched for first."""
        self._rest()
        self._sought = self._origin.path
        if self._learned is not None and self._learned[0] == self._origin.path:
            self._begin_looking(self._learned[1])
        elif self._origin.path:
            self.post_message(self.Sought())
        else:
            self.copies.say("where this network comes from is not known")

    def _rest(self) -> None:
        if self._indexing is not None:
            self._indexing.give_up()
            self._indexing = None
        self._timer.pause()
        self._marked = self._watched = None

    def seek(self, library: "Library", near: str) -> None:
        """Make the text searchable that the network learned: the library may have it, or it is the one at `near`."""
        self._rest()
        known = self._learned[1] if self._learned else None
        self._indexing = TrainingTextJob(library, Path(self._sought), self.post_message, known, near)
        self._indexing.begin()

    @on(TrainingTextJob.Percent)
    def _indexed_so_far(self, message: TrainingTextJob.Percent) -> None:
        if message.indexing is self._indexing:
            self.copies.say(f"reading the training text: {message.percent} %")

    @on(TrainingTextJob.Failed)
    def _not_indexed(self, message: TrainingTextJob.Failed) -> None:
        if message.indexing is self._indexing:
            self._indexing = None
            self.copies.say("the training text is not here")
            self._tell(message.sentence)

    @on(TrainingTextJob.Done)
    def _indexed(self, message: TrainingTextJob.Done) -> None:
        if message.indexing is self._indexing and self.has_class("-copies"):
            self._indexing = None
            self._learned = (self._sought, message.learned)
            self._begin_looking(message.learned)

    def _begin_looking(self, learned: TrainingText) -> None:
        self._marked = MemorizationTracker(learned.index, round(self.copies.least.value))
        if learned.index.length < len(learned.corpus):
            self._tell(f"Copies are looked for in the first {learned.index.length:,} characters of the training text.")
        self._timer.resume()
        self._look_on()

    def _look_on(self) -> None:
        """Look at what was written meanwhile, for a bounded time, and underline what is copied."""
        found, generator = self._marked, self.generator
        if found is None or generator is None:
            return
        transcript = generator.transcript
        if transcript is not self._watched:
            if self._watched is not None:
                found.cut(min(len(found), transcript.shared(self._watched)))
            self._watched = transcript
        self._paint()
        end, before = time.perf_counter() + BUDGET, len(found)
        first = before
        while len(found) < len(transcript) and time.perf_counter() < end:
            first = min(first, found.extend(transcript.text(len(found), len(found) + PORTION)))
        if any(found.copied(position) for position in range(first, len(found))):
            self.writing.recolour(self._at(first))
        self._looked += 1
        if self._looked % LOOKS_A_MEASURE == 0 or not before:
            self._measure()

    def _measure(self) -> None:
        found, generator = self._marked, self.generator
        if found is not None and generator is not None:
            self.copies.measure(found, sum(1 for each in generator.prompt if each not in generator.unknown))

    @on(CopiesRow.Moved)
    def _count_from(self, message: CopiesRow.Moved) -> None:
        message.stop()
        if self._marked is not None:
            self._marked.least = round(self.copies.least.value)
            self.writing.recolour(self._first)
            self._measure()

    def _rewritten(self) -> None:
        super()._rewritten()
        if self.has_class("-copies") and self._sought != self._origin.path:
            self._seek()

    def _numbers(self, start: int, stop: int) -> Iterable[int]:
        numbers, found = super()._numbers(start, stop), self._marked
        if found is None:
            return numbers
        return [
            number + COPIED if index >= self._first and found.copied(self._position(index)) else number
            for index, number in enumerate(numbers, start)
        ]

    def action_source(self) -> None:
        """Open the source of a copy."""
        found, learned = self._marked, self._learned
        if found is None or learned is None:
            here = "The training text is not here." if self.has_class("-copies") else "o looks for copies first."
            self._tell(f"Nothing was looked for: {here}")
            return
        point = self.writing.point
        copied = found.newest() if point is None else found.stretch(self._position(point))
        if copied is None:
            self._tell("Nothing is copied here." if point is not None else "Nothing is copied so far.")
        else:
            start = copied.source
            passage = (start, start + copied.stop - copied.start)
            self.post_message(self.Opened(learned[1].corpus, passage))

    # Score.

    def action_score(self) -> None:
        """Ask for it."""
        if self.generator is not None:
            self.post_message(self.Scored())
