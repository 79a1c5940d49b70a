"""Reads how busy the machine is: its processor, memory and graphics cards, and what of it is this process's."""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

FIRST_SECONDS = 0.2
"""Over which a processor's load is measured for the first time; later it is the time since the reading before."""


@dataclass(frozen=True, slots=True)
class CardReading:
    """A graphics card just now; None is what its driver does not tell. Memory is in bytes."""

    name: str
    load: float | None = None
    """Share of the time in which it computed, 0 to 1."""
    used: int | None = None
    own: int | None = None
    """Of this process."""
    total: int | None = None
    celsius: int | None = None
    watts: float | None = None


@dataclass(frozen=True, slots=True)
class MachineReading:
    """The machine just now. Memory is in bytes; loads are shares of all cores together, 0 to 1."""

    load: float
    own_load: float
    used: int
    own: int
    total: int
    cards: tuple[CardReading, ...] = ()


class MachineProbe:
    """Reads the machine. A reading may wait for a driver: call it from a thread."""

    def __init__(self) -> None:
        self._process: Any = None
        self._driver: Any = None
        """NVIDIA's, once it was opened; False where there is none."""

    def __call__(self) -> MachineReading:
        """Return a reading; loads are those since the one before."""
        import psutil

        if self._process is None:
            self._process = psutil.Process()
            self._loads()
            time.sleep(FIRST_SECONDS)
        load, own_load = self._loads()
        memory = psutil.virtual_memory()
        return MachineReading(
            load,
            own_load,
            memory.total - memory.available,
            self._process.memory_info().rss,
            memory.total,
            self._cards(),
        )

    def _loads(self) -> tuple[float, float]:
        import psutil

        cores = psutil.cpu_count() or 1
        return psutil.cpu_percent() / 100, min(1.0, self._process.cpu_percent() / 100 / cores)

    def _cards(self) -> tuple[CardReading, ...]:
        if self._driver is None:
            self._driver = _open_driver() or False
        if not self._driver:
            return ()
        try:
            number = self._driver.nvmlDeviceGetCount()
            return tuple(_read_card(self._driver, index) for index in range(number))
        except self._driver.NVMLError:
            return ()  # a card that is lost; the next reading may find it again


def _open_driver() -> Any:
    """NVIDIA's driver, opened; None where there is none."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # noqa: BLE001 - no driver, no library, no permission: no card
        return None
    return pynvml


def _read_card(driver: Any, index: int) -> CardReading:
    """What the driver tells of a card; each thing by itself, for older cards do not tell all."""
    card = driver.nvmlDeviceGetHandleByIndex(index)
    told: dict[str, Any] = {}
    with suppress(driver.NVMLError):
        told["load"] = driver.nvmlDeviceGetUtilizationRates(card).gpu / 100
    with suppress(driver.NVMLError):
        memory = driver.nvmlDeviceGetMemoryInfo(card)
        told["used"], told["total"] = int(memory.used), int(memory.total)
    with suppress(driver.NVMLError):
        told["celsius"] = int(driver.nvmlDeviceGetTemperature(card, driver.NVML_TEMPERATURE_GPU))
    with suppress(driver.NVMLError):
        told["watts"] = driver.nvmlDeviceGetPowerUsage(card) / 1000
    with suppress(driver.NVMLError):
        processes = driver.nvmlDeviceGetComputeRunningProcesses(card)
        told["own"] = sum(each.usedGpuMemory or 0 for each in processes if each.pid == os.getpid())
    return CardReading(f"GPU {index}", **told)
