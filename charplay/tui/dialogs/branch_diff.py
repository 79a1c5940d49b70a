"""Two branches of a text beside each other, over the main screen."""

from functools import partial
from itertools import zip_longest

from rich.cells import set_cell_size
from textual.app import ComposeResult

from charplay.formatting.sanitize import sanitize
from charplay.sampling.branches import TextDiff
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.widgets.reader_lines import Line, ReaderLines
from charplay.tui.widgets.row_list import fit
from charplay.tui.widgets.wrapping import wrap

LAST = 600
"""Characters of the common beginning that are shown: its end."""
LONGEST = 20_000
"""Characters of each continuation that are shown: its beginning."""
_GAP = 3


def beside(first: str, second: str, compared: TextDiff, width: int) -> list[Line]:
    """The end of the common beginning over the whole width, then both continuations side by side under their names."""
    half = max(8, (width - _GAP) // 2)
    common = compared.common[-LAST:]
    more = "… " if len(common) < len(compared.common) else ""
    lines: list[Line] = [[(f"{len(compared.common):,} characters in common", "quiet")]]
    lines += [[(line, "plain")] for line in wrap(more + common, width)] if common else []
    lines.append([])
    gap = " " * _GAP
    lengths = [f"  {len(text):,} characters" for text in compared[1:]]
    names = [fit(name, max(1, half - len(length))) for name, length in zip((first, second), lengths, strict=True)]
    lines.append([(names[0], "accent"), (lengths[0] + gap, "quiet"), (names[1], "accent"), (lengths[1], "quiet")])
    for left, right in zip_longest(*(wrap(text[:LONGEST], half) for text in compared[1:]), fillvalue=""):
        lines.append([(set_cell_size(left, half) + gap, "plain"), (set_cell_size(right, half), "plain")])
    return lines


class BranchDiffDialog(Dialog[None]):
    """How two branches begin, and how each goes on."""

    def __init__(self, first: str, second: str, compared: TextDiff) -> None:
        super().__init__()
        self._first, self._second, self._compared = first, second, compared

    def compose(self) -> ComposeResult:
        """Both in a box."""
        title = f"Branches {sanitize(self._first)} and {sanitize(self._second)}"
        with self.box(title, "esc goes back", wide=True):
            yield ReaderLines(partial(beside, self._first, self._second, self._compared))
