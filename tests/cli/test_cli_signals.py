"""What a signal's handler says, and that it waits for nobody."""

import os
import pty
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from charplay.cli.signals import StopRequest, stop_on_signals
from charplay.protocol.commands import Save, Stop
from charplay.protocol.exit_codes import REASONS, SAVE_SIGNAL, SIGNALS
from charplay.protocol.queues import CommandQueue


@contextmanager
def stderr_on_terminal() -> Iterator[int]:
    """The far end of a terminal whose near end is stderr. Not a fixture: pytest takes stderr again before a test."""
    far, near = pty.openpty()
    stderr = os.dup(2)
    os.dup2(near, 2)
    try:
        yield far
    finally:
        os.dup2(stderr, 2)
        for descriptor in (far, near, stderr):
            os.close(descriptor)


def fill() -> None:
    """Write to stderr until it takes no more."""
    os.set_blocking(2, False)
    with suppress(BlockingIOError):
        while True:
            os.write(2, b"x" * 512)
    os.set_blocking(2, True)


def interrupted() -> tuple[StopRequest, Thread]:
    """Who asks, and a thread that has handled an interrupt, or stands where the handler does."""
    request = StopRequest(CommandQueue())
    thread = threading.Thread(target=request.handle, args=(signal.SIGINT,))
    thread.start()
    thread.join(3)
    return request, thread


def test_an_interrupt_is_answered_on_the_terminal() -> None:
    with stderr_on_terminal() as far:
        request, thread = interrupted()
        assert not thread.is_alive()
        assert request.code == 130
        assert b"saving; Ctrl-C again leaves at once" in os.read(far, 4096)


@pytest.mark.fault("14", "17")
def test_an_interrupt_does_not_wait_for_a_terminal_that_stands_still() -> None:
    with stderr_on_terminal() as far:
        fill()
        request, thread = interrupted()
        stood = thread.is_alive()
        while thread.is_alive():
            os.read(far, 4096)
        assert not stood
        assert request.code == 130
        assert os.get_blocking(2), "whoever shares it would not wait either"


def test_where_stderr_is_no_terminal_nothing_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    request, _ = interrupted()
    assert request.code == 130
    assert capfd.readouterr().err == ""


def test_the_codes_are_those_that_shells_report() -> None:
    names = {"HUP": 129, "INT": 130, "TERM": 143, "USR2": 128 + signal.SIGUSR2, "XCPU": 128 + signal.SIGXCPU}
    assert {number.name.removeprefix("SIG"): code for number, code in SIGNALS.items()} == names
    assert REASONS.keys() == set(SIGNALS.values())


@pytest.mark.fault("60")
@pytest.mark.parametrize("number", list(SIGNALS))
def test_signals_that_end_a_run_save_it(number: signal.Signals) -> None:
    inbox = CommandQueue()
    with stop_on_signals(inbox) as stop:
        signal.raise_signal(number)
        assert stop.code == SIGNALS[number]
    assert list(inbox.take()) == [Stop(REASONS[stop.code])]


@pytest.mark.fault("60")
def test_one_signal_saves_and_goes_on() -> None:
    inbox = CommandQueue()
    with stop_on_signals(inbox) as stop:
        signal.raise_signal(SAVE_SIGNAL)
        signal.raise_signal(SAVE_SIGNAL)
    assert list(inbox.take()) == [Save(), Save()]
    assert stop.code == 0


@pytest.mark.fault("13", "60")
@pytest.mark.parametrize("number", [*SIGNALS, SAVE_SIGNAL, signal.SIGTSTP])
def test_what_was_ignored_at_the_start_stays_ignored(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    inbox = CommandQueue()
    try:
        with stop_on_signals(inbox) as stop:
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)
    assert (stop.code, list(inbox.take())) == (0, [])
