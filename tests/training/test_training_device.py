"""Devices, listed from a driver that is played here; no GPU is needed."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch

from charplay.recipes.recipe import Recipe
from charplay.training import control_group
from charplay.training.control_group import GroupMemory
from charplay.training.device import (
    Device,
    DeviceError,
    choose,
    install_hint,
    list_devices,
    open_device,
)

GB = 2**30
CARDS = [("GPU-aaaa-1", "NVIDIA H100", 10 * GB, 80 * GB), ("GPU-bbbb-2", "NVIDIA L4", 20 * GB, 24 * GB)]


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A driver with two cards; `lost` makes the second one fail."""
    played: Any = ModuleType("pynvml")
    played.NVMLError = RuntimeError
    played.lost = False
    played.open = 0

    def start() -> None:
        played.open += 1

    def end() -> None:
        played.open -= 1

    def handle(index: int) -> int:
        if played.lost and index == 1:
            raise played.NVMLError("GPU is lost")
        return index

    played.nvmlInit, played.nvmlShutdown = start, end
    played.nvmlDeviceGetCount = lambda: len(CARDS)
    played.nvmlDeviceGetHandleByIndex = handle
    played.nvmlDeviceGetUUID = lambda index: CARDS[index][0]
    played.nvmlDeviceGetName = lambda index: CARDS[index][1].encode()
    played.nvmlDeviceGetMemoryInfo = lambda index: SimpleNamespace(free=CARDS[index][2], total=CARDS[index][3])
    monkeypatch.setitem(sys.modules, "pynvml", played)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return played


def cuda() -> list[tuple[str, str]]:
    return [(found.name, found.title) for found in list_devices() if found.name != "cpu"]


def test_every_device_is_listed_with_its_memory(driver: Any) -> None:
    cpu, first, second = list_devices()
    assert cpu.name == "cpu"
    assert 0 < cpu.free <= cpu.total
    assert first == Device("cuda:0", "NVIDIA H100", 10 * GB, 80 * GB)
    assert second.name == "cuda:1"
    assert driver.open == 0, "the driver was let go"


@pytest.mark.fault("61")
def test_a_control_group_limits_the_memory_that_is_free(driver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = SimpleNamespace(available=10 * GB, total=16 * GB)
    monkeypatch.setattr("psutil.virtual_memory", lambda: machine)
    for group, free, total in (
        (None, 10, 16),
        (GroupMemory(1 * GB, 4 * GB), 1, 4),
        (GroupMemory(12 * GB, 12 * GB), 10, 12),  # the neighbours use more than the group leaves them
        (GroupMemory(30 * GB, 32 * GB), 10, 16),
    ):
        monkeypatch.setattr(control_group, "memory_limit", lambda group=group: group)
        cpu = list_devices()[0]
        assert (cpu.free, cpu.total) == (free * GB, total * GB)


def test_no_driver_is_no_device(driver: Any) -> None:
    def missing() -> None:
        raise driver.NVMLError("driver not loaded")

    driver.nvmlInit = missing
    assert cuda() == []


@pytest.mark.fault("26")
def test_a_lost_device_is_not_offered(driver: Any) -> None:
    driver.lost = True
    assert cuda() == [("cuda:0", "NVIDIA H100")]
    assert driver.open == 0


@pytest.mark.parametrize(
    ("visible", "titles"),
    [
        ("0,1", ["NVIDIA H100", "NVIDIA L4"]),
        ("1", ["NVIDIA L4"]),
        ("1,0", ["NVIDIA L4", "NVIDIA H100"]),
        ("GPU-bbbb", ["NVIDIA L4"]),
        ("", []),
        ("-1", []),
        ("0,9,1", ["NVIDIA H100"]),
    ],
)
def test_cuda_visible_devices_is_honoured(
    driver: Any, monkeypatch: pytest.MonkeyPatch, visible: str, titles: list[str]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert cuda() == [(f"cuda:{index}", title) for index, title in enumerate(titles)]


@pytest.fixture
def usable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)


def test_auto_takes_the_device_with_most_free_memory(driver: Any, usable: None) -> None:
    choice = choose("auto", list_devices())
    assert choice.name == "cuda:1"
    assert "20.0 GB" in choice.reason
    assert not choice.warning
    assert choose("cuda", list_devices()).name == "cuda:1"
    assert choose("cuda:0", list_devices()).name == "cuda:0"
    assert choose("cpu", list_devices()).name == "cpu"


def test_the_reason_names_what_was_visible(driver: Any, usable: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    choice = choose("auto", list_devices())
    assert choice.name == "cuda:0"
    assert "CUDA_VISIBLE_DEVICES=0" in choice.reason


def test_never_a_silent_fall_to_the_cpu(driver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    choice = choose("auto", list_devices())
    assert choice.name == "cpu"
    assert choice.warning == install_hint(list_devices()[1:], torch.version.cuda)
    assert "\n" not in choice.warning
    with pytest.raises(DeviceError, match="NVIDIA H100 is present"):
        choose("cuda:0", list_devices())


@pytest.mark.parametrize("visible", [None, "MIG-5c1"])
def test_what_only_torch_sees_is_taken(usable: None, monkeypatch: pytest.MonkeyPatch, visible: str | None) -> None:
    """No NVML, or a part of a card that only CUDA can name."""
    if visible:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "NVIDIA L4")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (3 << 30, 4 << 30))
    only_cpu = list_devices()[:1]
    for asked in ("auto", "cuda", "cuda:0"):
        assert choose(asked, only_cpu).name == "cuda:0"
    with pytest.raises(DeviceError, match="there is: cpu, cuda:0"):
        choose("cuda:1", only_cpu)


def test_the_remedy_fits_the_torch() -> None:
    card = [Device("cuda:0", "NVIDIA L4", 1, 2)]
    assert "CUDA build" in install_hint(card, None)
    assert "12.8" in install_hint(card, "12.8")


def test_a_device_that_is_not_there_is_refused_with_those_that_are(driver: Any, usable: None) -> None:
    with pytest.raises(DeviceError, match="cuda:5 here; there is: cpu, cuda:0, cuda:1"):
        choose("cuda:5", list_devices())


def test_threads_are_set_where_training_starts() -> None:
    assert open_device("cpu", Recipe(steps=1, threads=1)).description == "cpu, 1 thread"
    assert torch.get_num_threads() == 1


def test_random_states_come_back() -> None:
    context = open_device("cpu", Recipe(steps=1, threads=1))
    states = context.random_states()
    drawn = torch.rand(3)
    context.set_random_states(states)
    assert torch.equal(torch.rand(3), drawn)


@pytest.mark.parametrize(
    "code",
    ["from charplay.training.device import list_devices; list_devices()", "import charplay.training.run_training"],
)
def test_looking_at_the_door_and_the_devices_needs_no_torch(code: str) -> None:
    program = f"import sys; {code}; sys.exit('torch' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[2])
    assert ran.returncode == 0
