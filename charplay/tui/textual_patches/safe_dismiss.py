"""Ignores a second `dismiss` of a screen that is no longer on top.

Textual's takes away whichever screen is in front, as often as any screen asks (Textualize/textual#2575): two quick
keys close the dialog and the main screen under it. docs/TEXTUAL.md (safe dismiss). It leans on `Screen.is_active`,
public.
"""

from collections.abc import Callable
from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

Answer = TypeVar("Answer")


def dismiss_once(
    screen: Screen[Answer], dismiss: Callable[[Answer | None], AwaitComplete], result: Answer | None
) -> AwaitComplete:
    """Call Textual's `dismiss` where the screen is in front; else it was left already, or lies below another.

    For a screen's own `dismiss`: `return dismiss_once(self, super().dismiss, result)`.
    """
    return dismiss(result) if screen.is_active else AwaitComplete()
