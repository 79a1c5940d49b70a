"""How the suite is shared out between workers, and what holds for every law in it."""

import asyncio
import ctypes
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import textual.app
import textual.pilot
from hypothesis import settings

from charplay.protocol.exit_codes import SAVE_SIGNAL, SIGNALS

settings.register_profile("shared machine", deadline=None)  # a slow moment breaks no law
settings.load_profile("shared machine")

REPAINTED = 0.02
"""Seconds: Textual paints sixty times a second."""

ROUNDS = 5
"""Of an event loop without work, one after another, that make it idle."""

CAPABILITIES = 0x20080522
"""The version of the structure in which Linux tells a thread's capabilities; the effective ones come first."""
OVERRIDES = 1 << 1 | 1 << 2
"""To read and to write whatever the permissions say."""

TESTS = Path(__file__).parent
ON_TERMINALS = TESTS / "terminal"
UNTRACED = (TESTS / "torture", TESTS / "cli" / "test_cli_torchrun.py")
"""Their tests are not counted in the coverage, and neither are the programs that they start.

Traced, Python 3.11 imports torch in twice the time; what they run is counted in the tests of its own rooms."""


def pytest_configure() -> None:
    """Signals are heard, whatever started this: a shell has what it starts behind itself ignore an interrupt.

    Every home of a test is new, and what is said above the keys is what many tests look at: no tour, here and in the
    programs that tests start, but where a test asks for it.
    """
    os.environ["CHARPLAY_TOUR"] = "0"
    for number in (*SIGNALS, SAVE_SIGNAL):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Programs on pseudo-terminals run one after another, and never beside a test that watches the clock.

    Some run untraced.
    """
    for item in items:
        if item.path.is_relative_to(ON_TERMINALS):
            item.add_marker(pytest.mark.xdist_group("clock"))
        if any(item.path.is_relative_to(folder) for folder in UNTRACED):
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(autouse=True)
def _programs_untraced(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs that an untraced test starts are not traced either."""
    if request.node.get_closest_marker("no_cover"):
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture(autouse=True)
def _signals_given_back() -> Iterator[None]:
    """The screen keeps its signals to the end of the program, which a test is not."""
    before = {number: signal.getsignal(number) for number in (*SIGNALS, SAVE_SIGNAL)}
    yield
    for number, heard in before.items():
        signal.signal(number, heard)


@pytest.fixture(autouse=True)
def _swift_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a key a pilot waits until nothing is left to do, not up to a second for an idle processor.

    No measured processor is idle, and on a crowded one any span of time may be too short.
    """

    async def wait_until_done(*_: float) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(REPAINTED)
        quiet = 0
        while quiet < ROUNDS:
            await asyncio.sleep(0)
            quiet = 0 if loop._ready else quiet + 1  # type: ignore[attr-defined]

    for module in (textual.app, textual.pilot):
        monkeypatch.setattr(module, "wait_for_idle", wait_until_done)


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Permissions hold in this thread and in those that it starts, for root as for everyone."""
    if os.geteuid() != 0:
        yield
        return
    header = (ctypes.c_uint32 * 2)(CAPABILITIES, 0)
    held, left = (ctypes.c_uint32 * 6)(), (ctypes.c_uint32 * 6)()
    system = ctypes.CDLL(None, use_errno=True)
    assert system.capget(header, held) == 0
    left[:] = [held[0] & ~OVERRIDES, *held[1:]]
    assert system.capset(header, left) == 0
    try:
        yield
    finally:
        assert system.capset(header, held) == 0
