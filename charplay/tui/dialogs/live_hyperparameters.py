"""Live surgery: the values of the run under way that may change while it trains."""

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from charplay.formatting.sanitize import sanitize_line
from charplay.playground.recipe_rows import label
from charplay.recipes.specs import format_value, spec
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.own_keys import name_own_keys
from charplay.tui.widgets.row_editor import RowEditor
from charplay.tui.widgets.row_list import Cell, RowList, fit

if TYPE_CHECKING:
    from charplay.playground.live_edits import LiveEdits

LABEL = 20
LOOK_SECONDS = 0.1

NOTE = "enter and arrows change, <live.undo> takes back, esc goes back"


class _Values(RowList):
    """One row a live field: its value, or the one that is asked for."""

    def __init__(self, edits: "LiveEdits") -> None:
        super().__init__()
        self._edits = edits

    @property
    def name_here(self) -> str:
        """Under the cursor."""
        return self._edits.names[self.cursor]

    def number(self) -> int:
        return len(self._edits.names)

    def draw(self, index: int, width: int) -> list[Cell]:
        edits, name = self._edits, self._edits.names[index]
        tone = "accent" if name in edits.asked else "plain"
        quiet = f"was {format_value(getattr(edits.recipe, name))}" if name in edits.asked else spec(name).unit
        return [(fit(label(name), LABEL), "quiet"), (f"{format_value(edits.value(name))}  ", tone), (quiet, "quiet")]

    def clicked(self) -> None:
        self.screen.query_one(RowEditor).open(format_value(self._edits.value(self.name_here)))


class LiveHyperparametersDialog(Dialog[None]):
    """Changes go to the run as they are made. It leaves by itself when the run has ended."""

    covers_text = False
    commands = (
        Command("live.edit", "enter,e", "edit", "Type a value for the run under way", footer=True, action="edit"),
        Command("live.less", "left,h", "less", "The next smaller value", footer=True, action="nudge(-1)"),
        Command("live.more", "right,l", "more", "The next larger value", footer=True, action="nudge(1)"),
        Command(
            "live.undo", "z", "undo", "Take the last live change back: weights, optimizer and step, too", footer=True,
            action="undo",
        ),
    )  # fmt: skip
    BINDINGS = bindings(commands)
    DEFAULT_CSS = """
    LiveHyperparametersDialog {
        & .rows { layers: below above; height: auto; }
        & .about { height: 3; color: $foreground-muted; padding-top: 1; }
        & .about.-fault { color: $error; }
    }
    """

    def __init__(self, edits: "LiveEdits") -> None:
        super().__init__()
        self.edits = edits
        self._values = _Values(edits)
        self._editor = RowEditor(self._values, LABEL)
        self._about = Static("", classes="about", markup=False)
        self._fault = ""

    def compose(self) -> ComposeResult:
        """The values, and a line about the one under the cursor."""
        with self.box("Live values", name_own_keys(NOTE, self, self.commands)):
            with Vertical(classes="rows"):
                yield self._values
                yield self._editor
            yield self._about

    @on(events.Mount)
    def _begin(self) -> None:
        self._show()
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        """Send what is due, and show what the run has heeded since."""
        self.edits.advance()
        if self.edits.over:
            self.dismiss(None)
        elif self.edits.look():
            self._show()

    def _show(self) -> None:
        self._values.styles.height = len(self.edits.names)
        self._values.repaint()
        self._describe()

    @on(RowList.Moved)
    @on(RowEditor.Left)
    def _put_away(self) -> None:
        self._fault = ""
        self._describe()

    def _describe(self) -> None:
        if self.edits.names:
            self._about.set_class(bool(self._fault), "-fault")
            self._about.update(sanitize_line(self._fault or spec(self._values.name_here).help))

    @on(Input.Changed)
    def _judge(self, event: Input.Changed) -> None:
        event.stop()
        if self._editor.display:
            self._fault = self.edits.check(self._values.name_here, self._editor.text)
            self._describe()

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        if not self._fault:
            self._editor.close()
            self._asked(self.edits.set(self._values.name_here, self._editor.text))

    def _asked(self, fault: str) -> None:
        self._fault = fault
        self._values.refresh()
        self._describe()

    def action_edit(self) -> None:
        """Type a value."""
        self._values.clicked()

    def action_nudge(self, by: int) -> None:
        """The next value, or the one before."""
        self._asked(self.edits.nudge(self._values.name_here, by))

    def action_undo(self) -> None:
        """Back to before the last change."""
        self._asked(self.edits.undo())

    def action_close(self) -> None:
        """Leave; what was nudged last is sent before."""
        self.edits.send()
        self.dismiss(None)
