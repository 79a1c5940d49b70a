"""What a chart is drawn from, and the grid of characters that it is drawn on."""

from dataclasses import dataclass
from textwrap import wrap

import numpy as np

from charplay.plotting.braille import Floats

ROLES = (
    "blank", "reference", "axis", "mark", "label", "noise", "range", "run-1", "run-2", "run-3", "run-4",
    "held-out", "train",
)  # fmt: skip
"""What a cell can be part of; its number here is its number in a grid, and curves are drawn in this order."""


LEAST_CELLS, MOST_CELLS = 24, 60
"""How wide a grid is at least that text is written in the middle of, and how wide this text is at most."""

WHOLE = (0.0, 1.0)
"""The window that shows all of the x axis."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A curve: x and y, each (n,), x rising, and the role that gives its colour."""

    name: str
    role: str
    x: Floats
    y: Floats
    marker: str = ""
    """One character that stands along the curve; empty for none but the role's own."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A height with a name: "uniform"."""

    text: str
    y: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment with a name: "rate 3e-3"."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """How to look: scales, the part shown, what x counts and where it will end (None: unknown).

    `window` is the part of the x axis that is shown, in shares of the whole.
    """

    log_x: bool = False
    log_y: bool = False
    recent: bool = False
    x_title: str = "step"
    x_end: float | None = None
    window: tuple[float, float] = WHOLE


class Grid:
    """Characters (height, width) and the roles they play."""

    def __init__(self, width: int, height: int) -> None:
        self.glyphs = np.full((height, width), " ", dtype="<U1")
        self.roles = np.zeros((height, width), np.uint8)

    def write(self, row: int, column: int, text: str, role: str) -> None:
        """Put text there; what falls outside is cut off. Every character must be one cell wide."""
        cut = text[max(0, -column) : max(0, self.glyphs.shape[1] - column)]
        if cut and 0 <= row < len(self.glyphs):
            cells = slice(max(0, column), max(0, column) + len(cut))
            self.glyphs[row, cells] = list(cut)
            self.roles[row, cells] = ROLES.index(role)

    def write_in_middle(self, text: str, role: str) -> None:
        """Write text in lines around the middle, where no other text stands; nowhere where it has no room."""
        height, width = self.glyphs.shape
        room = min(MOST_CELLS, width - 4) if width > LEAST_CELLS else 0
        lines = [line for part in text.splitlines() for line in wrap(part, room)] if room else []
        middle = (height - len(lines)) / 2
        for top in sorted(range(height - len(lines) + 1), key=lambda row: abs(row - middle)):
            places = [(row, (width - len(line)) // 2, line) for row, line in enumerate(lines, top)]
            if all(self.free(row, column, len(line)) for row, column, line in places):
                for row, column, line in places:
                    self.write(row, column, line, role)
                return

    def free(self, row: int, column: int, length: int) -> bool:
        """Whether text would cover neither a curve nor other text there."""
        cells = self.roles[row, max(0, column - 1) : column + length + 1]
        return bool((cells <= ROLES.index("reference")).all())
