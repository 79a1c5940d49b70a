"""A table under its heading: only the rows in sight are ever asked for."""

from collections.abc import Sequence
from typing import ClassVar, Literal, Protocol

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip
from textual.widget import Widget

from charplay.tui.command import Command, bindings
from charplay.tui.widgets.row_list import SIGN, TONES, TONES_CSS, Cell, RowList, fit, fit_end, fit_name, row_strip


class TableColumn(Protocol):
    """A column, as it is drawn."""

    @property
    def title(self) -> str:
        """What it is."""

    @property
    def width(self) -> int:
        """Cells; 0 takes what the others leave."""

    @property
    def most(self) -> int:
        """Cells that it takes at most where the others leave more; 0 takes all."""

    @property
    def gap(self) -> int:
        """Cells between it and the next one."""

    @property
    def is_right(self) -> bool:
        """Whether it is aligned to the right."""

    @property
    def cut(self) -> Literal["start", "middle", "end"]:
        """Where what is too long for its place is cut."""

    @property
    def tone(self) -> str:
        """How it is drawn."""


class TableRows(Protocol):
    """What is drawn."""

    @property
    def columns(self) -> Sequence[TableColumn]:
        """From left to right."""

    @property
    def sorted_by(self) -> int:
        """The column that rows are sorted by."""

    @property
    def falls(self) -> bool:
        """Whether the largest come first."""

    def __len__(self) -> int:
        """Return how many rows there are."""

    def texts(self, line: int) -> Sequence[str]:
        """Return what the cells of a line show."""


def lay_out(columns: Sequence[TableColumn], width: int) -> list[int]:
    """Return the columns' widths in so many cells."""
    taken = sum(column.width for column in columns) + sum(column.gap for column in columns[:-1])
    flexible = sum(not column.width for column in columns)
    left = max(0, width - taken) // max(1, flexible)
    return [column.width or min(left, column.most or left) for column in columns]


def _fitted(column: TableColumn, text: str, room: int) -> str:
    if column.cut == "middle":
        return fit_name(text, room)
    return fit_end(text, room) if column.cut == "start" else fit(text, room, right=column.is_right)


class _Heading(Widget):
    COMPONENT_CLASSES: ClassVar[set[str]] = TONES
    DEFAULT_CSS = f"_Heading {{ height: 1; {TONES_CSS} }}"

    def __init__(self) -> None:
        super().__init__()
        self.rows: TableRows | None = None

    def render_line(self, y: int) -> Strip:
        rows, width = self.rows, self.size.width
        cells: list[Cell] = []
        for number, (column, room) in enumerate(
            zip(rows.columns, lay_out(rows.columns, width - SIGN), strict=True) if rows else ()
        ):
            sorts = rows is not None and number == rows.sorted_by
            mark = ("▼" if rows.falls else "▲") if rows is not None and sorts else ""
            title = f"{mark}{column.title}" if column.is_right else f"{column.title}{mark}"
            cells += [
                (fit(title, room, right=column.is_right), "strong" if sorts else "quiet"),
                (" " * column.gap, "plain"),
            ]
        return row_strip(self, cells, width)


class TableList(RowList):
    """The rows, with a cursor that goes by pages."""

    commands: ClassVar[Sequence[Command]] = (
        Command("table.up", "up,k", "up", "A row up", action="move(-1)"),
        Command("table.down", "down,j", "down", "A row down", action="move(1)"),
        Command("table.page_up", "pageup", "page up", "A page up", action="page(-1)"),
        Command("table.page_down", "pagedown,space", "page down", "A page down", action="page(1)"),
        Command("table.first", "home", "first", "To the first row", action="move(-1000000000)"),
        Command("table.last", "end", "last", "To the last row", action="move(1000000000)"),
    )
    BINDINGS = bindings(commands)

    def __init__(self) -> None:
        super().__init__()
        self.rows: TableRows | None = None

    def number(self) -> int:
        """Return how many rows there are."""
        return len(self.rows) if self.rows is not None else 0

    def draw(self, index: int, width: int) -> list[Cell]:
        """Draw the cells of a row."""
        assert self.rows is not None
        columns = self.rows.columns
        cells: list[Cell] = []
        for column, text, room in zip(columns, self.rows.texts(index), lay_out(columns, width - SIGN), strict=True):
            cells += [(_fitted(column, text, room), column.tone), (" " * column.gap, "plain")]
        return cells

    def words_here(self) -> str:
        """Return what its columns are called: its rows are words of a text."""
        return "  ".join(column.title for column in self.rows.columns) if self.rows is not None else ""

    def action_page(self, by: int) -> None:
        """Move the cursor by a page, a row kept in sight."""
        self.action_move(by * max(1, self.size.height - 1))

    def clicked(self) -> None:
        """A second click opens the row."""
        self.call_later(self.run_action, "screen.enter")


class TableView(Vertical):
    """A heading and the rows."""

    DEFAULT_CSS = """
    TableView { height: 1fr; & > TableList { height: 1fr; } }
    """

    def __init__(self) -> None:
        super().__init__()
        self._heading = _Heading()
        self.list = TableList()

    def compose(self) -> ComposeResult:
        """Lay out both."""
        yield self._heading
        yield self.list

    def show(self, rows: TableRows | None, line: int) -> None:
        """Show these rows with the cursor on a line."""
        self._heading.rows = self.list.rows = rows
        self.list.cursor = line
        self.list.repaint()
        self._heading.refresh()
