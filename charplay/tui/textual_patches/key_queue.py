"""Queues keys, so that each meets the screen as the one before has left it, however fast they were typed.

Textual sends a key to the focused widget at once, though the key before may be about to move the focus or to open a
dialog. There is no event for "this key's effects are over"; a marker message sent after each key finds out. Of ten
rushes of four keys all land as meant; without it none. docs/TEXTUAL.md (key queue) has the text for upstream. It
leans on `App.on_event` getting every key before a widget does.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from textual import events
from textual.message import Message
from textual.message_pump import MessagePump
from textual.timer import Timer

LAPS = 3
"""Rounds of the marker: a key runs an action, which may send a message, whose handler may send one more."""
LOOK_SECONDS = 0.02
MAX_LOOKS = 250
"""Looks after which the next key goes its way, whatever became of the one before. Looks are counted, not seconds: a
machine that stood still meanwhile has not worked on that key either. What takes that long is a fault; a screen that a
slow machine makes ready takes less, and a key that came before it is would break it."""


class KeyHandled(Message):
    """Marks the end of a key's way: it is posted behind the key to the same target, and bubbles up as the key does."""

    def __init__(self, lap: int = 1) -> None:
        super().__init__()
        self.lap = lap


class KeyTarget(Protocol):
    """Where keys go: an app."""

    @property
    def key_target(self) -> MessagePump | None:
        """The focused widget, else the screen; None while there is no screen to meet: not yet, or not any more."""

    @property
    def front_screen(self) -> MessagePump:
        """The screen that gets keys now."""

    async def send_key(self, event: events.Event, target: MessagePump) -> None:
        """Handle a key or a paste as Textual does."""

    def call_later(self, callback: Callable[..., object], *arguments: object) -> object:
        """Call a function behind the messages that wait."""

    def set_interval(self, interval: float, callback: Callable[[], Awaitable[None]], *, pause: bool) -> Timer:
        """Call a function every so many seconds."""


class KeyQueue:
    """Sends an app its keys and pastes, one when the effects of the one before are over."""

    def __init__(self, app: KeyTarget) -> None:
        self._app = app
        self._waiting: deque[events.Event] = deque()
        self._marker: KeyHandled | None = None
        """Of the key under way."""
        self._bearer: MessagePump | None = None
        """The widget or screen that the marker is queued on."""
        self._looks = 0
        self._timer: Timer | None = None

    @property
    def empty(self) -> bool:
        """Whether no key waits and none is under way."""
        return not self._waiting and self._marker is None

    async def put(self, event: events.Event) -> None:
        """Send a key or a paste, or have it wait for the one under way, or for a screen."""
        self._waiting.append(event)
        await self._send()
        if self._waiting:
            self._timer = self._timer or self._app.set_interval(LOOK_SECONDS, self._look, pause=True)
            self._timer.resume()

    def follow(self, marker: KeyHandled, target: MessagePump) -> None:
        """Send a marker behind what was sent to `target`."""
        self._marker, self._bearer = marker, target
        target.post_message(marker)

    def arrived(self, marker: KeyHandled) -> None:
        """Send the marker on its next round, or go on to the next key behind all that the last one has sent."""
        target = self._app.key_target
        if marker is not self._marker or target is None:
            return
        if marker.lap < LAPS:
            self.follow(KeyHandled(marker.lap + 1), target)
        else:
            # A screen that the key opened is ready when it comes to this, behind its own beginning.
            self._bearer = self._app.front_screen
            self._bearer.call_later(self._app.call_later, self._go_on, marker)

    async def _send(self) -> None:
        target = self._app.key_target
        if self._marker is None and self._waiting and target is not None:
            await self._app.send_key(self._waiting.popleft(), target)
            self._looks = 0
            self.follow(KeyHandled(), target)

    async def _look(self) -> None:
        """Go on where no key is under way, or the one before went to a widget that is gone, or takes far too long."""
        self._looks += 1
        if not self._waiting and self._timer is not None:
            self._timer.pause()
        elif self._marker is None or self._looks > MAX_LOOKS or self._bearer is None or not self._bearer.is_attached:
            await self._go_on(self._marker)

    async def _go_on(self, marker: KeyHandled | None) -> None:
        if marker is self._marker:
            self._marker = None
            await self._send()
