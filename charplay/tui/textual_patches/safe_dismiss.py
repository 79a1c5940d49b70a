"""A screen over others that is left once."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

Answer = TypeVar("Answer")


class DismissOnce(Screen[Answer]):
    """Textual's takes away whichever screen is in front, as often as any screen asks.

    Among the bases it stands last: styles are inherited from the first.
    """

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """As in Textual where this screen is the one in front; else it was left already, or lies below another."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
