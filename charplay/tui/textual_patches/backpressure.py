"""Pauses painting and timers while the terminal cannot keep up, and catches up with one frame.

Textual paints on, and its event loop waits once thirty writes wait. On a terminal that stands still the program uses
0.2 ms of every second in place of 39. docs/TEXTUAL.md (backpressure) has the text for upstream. It leans on
`App._display`, through which every frame goes (patched_app.py); the rest is public.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Protocol, runtime_checkable
from weakref import WeakSet

from textual.widget import Widget


class SlowTerminal(Protocol):
    """A terminal that tells whether it keeps up."""

    @property
    def behind(self) -> bool:
        """Whether it has not taken what was written to it."""

    def once_caught_up(self, then: Callable[[], object]) -> None:
        """Call `then` once, in the running loop, when it has taken everything."""


class Painter(Protocol):
    """What is paused: an app."""

    def batch_update(self) -> AbstractContextManager[None]:
        """Within it nothing is painted."""

    def refresh(self) -> object:
        """Paint all of it."""


class Pausable(Protocol):
    """What can stand still: a timer, or a `Ticker`."""

    def pause(self) -> None:
        """Do nothing from now on."""

    def resume(self) -> None:
        """Go on."""


class Backpressure:
    """Holds an app's painting, and timers whose effect is only seen, while its terminal is behind."""

    def __init__(self, app: Painter) -> None:
        self._app = app
        self._held = ExitStack()
        self._timers: WeakSet[Pausable] = WeakSet()
        self.holding = False
        """Whether nothing is painted now."""

    def add(self, timer: Pausable) -> None:
        """Have a timer stand still while nobody sees what it does."""
        self._timers.add(timer)
        if self.holding:
            timer.pause()

    def holds(self, terminal: SlowTerminal | None) -> bool:
        """Whether a frame must not be sent now; without a terminal, as in tests, every frame may."""
        behind = terminal is not None and terminal.behind
        if terminal is not None and behind and not self.holding:
            self.holding = True
            self._held.enter_context(self._app.batch_update())
            for timer in self._timers:
                timer.pause()
            terminal.once_caught_up(self._catch_up)
        return behind

    def _catch_up(self) -> None:
        """Paint what was not shown, now that the terminal has taken the rest."""
        self.holding = False
        self._held.close()
        for timer in self._timers:
            timer.resume()
        self._app.refresh()


@runtime_checkable
class HasBackpressure(Protocol):
    """An app that pauses while its terminal is behind."""

    backpressure: Backpressure


def set_visible_interval(node: Widget, seconds: float, tick: Callable[[], object]) -> None:
    """Call `tick` every so many seconds, as `set_interval` does, but not while nobody sees what comes of it."""
    _add(node.app, node.set_interval(seconds, tick))


class Ticker:
    """A node's clock: it ticks often while something moves, and seldom while nothing does.

    A program that wakes thirty times a second for nothing lets neither a laptop nor a training thread rest.
    """

    def __init__(self, node: Widget, seconds: float, every: int, tick: Callable[[int], object]) -> None:
        """Call `tick(1)` every so many seconds while `quick`, as at first; else `tick(every)` as seldom."""
        self._timers = {True: node.set_interval(seconds, lambda: tick(1)),
                        False: node.set_interval(seconds * every, lambda: tick(every), pause=True)}  # fmt: skip
        self._quick, self.paused = True, False
        _add(node.app, self)

    @property
    def quick(self) -> bool:
        """Whether it ticks often. Once that is asked of it, the next tick comes at once."""
        return self._quick

    @quick.setter
    def quick(self, quick: bool) -> None:
        if quick != self._quick:
            self._timers[self._quick].pause()
            self._quick = quick
            if not self.paused:
                self._timers[quick].resume()

    def pause(self) -> None:
        """Stand still."""
        self.paused = True
        self._timers[self._quick].pause()

    def resume(self) -> None:
        """Go on."""
        self.paused = False
        self._timers[self._quick].resume()


def _add(app: object, timer: Pausable) -> None:
    if isinstance(app, HasBackpressure):
        app.backpressure.add(timer)
