"""The commands that go to a pane, or show one."""

from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller


class PanesController(Controller):
    """Goes where a person wants to look or to choose."""

    commands = (
        Command("panes.corpus", "1", "corpus", "Go to the texts"),
        Command("panes.form", "2", "next run", "Go to the next run's hyperparameters"),
        Command("panes.runs", "3", "runs", "Go to the runs"),
        Command("panes.training", "4", "loss", "Go to the chart"),
        Command("panes.text", "5", "text", "Go to the text that is written"),
        Command("panes.gauges", "G", "gauges", "Show or hide what processor, memory and graphics card do"),
    )

    def corpus(self) -> None:
        """Go to the texts."""
        self.ui.go_to("corpus")

    def form(self) -> None:
        """Go to the next run."""
        self.ui.go_to("form")

    def runs(self) -> None:
        """Go to the runs."""
        self.ui.go_to("runs")

    def training(self) -> None:
        """Go to the chart."""
        self.ui.go_to("training")

    def text(self) -> None:
        """Go to the text."""
        self.ui.go_to("text")

    def gauges(self) -> None:
        """Show or hide the gauges."""
        self.playground.gauges.toggle()
