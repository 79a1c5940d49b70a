"""A sentence and a list to choose from, over the main screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize, sanitize_line
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.widgets.row_list import Cell, RowList, fit, fit_name

MOVES = tuple("hjkl")
"""Letters that are no answer's: they move in lists."""


@dataclass(frozen=True)
class Choice:
    """One answer. `key` picks it at once; `note` stands beside it in quiet letters."""

    value: str
    label: str
    note: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        if self.key in MOVES:
            raise ValueError(f"{self.key} moves in the list of answers")


def _beside(choice: Choice) -> str:
    return choice.note and f"   {choice.note}"


class _Answers(RowList):
    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.choices = choices
        self._label_width = max(cell_len(sanitize_line(each.label)) for each in choices)
        self._note_width = max(cell_len(sanitize(_beside(each), " ")) for each in choices)

    def number(self) -> int:
        return len(self.choices)

    def draw(self, index: int, width: int) -> list[Cell]:
        choice = self.choices[index]
        room = width - 3
        label = min(self._label_width, max(room - self._note_width, room // 3))
        return [
            (f" {choice.key or ' '} ", "accent"),
            (fit_name(choice.label, label), "plain"),
            (fit(_beside(choice), room - label), "quiet"),
        ]

    def clicked(self) -> None:
        self.screen.dismiss(self.choices[self.cursor].value)


class ChoiceDialog(Dialog[str]):
    """Dismissed with the chosen value; with an empty text or None where nothing is to be done."""

    commands = (
        Command("choice.answer", "enter", "choose", "Take the answer under the cursor", footer=True, action="answer"),
    )
    BINDINGS = bindings(commands)
    DEFAULT_CSS = """
    ChoiceDialog _Answers { height: auto; }
    """

    def __init__(self, title: str, sentence: str, choices: Sequence[Choice], start: str | None = None) -> None:
        super().__init__()
        self._title = title
        self._sentence = sentence
        self._choices = choices
        self._answers = _Answers(choices)
        self._answers.cursor = next((i for i, each in enumerate(choices) if each.value == start), 0)

    def compose(self) -> ComposeResult:
        """The sentence, if any, and the answers."""
        with self.box(self._title):
            if self._sentence:
                yield Static(sanitize(self._sentence, "\n"), classes="sentence", markup=False)
            yield self._answers

    @on(events.Mount)
    @on(events.Resize)
    def _place(self) -> None:
        self.hold(self._answers, 8)

    @on(events.Key)
    def _pick(self, event: events.Key) -> None:
        for choice in self._choices:
            if choice.key and event.character == choice.key:
                event.stop()
                self.dismiss(choice.value)

    def action_answer(self) -> None:
        """Take the answer under the cursor."""
        self._answers.clicked()
