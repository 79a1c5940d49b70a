"""State dicts as files of torch: the only pickles that charplay writes or reads, and only their tensors are taken."""

import io
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from charplay.fs.regular_files import open_regular
from charplay.runs.plain_layers import WeightsError

NESTED = ("state_dict", "model_state_dict")
"""Keys under which programs put a state dict into a larger file."""

HINT = "save one with torch.save(model.state_dict(), path)"


def pack_state_dict(tensors: Mapping[str, NDArray[Any]]) -> bytes:
    """Return a file that `torch.load(weights_only=True)` reads as a state dict."""
    file = io.BytesIO()
    torch.save({name: torch.from_numpy(np.array(tensor)) for name, tensor in tensors.items()}, file)
    return file.getvalue()


def read_state_dict(path: Path) -> dict[str, NDArray[Any]]:
    """Read a state dict and nothing else: torch refuses whatever is no tensor, so that no code is run.

    Raises WeightsError with the reason.
    """
    try:
        with open_regular(path) as file:
            found = torch.load(file, map_location="cpu", weights_only=True)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror or error})") from None
    except (UnpicklingError, RuntimeError, ValueError, EOFError, KeyError, AttributeError, TypeError):
        raise WeightsError(f"{path} is no file of tensors alone; {HINT}") from None
    for key in NESTED:
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            found = found[key]
    if not isinstance(found, dict) or not found or not all(isinstance(each, torch.Tensor) for each in found.values()):
        raise WeightsError(f"{path} holds something else than a state dict; {HINT}")
    return {str(name): tensor.float().numpy() for name, tensor in found.items()}
