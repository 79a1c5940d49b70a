"""The commands that go to a pane, size it, maximise or hide it."""

from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller

COLUMNS_A_KEY = 2
"""By how many cells a key moves the border between the columns."""


class PanesController(Controller):
    """Goes where a person wants to look or to choose."""

    commands = (
        Command("panes.corpus", "1", "corpus", "Go to the texts"),
        Command("panes.form", "2", "next run", "Go to the next run's hyperparameters"),
        Command("panes.runs", "3", "runs", "Go to the runs"),
        Command("panes.training", "4", "loss", "Go to the chart"),
        Command("panes.text", "5", "text", "Go to the text that is written"),
        Command("panes.narrower", "left_curly_bracket", "narrower", "Make the left column narrower"),
        Command("panes.wider", "right_curly_bracket", "wider", "Make the left column wider"),
        Command("panes.lower", "left_parenthesis", "lower", "Take a row off the pane in use"),
        Command("panes.taller", "right_parenthesis", "taller", "Give the pane in use a row of those beside it"),
        Command("panes.maximise", "M", "maximise", "Give the pane in use all the room, or the others theirs again"),
        Command(
            "panes.restore", "escape", "other panes", "Give the other panes their room again",
            footer=True, hides=True, passes=True,
        ),
        Command("panes.hide", "underscore", "hide", "Hide the pane in use; its number shows it again"),
        Command("panes.reset", "vertical_line", "as they came", "Show all panes, in the sizes that they came with"),
        Command("panes.gauges", "G", "gauges", "Show or hide what processor, memory and graphics card do"),
    )  # fmt: skip

    def disabled(self, command: Command) -> str:
        """Return why there is nothing to give back."""
        arrangement = self.playground.arrangement
        if command.id == "panes.restore" and not arrangement.maximised:
            return "No pane is maximised."
        if command.id == "panes.reset" and not arrangement.saved():
            return "The panes lie as they came."
        return ""

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

    def narrower(self) -> None:
        """Move the border between the columns to the left."""
        self._say(self.playground.arrangement.widen(self.ui.sight(), -COLUMNS_A_KEY))

    def wider(self) -> None:
        """Move the border between the columns to the right."""
        self._say(self.playground.arrangement.widen(self.ui.sight(), COLUMNS_A_KEY))

    def lower(self) -> None:
        """Take a row off the pane in use."""
        self._grow(-1)

    def taller(self) -> None:
        """Give the pane in use a row."""
        self._grow(1)

    def _grow(self, rows: int) -> None:
        sight = self.ui.sight()
        self._say(self.playground.arrangement.grow(sight, sight.pane, rows))

    def maximise(self) -> None:
        """Give the pane in use all the room, or the others theirs again."""
        self.playground.arrangement.maximise(self.ui.sight().pane)

    def restore(self) -> None:
        """Give the other panes their room again."""
        self.playground.arrangement.maximised = ""

    def hide(self) -> None:
        """Hide the pane in use."""
        self._say(self.playground.arrangement.hide(self.ui.sight().pane))

    def reset(self) -> None:
        """Show all panes as they came."""
        self.playground.arrangement.reset()

    def _say(self, reason: str) -> None:
        if reason:
            self.ui.note(reason)

    def gauges(self) -> None:
        """Show or hide the gauges."""
        self.playground.gauges.toggle()
