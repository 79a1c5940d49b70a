"""AdamW: Adam with decoupled weight decay, which `take_step` applies."""

import torch

from charplay.recipes.recipe import Recipe
from charplay.training.device import DeviceContext
from charplay.training.network import CharNet
from charplay.training.optimization import parameter_groups


def build(network: CharNet, recipe: Recipe, context: DeviceContext) -> tuple[torch.optim.Optimizer, ...]:
    """Build AdamW for every trainable parameter."""
    betas = (recipe.beta1, recipe.beta2)
    return (
        torch.optim.AdamW(
            parameter_groups(network.parameters()), betas=betas, eps=recipe.epsilon, weight_decay=0, fused=context.fused
        ),
    )
