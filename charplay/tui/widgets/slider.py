"""A slider for a number: one row with label, track and value."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from charplay.playground.scales import Linear, Scale
from charplay.tui.command import Command, bindings

_TYPED = "0123456789.e-+"
MOST_TYPED = 12
"""Characters of a value that can be typed."""


class Slider(Widget, can_focus=True):
    """Set `value` from outside, read it, and hear `Slider.Changed` when the user moves it.

    It shows the value that it was given, also where that lies beyond its scale; a user moves it within the scale.

    Left and right move by a fine step, with shift by ten; `=` opens the value for typing. A click, a drag or
    the wheel does what one expects. Home and end belong to the text, where both stand in one pane.
    """

    DEFAULT_CSS = """
    Slider {
        height: 1;
        width: 1fr;
        min-width: 16;
        & .slider--label { color: $foreground-muted; }
        & .slider--filled { color: $foreground 60%; }
        & .slider--track { color: $foreground 25%; }
        & .slider--knob { color: $foreground; }
        & .slider--value { color: $foreground; }
        &:focus .slider--label { color: $foreground; }
        &:focus .slider--filled { color: $accent; }
        &:focus .slider--knob { color: $accent; }
        &:focus .slider--value { color: $foreground; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"slider--{part}" for part in ("label", "filled", "track", "knob", "value")
    }  # fmt: skip
    commands: ClassVar[Sequence[Command]] = (
        Command("slider.lower", "left", "lower", "A fine step lower", action="move(-1)"),
        Command("slider.higher", "right", "higher", "A fine step higher", action="move(1)"),
        Command("slider.much_lower", "shift+left", "much lower", "Ten steps lower", action="move(-10)"),
        Command("slider.much_higher", "shift+right", "much higher", "Ten steps higher", action="move(10)"),
        Command(
            "slider.type",
            "equals_sign",
            "type a value",
            "Type the slider's value; enter takes it, escape leaves it",
            action="type",
        ),
    )
    BINDINGS = bindings(commands)

    value: reactive[float] = reactive(0.0)
    """Where it stands; setting it sends no message."""
    typed: reactive[str | None] = reactive(None)
    """What is being typed, None while nothing is."""

    class Changed(Message):
        """The user moved the slider."""

        def __init__(self, slider: "Slider", value: float) -> None:
            super().__init__()
            self.slider = slider
            self.value = value

        @property
        def control(self) -> "Slider":
            """The slider, so that `@on(Slider.Changed, "#id")` works."""
            return self.slider

    def __init__(
        self,
        label: str,
        value: float,
        scale: Scale | None = None,
        *,
        show: Callable[[float], str] = "{:.2f}".format,
        value_width: int = 6,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        """`show` writes the value, in `value_width` characters or more; the scale is 0 to 1 unless given."""
        super().__init__(id=id, classes=classes)
        self.label = label
        self.scale: Scale = scale or Linear.between(0.0, 1.0, 0.01)
        self.show = show
        self.value_width = value_width
        self.set_reactive(Slider.value, value)

    def _track(self) -> tuple[int, int]:
        """First column of the track, and its length."""
        start = len(self._written_label())
        return start, max(1, self.content_size.width - start - 1 - len(self._written_value()))

    def _written_value(self) -> str:
        """The value, or what is typed, in as many columns as it needs."""
        value = self.show(self.value) if self.typed is None else self.typed + "▏"
        return f"{value:<{self.value_width}}"

    def _written_label(self) -> str:
        """The label with a space, cut where that leaves no room for a short track and the value."""
        room = self.content_size.width - len(self._written_value()) - 5
        return f"{self.label[: room - 1]} " if self.label and room > 1 else ""

    def _set(self, value: float) -> None:
        before, self.value = self.value, value
        if self.value != before:
            self.post_message(self.Changed(self, self.value))

    def action_move(self, steps: int) -> None:
        """So many fine steps up; from beyond the scale's end only towards it."""
        moved = self.scale.moved(self.value, steps)
        if (moved - self.value) * steps > 0:
            self._set(moved)
        else:
            self._say_range()

    def _say_range(self) -> None:
        low, high = self.show(self.scale.low), self.show(self.scale.high)
        self.notify(f"{self.label} goes from {low} to {high} here.".capitalize(), markup=False)

    def words_here(self) -> str:
        """Return what it sets."""
        return self.label

    def action_type(self) -> None:
        """Open the value for typing; enter takes it, escape leaves it."""
        self.typed = ""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While a value is typed, its characters are no shortcuts."""
        return self.typed is not None and (character or "") in _TYPED

    def on_key(self, event: events.Key) -> None:
        """Take what is typed into the value."""
        if self.typed is None:
            return
        if event.key == "enter":
            self._take()
        elif event.key == "escape":
            self.typed = None
        elif event.key == "backspace":
            self.typed = self.typed[:-1]
        elif event.character and event.character in _TYPED:
            self.typed = (self.typed + event.character)[:MOST_TYPED]
        event.stop()
        event.prevent_default()

    def _take(self) -> None:
        text, self.typed = self.typed or "", None
        if not text:
            return
        try:
            value = float(text)
        except ValueError:
            self.notify(f"{text} is no number.", severity="warning", markup=False)
            return
        if self.scale.low <= value <= self.scale.high:
            self._set(value)
        else:
            self._say_range()

    def on_blur(self) -> None:
        """Leaving is not entering."""
        self.typed = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go there, and follow the mouse until it is let go."""
        self.capture_mouse()
        self._point(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow a drag."""
        if self.app.mouse_captured is self:
            self._point(event)

    def on_mouse_up(self) -> None:
        """The drag is over."""
        self.release_mouse()

    def _point(self, event: events.MouseEvent) -> None:
        start, length = self._track()
        self._set(self.scale.value((event.x - self.content_offset.x - start) / max(1, length - 1)))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """A fine step up."""
        event.stop()
        self.action_move(1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """A fine step down."""
        event.stop()
        self.action_move(-1)

    def render_line(self, y: int) -> Strip:
        """The row."""
        if y:
            return Strip.blank(self.content_size.width, self.rich_style)
        _, length = self._track()
        knob = round(self.scale.position(self.value) * (length - 1))
        parts = [
            ("label", self._written_label()),
            ("filled", "━" * knob),
            ("knob", "●"),
            ("track", "━" * (length - 1 - knob)),
            ("value", f" {self._written_value()}"),
        ]
        strip = Strip(Segment(text, self.get_component_rich_style(f"slider--{part}")) for part, text in parts if text)
        return strip.adjust_cell_length(self.content_size.width, self.rich_style)
