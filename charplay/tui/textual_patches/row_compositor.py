"""Painting a part of the screen costs what that part costs."""

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip

Render = tuple[Region, Region, list[Strip]]
"""Where a widget's lines stand on the screen, what of it is to be seen, and the lines."""


class RowCompositor(Compositor):
    """As in Textual, except that a partial update asks widgets only for rows that it paints, and none beneath another.

    Textual asks every widget in sight for all its rows, wherever the update is; for one new character that is most of
    the work.
    """

    def _get_renders(self, crop: Region | None = None) -> Iterable[Render]:
        if crop is None:
            yield from super()._get_renders(crop)
            return
        rows = Region(0, crop.y, self.size.width, crop.height)
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            part = shown.intersection(rows)
            if part and shown.overlaps(crop):
                yield part, part, widget.render_lines(part.translate(-region.offset))
                if part.contains_region(crop):
                    return
