"""NAdam: Adam that looks one step of momentum ahead. torch has no fused kernel for it."""

import torch

from charplay.recipes.recipe import Recipe
from charplay.training.device import DeviceContext
from charplay.training.network import CharNet
from charplay.training.optimization import parameter_groups


def build(network: CharNet, recipe: Recipe, context: DeviceContext) -> tuple[torch.optim.Optimizer, ...]:
    """Build NAdam for every trainable parameter."""
    betas = (recipe.beta1, recipe.beta2)
    return (torch.optim.NAdam(parameter_groups(network.parameters()), betas=betas, eps=recipe.epsilon),)
