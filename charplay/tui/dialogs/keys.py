"""Every key of a screen with its sentence, and a search among them."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Input

from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.presentation.command_search import relevance
from charplay.tui.widgets.line_entry import LineEntry
from charplay.tui.widgets.reader_lines import Line, ReaderLines, fold
from charplay.tui.widgets.row_list import fit

Section = tuple[str, Sequence[Command]]
"""The name of a place, and the commands whose keys work there."""
Display = Callable[[Binding], str]
"""Writes a key as people read it."""


class KeysDialog(Dialog[None]):
    """Shows the keys of all sections, or those that answer a search."""

    commands = (Command("keys.search", "slash", "search", "Show only keys that do a certain thing", action="search"),)
    BINDINGS = bindings(commands)

    def __init__(self, sections: Sequence[Section], display: Display) -> None:
        super().__init__()
        self._sections = sections
        self._display = display
        self.lines = ReaderLines(fold(key_lines(sections, display)))
        self._entry = LineEntry()

    def compose(self) -> ComposeResult:
        """Lay out the lines, and the field that `/` opens."""
        with self.box("Keys", "/ searches, esc goes back", wide=True):
            yield self.lines
            yield self._entry

    def action_search(self) -> None:
        """Ask what is looked for."""
        self._entry.open("keys", "Search: ")

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        shown = found(self._sections, event.value, self._display)
        lines = key_lines(shown, self._display) if shown else [[("No key does that here.", "quiet")]]
        self.lines.top = 0
        self.lines.show(fold(lines))

    @on(LineEntry.Taken)
    @on(LineEntry.Left)
    def _read(self, event: LineEntry.Taken | LineEntry.Left) -> None:
        """Enter goes back to what was found, escape to everything."""
        self._entry.display = False
        self.lines.focus()
        if isinstance(event, LineEntry.Left):
            self.lines.show(fold(key_lines(self._sections, self._display)))


def found(sections: Sequence[Section], query: str, display: Display) -> list[Section]:
    """Return what answers a search: all where nothing is looked for."""
    if not query.strip():
        return list(sections)
    kept = [
        (title, [each for each in commands if relevance(query, each.id, each.label, shown(each, display), each.help)])
        for title, commands in sections
    ]
    return [section for section in kept if section[1]]


def sections_of(screen: Screen[object]) -> list[Section]:
    """Return the commands of a screen, and those of the widgets on it that are shown, each once."""
    sections: list[Section] = []
    named = set[str]()
    for owner in (screen, *(each for each in screen.walk_children() if each.display)):
        fresh = [each for each in declared(type(owner)) if each.id not in named]
        if fresh:
            named.update(each.id for each in fresh)
            sections.append((_TITLES.get(fresh[0].id.partition(".")[0], "Here"), fresh))
    return sections


_TITLES = {
    "list": "In a list", "slider": "On a slider", "scroll": "In the written text", "page": "On a page",
    "table": "In a table", "cursor": "With the cursor on the text", "map": "In an X-ray",
}  # fmt: skip
"""What the keys of widgets stand under, by what their ids begin with."""


def declared(kind: type) -> Iterator[Command]:
    """Yield what a class and its bases declare; one whose keys all have another meaning nearer is left out."""
    taken = set[str]()
    for each in kind.__mro__:
        commands: Sequence[Command] = vars(each).get("commands", ())
        yield from (command for command in commands if not set(command.key.split(",")) <= taken)
        taken.update(key for command in commands for key in command.key.split(","))


def shown(command: Command, display: Display) -> str:
    """Return a command's keys as people read them: it may have several."""
    return "  ".join(map(display, Binding.make_bindings([command.binding])))


def key_lines(sections: Sequence[tuple[str, Iterable[Command]]], display: Display) -> list[Line]:
    """Return every key of the sections with its sentence."""
    places = [(place, [(shown(each, display), each.help) for each in commands]) for place, commands in sections]
    widest = max(cell_len(keys) for _, rows in places for keys, _ in rows) + 2
    lines: list[Line] = []
    for place, rows in places:
        lines += [] if not lines else [[]]
        lines.append([(place, "strong")])
        lines += [[(f"  {fit(keys, widest)}", "accent"), (sentence, "plain")] for keys, sentence in rows]
    return lines
