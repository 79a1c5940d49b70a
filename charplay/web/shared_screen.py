"""One screen of charplay that several browsers look at: the one that came first types, the others watch."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence

from charplay.web.clipboard_filter import ClipboardFilter
from charplay.web.pseudo_terminal import PseudoTerminal
from charplay.web.screen_modes import ScreenModes
from charplay.web.viewer import Viewer

PATIENCE = 75.0
"""Seconds that it has to save, or to leave its run to a process of its own, once its terminal is gone."""
CLEAR = b"\x1b[2J"
LEAST_WATCHED = 80, 24
"""Cells below which a window that only watches does not shrink the screen for all."""


class SharedScreen:
    """A program on a pseudo-terminal, and its viewers.

    It begins with the first viewer, ends some time after the last one (or by itself), and begins anew with the next.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *,
        max_viewers: int, typing: bool, linger: float,
    ) -> None:  # fmt: skip
        """Without `typing` all only watch, whoever came first.

        The program waits `linger` s for a browser that has gone: a page that is loaded anew finds it as it was.
        """
        self._command, self._environment = command, environment
        self._max_viewers, self._typing, self._linger = max_viewers, typing, linger
        self._viewers: list[Viewer] = []
        self._terminal: PseudoTerminal | None = None
        self._modes, self._clipboard = ScreenModes(), ClipboardFilter()
        self._held = False
        self._drawn_size = LEAST_WATCHED
        self._changing = asyncio.Lock()
        """Held while the program starts or ends."""
        self._expiry: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def full(self) -> bool:
        """Whether no other viewer may come."""
        return len(self._viewers) >= self._max_viewers

    def types(self, viewer: Viewer) -> bool:
        """Whether a viewer's keys reach the program."""
        return self._typing and self._viewers[:1] == [viewer]

    async def join(self, viewer: Viewer) -> None:
        """Show the screen to one more viewer, whole; start the program where it does not run. OSError."""
        self._viewers.append(viewer)
        if self._expiry is not None:
            self._expiry.cancel()
        async with self._changing:
            if self._terminal is None:
                await self._start()
            else:
                viewer.show(self._modes.sequence)
                self._fit()

    def leave(self, viewer: Viewer) -> None:
        """Forget a viewer; the program ends after a while where it was the last one."""
        viewer.close()
        if viewer not in self._viewers:
            return
        self._viewers.remove(viewer)
        if self._viewers:
            self._fit()
            self.pace()
        elif self._terminal is not None:
            self._expiry = asyncio.get_running_loop().call_later(
                self._linger, lambda: self._run_in_background(self._end_if_alone())
            )

    def type(self, viewer: Viewer, text: str) -> None:
        """Send keys to the program, where this viewer is the one that types."""
        if self._terminal is not None and self.types(viewer):
            self._terminal.write(text.encode(errors="replace"))

    def resize(self, viewer: Viewer, columns: int, rows: int) -> None:
        """Note the size of a viewer's window; the screen is as large as the smallest."""
        if viewer.size != (columns, rows):
            viewer.size = columns, rows
            self._fit()

    def pace(self) -> None:
        """Read on from the program as long as one viewer keeps up, so that a slow one does not slow the others down."""
        held = bool(self._viewers) and all(viewer.behind for viewer in self._viewers)
        if self._terminal is not None and held != self._held:
            self._held = held
            (self._terminal.hold if held else self._terminal.go_on)()

    async def close(self) -> None:
        """End the program as a lost link does, and wait for its end."""
        for viewer in list(self._viewers):
            self.leave(viewer)
        if self._expiry is not None:
            self._expiry.cancel()
        await self._end_if_alone()
        await asyncio.gather(*self._tasks)

    async def _start(self) -> None:
        self._modes, self._clipboard, self._held = ScreenModes(), ClipboardFilter(), False
        self._drawn_size = self._size
        self._terminal = terminal = PseudoTerminal(self._show, lambda: self._ended(terminal))
        await terminal.start(self._command, self._environment, *self._drawn_size)

    def _show(self, data: bytes) -> None:
        self._modes.feed(data)
        watched = self._clipboard.feed(data)
        for viewer in list(self._viewers):
            viewer.show(data if self.types(viewer) else watched)
        self.pace()

    def _ended(self, terminal: PseudoTerminal) -> None:
        """The program has closed its terminal: there is nothing to look at any more, and its process is waited for."""
        if self._terminal is terminal:
            self._terminal = None
            for viewer in list(self._viewers):
                self.leave(viewer)
            self._run_in_background(terminal.hang_up(PATIENCE))

    async def _end_if_alone(self) -> None:
        async with self._changing:
            terminal = self._terminal
            if terminal is not None and not self._viewers:
                self._terminal = None
                await terminal.hang_up(PATIENCE)

    def _run_in_background(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _fit(self) -> None:
        """Have everything drawn anew, as large as all can see it; a larger window shows nothing beside it."""
        if self._terminal is None:
            return
        if self._size != self._drawn_size:
            self._drawn_size = self._size
            for viewer in self._viewers:
                viewer.show(CLEAR)
        self._terminal.resize(*self._drawn_size)

    @property
    def _size(self) -> tuple[int, int]:
        sizes = [
            viewer.size if self.types(viewer) else tuple(map(max, viewer.size, LEAST_WATCHED))
            for viewer in self._viewers
        ]
        columns, rows = zip(*sizes or [LEAST_WATCHED], strict=True)
        return min(columns), min(rows)
