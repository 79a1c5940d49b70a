"""Errors of a device: out of memory, or lost; and what the user can do about them."""

from typing import TYPE_CHECKING

from charplay.training.device import format_gigabytes, list_devices

if TYPE_CHECKING:
    from charplay.recipes.recipe import Recipe


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether the error means that the device or the machine is out of memory."""
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(
        sign in str(error) for sign in ("not enough memory", "can't allocate memory", "out of memory", "ALLOC_FAILED")
    )


def out_of_memory_message(name: str, needed: int, recipe: "Recipe") -> str:
    """Return a sentence for a device that ran out of memory; `needed` is the recipe's estimate in bytes."""
    free = next((device.free for device in list_devices() if device.name == name), None)
    have = f", and {format_gigabytes(free)} are free now" if free is not None else ""
    smaller = max(1, int(recipe.batch_size) // 2) if recipe.batch_size != "auto" else "a smaller one"
    return f"{name} ran out of memory: this needs about {format_gigabytes(needed)}{have}; try batch_size {smaller}"


def empty_cache() -> None:
    """Free the device memory that torch caches; if another program took the rest, it is all there is."""
    import torch

    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()


def is_device_lost(error: BaseException) -> bool:
    """Return whether this process can use the device no more: after such an error, every call of CUDA fails."""
    import torch

    if is_out_of_memory(error):
        return False
    return isinstance(error, torch.AcceleratorError) or (
        isinstance(error, RuntimeError) and any(sign in str(error) for sign in ("CUDA error", "CUDA driver error"))
    )
