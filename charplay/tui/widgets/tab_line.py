"""The first line of a screen with tabs: their numbers and names, the open one marked, and what it is all about."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events, on
from textual.app import RenderResult
from textual.message import Message
from textual.widget import Widget

from charplay.formatting.ellipsis import shorten


class TabLine(Widget):
    """Draws the tabs on the left and a title on the right; a click opens a tab."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tabs--open", "tabs--other", "tabs--number", "tabs--title"}
    DEFAULT_CSS = """
    TabLine {
        height: 1;
        & > .tabs--open { color: $background; background: $accent; text-style: bold; }
        &:ansi > .tabs--open { background: ansi_default; color: ansi_default; text-style: bold reverse; }
        & > .tabs--other { color: $foreground-muted; }
        & > .tabs--number { color: $accent; }
        & > .tabs--title { color: $foreground-muted; }
    }
    """

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, names: Sequence[tuple[str, str]], title: str) -> None:
        """`names`: of the tabs, each after its key, which is a digit."""
        super().__init__()
        self._names = names
        self._title = title
        self.open = 0

    def show(self, number: int) -> None:
        """Mark a tab as open."""
        if number != self.open:
            self.open = number
            self.refresh()

    def render(self) -> RenderResult:
        """Draw the one line."""
        line = Text(no_wrap=True, end="")
        for number, (key, name) in enumerate(self._names):
            if number == self.open:
                line.append(f" {key} {name} ", self.get_component_rich_style("tabs--open"))
            else:
                line.append(f" {key}", self.get_component_rich_style("tabs--number", partial=True))
                line.append(f" {name} ", self.get_component_rich_style("tabs--other", partial=True))
        room = self.size.width - line.cell_len - 3
        title = shorten(self._title, room) if room > 0 else ""
        line.append(" " * max(0, self.size.width - line.cell_len - cell_len(title) - 1))
        line.append(title, self.get_component_rich_style("tabs--title", partial=True))
        return line

    @on(events.Click)
    def _choose(self, event: events.Click) -> None:
        at = event.get_content_offset_capture(self).x
        for number, (_, name) in enumerate(self._names):
            at -= cell_len(name) + 4
            if at < 0:
                self.post_message(self.Chosen(number))
                return
