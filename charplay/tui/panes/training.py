"""The training pane: the runs' curves, and the strip of live values."""

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.content import Content

from charplay.playground.key_references import name_keys
from charplay.plotting.grid import Mark
from charplay.tui.panes.live_strip import LiveStrip
from charplay.tui.widgets.chart import Chart
from charplay.tui.widgets.pane import Pane

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.playground.chart import ChartState
    from charplay.playground.run_controller import RunController


class Curves(Chart, can_focus=True):
    """The chart. It holds the focus while there is no learning rate to move."""


class TrainingPane(Pane):
    """Draws what the runs have told, in the way that the chart is looked at."""

    DEFAULT_CSS = """
    TrainingPane > Chart { height: 1fr; }
    """

    def __init__(self, runs: "RunController", looked_at: "ChartState", key: "Callable[[str], str]") -> None:
        """`key` gives the key of a command."""
        super().__init__(id="training")
        self._key = key
        self._runs = runs
        self._looked_at = looked_at
        self.chart = Curves()
        self.strip = LiveStrip(runs, looked_at)

    def compose(self) -> ComposeResult:
        """The chart, and one line under it."""
        yield self.chart
        yield self.strip

    def focus_first(self) -> None:
        """Put the focus on the slider, or on the chart while there is no rate to move."""
        self.screen.set_focus(self.strip.rate if self.strip.movable else self.chart)

    def on_mount(self) -> None:
        """Show an empty chart that says what it will show."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.call_after_refresh(self._draw))
        self._draw()

    def show(self) -> None:
        """Draw what is known now."""
        here = self.screen.focused in {self.chart, self.strip.rate}
        self.strip.show()
        if here:
            self.focus_first()
        self._draw()

    def _draw(self) -> None:
        looked_at = self._looked_at
        earlier, own = looked_at.earlier(), looked_at.own()
        cursor = looked_at.cursor
        marks = looked_at.marks() + ([] if cursor is None else [Mark(cursor, "")])
        self.chart.set_data([*earlier, *own], looked_at.references(), marks, name_keys(looked_at.advice, self._key))
        self.chart.look(**asdict(looked_at.view))
        named = [each for each in earlier if each.role != "range"]
        legend = partial(self.chart.legend, named) if named else partial(_fitting, looked_at.worth)
        foot = legend if cursor is None else looked_at.reading
        self.set_title(looked_at.measure.title, partial(self.chart.legend, own), foot)


def _fitting(worth: str, room: int) -> Content:
    """What a loss is worth, in so many cells: the sentence, or what it says of other losses, or nothing."""
    shorter = (worth, worth.partition("; ")[2])
    return Content(next((each for each in shorter if cell_len(each) <= room), ""))
