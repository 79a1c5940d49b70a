"""A container with a border that says what it is: a title and a note on its upper edge, a foot on its lower one."""

from collections.abc import Callable
from typing import Self

from textual import events
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region

from charplay.formatting.ellipsis import shorten

Label = str | Callable[[int], Content]
"""Outside text, which is made visible and shortened where it must be, or what writes a text in so many cells."""

LEAST_LINE = 3
"""Cells between a title and a note, with a piece of the edge in their middle."""


class Pane(Vertical):
    """A bordered column of widgets: `set_title` says what it is and, elsewhere on its edge, what it shows just now."""

    DEFAULT_CSS = """
    Pane {
        border: round $foreground 25%;
        border-title-color: $foreground-muted;
        border-subtitle-color: $foreground-muted;
        &:focus, &:focus-within {
            border: round $accent;
            border-title-color: $foreground;
        }
        &:ansi:focus-within { border: heavy $accent; }
    }
    """

    _title: Label = ""
    _note: Label = ""
    _foot: Label = ""
    _upper = Content("")
    _lower = Content("")
    _only_the_edge = False

    def focus_first(self) -> None:
        """Focus the first widget that takes the focus."""
        self.screen.set_focus(next((each for each in self.query() if each.focusable), None))

    def set_title(self, title: Label, note: Label = "", foot: Label = "") -> None:
        """The title has the room first, then the note; the foot stands on the lower edge."""
        self._title, self._note, self._foot = title, note, foot
        self._write_title()

    def _write_title(self) -> None:
        upper, lower = self._upper_edge(), _written(self._foot, self._room)
        if not upper.is_same(self._upper):
            self._upper = upper
            self._only_the_edge = True
            self.border_title = upper
            self._only_the_edge = False
        if not lower.is_same(self._lower):
            self._lower = self.border_subtitle = lower

    @property
    def _room(self) -> int:
        return self.outer_size.width - 6

    def _upper_edge(self) -> Content:
        title = _written(self._title, self._room)
        note = _written(self._note, self._room - title.cell_length - LEAST_LINE)
        if not note:
            return title
        line = "─" * (self._room - title.cell_length - note.cell_length - 2)
        return Content.assemble(title, " ", (line, self.styles.border_top[1].css), " ", note)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """As in Textual, except that a new title repaints one row, not the whole pane with all that it holds."""
        if self._only_the_edge:
            regions = (Region(0, 0, self.outer_size.width, 1).translate(-self.content_offset),)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def on_resize(self, _: events.Resize) -> None:
        """The edge between the two grows with the width."""
        self._write_title()

    def notify_style_update(self) -> None:
        """Focus or theme: the edge has another colour."""
        super().notify_style_update()
        if self.is_mounted:
            self._write_title()


def _written(label: Label, room: int) -> Content:
    """A label in at most `room` cells."""
    content = label(room) if callable(label) else Content(shorten(label, room))
    return content.truncate(max(0, room), ellipsis=True)
