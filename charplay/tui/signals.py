"""What ends the program from outside: signals, and a terminal that is gone. Both are taken in the screen's own loop."""

import asyncio
import select
import signal
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

HANG_UP = 128 + signal.SIGHUP
REASONS = {
    128 + signal.SIGINT: "interrupted",
    128 + signal.SIGTERM: "terminated",
    HANG_UP: "hung up",
}
"""Exit codes, and why a run stops that is under way."""


def listen(leave: Callable[[int], Awaitable[None]], descriptor: int | None = None) -> None:
    """Call `leave` with the exit code when a signal comes, or when the terminal behind `descriptor` is gone.

    A signal that is ignored at the start, as nohup ignores the hang-up, stays ignored.
    """
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Future[None]] = set()

    def arrived(code: int) -> None:
        task = asyncio.ensure_future(leave(code))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    for code in REASONS:
        if signal.getsignal(code - 128) == signal.SIG_IGN:
            continue
        try:
            loop.add_signal_handler(code - 128, arrived, code)
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
