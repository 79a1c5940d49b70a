"""Several of a list chosen, over the main screen."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.choice import Choice
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.widgets.row_list import Cell, RowList, fit_name


class _Marked(RowList):
    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.choices = choices
        self.marked: list[int] = []
        """In the order in which they were marked."""

    def number(self) -> int:
        return len(self.choices)

    def draw(self, index: int, width: int) -> list[Cell]:
        choice = self.choices[index]
        mark = f" {self.marked.index(index) + 1} " if index in self.marked else "   "
        label = fit_name(choice.label, width - 5 - len(choice.note))
        return [(mark, "accent"), (label, "plain"), (f"  {choice.note}", "quiet")]

    def clicked(self) -> None:
        if self.cursor in self.marked:
            self.marked.remove(self.cursor)
        else:
            self.marked.append(self.cursor)
        self.refresh()


class MultiChoiceDialog(Dialog[list[str]]):
    """Dismissed with the values that were marked, in that order, or with None. `least` to `most` of them are taken."""

    commands = (
        Command(
            "choices.mark", "space", "mark", "Mark the row under the cursor, or unmark it", footer=True, action="mark"
        ),
        Command("choices.take", "enter", "take", "Take what is marked", footer=True, action="take"),
    )
    BINDINGS = bindings(commands)
    DEFAULT_CSS = """
    MultiChoiceDialog _Marked { height: auto; }
    MultiChoiceDialog .fault { color: $error; height: 1; }
    """

    def __init__(self, title: str, sentence: str, choices: Sequence[Choice], *, least: int, most: int) -> None:
        super().__init__()
        self._title = title
        self._sentence = sentence
        self._rows = _Marked(choices)
        self._least, self._most = least, most
        self._fault = Static("", classes="fault", markup=False)

    def compose(self) -> ComposeResult:
        """The sentence, the rows, and why what is marked cannot be taken."""
        with self.box(self._title, "space marks, enter takes, esc leaves"):
            yield Static(sanitize(self._sentence, "\n"), classes="sentence", markup=False)
            yield self._rows
            yield self._fault

    @on(events.Mount)
    @on(events.Resize)
    def _place(self) -> None:
        self.hold(self._rows, 9)

    def action_mark(self) -> None:
        """Mark it, or not any more."""
        self._rows.clicked()
        self._fault.update("")

    def action_take(self) -> None:
        """Leave with what is marked."""
        marked = self._rows.marked
        if not self._least <= len(marked) <= self._most:
            self._fault.update(f"{len(marked)} are marked; {self._least} to {self._most} can be taken")
            return
        self.dismiss([self._rows.choices[index].value for index in marked])
