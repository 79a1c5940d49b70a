"""One line of text asked for, over the main screen."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from charplay.tui.commands import CLOSE
from charplay.tui.visible import visible


class Asking(ModalScreen[str]):
    """Dismissed with the text, or with an empty one. `check` returns a sentence where a text will not do."""

    BINDINGS = CLOSE
    DEFAULT_CSS = """
    Asking {
        align: center middle;
        & > Vertical {
            width: 70;
            max-width: 94%;
            height: auto;
            border: round $accent;
            padding: 0 1;
            background: $background;
        }
        & Static { height: auto; }
        & .fault { color: $error; height: 1; }
    }
    """

    def __init__(self, title: str, sentence: str, value: str = "", check: Callable[[str], str] = lambda _: "") -> None:
        super().__init__()
        self._title = title
        self._sentence = sentence
        self._value = value
        self._check = check

    def compose(self) -> ComposeResult:
        """The sentence, the field, and what is wrong with it."""
        with Vertical() as box:
            box.border_title = visible(self._title)
            yield Static(visible(self._sentence, "\n"), markup=False)
            field = Input(self._value, compact=True)
            field.cursor_blink = False
            yield field
            yield Static("", classes="fault", markup=False)

    @on(Input.Changed)
    def _judge(self, event: Input.Changed) -> None:
        self.query_one(".fault", Static).update(visible(self._check(event.value)) if event.value else "")

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value and not self._check(event.value):
            self.dismiss(event.value)

    def action_close(self) -> None:
        """Give no answer."""
        self.dismiss("")
