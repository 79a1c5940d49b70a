"""What a chart is drawn from, and the grid of characters that it is drawn on."""

from dataclasses import dataclass

import numpy as np

from charplay.plotting.braille import Floats

ROLES = (
    "blank", "reference", "axis", "mark", "label", "noise", "range", "run-1", "run-2", "run-3", "run-4",
    "held-out", "train",
)  # fmt: skip
"""What a cell can be part of; its number here is its number in a grid, and curves are drawn in this order."""


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

    def free(self, row: int, column: int, length: int) -> bool:
        """Whether text would cover neither a curve nor other text there."""
        cells = self.roles[row, max(0, column - 1) : column + length + 1]
        return bool((cells <= ROLES.index("reference")).all())
