"""Signals during headless training: most save and stop, USR1 saves and goes on; Ctrl-Z's pause is no training time."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from charplay.protocol.commands import ProcessSuspended, Save, Stop
from charplay.protocol.exit_codes import INTERRUPTED, REASONS, SAVE_SIGNAL, SIGNALS
from charplay.protocol.queues import CommandQueue


class StopRequest:
    """Signal handlers that ask a trainer to stop; `code` is the exit code of the first signal, 0 before it."""

    def __init__(self, inbox: CommandQueue) -> None:
        self.code = 0
        self._inbox = inbox

    def handle(self, number: int, _frame: FrameType | None = None) -> None:
        """Handle a signal: the first one asks the trainer to stop and sets `code`; a second Ctrl-C interrupts.

        A second hang-up or terminate is ignored, as a dropped connection sends several.
        """
        if not self.code:
            self.code = SIGNALS[signal.Signals(number)]
            self._inbox.put(Stop(REASONS[self.code]))
            if number == signal.SIGINT:
                _write_to_terminal(b"\r\x1b[Ksaving; Ctrl-C again leaves at once\r\n")
        elif number == signal.SIGINT and self.code == INTERRUPTED:
            signal.signal(number, signal.SIG_DFL)  # a third ends the process instead of printing a traceback
            raise KeyboardInterrupt

    def save(self, _number: int, _frame: FrameType | None = None) -> None:
        """Handle USR1: ask the trainer to save and go on; what comes before the first step saves after it."""
        self._inbox.put(Save())

    def suspend(self, number: int, _frame: FrameType | None = None) -> None:
        """Handle Ctrl-Z: suspend the process as the default handler would, then tell the trainer for how long."""
        signal.signal(number, signal.SIG_DFL)
        began = time.monotonic()
        os.kill(os.getpid(), number)  # returns when the process is resumed; at once where no shell could resume it
        signal.signal(number, self.suspend)
        self._inbox.put(ProcessSuspended(time.monotonic() - began))


def _write_to_terminal(sentence: bytes) -> None:
    """Write from a signal handler, if stderr is a terminal, without waiting for one that takes nothing.

    Not through Python's streams: the signal may have interrupted one of them within a write.
    """
    with suppress(OSError):
        # Opened again, as O_NONBLOCK on stderr itself would apply to every process that shares it.
        terminal = os.open(os.ttyname(2), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            os.write(terminal, sentence)
        finally:
            os.close(terminal)


@contextmanager
def stop_on_signals(inbox: CommandQueue) -> Iterator[StopRequest]:
    """Turn signals into commands in the inbox. Signals that were ignored at the start (nohup) stay ignored.

    Enter it before torch is imported and the text is read, which take seconds: a signal would end the process there.
    """
    request = StopRequest(inbox)
    handlers = dict.fromkeys(SIGNALS, request.handle) | {SAVE_SIGNAL: request.save, signal.SIGTSTP: request.suspend}
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
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C during the exit must not raise KeyboardInterrupt
