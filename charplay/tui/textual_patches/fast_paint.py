"""A short way to the screen for widgets that paint many times a second."""

from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class FastPaint(Widget):
    """Mix into a widget without border, padding, opacity or links, whose `render_line` gives whole lines.

    Textual reads all of a widget's styles anew for every paint, which costs more than the few characters painted; here
    they are read once for each theme.
    """

    _styles_read: dict[str, Style] | None = None

    def part_style(self, component: str = "") -> Style:
        """The style of a component class, or the widget's own."""
        if self._styles_read is None:
            self._styles_read = {}
        style = self._styles_read.get(component)
        if style is None:
            style = self.get_component_rich_style(component) if component else self.rich_style
            self._styles_read[component] = style
        return style

    def notify_style_update(self) -> None:
        """Another theme, another focus: what was read is stale."""
        super().notify_style_update()
        self._styles_read = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """The part of the lines that was asked for, as `render_line` makes them."""
        if not self.is_attached:  # taken away since the last layout: it has no styles any more
            return [Strip.blank(crop.width)] * crop.height
        left, right = crop.column_span
        strips = [self.render_line(y).crop(left, right) for y in crop.line_range]
        for shade in self.get_line_filters():
            if not isinstance(shade, ANSIToTruecolor):  # the styles come from a theme, whose colours are no names
                background = self.background_colors[1]
                strips = [strip.apply_filter(shade, background) for strip in strips]
        return strips
