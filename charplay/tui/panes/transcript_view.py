"""A transcript on its sheet: where each character stands there, in which colour, and what is struck out."""

from bisect import bisect_left
from collections.abc import Iterable

from charplay.playground.happenings import TextChanged
from charplay.playground.instrument import Instrument
from charplay.playground.memorization import Memorization
from charplay.playground.text_changes import Appended, Began, CopiesChanged, Reweighted, Rewritten
from charplay.sampling.transcript import Transcript
from charplay.tui.presentation.tinting import COPIED, LEFT_OUT, PLAIN, tint_numbers
from charplay.tui.widgets.cursor_text import CursorText
from charplay.tui.widgets.styled_text import UNKNOWN

MARGIN = 8
"""Columns for the steps at which the weights changed."""


class TranscriptView:
    """Shows what the instrument writes on a sheet, in step with the changes that it tells.

    A *position* counts the characters of the transcript; an *index* those on the sheet, where texts of earlier models
    stand before, and characters of the prompt that the model does not know stand between.
    """

    def __init__(self, instrument: Instrument, memorization: Memorization) -> None:
        self.sheet = CursorText(id="writing")
        self.sheet.ask = self._numbers
        self.tint = "temperature"
        self._instrument = instrument
        self._memorization = memorization
        self._transcript: Transcript | None = None
        self._length = 0
        """Characters of the transcript that stand on the sheet."""
        self._live = False
        self._first = 0
        """Index at which the transcript begins."""
        self._prompt_length = 0
        """Characters of the prompt that stand there, struck out or not."""
        self._struck: list[int] = []
        """How far after `_first` the prompt's unknown characters stand, which are not in the transcript."""

    def apply(self, change: TextChanged) -> None:
        """Show what happened to the text."""
        match change:
            case Appended(length):
                self._extend(length)
            case Began():
                self._begin(change)
            case Rewritten():
                self._live = change.live
                self._show(change.transcript, change.since)
            case Reweighted():
                self._transcript = change.transcript
                self.sheet.mark(step_of(change.source))
            case CopiesChanged(since):
                self.sheet.recolour(self.index(since))

    def recolour(self) -> None:
        """Ask anew for the colour of every character, as it comes in sight."""
        self.sheet.recolour(self._first)

    def bring_out_cursor(self) -> None:
        """Put a cursor on the newest character, or where the text is being read."""
        sheet = self.sheet
        sheet.bring_out(sheet.end - 1 if sheet.following else sheet.first_in_sight(), self._first)

    def index(self, position: int) -> int:
        """Return the index on the sheet of the character at a position."""
        for struck in self._struck:
            if struck > position:
                break
            position += 1
        return self._first + position

    def position(self, index: int) -> int:
        """Return the position of what stands at an index; of the next, where that was struck out."""
        return index - self._first - bisect_left(self._struck, index - self._first)

    def is_struck(self, index: int) -> bool:
        """Whether a character of the prompt stands there that the model does not know."""
        return index - self._first in self._struck

    @property
    def struck_in_sight(self) -> bool:
        """Whether the prompt's unknown characters have not all been scrolled past."""
        return bool(self._struck) and self._first + self._struck[-1] >= self.sheet.first_in_sight()

    def _begin(self, began: Began) -> None:
        self._live = began.live
        if began.below:
            if began.live:
                self.sheet.set_margin(MARGIN)
            self.sheet.break_line()
            self._first = self.sheet.end
        else:
            self.sheet.clear()
            self.sheet.set_margin(MARGIN if began.live else 0)
            self._first = 0
        self._prompt_length = 0
        self._show(began.transcript, 0)

    def _extend(self, length: int) -> None:
        transcript = self._transcript
        if transcript is not None and length > self._length:
            numbers = tint_numbers(self.tint, transcript, self._length, length)
            self.sheet.extend(zip(transcript.text(self._length, length), numbers, strict=True))
            self._length = length

    def _show(self, transcript: Transcript, since: int) -> None:
        """Write a transcript on the sheet from a position on; what stands before it is the same."""
        sheet, self._transcript = self.sheet, transcript
        if self.index(since) < sheet.gone or since < max(self._prompt_length, len(transcript.prompt_info.prompt)):
            since = 0  # of another prompt, other characters are struck out
        if since:
            sheet.cut(self.index(since))
            shown = since
        else:
            self._first = max(self._first, sheet.gone)  # what stood before has been let go
            sheet.cut(self._first)
            shown = self._show_prompt(transcript)
        spans = transcript.weights_spans
        for span, stop in zip(spans, [*(each.start for each in spans[1:]), len(transcript)], strict=True):
            if self._live and span.start >= max(1, since):
                sheet.mark(step_of(span.source))
            start = max(span.start, shown)
            if start < stop:
                sheet.extend((character, UNKNOWN) for character in transcript.text(start, stop))
        self._length = len(transcript)

    def _show_prompt(self, transcript: Transcript) -> int:
        """Show the prompt, with what the model does not know struck out; how much of it the transcript has."""
        sheet, (prompt, unknown) = self.sheet, transcript.prompt_info
        if self._live:
            sheet.mark(step_of(transcript.source_at(0)))
        self._struck, self._prompt_length = [], len(prompt)
        known = 0
        for character in prompt:
            if character in unknown:
                self._struck.append(sheet.end - self._first)
                sheet.extend([(character, LEFT_OUT)])
            elif known < len(transcript) and transcript[known].kind == "prompt":
                sheet.extend([(character, UNKNOWN)])
                known += 1
            else:
                break
        if self._instrument.from_passage and known + len(self._struck) == len(prompt):
            sheet.break_line()  # here the passage's own continuation ends
        return known

    def _numbers(self, start: int, stop: int) -> Iterable[int]:
        """Return the numbers in the palette of what stands on the sheet from an index to another."""
        if self._transcript is None:
            return [PLAIN] * (stop - start)
        first, last = (self.position(max(each, self._first)) for each in (start, stop))
        numbers = tint_numbers(self.tint, self._transcript, first, last)
        if self._memorization.looking:
            copied = self._memorization.is_copied
            numbers = [number + COPIED * copied(at) for at, number in enumerate(numbers, first)]
        for struck in self._struck[bisect_left(self._struck, start - self._first) :]:
            if struck >= stop - self._first:
                break
            numbers.insert(struck - max(0, start - self._first), LEFT_OUT)
        return [PLAIN] * (min(stop, self._first) - start) + numbers


def step_of(source: str) -> str:
    """Return what of a source goes into the margin: its step, from a million on in thousands."""
    step = source.rpartition("step ")[2]
    digits = step.replace(",", "")
    return f"{int(digits) // 1000}k" if digits.isdecimal() and len(digits) > 6 else step
