"""Works around Textualize/textual#6665: its styles cache keeps closed widgets alive.

`StylesCache.get_inner_outer` is a cached method, so the cache holds the last 1,024 objects it was called on, and each
holds all its widget's lines: a dialog opened and closed kept 296 kB, where now 40 are kept of the first ones and none
of later ones. docs/TEXTUAL.md (styles cache) says more. Private parts used: `StylesCache.get_inner_outer`, which is
replaced for the whole process.
"""

from functools import lru_cache

from textual._styles_cache import StylesCache
from textual.color import Color
from textual.style import Style


def patch_styles_cache() -> None:
    """Have backgrounds cached by their colours alone; may be called again."""
    StylesCache.get_inner_outer = staticmethod(_inner_outer)  # type: ignore[method-assign, assignment]


@lru_cache(1024)
def _inner_outer(base_background: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base_background + background), Style(background=base_background)
