"""Stochastic gradient descent with momentum."""

import torch

from charplay.recipes.recipe import Recipe
from charplay.training.network import CharNet
from charplay.training.optimization import grouped


def build(network: CharNet, recipe: Recipe, *, fused: bool) -> tuple[torch.optim.Optimizer, ...]:
    """SGD over every trainable parameter; `decay` is the momentum."""
    return (torch.optim.SGD(grouped(network.parameters()), lr=1.0, momentum=recipe.decay, fused=fused),)
