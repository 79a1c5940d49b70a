"""What ends the program from outside: signals, and a terminal that is gone. Both are taken in the screen's own loop."""

import asyncio
import select
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from textual.drivers.linux_driver import LinuxDriver
from textual.events import MouseMove
from textual.message import Message

HANG_UP = 128 + signal.SIGHUP
TERMINATED = 128 + signal.SIGTERM


class Driver(LinuxDriver):
    """Textual's, except that a terminal that is gone is no fault to be shown, and a mouse passing by is not heard.

    Nothing here follows a mouse without a button held; its reports, up to thousands a second, would hold the keys up.
    """

    away: Callable[[float], None] | None = None
    """Hears for how many seconds the process was stopped."""

    def _sigtstp_application(self, *_: object) -> None:
        began = time.monotonic()
        super()._sigtstp_application()  # the process stops in here
        if self.away is not None:
            self.away(time.monotonic() - began)

    def _run_input_thread(self) -> None:
        with suppress(OSError):
            while not self.exit_event.is_set():
                with suppress(UnicodeDecodeError):  # bytes that are no text; the keys after them are heard
                    self.run_input_thread()

    def _enable_mouse_support(self) -> None:
        super()._enable_mouse_support()
        if self._mouse:
            self.write("\x1b[?1003l\x1b[?1002h")  # movements while a button is held, instead of all of them

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1002l")
        super()._disable_mouse_support()

    def process_message(self, message: Message) -> None:
        """As Textual's; a terminal that reports every movement all the same is not listened to."""
        if not isinstance(message, MouseMove) or message.button or self._down_buttons:
            super().process_message(message)

    def deafen(self) -> None:
        """Read no more: a terminal that is gone has an end of file at every moment."""
        self.exit_event.set()


def listen(leave: Callable[[int], Awaitable[None]], descriptor: int | None = None) -> None:
    """Call `leave` with the exit code when a signal comes, or when the terminal behind `descriptor` is gone.

    A hang-up signal that is ignored at the start stays ignored.
    """
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Future[None]] = set()

    def arrived(code: int) -> None:
        task = asyncio.ensure_future(leave(code))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    for number, code in ((signal.SIGTERM, TERMINATED), (signal.SIGHUP, HANG_UP)):
        if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
            continue
        try:
            loop.add_signal_handler(number, arrived, code)
        except (RuntimeError, ValueError):  # not the main thread: whoever started the loop there owns the signals
            return
    if descriptor is not None:
        threading.Thread(target=_watch, args=(descriptor, loop, arrived), name="terminal", daemon=True).start()


def _watch(descriptor: int, loop: asyncio.AbstractEventLoop, arrived: Callable[[int], None]) -> None:
    """Stand until a terminal hangs up; it is told to those who ask for nothing, too."""
    poll = select.poll()
    poll.register(descriptor, 0)
    if any(event & select.POLLHUP for _, event in poll.poll()):
        with suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(arrived, HANG_UP)
