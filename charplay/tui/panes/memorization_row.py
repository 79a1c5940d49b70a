"""Copied or composed: from how many characters on a stretch counts as copied, and how much of a text is new."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize_line
from charplay.sampling.memorization import MemorizationTracker
from charplay.tui.widgets.scales import Log
from charplay.tui.widgets.slider import Slider

LEAST = 20.0
"""Characters from which on a stretch counts as copied, at first."""


class CopiesRow(Horizontal):
    """A slider and a meter. Sends `Moved` when the slider was."""

    DEFAULT_CSS = """
    CopiesRow {
        height: 1;
        & > Slider { width: 1fr; margin-right: 3; }
        & > Static { width: 1fr; min-width: 36; height: 1; color: $foreground 75%; }
        & > Static { text-overflow: ellipsis; text-wrap: nowrap; }
    }
    """

    class Moved(Message):
        """Another length counts as copied."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.least = Slider("copied from", LEAST, Log(4.0, 400.0), show="{:.0f}".format, value_width=4)
        self._meter = Static("", markup=False)
        self._said = ""

    def compose(self) -> ComposeResult:
        """Side by side; a slim pane puts one below the other."""
        yield self.least
        yield self._meter

    @on(Slider.Changed)
    def _moved(self, event: Slider.Changed) -> None:
        event.stop()
        self.post_message(self.Moved())

    def say(self, sentence: str) -> None:
        """In place of the meter: what is being done, or why there is none."""
        if sentence != self._said:
            self._said = sentence
            self._meter.update(sanitize_line(sentence))

    def measure(self, copies: MemorizationTracker, start: int) -> None:
        """How much is new of a text, from a position on, and the stretch that was copied last."""
        newest = copies.newest()
        new = f"{100 * copies.new_share(start):.0f} % new"
        if newest is None or newest.stop <= start:
            self.say(f"{new}   nothing copied")
        else:
            self.say(f"{new}   last copy {newest.stop - newest.start:,}, O opens")
