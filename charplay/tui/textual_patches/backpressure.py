"""While the terminal is behind nobody sees the screen: nothing is drawn, and clocks of what is only seen stand."""

from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from textual.app import App
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from charplay.tui.textual_patches.driver import Driver

CATCH_UP_SECONDS = 0.2
"""How often a terminal that is behind is looked at, once it takes something."""


class PausesWhenBehind(App[None]):
    """An app that does nothing for nobody. One frame catches up once its terminal has taken what was written to it."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self._resting = False
        self._seen_clocks: WeakSet[Timer] = WeakSet()

    @property
    def _terminal(self) -> Driver | None:
        """None in tests that have none."""
        return self._driver if isinstance(self._driver, Driver) else None

    @property
    def unseen(self) -> bool:
        """Whether nobody would see what is drawn now."""
        return self._terminal is not None and self._terminal.behind

    def on_mount(self) -> None:
        """Look after a terminal that is behind, once it is."""
        self._catching_up = self.set_interval(CATCH_UP_SECONDS, self._catch_up, pause=True)

    def add_clock(self, clock: Timer) -> None:
        """Have a timer stand still while nobody sees what it does."""
        self._seen_clocks.add(clock)
        if self._resting:
            clock.pause()

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """As in Textual, but nothing is sent to a terminal that is behind."""
        if not self.unseen:
            super()._display(screen, renderable)
        elif not self._resting:
            self._rest()

    def _rest(self) -> None:
        self._resting = True
        self._begin_batch()  # nothing more is drawn
        for clock in self._seen_clocks:
            clock.pause()
        self._await_terminal()

    def _await_terminal(self) -> None:
        """Look at it once it takes something: one that stands still costs nothing."""
        assert self._terminal is not None
        self._catching_up.pause()
        self._terminal.once_it_takes(self._catching_up.resume)

    def _catch_up(self) -> None:
        """Send what was not shown, once the terminal has taken the rest."""
        if self.unseen:
            self._await_terminal()
            return
        self._resting = False
        self._end_batch()
        for clock in self._seen_clocks:
            clock.resume()
        self._catching_up.pause()
        self.screen.refresh()


def set_visible_interval(node: Widget, seconds: float, tick: Callable[[], object]) -> None:
    """Call `tick` every so many seconds, as `set_interval` does, but not while nobody sees what comes of it."""
    clock = node.set_interval(seconds, tick)
    if isinstance(node.app, PausesWhenBehind):
        node.app.add_clock(clock)
