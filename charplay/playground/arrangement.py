"""How the panes share the screen: what each has of its column's rows, what is hidden, what has all the room."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

COLUMNS: Mapping[str, tuple[str, ...]] = {"choose": ("corpus", "form", "runs"), "watch": ("training", "text")}
"""The panes of each column, from above."""
PANES = tuple(pane for panes in COLUMNS.values() for pane in panes)
LEAST: Mapping[str, int] = {
    "choose": 43, "watch": 50, "corpus": 4, "form": 5, "runs": 4, "training": 8, "text": 8,
}  # fmt: skip
"""What each can still be used with: columns' widths and panes' heights in cells."""
MOST_WEIGHT = 10_000


@dataclass(frozen=True)
class Sight:
    """What is on the screen just now."""

    pane: str
    """The one in use."""
    cells: Mapping[str, int]
    """Widths of the columns and heights of the panes that are seen."""
    covered: bool = False
    """Whether a dialog lies over the panes."""


class Arrangement:
    """Has a weight for every column and pane that a person has sized, in the cells that it had then.

    Only the weights' ratios count, so that what was set on one screen holds on another. What has none lies as the
    screen has it by itself.
    """

    def __init__(
        self, weights: Mapping[str, int] | None = None, hidden: Iterable[str] = (), maximised: str = ""
    ) -> None:
        """`maximised`: the pane that has all the room; empty where all have theirs."""
        self.weights = dict(weights or {})
        self.hidden = set(hidden)
        self.maximised = maximised

    @classmethod
    def restored(cls, kept: Mapping[str, object]) -> "Arrangement":
        """Return what `saved` has written; what a hand has made unusable of it is left out."""
        weights, hidden, maximised = (kept.get(each) for each in ("weights", "hidden", "maximised"))
        usable = {
            name: weight
            for name, weight in (weights.items() if isinstance(weights, Mapping) else ())
            if name in LEAST and type(weight) is int and 0 < weight <= MOST_WEIGHT
        }
        gone = {name for name in hidden if name in PANES} if isinstance(hidden, list) else set()
        return cls(usable, () if len(gone) == len(PANES) else gone, maximised if maximised in PANES else "")

    def saved(self) -> dict[str, object]:
        """Return all of it as JSON has it; nothing where nothing was changed."""
        found = {"weights": self.weights, "hidden": sorted(self.hidden), "maximised": self.maximised}
        return {name: value for name, value in found.items() if value}

    def shows(self, pane: str) -> bool:
        """Whether a pane has room."""
        return pane == self.maximised if self.maximised else pane not in self.hidden

    def weight(self, name: str) -> int:
        """Return the weight of a column or a pane beside its like; 0 where the screen lays them out by itself."""
        like = next((panes for panes in COLUMNS.values() if name in panes), tuple(COLUMNS))
        known = [self.weights[each] for each in like if each in self.weights]
        return self.weights.get(name) or sum(known) // max(1, len(known))

    def widen(self, sight: Sight, cells: int) -> str:
        """Move the border between the columns to the right, or left below zero; return why not, or nothing."""
        left, right = (sight.cells.get(each, 0) for each in COLUMNS)
        if not left or not right:
            return "There is one column just now, and it has the whole width."
        return self._give("watch" if cells < 0 else "choose", ["choose" if cells < 0 else "watch"], sight, abs(cells))

    def grow(self, sight: Sight, pane: str, rows: int) -> str:
        """Give a pane so many rows of those nearest to it, or take them below zero; return why not, or nothing."""
        column = [each for each in _column(pane) if each in sight.cells]
        if pane not in column or len(column) == 1:
            return "This pane has the whole height of its column."
        at = column.index(pane)
        others = [*column[at + 1 :], *reversed(column[:at])]
        if rows < 0:
            return self._give(others[0], [pane], sight, -rows)
        return self._give(pane, others, sight, rows)

    def drag(self, sight: Sight, above: str, rows: int) -> None:
        """Move the border under a pane down, or up below zero, as far as the panes there can give."""
        column = [each for each in _column(above) if each in sight.cells]
        at = column.index(above) + 1
        if rows < 0:
            self._give(column[at], [*reversed(column[:at])], sight, -rows)
        else:
            self._give(above, column[at:], sight, rows)

    def _give(self, taker: str, givers: Iterable[str], sight: Sight, wanted: int) -> str:
        """Take what is wanted of the givers in their order, none below its least."""
        like = tuple(COLUMNS) if taker in COLUMNS else _column(taker)
        has = {name: sight.cells[name] for name in like if name in sight.cells}
        left = wanted
        for giver in givers:
            given = max(0, min(left, has[giver] - LEAST[giver]))
            has[giver], has[taker], left = has[giver] - given, has[taker] + given, left - given
        if left == wanted:
            return "It cannot go further: what would give way could not be used any more."
        self.weights |= has
        return ""

    def maximise(self, pane: str) -> None:
        """Give a pane all the room, or the others theirs again."""
        self.maximised = "" if pane == self.maximised else pane

    def hide(self, pane: str) -> str:
        """Hide a pane until one goes to it; return why not, or nothing."""
        if len(self.hidden | {pane}) == len(PANES):
            return "This is the last pane: one must be seen."
        self.hidden.add(pane)
        self.maximised = ""
        return ""

    def show(self, pane: str) -> None:
        """Have a pane seen to which one goes: in the place of a maximised one."""
        self.hidden.discard(pane)
        if self.maximised:
            self.maximised = pane

    def reset(self) -> None:
        """Have everything lie as the screen has it by itself."""
        self.weights, self.hidden, self.maximised = {}, set(), ""


def _column(pane: str) -> tuple[str, ...]:
    return next(panes for panes in COLUMNS.values() if pane in panes)
