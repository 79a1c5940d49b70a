"""The gauges: read in the background, at most once a second, and never waited for."""

import os
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from charplay.playground import machine
from charplay.playground.gauges import Gauges, describe
from charplay.playground.machine import CardReading, MachineProbe, MachineReading
from charplay.playground.run_state import RunState

GB = 10**9
READING = MachineReading(load=0.42, own_load=0.4, used=3 * GB, own=GB // 2, total=8 * GB)
IDLE = RunState()


def until(gauges: Gauges, now: float, holds: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        gauges.advance(now)
        time.sleep(0.005)


def test_what_is_off_reads_nothing_and_shows_nothing() -> None:
    read: list[int] = []
    gauges = Gauges(lambda: read.append(1) or READING)
    for now in range(10):
        gauges.advance(float(now))
    time.sleep(0.05)
    assert (read, gauges.line(IDLE)) == ([], "")


def test_the_machine_is_read_once_a_second_at_most() -> None:
    read: list[int] = []
    gauges = Gauges(lambda: read.append(1) or READING, on=True)
    until(gauges, 100.0, lambda: "CPU" in gauges.line(IDLE))
    for now in (100.0, 100.5, 100.99):
        gauges.advance(now)
    time.sleep(0.05)
    assert len(read) == 1
    until(gauges, 101.0, lambda: len(read) == 2)


def test_a_driver_that_hangs_holds_nobody_and_is_not_asked_twice() -> None:
    asked: list[int] = []
    release = threading.Event()

    def hangs() -> MachineReading:
        asked.append(1)
        release.wait(20)
        return READING

    gauges = Gauges(hangs, on=True)
    began = time.monotonic()
    for now in range(1000):
        gauges.advance(float(now))
    assert time.monotonic() - began < 1
    assert (gauges.line(IDLE), len(asked)) == ("reading the machine", 1)
    release.set()
    until(gauges, 999.0, lambda: "CPU" in gauges.line(IDLE))


def test_a_machine_that_cannot_be_read_says_so_and_is_read_again() -> None:
    faults: list[Exception] = [OSError("no /proc here")]

    def probe() -> MachineReading:
        if faults:
            raise faults.pop()
        return READING

    gauges = Gauges(probe, on=True)
    until(gauges, 1.0, lambda: gauges.line(IDLE) == "the machine cannot be read: no /proc here")
    until(gauges, 3.0, lambda: "CPU 42%" in gauges.line(IDLE))


def test_the_line_says_which_device_trains_and_why() -> None:
    gauges = Gauges(lambda: READING, on=True)
    state = RunState(status="training", device="cpu, 2 threads", device_reason="no CUDA device is visible")
    assert gauges.line(state).startswith("trains on cpu, 2 threads: no CUDA device is visible   ")
    assert "trains" not in gauges.line(IDLE)
    state.status = "finished"
    assert "trains" not in gauges.line(state)


def test_a_reading_is_a_line() -> None:
    assert describe(READING) == "CPU 42% (own 40%)   memory 3.0 / 8.0 GB (own 500 MB)"
    card = CardReading("GPU 0", load=0.97, used=4 * GB, own=3 * GB, total=80 * GB, celsius=61, watts=287.4)
    small = MachineReading(0.1, 0.1, 500_000_000, 1, 8 * GB, (card, CardReading("GPU 1")))
    assert describe(small).endswith(
        "500 MB / 8.0 GB (own 1 B)   GPU 0 97% 4.0 / 80.0 GB (own 3.0 GB) 61 °C 287 W   GPU 1"
    )


class MissingError(Exception):
    pass


class Driver(SimpleNamespace):
    """A driver of two cards, of which the second tells its memory alone."""

    NVMLError = MissingError
    NVML_TEMPERATURE_GPU = 0

    def __getattr__(self, name: str) -> Any:
        values = {
            "nvmlDeviceGetUtilizationRates": SimpleNamespace(gpu=50),
            "nvmlDeviceGetMemoryInfo": SimpleNamespace(used=2 * GB, total=8 * GB),
            "nvmlDeviceGetTemperature": 60,
            "nvmlDeviceGetPowerUsage": 250_000,
            "nvmlDeviceGetComputeRunningProcesses": [
                SimpleNamespace(pid=os.getpid(), usedGpuMemory=GB),
                SimpleNamespace(pid=-1, usedGpuMemory=GB),
                SimpleNamespace(pid=os.getpid(), usedGpuMemory=None),
            ],
        }

        def ask(index: int, *_: object) -> Any:
            if index == 1 and name != "nvmlDeviceGetMemoryInfo":
                raise MissingError
            return values[name]

        return ask

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802 - the driver's name
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802 - the driver's name
        return index


def test_a_card_tells_what_its_driver_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_open_driver", Driver)
    cards = MachineProbe()().cards
    assert cards == (
        CardReading("GPU 0", load=0.5, used=2 * GB, own=GB, total=8 * GB, celsius=60, watts=250.0),
        CardReading("GPU 1", used=2 * GB, total=8 * GB),
    )


def test_a_driver_that_is_not_there_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(machine, "_open_driver", lambda: looked.append(1))
    probe = MachineProbe()
    assert (probe().cards, probe().cards, looked) == ((), (), [1])


def test_this_machine_can_be_read() -> None:
    reading = MachineProbe()()
    assert 0 <= reading.load <= 1
    assert 0 <= reading.own_load <= 1
    assert 1_000_000 < reading.own < reading.total
    assert 0 < reading.used < reading.total
