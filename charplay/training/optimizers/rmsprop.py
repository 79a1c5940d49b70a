"""RMSprop: steps divided by a running root mean square of the gradient. torch has no fused kernel for it."""

import torch

from charplay.recipes.recipe import Recipe
from charplay.training.device import DeviceContext
from charplay.training.network import CharNet
from charplay.training.optimization import parameter_groups


def build(network: CharNet, recipe: Recipe, context: DeviceContext) -> tuple[torch.optim.Optimizer, ...]:
    """Build RMSprop for every trainable parameter; `decay` is its alpha."""
    return (torch.optim.RMSprop(parameter_groups(network.parameters()), alpha=recipe.decay, eps=recipe.epsilon),)
