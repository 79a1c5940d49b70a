"""The last line of a screen: which keys can be pressed."""

from collections.abc import Callable, Iterable, Iterator

from rich.cells import cell_len
from rich.text import Text
from textual import events, on
from textual.app import RenderResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

Entry = tuple[str, str]
"""A key as it is shown, and what it does in a word or two."""


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
        many: Entry | None = None,
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

    @on(events.Mount)
    def _listen(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        """Write the left-hand keys that there is room for, a gap, and all right-hand ones."""
        bindings = sorted(self._usable(), key=self._rank)
        right = self._entries(binding for binding in bindings if self._rank(binding) < 0)
        if right:
            right = [*self._many, *right]
        room = self.size.width - sum(map(_width, right))
        line = Text(no_wrap=True, end="")
        for entry in self._entries(binding for binding in bindings if self._rank(binding) >= 0):
            if _width(entry) <= room:
                room -= _width(entry)
                self._write(line, entry)
        if right:
            line.append(" " * room)
        for entry in right:
            self._write(line, entry)
        return line

    def _entries(self, bindings: Iterable[Binding]) -> list[Entry]:
        return [(self.app.get_key_display(binding), self._label(binding)) for binding in bindings]

    def _write(self, line: Text, entry: Entry) -> None:
        key, label = entry
        line.append(key, str(self.get_component_rich_style("keys--key")))
        line.append(f" {label}  ", str(self.get_component_rich_style("keys--label")))

    def _usable(self) -> Iterator[Binding]:
        """The bindings to show; a key that a text field would take for itself is none."""
        focused = self.screen.focused
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            character = binding.key if len(binding.key) == 1 else None
            taken = focused is not None and focused.check_consume_key(binding.key, character)
            if binding.show and enabled and not taken and self._label(binding):
                yield binding


def _width(entry: Entry) -> int:
    return cell_len("{} {}  ".format(*entry))
