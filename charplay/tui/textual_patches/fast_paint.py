"""A short way to the screen for widgets that paint many times a second.

Textual reads all of a widget's styles anew for every paint, which costs more than the few characters painted. A widget
without border, padding, opacity or links, whose `render_line` gives whole lines, can do without that: it is a
`FastWidget`, or keeps its `PartStyles`, which it forgets in `notify_style_update`, and lets `render_lines` be the
function here.
"""

from typing import Self

from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class PartStyles:
    """The styles of a widget's component classes, read once for each theme."""

    def __init__(self) -> None:
        self._read: dict[str, Style] = {}

    def of(self, widget: Widget, component: str = "") -> Style:
        """Return the style of a component class, or the widget's own."""
        style = self._read.get(component)
        if style is None:
            style = widget.get_component_rich_style(component) if component else widget.rich_style
            self._read[component] = style
        return style

    def forget(self) -> None:
        """Forget what was read: there is another theme, or another focus."""
        self._read.clear()


def render_lines(widget: Widget, crop: Region) -> list[Strip]:
    """Return the part of a widget's lines that was asked for, as its `render_line` makes them."""
    if not widget.is_attached:  # taken away since the last layout: it has no styles any more
        return [Strip.blank(crop.width)] * crop.height
    left, right = crop.column_span
    strips = [widget.render_line(y).crop(left, right) for y in crop.line_range]
    for shade in widget.get_line_filters():
        if not isinstance(shade, ANSIToTruecolor):  # the styles come from a theme, whose colours are no names
            background = widget.background_colors[1]
            strips = [strip.apply_filter(shade, background) for strip in strips]
    return strips


class FastWidget(Widget):
    """A widget that is nothing but lines: its `render_line` gives them, with the styles in `parts`.

    It asks for its paint at once. Textual's ask when their own queue is empty, some turns of the loop later, and so
    miss the frame that a key's first effect has begun; the next one comes up to two periods of 17 ms behind it.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.parts = PartStyles()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Ask for a paint, or what else Textual's does."""
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        if repaint and self.is_mounted:
            self._check_refresh()
        return self

    def notify_style_update(self) -> None:
        """Forget the styles of the theme before."""
        super().notify_style_update()
        self.parts.forget()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the part of the lines that was asked for."""
        return render_lines(self, crop)
