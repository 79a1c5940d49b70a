"""Interrupt, terminate and hang up while a trainer runs without a screen: each asks it to save and leave."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from charplay.cli.faults import HUNG_UP, INTERRUPTED, TERMINATED
from charplay.messages.commands import Stop
from charplay.messages.post import Inbox

REASONS = {
    signal.SIGINT: ("interrupted", INTERRUPTED),
    signal.SIGTERM: ("terminated", TERMINATED),
    signal.SIGHUP: ("hung up", HUNG_UP),
}


class Leave:
    """Who asked the trainer to leave: `code` is the exit code that says so, 0 while nobody has."""

    def __init__(self, inbox: Inbox) -> None:
        self.code = 0
        self._inbox = inbox

    def ask(self, number: int, _frame: FrameType | None = None) -> None:
        """A signal's handler. The first signal asks and names the exit code; a second Ctrl-C forces.

        A second hang-up or terminate does not: a dropped link sends more than one.
        """
        if not self.code:
            reason, self.code = REASONS[signal.Signals(number)]
            self._inbox.put(Stop(reason))
            if number == signal.SIGINT and os.isatty(2):
                # Past Python's streams: one of them may be in the middle of a line of its own.
                os.write(2, b"\r\x1b[Ksaving; Ctrl-C again leaves at once\r\n")
        elif number == signal.SIGINT and self.code == INTERRUPTED:
            raise KeyboardInterrupt


@contextmanager
def leaving_on_signals(inbox: Inbox) -> Iterator[Leave]:
    """Put `Stop` into the inbox on the first signal. A signal that was ignored at the start (nohup) stays so."""
    leave = Leave(inbox)
    before = {number: signal.getsignal(number) for number in REASONS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, leave.ask)
    try:
        yield leave
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
