"""AdamW: Adam, with weight decay apart from the gradient (the trainer applies it)."""

import torch

from charplay.recipes.recipe import Recipe
from charplay.training.network import CharNet
from charplay.training.optimization import grouped


def build(network: CharNet, recipe: Recipe, *, fused: bool) -> tuple[torch.optim.Optimizer, ...]:
    """AdamW over every trainable parameter."""
    betas = (recipe.beta1, recipe.beta2)
    return (
        torch.optim.AdamW(grouped(network.parameters()), betas=betas, eps=recipe.epsilon, weight_decay=0, fused=fused),
    )
