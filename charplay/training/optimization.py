"""Use of optimizers: building one by name, taking a step, saving the state as arrays."""

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from charplay.recipes.recipe import Recipe
from charplay.training.device import DeviceContext
from charplay.training.network import CharNet


def build_optimizers(network: CharNet, recipe: Recipe, context: DeviceContext) -> tuple[torch.optim.Optimizer, ...]:
    """Build the recipe's optimizer for the network's trainable parameters; some recipes need two."""
    module = import_module(f"charplay.training.optimizers.{recipe.optimizer.replace('-', '_')}")
    built: tuple[torch.optim.Optimizer, ...] = module.build(network, recipe, context)
    return built


def parameter_groups(parameters: Iterable[nn.Parameter], scale: float = 1.0) -> list[dict[str, Any]]:
    """Put the trainable parameters into one group, matrices first, because an optimizer updates a group at once.

    `scale` is the group's learning rate as a multiple of the recipe's.
    """
    trainable = [p for p in parameters if p.requires_grad]
    return [{"params": sorted(trainable, key=lambda p: -p.ndim), "scale": scale}]


def take_step(optimizers: Sequence[torch.optim.Optimizer], rate: float, weight_decay: float) -> None:
    """Take a step at learning rate `rate`, after decoupled weight decay (the same for every optimizer).

    Weight decay applies to matrices only.
    """
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate * group["scale"]
            if weight_decay:
                with torch.no_grad():
                    matrices = [p for p in group["params"] if p.ndim > 1]
                    torch._foreach_mul_(matrices, 1 - group["lr"] * weight_decay)
        optimizer.step()


def state_arrays(optimizers: Sequence[torch.optim.Optimizer]) -> dict[str, np.ndarray]:
    """Return copies of the optimizers' states, named `optimizer.{which}.{parameter}.{name}`."""
    arrays = {}
    for k, optimizer in enumerate(optimizers):
        for index, memory in optimizer.state_dict()["state"].items():
            for name, value in memory.items():
                if isinstance(value, Tensor):
                    arrays[f"optimizer.{k}.{index}.{name}"] = value.detach().cpu().numpy().copy()
    return arrays


def load_state_arrays(optimizers: Sequence[torch.optim.Optimizer], arrays: Mapping[str, np.ndarray]) -> None:
    """Restore what `state_arrays` returned."""
    for k, optimizer in enumerate(optimizers):
        state: dict[int, dict[str, Tensor]] = {}
        for key, array in arrays.items():
            match key.split("."):
                case ["optimizer", which, index, name] if int(which) == k:
                    state.setdefault(int(index), {})[name] = torch.from_numpy(np.array(array))
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
