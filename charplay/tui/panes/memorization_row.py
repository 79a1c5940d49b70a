"""Copied or composed: from how many characters on a stretch counts as copied, and how much of a text is new."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize_line
from charplay.playground.memorization import MIN_COPIED, CopySummary
from charplay.playground.scales import Log
from charplay.tui.widgets.slider import Slider


class MemorizationRow(Horizontal):
    """A slider for the least length, and a meter. Sends `Moved` when the slider was."""

    DEFAULT_CSS = """
    MemorizationRow {
        height: 1;
        & > Slider { width: 1fr; margin-right: 3; }
        & > Static { width: 1fr; min-width: 36; height: 1; color: $foreground-muted; }
        & > Static { text-overflow: ellipsis; text-wrap: nowrap; }
    }
    """

    class Moved(Message):
        """Another length counts as copied."""

        def __init__(self, min_length: int) -> None:
            super().__init__()
            self.min_length = min_length

    def __init__(self, source_key: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """`source_key` opens the place that was copied last."""
        super().__init__(id=id)
        self._source_key = source_key
        self.min_length = Slider("copied from", MIN_COPIED, Log(4.0, 400.0), show="{:.0f}".format, value_width=4)
        self._meter = Static("", markup=False)
        self._said = ""

    def compose(self) -> ComposeResult:
        """Lay them out side by side; a slim pane puts one below the other."""
        yield self.min_length
        yield self._meter

    @on(Slider.Changed)
    def _moved(self, event: Slider.Changed) -> None:
        event.stop()
        self.post_message(self.Moved(round(event.value)))

    def show(self, status: str, measure: CopySummary | None) -> None:
        """Show how much of the text is new, or `status`: what is being done, or why nothing is known."""
        if status or measure is None:
            self._say(status)
        elif measure.last_copied:
            self._say(
                f"{100 * measure.new_share:.0f} % new   last copy {measure.last_copied:,}, {self._source_key} opens"
            )
        else:
            self._say(f"{100 * measure.new_share:.0f} % new   nothing copied")

    def _say(self, sentence: str) -> None:
        if sentence != self._said:
            self._said = sentence
            self._meter.update(sanitize_line(sentence))
