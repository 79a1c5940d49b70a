"""A line at the foot of a screen in which something is typed, such as what is searched."""

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from charplay.formatting.escapes import unescape
from charplay.tui.widgets.escaped_input import EscapedInput

MOST_REMEMBERED = 100


class LineEntry(Horizontal):
    """A question and a field. Enter sends `Taken`, escape `Left`, tab `Switched`; up brings back what was typed before.

    Whoever asks hides it again.
    """

    DEFAULT_CSS = """
    LineEntry {
        height: 1;
        display: none;
        & > #question { width: auto; color: $foreground-muted; }
        & > EscapedInput { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
    }
    """

    class Taken(Message):
        """Enter was pressed."""

        def __init__(self, typed: str) -> None:
            super().__init__()
            self.typed = typed

    class Left(Message):
        """Nothing was taken."""

    class Switched(Message):
        """The tab key was pressed: the same in another way."""

    def __init__(self) -> None:
        super().__init__()
        self._question = Static("", id="question", markup=False)
        self._field = EscapedInput(compact=True)
        self._field.cursor_blink = False
        self._typed: dict[str, list[str]] = {}
        """What was taken before, by what it answered."""
        self._purpose = ""
        self._at = 0

    def compose(self) -> ComposeResult:
        """Lay out the question and the field."""
        yield self._question
        yield self._field

    @property
    def text(self) -> str:
        """What is meant by what stands there, in the notation of `escapes`."""
        return unescape(self._field.value)

    def open(self, purpose: str, question: str) -> None:
        """Ask; `purpose` says which earlier answers may be brought back."""
        self._purpose, self._at = purpose, len(self._typed.get(purpose, ()))
        self._field.value = ""
        self.ask(question)
        self.display = True
        self.screen.set_focus(self._field)

    def ask(self, question: str) -> None:
        """Ask otherwise; what was typed stays."""
        self._question.update(question)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        typed = self._typed.setdefault(self._purpose, [])
        if event.value and event.value not in typed[-1:]:
            typed.append(event.value)
            del typed[:-MOST_REMEMBERED]
        self.post_message(self.Taken(event.value))

    @on(events.Key)
    def _leave(self, event: events.Key) -> None:
        if event.key in {"escape", "tab", "shift+tab", "up", "down"}:
            event.stop()
            event.prevent_default()
        if event.key == "escape":
            self.post_message(self.Left())
        elif event.key in {"tab", "shift+tab"}:
            self.post_message(self.Switched())
        elif event.key in {"up", "down"}:
            self._recall(-1 if event.key == "up" else 1)

    def _recall(self, by: int) -> None:
        typed = self._typed.get(self._purpose, [])
        self._at = max(0, min(self._at + by, len(typed)))
        self._field.value = typed[self._at] if self._at < len(typed) else ""
        self._field.cursor_position = len(self._field.value)
