"""Everything that depends on the device: listing, choosing and opening one.

Listing devices needs no torch; the functions that need it import it themselves.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import psutil

from charplay.errors import CharplayError
from charplay.training import control_group
from charplay.training.processor_load import ProcessorUse
from charplay.training.ranks import ALONE, Ranks
from charplay.training.threads import MAX_AUTO_THREADS, choose_threads, thread_count

if TYPE_CHECKING:
    import numpy as np
    import torch

    from charplay.recipes.recipe import Recipe
    from charplay.training.workers import Workers

SHARE_RANDOM = "random.share."
"""Begins the names of the states of the shares' random numbers."""

RESIDENT_MEMORY_SHARE = 0.25
"""Share of a device's free memory that the text's ids may take."""


class DeviceError(CharplayError):
    """The requested device cannot be used; the message is a sentence with a hint."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device to train on. Memory is in bytes."""

    name: str
    """The recipe's name for it: cpu, cuda:0."""
    title: str
    free: int
    total: int
    threads: int = 1
    """Of a processor, for a run that has it alone."""


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """The chosen device, the reason, and a warning for the user."""

    name: str
    reason: str
    warning: str = ""


def list_devices() -> list[Device]:
    """List the CPU, then every CUDA device that this process may use, numbered as torch will number them.

    The CPU's memory is what is free on the machine, and no more than its control group leaves this process.
    """
    memory = psutil.virtual_memory()
    free, total = memory.available, memory.total
    if (group := control_group.memory_limit()) is not None:
        free, total = min(free, group.free), min(total, group.limit)
    threads = thread_count()
    cpu = Device("cpu", f"CPU, {threads} threads", free, total, threads)
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    return [cpu, *_visible_cuda_devices(_installed_cuda_devices(), visible)]


def _installed_cuda_devices() -> list[tuple[str, Device]]:
    """List the UUID and description of every device that the NVIDIA driver knows."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # noqa: BLE001 - no driver, no library, no permission: no such device
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
        pass  # do not offer a device that is lost
    finally:
        pynvml.nvmlShutdown()
    return found


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _visible_cuda_devices(installed: Sequence[tuple[str, Device]], visible: str | None) -> list[Device]:
    """Keep and renumber the devices in CUDA_VISIBLE_DEVICES; like CUDA, stop at the first entry that names none."""
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
    """Set what libraries read only once; call this before torch is imported and before it opens CUDA."""
    # The threads of one step wait for each other hundreds of times. Spinning for long costs nothing on idle cores, but
    # beside one busy process it made training 2 to 10 times slower; a short spin costs a few per cent.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")  # numbers as the driver and list_devices do
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it, recurrent layers are not deterministic


def choose(asked: str, devices: Sequence[Device], ranks: Ranks = ALONE) -> DeviceChoice:
    """Choose the device for a recipe's `device`; DeviceError if it names one that cannot be used.

    Of several ranks on a machine, each takes the card of its own number.
    """
    found = _choose(asked, devices)
    if ranks.size == 1 or found.name == "cpu":
        return found
    return _choose(f"cuda:{ranks.local_rank}", devices)


def _choose(asked: str, devices: Sequence[Device]) -> DeviceChoice:
    import torch

    usable = torch.cuda.is_available()
    # The driver's list may be missing, or name parts of a card differently from CUDA_VISIBLE_DEVICES.
    cuda = [device for device in devices if device.name != "cpu"] or (_cuda_devices_of_torch() if usable else [])
    if asked == "cpu":
        return DeviceChoice("cpu", "asked for")
    if asked == "auto":
        if not cuda:
            return DeviceChoice("cpu", "no CUDA device is visible")
        if not usable:
            return DeviceChoice("cpu", "torch cannot use CUDA", warning=install_hint(cuda, torch.version.cuda))
        most = max(cuda, key=lambda device: device.free)
        reason = f"most free memory: {format_gigabytes(most.free)} of {format_gigabytes(most.total)}"
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        return DeviceChoice(most.name, reason if visible is None else f"{reason}, of CUDA_VISIBLE_DEVICES={visible}")
    if cuda and not usable:
        raise DeviceError(install_hint(cuda, torch.version.cuda))
    named = asked if ":" in asked else max(cuda, key=lambda device: device.free, default=devices[0]).name
    if named not in {device.name for device in cuda}:
        have = ", ".join(["cpu", *(device.name for device in cuda)])
        raise DeviceError(f"there is no device {asked} here; there is: {have}")
    return DeviceChoice(named, "asked for")


def _cuda_devices_of_torch() -> list[Device]:
    """List the CUDA devices that torch sees."""
    import torch

    indices = range(torch.cuda.device_count())
    return [Device(f"cuda:{i}", torch.cuda.get_device_name(i), *torch.cuda.mem_get_info(i)) for i in indices]


def install_hint(cuda: Sequence[Device], built_for: str | None) -> str:
    """Return a sentence for a machine whose NVIDIA driver torch cannot use; `built_for` is torch's CUDA version."""
    if built_for is None:
        cause = "this torch is built for the CPU only; install torch's CUDA build in this environment"
    else:
        cause = f"this torch needs CUDA {built_for}; update the NVIDIA driver, or install a torch for an older CUDA"
    return f"{cuda[0].title} is present but not used: {cause}"


def format_gigabytes(count: int) -> str:
    """Format bytes for the user."""
    return f"{count / 2**30:.1f} GB"


