"""The runs pane: what was trained, a row each."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import events, on
from textual.reactive import reactive

from charplay.formatting.units import age, count
from charplay.tui.widgets.row_list import Cell, RowList, fit, fit_name

if TYPE_CHECKING:
    from charplay.playground.run_list import RunList
    from charplay.runs.shelf import Summary

COLUMNS = f"step{'loss':>8}{'age':>8}"
"""Over the numbers of a row."""


class RunsPane(RowList):
    """The runs, newest first."""

    overlaid: reactive[Mapping[str, str]] = reactive({})
    """The runs on the chart by name, each with its marker there."""

    def __init__(self, run_list: "RunList") -> None:
        super().__init__(id="runs")
        self._run_list = run_list
        self._shown = -1
        """The revision that is shown."""
        self._runs: list[Summary] = []

    def on_mount(self) -> None:
        """Say what this is."""
        self.set_title("Runs")

    def number(self) -> int:
        """One row a run."""
        return len(self._runs)

    @property
    def selected(self) -> str:
        """Name of the run under the cursor; empty where there is none."""
        return self._runs[self.cursor].name if self._runs else ""

    def draw(self, index: int, width: int) -> list[Cell]:
        """Name, step, loss, when; before the chart's runs their markers."""
        run = self._runs[index]
        mark = f"{self.overlaid.get(run.name, ' ')} "
        if run.broken:
            return [(mark, "accent"), (fit(f"{run.name}  {run.broken}", width - 2), "bad")]
        when = "" if run.read_only else "runs" if run.in_use else age(time.time() - run.modified)
        return [
            (mark, "accent"),
            (fit_name(run.name, width - 27), "plain" if run.finished else "strong"),
            (fit(count(run.step), 7, right=True), "quiet"),
            (_loss(run), "plain"),
            (fit(when, 7, right=True) + "  ", "quiet"),
        ]

    @on(events.Focus)
    def _look(self) -> None:
        if self._runs:  # else the first reading is under way, or to come
            self._run_list.refresh()

    def sync(self) -> None:
        """Show the runs as they are now; the cursor stays on its run."""
        if self._run_list.revision == self._shown:
            return
        self._shown = self._run_list.revision
        now = self.selected
        self._runs = list(self._run_list.summaries)
        self.cursor = next((i for i, run in enumerate(self._runs) if run.name == now), self.cursor)
        self.set_title("Runs", f"{'t training  ' if any(map(_held_nothing_out, self._runs)) else ''}{COLUMNS}")
        self.repaint()

    def clicked(self) -> None:
        """A second click plays."""
        self.call_later(self.run_action, "screen.run_command('runs.play')")


def _held_nothing_out(run: "Summary") -> bool:
    return run.val_loss is None and run.train_loss is not None


def _loss(run: "Summary") -> str:
    """On held-out text; where that is not known, in training, which is said."""
    if run.val_loss is not None:
        return fit(f"{run.val_loss:.3f}", 8, right=True) + " "
    return " " * 9 if run.train_loss is None else fit(f"{run.train_loss:.3f}", 8, right=True) + "t"
