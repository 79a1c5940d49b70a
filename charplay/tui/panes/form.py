"""The form: the next run's hyperparameters, drawn from the recipe's declaration, and edited row by row."""

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input

from charplay.formatting.sanitize import sanitize_line
from charplay.playground.key_references import name_keys
from charplay.tui.panes.fields import LABEL, Fields
from charplay.tui.panes.form_summary import ROOM as SUMMARY_ROWS
from charplay.tui.panes.form_summary import FormSummary
from charplay.tui.widgets.pane import Pane
from charplay.tui.widgets.row_editor import RowEditor
from charplay.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.playground.playground import Playground
    from charplay.playground.recipe_draft import RecipeDraft

TITLE = "Next run"


class FormPane(Pane):
    """The next run."""

    DEFAULT_CSS = """
    FormPane {
        layers: below above;
        & > #fields { height: 1fr; }
    }
    """

    def __init__(self, playground: "Playground", key: "Callable[[str], str]") -> None:
        """`key` returns the key of a command by its id."""
        super().__init__(id="form")
        self._key = key
        self._playground = playground
        self._fields = Fields()
        self._summary = FormSummary()
        self._editor = RowEditor(self._fields, LABEL + 1)
        self._fault = ""
        """What is wrong with the value that is typed just now."""
        self._shown = -1
        """The draft's revision that is shown."""

    @property
    def draft(self) -> "RecipeDraft | None":
        """The next run; None until there is one."""
        return self._playground.draft

    @property
    def selected(self) -> str:
        """Name of the row under the cursor."""
        return self._fields.names[self._fields.cursor] if self._fields.names else ""

    def compose(self) -> ComposeResult:
        """Rows, a summary, and a field that appears over the row that is edited."""
        yield self._fields
        yield self._summary
        yield self._editor

    def on_mount(self) -> None:
        """Say what this is."""
        self.set_title(TITLE)

    def focus_first(self) -> None:
        """Put the focus on the rows."""
        self.screen.set_focus(self._fields)

    def sync(self) -> None:
        """Show the draft as it is now."""
        draft = self.draft
        if draft is not None and draft.revision != self._shown:
            self._shown = draft.revision
            self.set_class(draft.everything, "-everything")
            self._fields.show(draft, self._room)
            self._summarize()

    @on(RowList.Moved)
    def _summarize(self) -> None:
        draft, fields = self.draft, self._fields
        if draft is not None and fields.names:
            room = self.content_size.height - len(fields.names)
            unknown = name_keys(draft.unknown, self._key)
            self._summary.show(draft, self.selected, self._fault, unknown, room)

    @on(events.Resize)
    def _resized(self) -> None:
        self._shown = -1
        self.call_after_refresh(self.sync)

    @property
    def _room(self) -> int:
        """Rows that the fields may take beside what is said of them."""
        return self.content_size.height - SUMMARY_ROWS

    # Typing a value.

    def open_row(self, _name: str) -> None:
        """Open the editor over the row under the cursor."""
        if self.draft is not None:
            self._editor.open(self.draft.shown(self.selected)[0])
            self.set_title(TITLE, "enter takes it, esc leaves it")

    @on(Input.Changed, "#editor")
    def _judge(self, event: Input.Changed) -> None:
        event.stop()
        if self.draft is not None and self._editor.display:
            self._fault = self.draft.check(self.selected, self._editor.text)
            self._summarize()

    @on(Input.Submitted, "#editor")
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        if not self._fault:
            self._editor.close()
            self._put_away()
            self._set(self.selected, self._editor.text)

    @on(RowEditor.Left)
    def _put_away(self) -> None:
        self.set_title(TITLE)
        self._fault = ""
        self._summarize()

    def _set(self, name: str, value: str) -> None:
        fault = self.draft.set(name, value) if self.draft is not None else ""
        if fault:
            self.notify(sanitize_line(fault), severity="warning", markup=False)
        self.sync()
