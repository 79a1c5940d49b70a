"""The line in which a prompt is edited."""

from textual import events, on
from textual.message import Message
from textual.widgets import Input

from charplay.formatting.escapes import escape, unescape
from charplay.tui.widgets.escaped_input import EscapedInput


class PromptEntry(EscapedInput):
    """A prompt on one line, in the notation of `escapes`. Enter sends `Taken`, escape and tab `Left`.

    The pane above shows and hides it.
    """

    DEFAULT_CSS = """
    PromptEntry {
        height: 1;
        border: none;
        padding: 0;
        background: $surface;
    }
    """

    class Taken(Message):
        """This is the prompt from now on."""

        def __init__(self, entry: "PromptEntry", prompt: str) -> None:
            super().__init__()
            self.entry = entry
            self.prompt = prompt

        @property
        def control(self) -> "PromptEntry":
            """Where it was typed."""
            return self.entry

    class Left(Message):
        """The prompt stays as it was."""

        def __init__(self, entry: "PromptEntry") -> None:
            super().__init__()
            self.entry = entry

        @property
        def control(self) -> "PromptEntry":
            """What was left."""
            return self.entry

    def __init__(self, begins: str = "what the text begins with", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, placeholder=rf"{begins}; \n new line, \t tab, \u{{301}} U+0301", compact=True)

    @property
    def prompt(self) -> str:
        """What is meant by what is typed."""
        return unescape(self.value)

    def open(self, prompt: str) -> None:
        """Begin with a prompt, and take the focus."""
        self.value = escape(prompt)
        self.screen.set_focus(self)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Taken(self, self.prompt))

    @on(events.Blur)
    def _left(self) -> None:
        if self.app.app_focus:  # another window may have what is to be typed
            self.post_message(self.Left(self))

    def on_key(self, event: events.Key) -> None:
        """Escape leaves, and so does going elsewhere; the keys of the pane and the screen never see it."""
        if event.key in {"escape", "tab", "shift+tab"}:
            event.stop()
            self.post_message(self.Left(self))
