"""What might have stood at a place of a text instead, to choose from, over the main screen."""

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize_char
from charplay.sampling.generator import Inspection
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.presentation.character_details import percent
from charplay.tui.widgets.row_list import Cell, RowList, fit

_BAR = 18


class _Candidates(RowList):
    def __init__(self, found: Inspection) -> None:
        super().__init__()
        self._found = found

    def number(self) -> int:
        return len(self._found.candidates)

    def here(self, index: int) -> bool:
        """Whether this one stands in the text already."""
        standing = self._found.written
        return standing is not None and standing.character == self._found.candidates[index].character

    def draw(self, index: int, width: int) -> list[Cell]:
        candidate, here = self._found.candidates[index], self.here(index)
        bar = "━" * round(candidate.filtered * _BAR)
        return [
            ("● " if here else "  ", "accent"),
            (fit(sanitize_char(candidate.character), 9), "strong" if here else "plain"),
            (fit(percent(candidate.filtered), 8, right=True), "plain"),
            (f"  {bar:<{_BAR}}  ", "accent"),
            (fit(percent(candidate.raw), 8, right=True), "quiet"),
        ]

    def clicked(self) -> None:
        self.screen.dismiss(self._found.candidates[self.cursor].character)


class CandidatesDialog(Dialog[str]):
    """Dismissed with the character to go on with, or with None. Any character can be typed, too."""

    commands = (
        Command(
            "candidates.answer", "enter", "choose", "Take the character under the cursor", footer=True, action="answer"
        ),
    )
    BINDINGS = bindings(commands)
    DEFAULT_CSS = """
    CandidatesDialog {
        & .heading { color: $foreground-muted; }
        & .fault { color: $error; height: 1; }
    }
    """

    def __init__(self, found: Inspection) -> None:
        super().__init__()
        self._rows = _Candidates(found)
        self._note = f"rated by {found.source}"
        self._fault = Static("", classes="fault", markup=False)
        self._characters = {candidate.character for candidate in found.candidates}

    def compose(self) -> ComposeResult:
        """What to do, the candidates, and what is wrong."""
        with self.box("Another character", self._note):
            yield Static("Choose one or type it; the text branches there.", classes="sentence")
            yield Static(f"{'':11}{'drawn':>8}{'':{_BAR + 4}}{'model':>8}", classes="heading", markup=False)
            yield self._rows
            yield self._fault

    def on_mount(self) -> None:
        """Begin with the likeliest that does not stand there."""
        self._rows.cursor = next((at for at in range(self._rows.number()) if not self._rows.here(at)), 0)

    @on(events.Mount)
    @on(events.Resize)
    def _place(self) -> None:
        self.hold(self._rows, 9)

    @on(events.Key)
    def _type(self, event: events.Key) -> None:
        character = event.character
        if character is None or not character.isprintable() or event.key == "enter":
            return
        event.stop()
        event.prevent_default()
        if character in self._characters:
            self.dismiss(character)
        else:
            self._fault.update(f"The network does not know {sanitize_char(character)}.")

    def action_answer(self) -> None:
        """Take the one under the cursor."""
        self._rows.clicked()
