"""Muon: recurrent layers' matrices take orthogonal steps, everything else is AdamW's.

A matrix's momentum is replaced by the orthogonal matrix nearest to it, found by two Newton-Schulz steps, so that
every direction moves equally far. A recurrent layer stacks its gates in one matrix; each gate is a map of its own, so
each gate's block is orthogonalised on its own.

Reference: Keller Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024).
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from charplay.recipes.recipe import Recipe
from charplay.training.network import CharNet
from charplay.training.optimization import grouped

RATE = 8.0
"""The matrices' learning rate as a multiple of the recipe's, which is AdamW's: tuned by hand, the two stood at
0.05 and 0.006."""

COEFFICIENTS = ((4.28, -11.0554, 7.5824), (3.7517, -6.6185, 3.7003))
"""Of x, x^3 and x^5 in each step. Together they bring singular values from 0.05 to 1 between 0.73 and 1.17. A third
step would lift smaller ones too, at a sixth of the training time; tried on tiny Shakespeare, it learned no better."""


def build(network: CharNet, recipe: Recipe, *, fused: bool) -> tuple[torch.optim.Optimizer, ...]:
    """Muon for the recurrent layers' matrices, AdamW for embedding, output and biases; `decay` is Muon's momentum."""
    matrices = [p for p in network.layers.parameters() if p.ndim == 2]
    taken = {id(p) for p in matrices}
    rest = [p for p in network.parameters() if id(p) not in taken]
    betas = (recipe.beta1, recipe.beta2)
    return (
        Muon(grouped(matrices, scale=RATE), momentum=recipe.decay, gates=network.gates),
        torch.optim.AdamW(grouped(rest), betas=betas, eps=recipe.epsilon, weight_decay=0, fused=fused),
    )


class Muon(torch.optim.Optimizer):
    """Orthogonal steps for matrices made of stacked gates.

    Args:
        matrices: parameter groups of two-dimensional parameters.
        momentum: memory of the gradient.
        gates: blocks stacked in each matrix.
    """

    def __init__(self, matrices: Iterable[dict[str, Any]], *, momentum: float, gates: int) -> None:
        super().__init__(matrices, {"lr": 0.0, "momentum": momentum, "gates": gates})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Move every matrix against its orthogonalised momentum; `closure` is not used."""
        for group in self.param_groups:
            for matrix in group["params"]:
                memory = self.state[matrix].setdefault("momentum", torch.zeros_like(matrix))
                memory.lerp_(matrix.grad, 1 - group["momentum"])
                ahead = matrix.grad.lerp(memory, group["momentum"])
                blocks = ahead.view(group["gates"], -1, matrix.shape[1])
                matrix.add_(orthogonal(blocks).reshape_as(matrix), alpha=-group["lr"])


def orthogonal(blocks: Tensor) -> Tensor:
    """About the orthogonal matrix nearest to each of `blocks` (G, rows, columns), in their own precision.

    Singular values from a twentieth of the largest up land between 0.7 and 1.2, smaller ones below. A block with more
    rows than columns is scaled by the root of their ratio, so that its outputs move as far as a square one's. A block
    of zeros stays zero.
    """
    tall = blocks.shape[1] > blocks.shape[2]
    x = blocks.mT if tall else blocks
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    square = x @ x.mT
    fourth = square @ square
    # The root of eighth powers: it hardly exceeds the largest singular value, and all it needs is there already.
    size = fourth.norm(dim=(1, 2), keepdim=True) ** 0.25 + 1e-7
    x, square, fourth = x / size, square / size**2, fourth / size**4
    for step, (a, b, c) in enumerate(COEFFICIENTS):
        if step:
            square = x @ x.mT
            fourth = square @ square
        x = torch.baddbmm(x, fourth.mul_(c).add_(square, alpha=b), x, beta=a)
    return x.mT * (blocks.shape[1] / blocks.shape[2]) ** 0.5 if tall else x
