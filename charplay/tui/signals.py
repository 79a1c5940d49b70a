"""Signals that end the program, taken in the screen's own loop: save, restore the terminal, leave."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

HANG_UP = 128 + signal.SIGHUP
TERMINATED = 128 + signal.SIGTERM


def listen(leave: Callable[[int], Awaitable[None]]) -> None:
    """Call `leave` with the exit code when a signal comes. A hang-up that is ignored at the start stays ignored."""
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
