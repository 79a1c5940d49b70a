"""The last line of a screen: which keys can be pressed, or clicked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual import events, on
from textual.app import RenderResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.binding import ActiveBinding

MORE = "…  "
"""Stands behind the left-hand keys where there was no room for all of them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key as it is shown, what it does in a word or two, and the binding that a click carries out, if any."""

    key: str
    label: str
    active: "ActiveBinding | None" = None

    @property
    def width(self) -> int:
        """Cells that it takes."""
        return cell_len(f"{self.key} {self.label}  ")


class KeyLine(Widget):
    """Shows the keys of the screen's bindings, as many as fit.

    It knows no command: the screen says what a key is called, and where it stands.
    """

    COMPONENT_CLASSES = {"keys--key", "keys--label"}  # noqa: RUF012 - Textual's form
    DEFAULT_CSS = """
    KeyLine {
        height: 1;
        padding: 0 1;
        & > .keys--key { color: $accent; }
        & > .keys--label { color: $foreground-muted; }
    }
    """

    def __init__(
        self,
        label: Callable[[Binding], str] = lambda binding: binding.description,
        rank: Callable[[Binding], int] = lambda _: 0,
        many: tuple[str, str] | None = None,
    ) -> None:
        """Take over what the screen says of its keys.

        `label`: what a key is called just now, empty where it is not shown. `rank`: where it stands; as with an index,
        those below zero count from the right-hand end, where they are always shown. `many`: several keys in one word,
        before the right-hand ones.
        """
        super().__init__()
        self._label = label
        self._rank = rank
        self._many = [many] if many else []
        self._places: list[tuple[int, int, Entry]] = []
        """From which column up to which an entry was written."""

    @on(events.Mount)
    def _listen(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        """Write the left-hand keys that there is room for, a gap, and all right-hand ones."""
        usable = sorted(self._usable(), key=lambda each: self._rank(each.binding))
        right = [self._entry(each) for each in usable if self._rank(each.binding) < 0]
        if right:
            right = [*(Entry(*each) for each in self._many), *right]
        left = [self._entry(each) for each in usable if self._rank(each.binding) >= 0]
        shown = self._fitting(left, self.size.width - sum(each.width for each in right))
        gap = self.size.width - sum(each.width for each in (*shown, *right))
        self._places = []
        line = Text(no_wrap=True, end="")
        for entry in (*shown, None, *right):
            if entry is None:
                line.append(MORE.ljust(gap) if len(shown) < len(left) and gap >= len(MORE) else " " * gap)
            else:
                self._write(line, entry)
        return line

    def _fitting(self, entries: Sequence[Entry], room: int) -> list[Entry]:
        """Return the entries that there is room for, the first ones first; room is left to say that there are more."""
        if sum(each.width for each in entries) > room:
            room -= len(MORE)
        fitting = []
        for entry in entries:
            if entry.width <= room:
                room -= entry.width
                fitting.append(entry)
        return fitting

    def _entry(self, active: "ActiveBinding") -> Entry:
        return Entry(self.app.get_key_display(active.binding), self._label(active.binding), active)

    def _write(self, line: Text, entry: Entry) -> None:
        start = line.cell_len
        line.append(entry.key, str(self.get_component_rich_style("keys--key")))
        line.append(f" {entry.label}  ", str(self.get_component_rich_style("keys--label")))
        self._places.append((start, line.cell_len - len("  "), entry))

    @on(events.Click)
    async def _press(self, event: events.Click) -> None:
        """A click on a key does what the key does."""
        at = event.get_content_offset_capture(self).x
        active = next((entry.active for start, stop, entry in self._places if start <= at < stop), None)
        if active is not None:
            await self.app.run_action(active.binding.action, active.node)

    def _usable(self) -> "Iterator[ActiveBinding]":
        """The bindings to show, each by its first key; a key that a text field would take for itself is none."""
        focused, seen = self.screen.focused, set[str]()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            name = binding.id or binding.key
            character = binding.key if len(binding.key) == 1 else None
            taken = focused is not None and focused.check_consume_key(binding.key, character)
            if binding.show and active.enabled and not taken and name not in seen and self._label(binding):
                seen.add(name)
                yield active