@dataclass(frozen=True, slots=True)
class DeviceContext:
    """A device that is ready to train. All differences between devices are kept here."""

    device: "torch.device"
    fused: bool
    """Whether torch has fused optimizer kernels for it."""
    sync_is_free: bool
    """Whether reading a number from the device costs nothing, as it has no queue of work to wait for."""
    autocast: Callable[[], AbstractContextManager[object]]
    """Return a context manager for the forward pass, in the recipe's precision."""
    precision: str
    optimizer_precision: str
    """Of Muon's products: bfloat16 on a processor where the passes are in it; weights and momentum are in float32."""
    threads: int
    full_threads: int
    """Threads that it would have if nobody else used the processors."""
    description: str
    """For the user: "cpu, 2 threads"."""
    warning: str
    """A sentence for the user where the recipe's precision cannot be had; else empty."""
    workers: "Workers"
    """Execute shares of a batch, and other pieces of a step."""
    generators: "tuple[torch.Generator | None, ...]" = (None,)
    """Each share's random numbers; torch's own for a single share."""
    ranks: Ranks = ALONE
    """The processes that train together; each computes some of the shares."""

    @property
    def shares(self) -> int:
        """Shares that a batch is cut into; see `charplay.training.shares`."""
        return len(self.generators)

    def with_shares(self, shares: int, seed: int) -> "DeviceContext":
        """Return this device for batches of so many shares, which draw from new generators.

        A single share has all of torch's threads. Several have one thread each, and so has whatever else the calling
        thread computes from now on: what a sum is depends on the threads that it is cut over.
        """
        import torch

        from charplay.training.shares import generators
        from charplay.training.workers import Workers

        workers = Workers(1 if shares == 1 else min(self.threads, MAX_AUTO_THREADS))
        torch.set_num_threads(self.threads if shares == 1 else 1)
        return replace(self, workers=workers, generators=generators(seed, shares))

    def text_fits(self, ids: "np.ndarray") -> bool:
        """Return whether a text's ids may be kept on the device."""
        import torch

        if self.device.type == "cpu":
            return True
        free, _ = torch.cuda.mem_get_info(self.device)
        return ids.nbytes <= RESIDENT_MEMORY_SHARE * free

    def random_states(self) -> dict[str, "np.ndarray"]:
        """Return the states of all random number generators that training uses."""
        import torch

        states = {"random.cpu": torch.get_rng_state().numpy()}
        if self.device.type == "cuda":
            states["random.cuda"] = torch.cuda.get_rng_state(self.device).numpy()
        for k, generator in enumerate(self.generators):
            if generator is not None:
                states[f"{SHARE_RANDOM}{k}"] = generator.get_state().numpy()
        return states

    def set_random_states(self, states: "dict[str, np.ndarray]") -> None:
        """Restore what `random_states` returned."""
        import torch

        torch.set_rng_state(torch.from_numpy(states["random.cpu"].copy()))
        if self.device.type == "cuda" and "random.cuda" in states and not self.ranks.rank:
            torch.cuda.set_rng_state(torch.from_numpy(states["random.cuda"].copy()), self.device)
        for k, generator in enumerate(self.generators):
            if generator is not None:
                generator.set_state(torch.from_numpy(states[f"{SHARE_RANDOM}{k}"].copy()))


def open_device(
    name: str,
    recipe: "Recipe",
    kept: Mapping[str, object] | None = None,
    since: ProcessorUse | None = None,
    ranks: Ranks = ALONE,
) -> DeviceContext:
    """Prepare the device; call this in the thread that will train on it.

    Args:
        name: of the device.
        recipe: as asked for.
        kept: facts of a run that is resumed: what it computed in before, it goes on computing in, if it can.
        since: an earlier reading of the processors' use, which the load is measured from.
        ranks: the processes that train together.
    """
    import torch

    from charplay.training.precision import choose_optimizer_precision, choose_precision, kept_precision
    from charplay.training.workers import Workers

    threads, full_threads = choose_threads(name, recipe, kept, since)
    torch.set_num_threads(threads)
    device = torch.device(name)
    if device.type == "cuda":
        torch.cuda.set_device(device)
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = recipe.precision != "float32"
    asked = kept_precision(recipe.precision, device, kept)
    precision, warning = choose_precision(asked, recipe.cell, device)
    return DeviceContext(
        device=device,
        fused=True,
        sync_is_free=device.type == "cpu",
        autocast=_autocast(device, precision),
        precision=precision,
        optimizer_precision=choose_optimizer_precision(precision, device, kept),
        threads=threads,
        full_threads=full_threads,
        description=_description(device, precision, threads, full_threads, ranks.size),
        warning=warning,
        workers=Workers(1),
        ranks=ranks,
    )


def _autocast(device: "torch.device", precision: str) -> Callable[[], AbstractContextManager[object]]:
    """Return what makes the context manager of each forward pass."""
    import torch

    if precision == "float32":
        return nullcontext
    # No weight is read twice in a pass, and the cache would be one for all shares.
    return partial(torch.autocast, device.type, torch.bfloat16, cache_enabled=False)


def _description(device: "torch.device", precision: str, threads: int, full_threads: int, ranks: int) -> str:
    import torch

    together = f", rank 0 of {ranks}" if ranks > 1 else ""
    if device.type != "cpu":
        return f"{device}, {torch.cuda.get_device_name(device)}, {precision}{together}"
    of = f" of {full_threads}" if threads < full_threads else ""
    also = ", bfloat16" if precision == "bfloat16" else ""
    return f"cpu, {threads}{of} thread{'s' if full_threads > 1 else ''}{also}{together}"
