"""The text samples of a run, round by round, over the main screen."""

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from charplay.formatting.sanitize import sanitize_line
from charplay.playground.sample_rounds import Round, SampleBrowser
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.presentation.training_samples import sample_layout
from charplay.tui.textual_patches.backpressure import set_visible_interval
from charplay.tui.widgets.reader_lines import ReaderLines

FOLLOW_SECONDS = 0.5
"""Between two looks for a newer round."""


class SamplesDialog(Dialog[None]):
    """One round at a time; left and right go through them, and the newest one is followed."""

    commands = (
        Command("samples.back", "left,h", "before", "The round of samples before this one", footer=True,
                action="go(-1)"),
        Command("samples.on", "right,l", "after", "The round after it; the newest one is followed", footer=True,
                action="go(1)"),
        Command("samples.far_back", "shift+left", "ten before", "Ten rounds back", action="go(-10)"),
        Command("samples.far_on", "shift+right", "ten after", "Ten rounds on", action="go(10)"),
    )  # fmt: skip
    BINDINGS = bindings(commands)

    def __init__(self, run: str, browser: SampleBrowser) -> None:
        super().__init__()
        self._run = run
        self.browser = browser
        self.lines = ReaderLines(sample_layout(browser.shown))
        self._shown: tuple[str, Round] = ("", [])

    def compose(self) -> ComposeResult:
        """The samples in a box."""
        with self.box(f"Samples of {self._run}", wide=True):
            yield self.lines

    @on(events.Mount)
    def _begin(self) -> None:
        self._show()
        set_visible_interval(self, FOLLOW_SECONDS, self._show)

    def action_go(self, by: int) -> None:
        """Go through the rounds."""
        self.browser.move(by)
        self.lines.top = 0
        self._show()

    def _show(self) -> None:
        """Show the round where it is another one, or has another sample."""
        told = self.browser.title, list(self.browser.shown)
        if told != self._shown:
            self._shown = told
            self.query_one(".box", Vertical).border_subtitle = Content(sanitize_line(told[0]))
            self.lines.show(sample_layout(told[1]))
