"""Lets a screen that is covered rest: it paints what shines through the one in front, once, and nothing else.

Textual paints the screen beneath the front one even where that is opaque, and marks again as changed what it has just
passed on: once all of it was, every later change beneath has the front screen painted whole, until that is left.
docs/TEXTUAL.md (covered screens) has the text for upstream. Private parts used: `App._background_screens`, which
`PatchedApp` replaces, `Screen._compositor_refresh`, which is replaced for the whole process, `Widget._repaint_required`
and `Widget._repaint_regions`.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from textual.screen import Screen


def shining_through(stack: Sequence[Screen[Any]]) -> list[Screen[Any]]:
    """Return the screens of a stack that are seen through those in front of them, the lowest first."""
    seen: list[Screen[Any]] = []
    for front, beneath in pairwise(reversed(stack)):
        if front.styles.background.a == 1:
            break
        seen.insert(0, beneath)
    return seen


def patch_covered_screens() -> None:
    """Have a covered screen pass on once what has changed of it; may be called again."""
    Screen._compositor_refresh = _refresh  # type: ignore[method-assign]  # noqa: SLF001


_textuals = Screen._compositor_refresh  # noqa: SLF001


def _refresh(self: Screen[Any]) -> None:
    _textuals(self)
    if self is not self.app.screen:
        self._repaint_required = False
        self._repaint_regions.clear()
