"""One line of text asked for, over the main screen."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from charplay.formatting.sanitize import sanitize
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.widgets.escaped_input import EscapedInput


def needed(text: str) -> str:
    """Return what is wrong with no text at all, where one is needed."""
    return "" if text else "Type something first; esc leaves."


class TextInputDialog(Dialog[str]):
    """Dismissed with the text, or with None where it was left. `check` returns a sentence where a text will not do.

    No text at all is refused unless `check` takes it. While nothing is typed yet, nothing is said against that. Where
    the text is `escaped`, it is in the notation of `escapes`: no character of it is lost on its way through the field.
    """

    DEFAULT_CSS = """
    TextInputDialog .fault { color: $error; height: auto; min-height: 1; }
    """

    def __init__(
        self, title: str, sentence: str, value: str = "", check: Callable[[str], str] = needed,
        *, escaped: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self._title = title
        self._sentence = sentence
        self._value = value
        self._check = check
        self._escaped = escaped

    def compose(self) -> ComposeResult:
        """The sentence, the field, and what is wrong with it."""
        with self.box(self._title, "enter takes it, esc leaves"):
            yield Static(sanitize(self._sentence, "\n"), classes="sentence", markup=False)
            make = EscapedInput if self._escaped else Input
            field = make(self._value if self._escaped else sanitize(self._value), compact=True)
            field.cursor_blink = False
            yield field
            yield Static("", classes="fault", markup=False)

    @on(Input.Changed)
    def _judge(self, event: Input.Changed) -> None:
        self._say(self._check(event.value) if event.value else "")

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        fault = self._check(event.value)
        self._say(fault)
        if not fault:
            self.dismiss(event.value)

    def _say(self, fault: str) -> None:
        self.query_one(".fault", Static).update(sanitize(fault, " "))
