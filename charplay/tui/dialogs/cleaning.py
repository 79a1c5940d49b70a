"""The cleaning of the next run as a checklist over the main screen: what every rule would change of the chosen text."""

from textual.app import ComposeResult
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize_line
from charplay.playground.cleaning_choice import CleaningChoice, RuleRow
from charplay.playground.exploring.clean_tab import clean_tab
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.textual_patches.backpressure import Ticker
from charplay.tui.widgets.table_view import TableView

LOOK_SECONDS = 0.05
"""Between two looks at what was measured."""
OTHER_LINES = 9
"""Of the screen, beside the rows."""


def arguments_dialog(choice: CleaningChoice, rule: RuleRow) -> TextInputDialog:
    """Return what asks for the arguments of a rule."""
    sentence = f"{rule.description[0].upper()}{rule.description[1:]}."
    return TextInputDialog("A rule's arguments", sentence, rule.written, lambda typed: choice.fault(rule.name, typed))


class CleaningDialog(Dialog[None]):
    """Shows the rules with what they would change. What is switched holds at once."""

    commands = (
        Command("cleaning.toggle", "enter", "on, off", "Switch the rule of the row on or off", footer=True,
                action="enter"),
        Command("cleaning.arguments", "e", "arguments", "Type the arguments of the rule of the row", footer=True,
                action="arguments"),
    )  # fmt: skip
    BINDINGS = bindings(commands)
    DEFAULT_CSS = """
    CleaningDialog {
        & > .box, &.-broad > .box { width: 120; }
        & #row { height: 2; color: $accent; }
    }
    """

    def __init__(self, choice: CleaningChoice) -> None:
        super().__init__()
        self._choice = choice
        self._tab = clean_tab(choice)
        self._facts, self._row = Static("", classes="sentence", markup=False), Static("", id="row", markup=False)
        self._view = TableView()
        self._shown = -1

    def compose(self) -> ComposeResult:
        """Lay out what is on and what that leaves, the rules, and an example of the row's."""
        with self.box("Cleaning", "enter switches, e types arguments, esc leaves"):
            yield self._facts
            yield self._view
            yield self._row

    def on_mount(self) -> None:
        """List the rules, and measure."""
        self._tab.open(None)
        self._view.styles.height = min(len(self._choice.rows()) + 1, max(3, self.app.size.height - OTHER_LINES))
        self._ticker = Ticker(self, LOOK_SECONDS, 1, self._tick)
        self.set_focus(self._view.list)

    def on_unmount(self) -> None:
        """Give up what is under way."""
        self._tab.cancel()

    def _tick(self, _ticks: int) -> None:
        tab, rows = self._tab, self._view.list
        tab.advance()
        if tab.revision != self._shown and tab.table is not None:
            self._shown = tab.revision
            self._view.show(tab.table, rows.cursor)
        tab.line = rows.cursor
        tab.look(0, len(self._choice.rows()))
        self._facts.update(sanitize_line(tab.facts()))
        self._row.update(sanitize_line(tab.line_facts()))

    def _rule(self) -> RuleRow | None:
        table = self._tab.table
        return self._choice.rows()[table.row(self._view.list.cursor)] if table is not None else None

    def action_enter(self) -> None:
        """Switch the rule of the row."""
        if (rule := self._rule()) is None:
            return
        if rule.needs_arguments:
            self.action_arguments()
        elif fault := self._choice.toggle(rule.name):
            self._complain(fault)

    def action_arguments(self) -> None:
        """Ask for the arguments of the rule of the row."""
        if (rule := self._rule()) is not None:
            dialog = arguments_dialog(self._choice, rule)
            self.app.push_screen(dialog, lambda typed: self._write(rule.name, typed) if typed else None)

    def _write(self, name: str, written: str) -> None:
        if fault := self._choice.write(name, written):
            self._complain(fault)

    def _complain(self, fault: str) -> None:
        self.notify(sanitize_line(fault), severity="warning", markup=False)
