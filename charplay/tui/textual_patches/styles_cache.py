"""Textual's cache of widgets' backgrounds, without the widgets."""

from functools import lru_cache

from textual._styles_cache import StylesCache
from textual.color import Color
from textual.style import Style


def patch_styles_cache() -> None:
    """Have backgrounds remembered by their colours alone.

    Textual (8.2) remembers those of the last 1,024 widgets, and of each with them all its lines: a dialog opened and
    closed kept up to half a megabyte (Textualize/textual#6665).
    """
    StylesCache.get_inner_outer = staticmethod(_inner_outer)  # type: ignore[method-assign, assignment]


@lru_cache(1024)
def _inner_outer(base_background: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base_background + background), Style(background=base_background)
