"""Signals while a trainer runs without a screen: most ask it to save and leave; what Ctrl-Z takes is left out."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from charplay.protocol.commands import ProcessSuspended, Stop
from charplay.protocol.exit_codes import INTERRUPTED, REASONS, SIGNALS
from charplay.protocol.queues import CommandQueue


class StopRequest:
    """Who asked the trainer to leave: `code` is the exit code that says so, 0 while nobody has."""

    def __init__(self, inbox: CommandQueue) -> None:
        self.code = 0
        self._inbox = inbox

    def handle(self, number: int, _frame: FrameType | None = None) -> None:
        """A signal's handler. The first signal asks and names the exit code; a second Ctrl-C forces.

        A second hang-up or terminate does not: a dropped link sends more than one.
        """
        if not self.code:
            self.code = SIGNALS[signal.Signals(number)]
            self._inbox.put(Stop(REASONS[self.code]))
            if number == signal.SIGINT:
                _write_to_terminal(b"\r\x1b[Ksaving; Ctrl-C again leaves at once\r\n")
        elif number == signal.SIGINT and self.code == INTERRUPTED:
            signal.signal(number, signal.SIG_DFL)  # a third would meet the first's traces, and leave one of its own
            raise KeyboardInterrupt

    def suspend(self, number: int, _frame: FrameType | None = None) -> None:
        """Ctrl-Z's handler: stop as one without a handler does, and tell the trainer for how long."""
        signal.signal(number, signal.SIG_DFL)
        began = time.monotonic()
        os.kill(os.getpid(), number)  # where there is no shell to come back to, the system lets it go on at once
        signal.signal(number, self.suspend)
        self._inbox.put(ProcessSuspended(time.monotonic() - began))


def _write_to_terminal(sentence: bytes) -> None:
    """Say something from within a handler, where stderr is a terminal. One that stands still is not waited for.

    Past Python's streams: one of them may be in the middle of a line of its own.
    """
    with suppress(OSError):
        # Opened anew, since whoever shares stderr would share that it does not block.
        terminal = os.open(os.ttyname(2), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            os.write(terminal, sentence)
        finally:
            os.close(terminal)


@contextmanager
def stop_on_signals(inbox: CommandQueue) -> Iterator[StopRequest]:
    """Put `Stop` into the inbox on the first signal. A signal that was ignored at the start (nohup) stays so."""
    request = StopRequest(inbox)
    handlers = dict.fromkeys(SIGNALS, request.handle) | {signal.SIGTSTP: request.suspend}
    before = {number: signal.getsignal(number) for number in handlers}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, handlers[number])
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if request.code == INTERRUPTED:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # the way out takes a while, and is no place for an exception
