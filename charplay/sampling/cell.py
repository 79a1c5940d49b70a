"""What a recurrent cell is to the sampler, and how one is found by its name."""

from importlib import import_module
from typing import Any, Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from charplay.fs.registry import entry_names

Array: TypeAlias = NDArray[np.floating[Any]]

CELLS = "sampling/cells"

HALF = np.array(0.5, np.float32)
"""One half as an array, which numpy takes in half the time that a number of Python's takes it."""


class Cell(Protocol):
    """One step of a recurrent layer of H units: a module in `charplay.sampling.cells`.

    Units come last: `(H,)` is one text, `(N, H)` is N texts side by side, and the same code serves both. Gates and
    parts come first, so that each lies in one piece.
    """

    GATES: int
    """Blocks of H rows in the weights, in torch's order; `charplay.recipes.network.GATES` has the same number."""
    PARTS: int
    """Arrays of H that make a layer's state; the first is its output."""

    def prepare(self, parameter: Array) -> Array:
        """Bring a `weight_ih`, `weight_hh` or `bias`, whose rows are gates, into the form for `advance`; uses it up."""
        ...

    def advance(self, entering: Array, returning: Array, old: Array, new: Array) -> None:
        """Write the layer's next state, (PARTS, H) or (PARTS, N, H), into `new`.

        `entering` (GATES, ..., H) is what the input and the bias add to the gates, and is left alone; `returning`
        (GATES, ..., H) is what the layer's own output adds, and is used up.
        """
        ...


def load_cell(name: str) -> Cell:
    """The cell called `name`; KeyError where there is none."""
    if name not in entry_names(CELLS):
        raise KeyError(name)
    return cast("Cell", import_module(f"charplay.sampling.cells.{name.replace('-', '_')}"))
