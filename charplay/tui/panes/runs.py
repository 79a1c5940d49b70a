"""The runs pane: what was trained, a row each."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events, on
from textual.content import Content

from charplay.formatting.units import age, count
from charplay.playground.key_references import name_keys
from charplay.playground.run_view import ORDERS
from charplay.tui.widgets.pane import Pane
from charplay.tui.widgets.row_list import Cell, RowList, fit, fit_name

if TYPE_CHECKING:
    from charplay.formatting.loss_units import LossUnit
    from charplay.playground.run_list import RunList
    from charplay.playground.run_view import RunView
    from charplay.playground.unit_choice import UnitChoice
    from charplay.runs.store import RunSummary

WRITES, FAVOURITE = "▸", "★"
MARK, STEP, LOSS, AGE = 2, 7, 9, 9
"""Cells of a row beside the run's name."""


class _Runs(RowList):
    """A row for each run, newest first."""

    def __init__(self, run_list: "RunList", unit: "UnitChoice", key: Callable[[str], str]) -> None:
        super().__init__(id="run-list")
        self._run_list = run_list
        self._unit = unit
        self._key = key
        self.runs: Sequence[RunSummary] = ()
        self.markers: Mapping[str, str] = {}
        """The runs on the chart by name, each with its marker there."""
        self.longest = 0
        """Cells of the longest name."""
        self.writes = ""
        """Name of the run that writes now."""

    def number(self) -> int:
        """Return how many runs there are."""
        return len(self.runs)

    @property
    def selected(self) -> str:
        """Name of the run under the cursor; empty where there is none."""
        return self.runs[self.cursor].name if self.runs else ""

    def draw(self, index: int, width: int) -> list[Cell]:
        """Draw name, step, loss, when; before them its marker on the chart, and whether it writes, or else is liked."""
        run = self.runs[index]
        sign = WRITES if run.name == self.writes else FAVOURITE if run.favourite else " "
        mark = f"{self.markers.get(run.name, ' ')}{sign}"
        if run.broken:
            return [(mark, "accent"), (fit(f"{run.name}  {run.broken}", width - 2), "bad")]
        cells = self._numbers(run, self.columns(width))
        room = width - MARK - sum(len(text) for text, _ in cells)
        return [(mark, "accent"), (fit_name(run.name, room), "plain" if run.finished else "strong"), *cells]

    def columns(self, width: int) -> tuple[str, ...]:
        """Return which numbers stand in a row of so many cells: what would cut the longest name gives way."""
        room = width - MARK - self.longest
        if room >= STEP + LOSS + AGE:
            return "step", "loss", "age"
        return ("step", "loss") if room >= STEP + LOSS + 1 else ("loss",)

    def _numbers(self, run: "RunSummary", columns: tuple[str, ...]) -> list[Cell]:
        """Draw the columns; without one for the age, a run that trains elsewhere says where in place of its step."""
        loss, step = (_loss(run, self._unit.current), "plain"), (fit(count(run.step), STEP, right=True), "quiet")
        place = PLACES[run.place] if run.place else ""
        if "age" in columns:
            when = place or ("" if run.read_only else age(time.time() - run.modified))
            return [step, loss, (fit(f"{when:>7}" if len(when) < 8 else f" {when}", AGE), "quiet")]
        told = place and run.place != "here"
        before = [(f" {place:>8}", "quiet")] if told else [step] if "step" in columns else []
        return [*before, loss, (" ", "plain")]

    def advice(self) -> str:
        """Say below the runs what can be done."""
        return name_keys(self._run_list.advice, self._key)

    @on(events.Focus)
    def _look(self) -> None:
        if self.runs:  # else the first reading is under way, or to come
            self._run_list.refresh()

    def clicked(self) -> None:
        """A second click plays."""
        self.call_later(self.run_action, "screen.run_command('runs.play')")


PLACES = {"detached": "detached", "here": "runs", "terminal": "terminal", "elsewhere": "remote"}
"""What stands for a run's age while it trains."""


class RunsPane(Pane):
    """Draws which runs were kept."""

    DEFAULT_CSS = """
    RunsPane > RowList { height: 1fr; }
    """
    _title = "Runs"

    def __init__(self, run_list: "RunList", unit: "UnitChoice", key: Callable[[str], str]) -> None:
        """`key` gives the key of a command."""
        self.rows = _Runs(run_list, unit, key)
        super().__init__(self.rows, id="runs")
        self._run_list = run_list
        self._unit = unit
        self._shown = (-1, unit.current)
        """The revision that is shown, and in which unit."""

    @property
    def selected(self) -> str:
        """Name of the run under the cursor; empty where there is none."""
        return self.rows.selected

    def mark(self, markers: Mapping[str, str], *, writes: str) -> None:
        """Mark the runs on the chart, each by its marker there, and the one that writes."""
        if (markers, writes) != (self.rows.markers, self.rows.writes):
            self.rows.markers, self.rows.writes = dict(markers), writes
            self.rows.refresh()

    def sync(self) -> None:
        """Show the runs as they are now; the cursor stays on its run."""
        now_shown = (self._run_list.revision, self._unit.current)
        if now_shown == self._shown:
            return
        self._shown = now_shown
        rows, now = self.rows, self.selected
        rows.runs = self._run_list.shown
        rows.longest = max((cell_len(run.name) for run in rows.runs), default=0)
        rows.cursor = next((i for i, run in enumerate(rows.runs) if run.name == now), rows.cursor)
        self.set_title(_title(self._run_list.view), self._headings)
        rows.repaint()

    def _headings(self, _room: int) -> Content:
        """Write what stands over the numbers of a row, and what the letter behind a loss means."""
        columns, unit = self.rows.columns(self.outer_size.width - 2), self._unit.current
        told = "t training  " if any(map(_held_nothing_out, self.rows.runs)) else ""
        over = [("step", f"step{unit.short:>8}"), ("age", f"{'age':>8}")]
        return Content(told + ("".join(text for name, text in over if name in columns) or unit.short))


def _title(view: "RunView") -> str:
    """Say what is shown, and in which order where that is not the usual one."""
    order = "" if view.order == next(iter(ORDERS)) else f" by {view.order}"
    return f"Runs{order}" + (f" /{view.needle}" if view.needle else "")


def _held_nothing_out(run: "RunSummary") -> bool:
    return run.val_loss is None and run.train_loss is not None


def _loss(run: "RunSummary", unit: "LossUnit") -> str:
    """Write the loss on held-out text; where that is not known, in training, which is said."""
    loss = run.train_loss if run.val_loss is None else run.val_loss
    written = unit.cell(loss, run.bytes_per_character) or ""
    return fit(written, 8, right=True) + ("t" if written and _held_nothing_out(run) else " ")
