"""A list of rows with a cursor, drawn line by line: the corpus, form and runs panes and the dialogs are made of it."""

from collections.abc import Iterable, Sequence
from itertools import chain
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from charplay.formatting.ellipsis import shorten
from charplay.formatting.sanitize import sanitize
from charplay.tui.command import Command, bindings
from charplay.tui.textual_patches.fast_paint import PartStyles

Cell = tuple[str, str]
"""A piece of a row and its tone: "plain", "quiet", "strong", "accent", "bad"."""

TONES = {"rows--plain", "rows--quiet", "rows--strong", "rows--accent", "rows--bad"}
"""The component classes of the tones."""
TONES_CSS = """
    & > .rows--plain { color: $foreground; }
    & > .rows--quiet { color: $foreground-muted; }
    & > .rows--strong { color: $foreground; text-style: bold; }
    & > .rows--accent { color: $accent; }
    & > .rows--bad { color: $error; }
"""
"""To be put into the style of a widget that draws rows."""

WHOLE_ROW = 300
"""Cells in which nothing of a row is cut that matters."""
WHOLE_LINE, MOST_ROWS = 120, 10_000
"""How wide at least, and how many, the rows are that are taken out as text."""
SIGN = 1
"""Cells at the end of a row for a sign that there are rows above or below; what must be read there leaves them free."""
_NOTHING = Style.null()


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Outside text as exactly `width` cells, cut with an ellipsis; `right` aligns it to the right."""
    shown = sanitize(text, " ")
    if cell_len(shown) > width:
        shown = set_cell_size(shown, max(0, width - 1)).rstrip() + "…" if width else ""
    space = " " * (width - cell_len(shown))
    return space + shown if right else shown + space


def fit_end(text: str, width: int) -> str:
    """The end of outside text as exactly `width` cells, aligned to the right."""
    # No character takes less than a cell.
    shown = sanitize(text[-width:] if width else "", " ")
    return set_cell_size(shown[::-1], width)[::-1]


def fit_name(name: str, width: int) -> str:
    """A name as exactly `width` cells, cut in its middle."""
    return set_cell_size(shorten(name, width), max(0, width))


def row_strip(
    widget: Widget, cells: Iterable[Cell], width: int, over: Style = _NOTHING, base: Style | None = None
) -> Strip:
    """Draw the cells of one row, `over` laid over each of them, as a line of exactly `width` cells.

    `base`: the widget's own style, where that was read already, as reading it takes longer than drawing a row.
    """
    segments = [Segment(text, widget.get_component_rich_style(f"rows--{tone}") + over) for text, tone in cells]
    return Strip(segments).adjust_cell_length(width, (widget.rich_style if base is None else base) + over)


def sign_beyond(line: int, height: int, top: int, number: int) -> str:
    """Return what stands at the end of a line: a sign that there are rows above the first or below the last one."""
    if line == 0 < top:
        return "▲"
    return "▼" if line == height - 1 and top + height < number else ""


class RowList(Widget, can_focus=True):
    """Rows with a cursor. Subclasses say how many there are and how one is drawn."""

    commands: ClassVar[Sequence[Command]] = (
        Command("list.up", "up,k", "up", "One up", action="move(-1)"),
        Command("list.down", "down,j", "down", "One down", action="move(1)"),
        Command("list.page_up", "pageup", "page up", "A page up", action="page(-1)"),
        Command("list.page_down", "pagedown", "page down", "A page down", action="page(1)"),
        Command("list.first", "home", "first", "To the first", action="move(-1000000000)"),
        Command("list.last", "end", "last", "To the last", action="move(1000000000)"),
    )
    BINDINGS = bindings(commands)
    COMPONENT_CLASSES: ClassVar[set[str]] = TONES | {"rows--cursor"}
    DEFAULT_CSS = f"""
    RowList {{
        {TONES_CSS}
        & > .rows--cursor {{ background: $surface; }}
        &:focus > .rows--cursor {{ background: $cursor; }}
        &:ansi:focus > .rows--cursor {{ text-style: reverse; }}
    }}
    """

    cursor = reactive(0, repaint=False)
    top = reactive(0)
    """The row on the first line."""

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, rows: "RowList", index: int) -> None:
            super().__init__()
            self.rows = rows
            self.index = index

        @property
        def control(self) -> "RowList":
            """The list it happened in."""
            return self.rows

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._parts = PartStyles()

    def number(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def draw(self, index: int, width: int) -> list[Cell]:
        """Row `index` as pieces, cells together at most `width` wide."""
        raise NotImplementedError

    def advice(self) -> str:
        """What is said below the rows, where there is anything to say."""
        return ""

    def words_here(self) -> str:
        """Return what the row under the cursor says."""
        return "".join(text for text, _ in self.draw(self.cursor, WHOLE_ROW)) if self.number() else ""

    def whole(self) -> str:
        """Return all rows as text, one a line, as wide as they are shown, or at least so that no name is cut."""
        width, rows = max(self.size.width, WHOLE_LINE), range(min(self.number(), MOST_ROWS))
        return "\n".join("".join(text for text, _ in self.draw(row, width)).rstrip() for row in rows)

    def stands(self, index: int) -> bool:
        """Whether the cursor may stand on a row; headings are passed over."""
        return 0 <= index < self.number()

    def rows_in_sight(self) -> range:
        """Return the rows that are shown, the first on the first line."""
        return range(self.top, min(self.number(), self.top + self.size.height))

    def go_to(self, index: int) -> None:
        """Take the focus, with the cursor on a row."""
        self.screen.set_focus(self)
        self.cursor = index

    def repaint(self) -> None:
        """The rows changed: hold the cursor on one that exists, and draw."""
        last = self.number() - 1
        if not self.stands(self.cursor):
            self.cursor = next((i for i in range(min(self.cursor, last), -1, -1) if self.stands(i)), 0)
        self._follow()
        self.refresh()

    def _validate_cursor(self, index: int) -> int:
        return max(0, min(index, self.number() - 1))

    def _watch_cursor(self, before: int, after: int) -> None:
        self._follow()
        # Where other rows came in sight `top` has everything drawn; else the cursor alone has moved.
        lines = {index - self.top for index in (before, after)}
        self.refresh(*(Region(0, line, self.size.width, 1) for line in lines if 0 <= line < self.size.height))
        self.post_message(self.Moved(self, self.cursor))

    @on(events.Resize)
    def _resized(self) -> None:
        self._follow()

    def line_of_cursor(self) -> int:
        """On which line of the content area the cursor stands."""
        return self.cursor - self.top

    def action_move(self, by: int) -> None:
        """Move the cursor, past rows on which it may not stand."""
        step = 1 if by > 0 else -1
        wanted = max(0, min(self.cursor + by, self.number() - 1))
        beyond, before = range(wanted, self.number() if by > 0 else -1, step), range(wanted, self.cursor, -step)
        self.cursor = next((index for index in chain(beyond, before) if self.stands(index)), self.cursor)

    def action_page(self, by: int) -> None:
        """Move the cursor by so many pages, a row kept in sight."""
        self.action_move(by * max(1, self.size.height - 1))

    @on(events.Click)
    def _choose_by_mouse(self, event: events.Click) -> None:
        index = self.top + event.get_content_offset_capture(self).y
        if self.stands(index):
            again = index == self.cursor
            self.cursor = index
            if again:
                self.clicked()

    def clicked(self) -> None:
        """The row under the cursor was clicked once more."""

    @on(events.MouseScrollDown)
    def _wheel_down(self) -> None:
        self.action_move(3)

    @on(events.MouseScrollUp)
    def _wheel_up(self) -> None:
        self.action_move(-3)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the content area; a sign that there are more rows stands over its last cell."""
        index, width, base = self.top + y, self.size.width, self._parts.of(self)
        if not 0 <= index < self.number():
            return row_strip(self, self._draw_advice(index - self.number(), width), width, base=base)
        over = self.get_component_rich_style("rows--cursor", partial=True) if index == self.cursor else _NOTHING
        row = row_strip(self, self.draw(index, width), width, over, base)
        sign = sign_beyond(y, self.size.height, self.top, self.number())
        return Strip.join([row.crop(0, width - SIGN), row_strip(self, [(sign, "accent")], SIGN, over)]) if sign else row

    def _draw_advice(self, line: int, width: int) -> list[Cell]:
        """A line of what is said below the rows, an empty one between them."""
        lines = ([""] if self.number() else []) + wrap(self.advice(), max(1, width - 2))
        return [(f" {lines[line]}", "quiet")] if line < len(lines) else []

    def notify_style_update(self) -> None:
        """Forget the styles of the theme before."""
        super().notify_style_update()
        self._parts.forget()

    def _follow(self) -> None:
        height = self.size.height
        if not height:  # not laid out yet
            return
        top = min(self.top, max(0, self.number() - height))
        self.top = max(0, min(top, self.cursor), self.cursor - height + 1)
