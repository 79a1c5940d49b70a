"""A device that fails, for want of memory or for good: how that is known, and what a person can do about it."""

from typing import TYPE_CHECKING

from charplay.training.device import gigabytes, list_devices

if TYPE_CHECKING:
    from charplay.recipes.recipe import Recipe


def out_of_memory(error: BaseException) -> bool:
    """Whether the error says that the device, or the machine, has no memory left."""
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(
        sign in str(error) for sign in ("not enough memory", "can't allocate memory", "out of memory", "ALLOC_FAILED")
    )


def no_memory(name: str, needed: int, recipe: "Recipe") -> str:
    """One sentence for a device that ran out of memory; `needed` is the recipe's estimate in bytes."""
    free = next((device.free for device in list_devices() if device.name == name), None)
    have = f", and {gigabytes(free)} are free now" if free is not None else ""
    smaller = max(1, int(recipe.batch_size) // 2) if recipe.batch_size != "auto" else "a smaller one"
    return f"{name} ran out of memory: this needs about {gigabytes(needed)}{have}; try batch_size {smaller}"


def give_back() -> None:
    """Let go of device memory that torch keeps for later: where another program took the rest, it is all there is."""
    import torch

    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()


def lost(error: BaseException) -> bool:
    """Whether the device is lost to this process: after such an error, CUDA answers every call with one."""
    import torch

    if out_of_memory(error):
        return False
    return isinstance(error, torch.AcceleratorError) or (
        isinstance(error, RuntimeError) and any(sign in str(error) for sign in ("CUDA error", "CUDA driver error"))
    )
