"""The live chart: named curves on a grid of dots, repainted at most twice a second and only where cells changed."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from charplay.formatting.ellipsis import shorten_distinctly
from charplay.plotting.braille import Drawing, best_drawing
from charplay.plotting.grid import ROLES, Grid, Mark, Reference, Series, View
from charplay.plotting.plot import draw, drawable, marker
from charplay.tui.textual_patches.backpressure import set_visible_interval

if TYPE_CHECKING:
    from rich.style import Style

REPAINT_SECONDS = 0.5
LEAST_NAME_CELLS = 6
"""What a name takes in a legend at least: two cells of it, its marker, and the gap to the next one."""
LEFT_OUT_CELLS = 4
"""What the number of those takes for which there is no room."""


class Chart(Widget):
    """Curves with axes, reference lines and marks. Data comes by `set_data`, the way of looking by `look`.

    New data is painted by the widget's own timer; a new way of looking, or a new size, at once.
    """

    DEFAULT_CSS = """
    Chart {
        width: 1fr;
        height: 1fr;
        & .chart--reference { color: $foreground 25%; }
        & .chart--axis { color: $foreground 35%; }
        & .chart--mark { color: $foreground-muted; }
        & .chart--label { color: $foreground-muted; }
        & .chart--noise { color: $primary 40%; }
        & .chart--range { color: $foreground 45%; }
        & .chart--run-1 { color: $success; }
        & .chart--run-2 { color: $foreground 70%; }
        & .chart--run-3 { color: $error; }
        & .chart--run-4 { color: $success 60%; }
        & .chart--train { color: $primary; }
        & .chart--held-out { color: $accent; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"chart--{role}" for role in ROLES[1:]}

    def __init__(self, *, drawing: Drawing | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.drawing: Drawing = drawing or best_drawing()
        self.view = View()
        self._series: Sequence[Series] = ()
        self._references: Sequence[Reference] = ()
        self._marks: Sequence[Mark] = ()
        self._empty = ""
        self._changed = False
        self._grid = Grid(0, 0)
        self._strips: dict[int, Strip] = {}
        self._styles: list[Style] = []
        """Of each role; resolving one takes longer than drawing a row."""

    def set_data(
        self, series: Sequence[Series], references: Sequence[Reference] = (), marks: Sequence[Mark] = (),
        empty: str = "",
    ) -> None:  # fmt: skip
        """What to show from the next repaint on; `empty` is said in the middle where there is no curve."""
        self._series, self._references, self._marks, self._empty = series, references, marks, empty
        self._changed = True

    def look(self, **how: object) -> None:
        """Change fields of the `View` (log_x, log_y, recent, x_title, x_end), and repaint now."""
        view = replace(self.view, **how)  # type: ignore[arg-type]
        if view != self.view:
            self.view = view
            self._redraw()

    def legend(self, series: Sequence[Series], room: int) -> Content:
        """The names of curves, told apart in so many cells, each with its marker in its colour: for a border.

        Where there is no room for all, the number of the others stands at the end.
        """
        fitting = len(series)
        if fitting * LEAST_NAME_CELLS > room:
            fitting = max(room - LEFT_OUT_CELLS, 0) // LEAST_NAME_CELLS
        named, gap, left_out = series[:fitting], Content("  "), len(series) - fitting
        more = [Content(f"+{left_out}")] if left_out else []
        markers = [Content.assemble(" ", self._marker(each)) for each in named]
        names = shorten_distinctly([each.name for each in named], room - gap.join([*markers, *more]).cell_length)
        entries = [Content.assemble(*entry) for entry in zip(names, markers, strict=True)]
        return gap.join([*entries, *more])

    def _marker(self, series: Series) -> Content:
        colour = self.get_component_rich_style(f"chart--{series.role}").color
        return Content.styled(marker(series, self.drawing), colour.name if colour else "")

    def on_mount(self) -> None:
        """Start the only clock that repaints."""
        set_visible_interval(self, REPAINT_SECONDS, self._repaint)

    def on_resize(self, _: events.Resize) -> None:
        """A new size is a new chart."""
        self._redraw()

    def _repaint(self) -> None:
        if self._changed and self.is_on_screen:
            self._redraw()

    def _redraw(self) -> None:
        self._changed = False
        width, height = self.content_size
        if width <= 0 or height <= 0:
            return
        before, size = self._grid, (width, height)
        self._grid = draw(self._series, self._references, self._marks, self.view, size, self.drawing)
        if not any(len(drawable(each, self.view).x) for each in self._series):
            self._grid.write_in_middle(self._empty, "label")
        if before.glyphs.shape != self._grid.glyphs.shape:
            self._strips.clear()
            self.refresh()
            return
        differs = (before.glyphs != self._grid.glyphs) | (before.roles != self._grid.roles)
        for row in np.flatnonzero(differs.any(1)).tolist():
            columns = np.flatnonzero(differs[row])
            self._strips.pop(row, None)
            self.refresh(Region(int(columns[0]), row, int(columns[-1] - columns[0]) + 1, 1))

    def notify_style_update(self) -> None:
        """Another theme: the colours in the cached strips are stale."""
        super().notify_style_update()
        self._strips.clear()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """One row, from the cache unless it changed."""
        if y >= len(self._grid.glyphs):
            return Strip.blank(self.content_size.width, self.rich_style)
        if y not in self._strips:
            self._strips[y] = self._strip(y)
        return self._strips[y]

    def _strip(self, y: int) -> Strip:
        roles = self._grid.roles[y]
        cuts = [0, *(np.flatnonzero(np.diff(roles)) + 1).tolist(), len(roles)]
        if not self._styles:
            named = (self.get_component_rich_style(f"chart--{role}") for role in ROLES[1:])
            self._styles = [self.rich_style, *named]
        text = "".join(self._grid.glyphs[y].tolist())
        segments = [Segment(text[start:end], self._styles[roles[start]]) for start, end in pairwise(cuts)]
        return Strip(segments, len(roles))
