"""Keys one after another: each meets the screen as the one before has left it, however fast they were typed."""

from collections import deque

from textual import events, on
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump

from charplay.formatting.sanitize import sanitize
from charplay.tui.widgets.escaped_input import EscapedInput

LAPS = 3
"""A key runs an action, which may send a message, whose handler may send one more: each of them is a lap behind."""
LOOK_SECONDS = 0.02
PATIENCE = 250
"""Looks after which the next key goes its way, whatever became of the one before. Looks are counted, not seconds: a
machine that stood still meanwhile has not worked on that key either. What takes that long is a fault; a screen that a
slow machine makes ready takes less, and a key that came before it is would break it."""


class KeyHandled(Message):
    """Goes the way of a key, behind it: where it arrives, the key has been; and then behind what the key sent."""

    def __init__(self, lap: int = 1) -> None:
        super().__init__()
        self.lap = lap


def _for(target: MessagePump | None, text: str) -> str:
    """Outside text for a field; an ordinary one shows what it holds as it stands."""
    return text if isinstance(target, EscapedInput) else sanitize(text, "\n")


class QueuesKeys(App[None]):
    """Textual sends a key to the focused widget at once, though the key before may be about to move the focus."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self._typed: deque[events.Event] = deque()
        self._under_way: KeyHandled | None = None
        self._bearer: MessagePump = self
        """Who has it."""
        self._looks = 0

    @property
    def clipboard(self) -> str:
        """The text that was copied here last, for the field that has the focus."""
        return _for(self.focused, super().clipboard)

    def on_mount(self) -> None:
        """Look after keys that wait, once there are any."""
        self._looking = self.set_interval(LOOK_SECONDS, self._look, pause=True)

    async def on_event(self, event: events.Event) -> None:
        """As in Textual, but for keys that arrive while one is under way: they wait."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._under_way is not None:
            self._looking.resume()
        await self._send()

    async def _send(self) -> None:
        if self._under_way is None and self._typed and self.screen_stack:
            target, event = self.focused or self.screen, self._typed.popleft()
            if isinstance(event, events.Paste):
                event = events.Paste(_for(target, event.text))
            await super().on_event(event)
            self._looks = 0
            self._follow(KeyHandled(), target)

    def _follow(self, handled: KeyHandled, target: MessagePump) -> None:
        self._under_way, self._bearer = handled, target
        target.post_message(handled)

    @on(KeyHandled)
    def _arrived(self, handled: KeyHandled) -> None:
        if handled is not self._under_way or not self.screen_stack:  # none where the program was left meanwhile
            return
        if handled.lap < LAPS:
            self._follow(KeyHandled(handled.lap + 1), self.focused or self.screen)
        else:
            # A screen that the key opened is ready when it comes to this, behind its own beginning.
            self._bearer = self.screen
            self._bearer.call_later(self.call_later, self._go_on, handled)

    async def _look(self) -> None:
        self._looks += 1
        if not self._typed:
            self._looking.pause()
        elif self._looks > PATIENCE or not self._bearer.is_attached:  # it went to what is gone
            await self._go_on(self._under_way)

    async def _go_on(self, handled: KeyHandled | None) -> None:
        if handled is self._under_way:
            self._under_way = None
            await self._send()
