# ruff: noqa: E501 - a table: one command, one line
"""The commands of the chart: what it shows, and how."""

from typing import TYPE_CHECKING, ClassVar

from charplay.playground.happenings import RunsCompared
from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller

if TYPE_CHECKING:
    from collections.abc import Sequence


class ChartController(Controller):
    """The way of looking at the runs' curves."""

    # fmt: off
    commands: "ClassVar[Sequence[Command]]" = (
        Command("chart.across", "X", "across", "What runs across: steps, epochs, characters or seconds", place="training", footer=True),
        Command("chart.upward", "Y", "upward", "What is drawn: loss, accuracy, gradient norm, learning rate, speed", place="training", footer=True),
        Command("chart.unit", "U", "unit", "The unit of losses everywhere: nats, bits, bits a byte, perplexity"),
        Command("chart.logarithmic", "L", "log", "A logarithmic or a linear scale", place="training", footer=True),
        Command("chart.recent", "m", "recent", "The whole run, or its recent part", place="training", footer=True),
        Command("chart.clear", "d", "clear", "Take the earlier runs off the chart", place="training"),
        Command("chart.zoom_in", "plus", "zoom in", "Show half as much of the runs, around the cursor", place="training"),
        Command("chart.zoom_out", "minus", "zoom out", "Show twice as much of the runs", place="training"),
        Command("chart.read_back", "h,less_than_sign", "read back", "Move the cursor to the left, which reads the curves off; what is shown goes with it", place="training"),
        Command("chart.read_on", "l,greater_than_sign", "read on", "Move the cursor to the right", place="training"),
        Command("chart.whole", "0", "whole", "Show the whole runs again, without a cursor", place="training"),
        Command("chart.differences", "c", "differences", "What differs in the recipes of the runs on the chart, and their losses", place="training"),
        Command("chart.write", "w", "write", "Write the chart as a picture or as text, or its curves as CSV", place="training"),
        Command("chart.copy", "y", "copy", "Copy the chart as lines of characters", place="training"),
        Command("chart.worth", "i", "worth", "What the loss is worth: all that it can be compared with on this text", place="training"),
        Command("chart.samples", "v", "samples", "Go through the text samples that the run writes while it trains, beside the truth", place="training", footer=True),
    )
    # fmt: on

    def disabled(self, command: Command) -> str:
        """Return why a command cannot be used now."""
        if command.method == "clear" and not self.playground.chart.markers:
            return f"No earlier run is on the chart; {self._lay} lay one there."
        if command.method == "differences" and len(self.playground.chart.names) < 2:
            return f"Nothing is there to compare: {self._lay} lay another run on the chart."
        if command.method in {"write", "copy"} and not self.playground.chart.names:
            return f"No run is on the chart; {self._lay} lay one there, {self.ui.key('training.train')} trains one."
        if command.method == "worth" and not self.playground.ruler.all_lines:
            return "Nothing is known of this text to compare a loss with, or not yet."
        return ""

    @property
    def _lay(self) -> str:
        """The keys that lay an earlier run on the chart."""
        return f"{self.ui.key('panes.runs')} and {self.ui.key('runs.overlay')}"

    def across(self) -> None:
        """Count the next thing across."""
        self.playground.chart.next_x_axis()

    def upward(self) -> None:
        """Draw the next quantity."""
        self.playground.chart.next_quantity()

    def unit(self) -> None:
        """Show losses in the next unit."""
        self.playground.loss_unit.next()
        self.ui.note(f"Losses are in {self.playground.loss_unit.current.heading} now.")

    def logarithmic(self) -> None:
        """Change between a linear and a logarithmic scale."""
        self.playground.chart.toggle_log()

    def recent(self) -> None:
        """Change between the whole run and its recent part."""
        self.playground.chart.toggle_recent()

    def zoom_in(self) -> None:
        """Show half as much."""
        self.playground.chart.window.zoom(0.5)

    def zoom_out(self) -> None:
        """Show twice as much."""
        self.playground.chart.window.zoom(2.0)

    def read_back(self) -> None:
        """Move the cursor to the left."""
        self.playground.chart.window.move_cursor(-1)

    def read_on(self) -> None:
        """Move the cursor to the right."""
        self.playground.chart.window.move_cursor(1)

    def whole(self) -> None:
        """Show everything, and read nothing off."""
        self.playground.chart.window.leave()

    def clear(self) -> None:
        """Take the earlier runs off."""
        self.playground.chart.clear()

    def worth(self) -> None:
        """Read what losses on the text that is drawn are compared with."""
        from charplay.tui.dialogs.reader import ReaderDialog
        from charplay.tui.presentation.ruler_table import ruler_table

        lines = ruler_table(self.playground.ruler.all_lines, self.playground.chart.worth, self.playground.chart.unit)
        self.ui.open_dialog(ReaderDialog("What a loss is worth", lines))

    def differences(self) -> None:
        """Have the runs on the chart compared."""
        self.playground.run_list.compare(self.playground.chart.names)

    def hear(self, happening: object) -> None:
        """Show what differs once it was read."""
        if isinstance(happening, RunsCompared) and not self.ui.sight().covered:
            from charplay.tui.dialogs.reader import ReaderDialog
            from charplay.tui.presentation.run_differences import difference_lines

            unit = self.playground.loss_unit.current
            lines = difference_lines(happening.runs, self.playground.chart.markers, unit)
            self.ui.open_dialog(ReaderDialog("Runs compared", lines))

    def copy(self) -> None:
        """Copy it as text."""
        self._copy(self.playground.chart.drawn().text())

    def write(self) -> None:
        """Ask in which form, and write it among the texts."""
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        answers = [
            Choice("svg", "a picture", "SVG, as it is drawn now", "p"),
            Choice("txt", "text", "lines of characters", "t"),
            Choice("csv", "the curves", "CSV, everything that the runs have told", "c"),
        ]
        self.ui.open_dialog(ChoiceDialog("Write", "Write the chart's runs as:", answers), self._write)

    def _write(self, form: str | None) -> None:
        from charplay.playground.curve_export import ExportError, write_new

        chart, folder = self.playground.chart, self.playground.home.texts
        if form == "csv":
            self.playground.run_list.write_curves(chart.names, folder)
        elif form:
            drawn = chart.drawn()
            data = drawn.svg() if form == "svg" else drawn.text()
            try:
                path = write_new(folder, f"chart-{chart.names[0]}", f".{form}", data)
            except ExportError as fault:
                self.ui.note(str(fault), warning=True)
            else:
                self.ui.note(f"Written to {path.parent.name}/{path.name}")

    def samples(self) -> None:
        """Go through the text samples, from the newest on."""
        from charplay.playground.sample_rounds import SampleBrowser
        from charplay.tui.dialogs.samples import SamplesDialog

        history = self.playground.runs.history
        if history.samples.rounds:
            browser = SampleBrowser(lambda: history.samples.rounds)
            self.ui.open_dialog(SamplesDialog(self.playground.chart.own_name, browser))
        else:
            keys = f"{self.ui.key('panes.form')} and {self.ui.key('form.all_fields')}"
            self.ui.note(f"No sample was written yet; the next run writes them where sample every is set: {keys}.")
