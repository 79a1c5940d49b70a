"""A border with a title at the left and a note at the right of its upper edge."""

from typing import Self

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

from charplay.tui.visible import plain


class Framed(Widget):
    """Mix into a widget with a border: `set_title` says what it is and, at the other end, what it shows just now."""

    DEFAULT_CSS = """
    Framed {
        border: round $foreground 25%;
        border-title-color: $foreground 80%;
        border-subtitle-color: $foreground 60%;
        &:focus, &:focus-within {
            border: round $accent;
            border-title-color: $foreground;
        }
    }
    """

    _title = Content("")
    _note = Content("")
    _label = Content("")
    _only_the_edge = False

    def set_title(self, title: str | Content, note: str | Content = "") -> None:
        """Outside text in a plain string is made visible here; a `Content` is taken as it is."""
        self._title, self._note = (t if isinstance(t, Content) else Content(plain(t)) for t in (title, note))
        self._write_title()

    def _write_title(self) -> None:
        title, note = self._title, self._note
        gap = self.outer_size.width - 6 - title.cell_length - note.cell_length
        if note and gap < 3:
            label = note if title.cell_length + gap > 0 else title
        elif note:
            edge = self.styles.border_top[1].css
            label = Content.assemble(title, " ", ("─" * (gap - 2), edge), " ", note)
        else:
            label = title
        if not label.is_same(self._label):
            self._label = label
            self._only_the_edge = True
            self.border_title = label
            self._only_the_edge = False

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
