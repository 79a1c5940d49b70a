"""Ends the program from outside, in the screen's own loop: by signals, and when the terminal is gone. One only saves.

Textual takes no signals on a terminal: SIGTERM leaves it in raw mode on the other screen. In a browser its driver takes
two and exits without a save. docs/TEXTUAL.md (signals) has the text for upstream. Nothing private is used.
"""

import asyncio
import select
import signal
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial

from charplay.protocol.exit_codes import HUNG_UP, SAVE_SIGNAL, SIGNALS


def listen(leave: Callable[[int], Awaitable[None]], save: Callable[[], object], descriptor: int | None = None) -> None:
    """Call `leave` with the exit code when a signal comes, or when the terminal behind `descriptor` is gone.

    `save` is called in the loop for the signal that only saves.

    A signal that is ignored at the start, as nohup ignores the hang-up, stays ignored. One that comes after the loop's
    end means nothing more: the program leaves already. What the loop did for a signal before is taken back.
    """
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Future[None]] = set()

    def arrived(code: int) -> None:
        task = asyncio.ensure_future(leave(code))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def soon(then: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(then)

    def tell(code: int) -> None:
        soon(partial(arrived, code))

    handlers = {number: partial(tell, code) for number, code in SIGNALS.items()} | {SAVE_SIGNAL: partial(soon, save)}
    _take_signals(loop, handlers)
    if descriptor is not None:
        threading.Thread(target=_watch, args=(descriptor, tell), name="hang-up watcher", daemon=True).start()


def _take_signals(loop: asyncio.AbstractEventLoop, handlers: Mapping[signal.Signals, Callable[[], None]]) -> None:
    # Not by the loop: it gives them back at its end, and an interrupt between that and the program's own end would
    # break off whatever is being saved there.
    if threading.current_thread() is not threading.main_thread():
        return  # whoever started the loop has them
    for number in handlers:
        if signal.getsignal(number) != signal.SIG_IGN:
            loop.remove_signal_handler(number)
            signal.signal(number, lambda number, _frame: handlers[signal.Signals(number)]())


def _watch(descriptor: int, tell: Callable[[int], None]) -> None:
    """Stand until a terminal hangs up; it is told to those who ask for nothing, too."""
    poll = select.poll()
    poll.register(descriptor, 0)
    if any(event & select.POLLHUP for _, event in poll.poll()):
        tell(HUNG_UP)
