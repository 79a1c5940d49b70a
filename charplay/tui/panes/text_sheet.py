"""A text on its sheet: what a generator wrote, character by character in its colours, and where each of them stands."""

from bisect import bisect_left
from collections.abc import Iterable

from charplay.sampling.branches import BranchTree
from charplay.sampling.generator import TextGenerator
from charplay.sampling.transcript import KINDS, Transcript
from charplay.tui.presentation.tinting import LEFT_OUT, PLAIN, tint_numbers
from charplay.tui.widgets.cursor_text import CursorText
from charplay.tui.widgets.pane import Pane
from charplay.tui.widgets.styled_text import UNKNOWN

DRAWN = KINDS.index("drawn")


class SheetPane(Pane):
    """Holds the text's branches, and shows the present one. What it does not show yet is in `_unpainted`."""

    def __init__(self) -> None:
        super().__init__(id="text")
        self._tree: BranchTree | None = None
        self._live: TextGenerator | None = None
        """Whose weights go on changing, whether it plays or not."""
        self._unpainted: list[tuple[str, int]] = []
        self._first = 0
        """Index on the sheet at which the generator's text begins; before it stand those of earlier models."""
        self._prompt_length = 0
        """Characters of the prompt that stand there, struck out or not."""
        self._struck: list[int] = []
        """How far after `_first` the prompt's unknown characters stand, which are not on the transcript."""
        self.writing = CursorText(id="writing")
        self.writing.ask = self._numbers

    @property
    def generator(self) -> TextGenerator | None:
        """Who writes; None before there is a model."""
        return self._tree.generator if self._tree else None

    @property
    def following(self) -> bool:
        """Whether the weights of who writes will go on changing."""
        return self.generator is not None and self.generator is self._live

    def _take(self, generator: TextGenerator) -> None:
        """What this generator has begun, or is about to begin anew, is shown from now on."""
        if self._tree is None:
            self._tree = BranchTree(generator)
        else:
            self._tree.start_text(generator)

    def _tints(self, transcript: Transcript, start: int, stop: int) -> list[int]:
        """Characters' numbers in the palette: the tints of their temperatures, or that of what a person wrote."""
        return tint_numbers("temperature", transcript, start, stop)

    def _tinted(self, number: int) -> list[tuple[str, int]]:
        """So many characters at the end of the transcript, with their numbers in the palette."""
        transcript = self._tree.generator.transcript if self._tree else None
        if transcript is None:
            return []
        start, stop = len(transcript) - number, len(transcript)
        return list(zip(transcript.text(start, stop), self._tints(transcript, start, stop), strict=True))

    def _rewritten(self) -> None:
        """What stands on the transcript is not what stood there."""

    def _repaint_text(self) -> None:
        """The colours changed: every character's number is asked for again, when it comes in sight."""
        self._paint()
        self.writing.recolour(self._first)

    def _paint(self) -> None:
        if self._unpainted:
            self.writing.extend(self._unpainted)
            self._unpainted.clear()

    def _show_tape(self, since: int = 0) -> None:
        """Write the generator's text on the sheet anew, from a position on; what stands before it is the same."""
        generator, sheet = self.generator, self.writing
        if generator is None:
            return
        self._paint()
        if self._at(since) < sheet.gone or since < max(self._prompt_length, len(generator.prompt)):
            since = 0  # of another prompt, other characters are struck out
        if since:
            sheet.cut(self._at(since))
            shown = since
        else:
            self._first = max(self._first, sheet.gone)  # what stood before has been let go
            sheet.cut(self._first)
            shown = self._show_prompt(generator)
        transcript = generator.transcript
        stretches = transcript.stretches
        for stretch, stop in zip(stretches, [*(each.start for each in stretches[1:]), len(transcript)], strict=True):
            if self.following and stretch.start >= max(1, since):
                sheet.mark(step_of(stretch.source))
            start = max(stretch.start, shown)
            if start < stop:
                sheet.extend((character, UNKNOWN) for character in transcript.text(start, stop))

    def _show_prompt(self, generator: TextGenerator) -> int:
        """The prompt, with what the model does not know struck out; returns how much of it stands on the transcript."""
        transcript, sheet = generator.transcript, self.writing
        if self.following:
            sheet.mark(step_of(transcript.source_at(0)))
        self._struck, self._prompt_length = [], len(generator.prompt)
        known = 0
        for character in generator.prompt:
            if character in generator.unknown:
                self._struck.append(sheet.end - self._first)
                sheet.extend([(character, LEFT_OUT)])
            elif known < len(transcript) and transcript[known].kind == "prompt":
                sheet.extend([(character, self._tints(transcript, known, known + 1)[0])])
                known += 1
            else:
                break
        return known

    def _at(self, position: int) -> int:
        """Index on the sheet of the character at a position of the text."""
        for struck in self._struck:
            if struck > position:
                break
            position += 1
        return self._first + position

    @property
    def _struck_in_sight(self) -> bool:
        """Whether the prompt's unknown characters have not all been scrolled past."""
        return bool(self._struck) and self._first + self._struck[-1] >= self.writing.first_in_sight()

    def _position(self, index: int) -> int:
        """Position in the text of what stands at an index on the sheet; of the next, where that was struck out."""
        return index - self._first - bisect_left(self._struck, index - self._first)

    def _numbers(self, start: int, stop: int) -> Iterable[int]:
        """The numbers in the palette of what stands on the sheet."""
        first, last = (self._position(max(each, self._first)) for each in (start, stop))
        numbers = self._tints(self._tree.generator.transcript, first, last) if self._tree else []
        for struck in self._struck[bisect_left(self._struck, start - self._first) :]:
            if struck >= stop - self._first:
                break
            numbers.insert(struck - max(0, start - self._first), LEFT_OUT)
        return [PLAIN] * (min(stop, self._first) - start) + numbers


def step_of(source: str) -> str:
    """What of a source goes into the margin: its step, from a million on in thousands."""
    step = source.rpartition("step ")[2]
    digits = step.replace(",", "")
    return f"{int(digits) // 1000}k" if digits.isdecimal() and len(digits) > 6 else step
