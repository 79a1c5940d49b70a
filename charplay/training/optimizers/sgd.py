"""Stochastic gradient descent with momentum."""

import torch

from charplay.recipes.recipe import Recipe
from charplay.training.device import DeviceContext
from charplay.training.network import CharNet
from charplay.training.optimization import parameter_groups


def build(network: CharNet, recipe: Recipe, context: DeviceContext) -> tuple[torch.optim.Optimizer, ...]:
    """Build SGD for every trainable parameter; `decay` is the momentum."""
    return (
        torch.optim.SGD(parameter_groups(network.parameters()), lr=1.0, momentum=recipe.decay, fused=context.fused),
    )
