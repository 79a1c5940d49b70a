"""The line at the explorer's foot: where one is, a sentence that is said for a while, or a question."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize
from charplay.tui.widgets.fact_line import FactLine
from charplay.tui.widgets.line_entry import LineEntry

if TYPE_CHECKING:
    from textual.timer import Timer

SAID_SECONDS = 6.0
"""That a sentence stands in place of where one is."""


class Foot(Vertical):
    """Shows one of three things on one line."""

    DEFAULT_CSS = """
    Foot {
        height: 1;
        padding: 0 1;
        & #said { height: 1; display: none; color: $accent; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    class Answered(Message):
        """What was typed was taken; `fault` says what was wrong with it."""

        def __init__(self, fault: str) -> None:
            super().__init__()
            self.fault = fault

    def __init__(self, name_keys: Callable[[str], str]) -> None:
        """`name_keys` puts keys in place of the commands that a sentence refers to."""
        super().__init__()
        self._name_keys = name_keys
        self.entry = LineEntry()
        self.purpose = ""
        """What was asked last."""
        self._facts = FactLine()
        self._said = Static("", id="said", markup=False)
        self._take: Callable[[str], str] = lambda _typed: ""
        self._quiet: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out all three; one of them is seen."""
        yield self._facts
        yield self._said
        yield self.entry

    @property
    def asking(self) -> bool:
        """Whether something is to be typed."""
        return self.entry.display

    def show(self, place: str, found: str) -> None:
        """Show where one is, on the left, and what was found, on the right."""
        self._facts.show(sanitize(place, " "), sanitize(found, " "))

    def say(self, sentence: str) -> None:
        """Say something for a while."""
        self._said.update(sanitize(self._name_keys(sentence), " "))
        self._put_up(self._said)
        if self._quiet is not None:
            self._quiet.stop()
        self._quiet = self.set_timer(SAID_SECONDS, self._be_quiet)

    def _be_quiet(self) -> None:
        if not self.asking:
            self.close()

    def ask(self, purpose: str, question: str, take: Callable[[str], str]) -> None:
        """Ask for a line; `take` makes something of it, and returns what is wrong with it."""
        self.purpose, self._take = purpose, take
        self._put_up(self.entry)
        self.entry.open(purpose, question)

    def close(self) -> None:
        """Show where one is again."""
        self._put_up(self._facts)

    @on(LineEntry.Taken)
    def _taken(self, message: LineEntry.Taken) -> None:
        self.close()
        self.post_message(self.Answered(self._take(message.typed)))

    def _put_up(self, shown: Widget) -> None:
        for each in (self._facts, self._said, self.entry):
            each.display = each is shown
