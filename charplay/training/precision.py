"""The arithmetic of the network's passes: what was asked for, where the device's kernels can do it.

On a processor `auto` is bfloat16 where it has AMX, units for products of whole tiles. Elsewhere bfloat16 is up to three
times slower than float32 on the Intel processor that was tried, also with instructions for it (AVX512_BF16).
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

TRIED_SIZE = 8
"""Characters, streams and units of the layer that is tried."""


def choose_precision(asked: str, cell: str, device: "torch.device") -> tuple[str, str]:
    """Return the precision for a recipe's `asked` one, and a sentence for the user where that cannot be had."""
    if asked == "float32" or (asked == "auto" and device.type == "cpu" and not has_amx()):
        return "float32", ""
    if runs_bfloat16(cell, device):
        return "bfloat16", ""
    cannot = f"no kernel here computes the cell {cell} in bfloat16 on {device}, so this trains in float32"
    return "float32", "" if asked == "auto" else cannot


def kept_precision(asked: str, device: "torch.device", kept: Mapping[str, object] | None) -> str:
    """Return what to choose for a run with the facts `kept`: on a processor `auto` stays float32 where it was."""
    was_float32 = kept is not None and (kept.get("device"), kept.get("precision")) == ("cpu", "float32")
    return "float32" if asked == "auto" and device.type == "cpu" and was_float32 else asked


def choose_optimizer_precision(precision: str, device: "torch.device", kept: Mapping[str, object] | None) -> str:
    """Return the precision of Muon's products: that of the passes on a processor, but not in a run of before."""
    if device.type != "cpu" or precision == "float32":
        return "float32"
    return "bfloat16" if kept is None or kept.get("optimizer_precision") == "bfloat16" else "float32"


def has_amx() -> bool:
    """Return whether the processor has AMX, and torch finds it."""
    import torch

    return bool(getattr(torch.cpu, "_is_amx_tile_supported", bool)())


def runs_bfloat16(cell: str, device: "torch.device") -> bool:
    """Return whether the device has kernels for a cell in bfloat16.

    torch does not tell of a processor, so a tiny layer is tried there, once.
    """
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return _runs_on_cpu(cell)


@cache
def _runs_on_cpu(cell: str) -> bool:
    """Try a layer as training and evaluation run it; torch's random numbers stay as they are."""
    import torch

    with torch.random.fork_rng(devices=[]):
        layer = import_module(f"charplay.training.cells.{cell.replace('-', '_')}").Layer(TRIED_SIZE, TRIED_SIZE)
    inputs = torch.ones(TRIED_SIZE, TRIED_SIZE, TRIED_SIZE)
    try:
        for training in (True, False):
            layer.train(training)
            with torch.set_grad_enabled(training), torch.autocast("cpu", torch.bfloat16):
                outputs, _ = layer.run(inputs, layer.zero_state(TRIED_SIZE), layer.weight_hh_l0)
            if training:
                outputs.float().sum().backward()
    except RuntimeError:  # oneDNN has no such primitive for this processor
        return False
    return True
