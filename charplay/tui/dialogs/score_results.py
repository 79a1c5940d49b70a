"""What a score has found: where a text surprises most, and how networks stand beside each other."""

from collections.abc import Mapping, Sequence

from textual.message import Message

from charplay.formatting.units import decimals
from charplay.playground.scoring import TextPart
from charplay.sampling.score import ModelRanking, Passage, Score, compare
from charplay.tui.widgets.row_list import Cell, RowList, fit, fit_name

HARDEST = 8
"""Passages that are named."""
LENGTH = 40
"""Characters of such a passage."""
BEFORE = 12
"""Characters that are shown before it."""


class ScoreResults(RowList):
    """The hardest passages, and the networks, the best first: at how many characters was none less surprised?"""

    class Chosen(Message):
        """The passage under the cursor was clicked once more."""

    def __init__(self) -> None:
        super().__init__()
        self._part: TextPart | None = None
        self._passages: Sequence[Passage] = ()
        self._standings: Sequence[ModelRanking] = ()
        self._own = ""

    def show(self, part: TextPart, found: Score, scores: Mapping[str, Score], own: str) -> None:
        """Show what was found in a part by the network `own`, and by others where there are some."""
        self._part, self._own = part, own
        self._passages = found.hardest(HARDEST, LENGTH)
        self._standings = compare(scores) if len(scores) > 1 else ()
        self.cursor = 1
        self.repaint()

    def clear(self) -> None:
        """Show nothing."""
        self._part, self._passages, self._standings = None, (), ()
        self.repaint()

    @property
    def passage(self) -> Passage | None:
        """The one under the cursor."""
        return self._passages[self.cursor - 1] if 1 <= self.cursor <= len(self._passages) else None

    def number(self) -> int:
        """Two lists, each with a heading, and a row between them."""
        return sum(len(each) + 1 for each in (self._passages, self._standings) if each) + self._between

    @property
    def _between(self) -> int:
        return int(bool(self._passages and self._standings))

    def stands(self, index: int) -> bool:
        """On a passage, or a network."""
        return 1 <= index <= len(self._passages) or len(self._passages) + 1 + self._between < index < self.number()

    def draw(self, index: int, width: int) -> list[Cell]:
        """A heading, a passage, or a network."""
        if 1 <= index <= len(self._passages):
            return self._passage_row(self._passages[index - 1], width)
        row = index - (1 + len(self._passages) + self._between if self._passages else 0)
        if self._passages and index == 0:
            return [(" bits       at  the most surprising passages", "quiet")]
        if row < 0:
            return []
        if row == 0:
            return [(" bits  best at  of the networks", "quiet")]
        one = self._standings[row - 1]
        numbers = f"{decimals(one.bits, 2):>5} {one.best * 100:7.0f} %  "
        return [
            (numbers, "plain"),
            (fit_name(one.name, width - len(numbers)), "accent" if one.name == self._own else "plain"),
        ]

    def _passage_row(self, passage: Passage, width: int) -> list[Cell]:
        part = self._part
        if part is None:
            return []
        start, stop = part.start + passage.start, part.start + passage.stop
        lead = f"{decimals(passage.bits, 2):>5} {start:>8,}  "
        before = fit(part.corpus.text(max(0, start - BEFORE), start), BEFORE, right=True)
        text = fit(part.corpus.text(start, stop), max(0, width - len(lead) - BEFORE))
        return [(lead, "plain"), (before, "quiet"), (text, "strong")]

    def clicked(self) -> None:
        """Open it."""
        self.post_message(self.Chosen())
