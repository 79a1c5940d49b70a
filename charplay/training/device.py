"""Everything that depends on the device: which there are, which to take, and what each can do.

Listing devices needs no torch; everything else imports it where it is used.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from charplay.training.memory import keep_memory

if TYPE_CHECKING:
    import numpy as np
    import torch

    from charplay.recipes.recipe import Recipe

MOST_THREADS = 16
"""Threads that `auto` takes at most: beyond it a recurrent step of any size tried waits more than it works."""

MOST_NAMED = 1024
"""The most threads that anyone means, as in the recipe."""

RESIDENT_SHARE = 0.25
"""Share of a device's free memory that the text's ids may take there."""


class DeviceError(Exception):
    """The asked device cannot be used; the text is a sentence with a hint."""


@dataclass(frozen=True, slots=True)
class Device:
    """Somewhere to train. Memory is in bytes."""

    name: str
    """As the recipe names it: cpu, cuda:0."""
    title: str
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Choice:
    """The device that is taken, why, and what a person should know about it."""

    name: str
    why: str
    warning: str = ""


def list_devices() -> list[Device]:
    """The CPU, then every CUDA device that this process may use, numbered as torch will number them."""
    memory = psutil.virtual_memory()
    cpu = Device("cpu", f"CPU, {thread_count()} threads", memory.available, memory.total)
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    return [cpu, *_visible(_installed(), visible)]


def _installed() -> list[tuple[str, Device]]:
    """What the NVIDIA driver shows: each device under its unique name."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # noqa: BLE001 - no driver, no library, no permission: then there is no such device
        return []
    found = []
    try:
        for index in range(pynvml.nvmlDeviceGetCount()):
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
            title = _text(pynvml.nvmlDeviceGetName(handle))
            device = Device(f"cuda:{index}", title, int(memory.free), int(memory.total))
            found.append((_text(pynvml.nvmlDeviceGetUUID(handle)), device))
    except pynvml.NVMLError:
        pass  # a device that is lost is not offered
    finally:
        pynvml.nvmlShutdown()
    return found


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _visible(installed: Sequence[tuple[str, Device]], visible: str | None) -> list[Device]:
    """The devices that CUDA_VISIBLE_DEVICES leaves, renumbered; CUDA stops at the first entry that names none."""
    if visible is None:
        return [device for _, device in installed]
    left: list[Device] = []
    for entry in (part.strip() for part in visible.split(",")):
        named = [d for i, (uuid, d) in enumerate(installed) if entry == str(i) or (entry and uuid.startswith(entry))]
        if len(named) != 1:
            break
        (device,) = named
        left.append(Device(f"cuda:{len(left)}", device.title, device.free, device.total))
    return left


def prepare_environment() -> None:
    """Settings that libraries read once, when torch is first imported or first opens CUDA; and how memory is kept."""
    # Threads of one step wait for each other hundreds of times. Waiting at full speed for long costs nothing on idle
    # cores, but beside one busy neighbour it made training 2 to 10 times slower; a short wait costs a few per cent.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")  # the driver's numbers, which list_devices shows
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it recurrent layers do not repeat
    keep_memory()


def choose(asked: str, devices: Sequence[Device]) -> Choice:
    """The device for a recipe's `device`; DeviceError where it names one that cannot be used."""
    import torch

    usable = torch.cuda.is_available()
    # The driver's own list may be missing, or name parts of a card otherwise than CUDA_VISIBLE_DEVICES does.
    cuda = [device for device in devices if device.name != "cpu"] or (_seen_by_torch() if usable else [])
    if asked == "cpu":
        return Choice("cpu", "asked for")
    if asked == "auto":
        if not cuda:
            return Choice("cpu", "no CUDA device is visible")
        if not usable:
            return Choice("cpu", "torch cannot use CUDA", warning=remedy(cuda, torch.version.cuda))
        most = max(cuda, key=lambda device: device.free)
        why = f"most free memory: {gigabytes(most.free)} of {gigabytes(most.total)}"
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        return Choice(most.name, why if visible is None else f"{why}, of CUDA_VISIBLE_DEVICES={visible}")
    if cuda and not usable:
        raise DeviceError(remedy(cuda, torch.version.cuda))
    named = asked if ":" in asked else max(cuda, key=lambda device: device.free, default=devices[0]).name
    if named not in {device.name for device in cuda}:
        have = ", ".join(["cpu", *(device.name for device in cuda)])
        raise DeviceError(f"there is no device {asked} here; there is: {have}")
    return Choice(named, "asked for")


