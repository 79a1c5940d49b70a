"""Adam."""

import torch

from charplay.recipes.recipe import Recipe
from charplay.training.device import DeviceContext
from charplay.training.network import CharNet
from charplay.training.optimization import parameter_groups


def build(network: CharNet, recipe: Recipe, context: DeviceContext) -> tuple[torch.optim.Optimizer, ...]:
    """Build Adam for every trainable parameter."""
    betas = (recipe.beta1, recipe.beta2)
    return (
        torch.optim.Adam(parameter_groups(network.parameters()), betas=betas, eps=recipe.epsilon, fused=context.fused),
    )
