"""A framed box over the main screen, left by escape."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from charplay.formatting.sanitize import sanitize_line
from charplay.tui.command import Command, bindings
from charplay.tui.own_keys import active_by_id
from charplay.tui.textual_patches.safe_dismiss import dismiss_once
from charplay.tui.widgets.row_list import RowList

Answer = TypeVar("Answer")

WAYS_OUT = (
    Command("dialog.keys", "question_mark", "keys", "Show every key", footer=True, action="app.keys"),
    Command("dialog.close", "escape", "back", "Back to the playground", footer=True, action="close"),
)
"""What every dialog has, also one that is a whole screen."""


class HeldLine(Widget):
    """Says at the foot of the screen, beneath the box, that nothing is written meanwhile.

    What is copied of a dialog is what its boxes and `Static`s say, and this is no part of it.
    """

    DEFAULT_CSS = """
    HeldLine { layer: held; dock: bottom; height: 1; padding: 0 1; color: $foreground-muted; background: $background; }
    """

    def render(self) -> Content:
        """Return the sentence."""
        return Content("The text waits while this is open.")


class Dialog(ModalScreen[Answer]):
    """A box with a title. Subclasses yield `self.box(...)` from `compose`; escape leaves without an answer."""

    covers_text: ClassVar[bool] = True
    """Whether the text waits while it is open."""
    commands: ClassVar[Sequence[Command]] = (
        *WAYS_OUT,
        Command("dialog.copy", "y", "copy", "Copy what the dialog shows", action="app.copy_shown"),
        Command("dialog.write", "w", "write", "Write what the dialog shows to a file in texts/",
                action="app.write_shown"),
    )  # fmt: skip
    BINDINGS = bindings(commands)
    HORIZONTAL_BREAKPOINTS = [(0, "-usual"), (150, "-broad")]  # noqa: RUF012 - Textual's form
    DEFAULT_CSS = """
    Dialog {
        layers: held default;
        align: center middle;
        background: $background 60%;
        & > .box {
            width: 74;
            max-width: 94%;
            height: auto;
            max-height: 94%;
            border: round $accent;
            border-title-color: $foreground;
            border-subtitle-color: $foreground-muted;
            padding: 0 1;
            background: $background;
        }
        & > .wide { width: 96; height: 90%; }
        &.-broad > .box { width: 100; }
        &.-broad > .wide { width: 75%; }
        & .sentence { height: auto; margin-bottom: 1; }
    }
    """

    def box(self, title: str, note: str = "", *, wide: bool = False) -> Vertical:
        """The box: a context manager for what it holds."""
        box = Vertical(classes="box wide" if wide else "box")
        box.border_title, box.border_subtitle = Content(sanitize_line(title)), Content(sanitize_line(note))
        return box

    def say_held(self) -> None:
        """Say that what was being written waits."""
        self.mount(HeldLine())

    def own_keys(self) -> str:
        """Return the keys of the dialog itself and of the way out, and what each does, as a line of keys would."""
        found = active_by_id(self)
        own = [each.id for each in type(self).commands if each.footer]
        shown = [found[name] for name in (*own, "dialog.close") if name in found]
        return "  ".join(f"{self.app.get_key_display(each)} {each.description}" for each in shown)

    def hold(self, rows: RowList, others: int) -> None:
        """Give `rows` the lines they need, as far as the screen has them beside `others` lines."""
        rows.styles.height = min(rows.number(), max(3, self.app.size.height - others))

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Leave with an answer, once: nothing happens where this dialog was left already, or lies below another."""
        return dismiss_once(self, super().dismiss, result)

    def action_close(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
