"""The runs as a list shows them: those that have certain words, in a certain order."""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from charplay.runs.store import RunSummary


def _loss(run: "RunSummary") -> float:
    return math.inf if run.val_loss is None else run.val_loss


ORDERS: "dict[str, Callable[[RunSummary], Any] | None]" = {
    "newest": None,
    "loss": _loss,
    "name": lambda run: run.name.casefold(),
    "step": lambda run: -run.step,
    "favourite": lambda run: not run.favourite,
}
"""Name of an order -> what comes first has the least of it; None leaves the runs as they were listed."""


class RunView:
    """How the list of runs is looked at."""

    def __init__(self) -> None:
        self.order = next(iter(ORDERS))
        self.needle = ""
        """Words, each of which a run must have; empty for all runs."""

    def next_order(self) -> None:
        """Sort by the next thing."""
        names = list(ORDERS)
        self.order = names[(names.index(self.order) + 1) % len(names)]

    def shown(self, runs: "Sequence[RunSummary]") -> "list[RunSummary]":
        """Return the runs that have all words, sorted; those that are alike stay as they came, the newest first."""
        words = self.needle.casefold().split()
        found = [run for run in runs if all(word in _described(run) for word in words)]
        key = ORDERS[self.order]
        return found if key is None else sorted(found, key=key)


def _described(run: "RunSummary") -> str:
    """Return what a run can be found by: its name, its text, its network, its note, and that it is a favourite."""
    network = f"{run.cell} {run.num_layers}x{run.hidden_size}"
    return f"{run.name} {run.corpus} {network} {run.note}{' favourite' * run.favourite}".casefold()