def _seen_by_torch() -> list[Device]:
    """The CUDA devices as torch counts them."""
    import torch

    indices = range(torch.cuda.device_count())
    return [Device(f"cuda:{i}", torch.cuda.get_device_name(i), *torch.cuda.mem_get_info(i)) for i in indices]


def remedy(cuda: Sequence[Device], built_for: str | None) -> str:
    """One sentence for a machine whose NVIDIA driver torch cannot use."""
    if built_for is None:
        cause = "this torch is built for the CPU only; install torch's CUDA build in this environment"
    else:
        cause = f"this torch needs CUDA {built_for}; update the NVIDIA driver, or install a torch for an older CUDA"
    return f"{cuda[0].title} is present but not used: {cause}"


def gigabytes(count: int) -> str:
    """For a person."""
    return f"{count / 2**30:.1f} GB"


def thread_count() -> int:
    """Threads worth starting: as many as OMP_NUM_THREADS says where a person set it (a list's first number counts).

    Else the processors that this process may run on, and the share of them that its control group may use.
    """
    wanted = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    if wanted.isdecimal() and int(wanted) > 0:
        return min(int(wanted), MOST_NAMED)
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, int(_quota(Path("/sys/fs/cgroup")) or allowed), MOST_THREADS))


def _quota(group: Path) -> float | None:
    """Processors that the control group may use at once; None where it is not limited."""
    try:
        limit, period = (group / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:
            limit = (group / "cpu" / "cpu.cfs_quota_us").read_text().strip()
            period = (group / "cpu" / "cpu.cfs_period_us").read_text()
        except OSError:
            return None
    return float(limit) / float(period) if limit not in {"max", "-1"} else None


@dataclass(frozen=True, slots=True)
class Opened:
    """A device ready for work: what it does differently from others stands here and nowhere else."""

    device: "torch.device"
    fused: bool
    """Whether torch has fused optimizer kernels for it."""
    readable: bool
    """Whether reading a number from it is free: then no work is queued that one would wait for."""
    arithmetic: Callable[[], AbstractContextManager[object]]
    """A context for the forward pass, in the recipe's precision."""
    precision: str
    threads: int
    description: str
    """For a person: "cpu, 2 threads"."""

    def fits(self, ids: "np.ndarray") -> bool:
        """Whether a text's ids may live on the device."""
        import torch

        if self.device.type == "cpu":
            return True
        free, _ = torch.cuda.mem_get_info(self.device)
        return ids.nbytes <= RESIDENT_SHARE * free

    def random_states(self) -> dict[str, "np.ndarray"]:
        """The states of all random numbers that training draws."""
        import torch

        states = {"random.cpu": torch.get_rng_state().numpy()}
        if self.device.type == "cuda":
            states["random.cuda"] = torch.cuda.get_rng_state(self.device).numpy()
        return states

    def set_random_states(self, states: "dict[str, np.ndarray]") -> None:
        """Put back what `random_states` gave."""
        import torch

        torch.set_rng_state(torch.from_numpy(states["random.cpu"].copy()))
        if self.device.type == "cuda" and "random.cuda" in states:
            torch.cuda.set_rng_state(torch.from_numpy(states["random.cuda"].copy()), self.device)


def open_device(name: str, recipe: "Recipe") -> Opened:
    """Make the device ready, in the thread that will train on it."""
    import torch

    threads = recipe.threads if isinstance(recipe.threads, int) else thread_count()
    torch.set_num_threads(threads)
    device = torch.device(name)
    if device.type == "cpu":
        precision = "float32" if recipe.precision == "auto" else recipe.precision
        description = f"cpu, {threads} thread{'s' if threads > 1 else ''}"
    else:
        torch.cuda.set_device(device)
        able = torch.cuda.is_bf16_supported(including_emulation=False)
        precision = "bfloat16" if recipe.precision != "float32" and able else "float32"
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = recipe.precision != "float32"
        description = f"{name}, {torch.cuda.get_device_name(device)}, {precision}"

    def arithmetic() -> AbstractContextManager[object]:
        if precision == "float32":
            return nullcontext()
        return torch.autocast(device.type, torch.bfloat16)

    return Opened(
        device=device,
        fused=True,
        readable=device.type == "cpu",
        arithmetic=arithmetic,
        precision=precision,
        threads=threads,
        description=description,
    )
