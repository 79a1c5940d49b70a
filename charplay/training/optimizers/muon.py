"""Muon: orthogonal steps for the matrices of recurrent layers, AdamW for everything else.

A matrix's momentum is replaced by the orthogonal matrix nearest to it, found by two Newton-Schulz steps, so that
every direction moves equally far. A recurrent layer stacks its gates in one matrix; each gate is a map of its own, so
each gate's block is orthogonalised on its own.

Reference: Keller Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024).
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from charplay.recipes.recipe import Recipe
from charplay.training.device import DeviceContext
from charplay.training.network import CharNet
from charplay.training.optimization import parameter_groups
from charplay.training.workers import Workers

RATE_FACTOR = 8.0
"""The matrices' learning rate as a multiple of the recipe's, which is AdamW's: the best two were 0.05 and 0.006."""

COEFFICIENTS = ((4.28, -11.0554, 7.5824), (3.7517, -6.6185, 3.7003))
"""Coefficients of x, x^3 and x^5 in each step. Both steps map singular values from 0.05..1 to 0.73..1.17. A third step
would raise smaller ones too, at a sixth of the training time; on tiny Shakespeare it learned no better."""


def build(network: CharNet, recipe: Recipe, context: DeviceContext) -> tuple[torch.optim.Optimizer, ...]:
    """Build Muon for the recurrent layers' matrices, AdamW for the rest; `decay` is Muon's momentum."""
    matrices = [p for p in network.layers.parameters() if p.ndim == 2]
    taken = {id(p) for p in matrices}
    rest = [p for p in network.parameters() if id(p) not in taken]
    betas = (recipe.beta1, recipe.beta2)
    return (
        Muon(
            parameter_groups(matrices, scale=RATE_FACTOR),
            momentum=recipe.decay,
            gates=network.gates,
            parts=1 if context.shares == 1 else network.gates,
            workers=context.workers,
            precision=getattr(torch, context.optimizer_precision),
        ),
        torch.optim.AdamW(parameter_groups(rest), betas=betas, eps=recipe.epsilon, weight_decay=0, fused=context.fused),
    )


class Muon(torch.optim.Optimizer):
    """Takes orthogonal steps with matrices made of stacked gates.

    Args:
        matrices: parameter groups of two-dimensional parameters.
        momentum: memory of the gradient.
        gates: blocks stacked in each matrix.
        parts: that a matrix is cut into, each of whole gates; a part is one task of the workers.
        workers: that execute these tasks.
        precision: of the products that make a step orthogonal.
    """

    def __init__(
        self,
        matrices: Iterable[dict[str, Any]],
        *,
        momentum: float,
        gates: int,
        parts: int,
        workers: Workers,
        precision: torch.dtype,
    ) -> None:
        super().__init__(matrices, {"lr": 0.0, "momentum": momentum, "gates": gates})
        self._parts = parts
        self._workers = workers
        self._precision = precision

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Move every matrix against its orthogonalised momentum; `closure` is not used."""
        tasks = []
        for group in self.param_groups:
            for matrix in group["params"]:
                memory = self.state[matrix].setdefault("momentum", torch.zeros_like(matrix))
                parts = (tensor.chunk(self._parts) for tensor in (matrix.detach(), matrix.grad, memory))
                tasks += [
                    partial(self._move, group["gates"] // self._parts, group["lr"], group["momentum"], *part)
                    for part in zip(*parts, strict=True)
                ]
        self._workers.run(tasks)

    @torch.no_grad()
    def _move(self, gates: int, rate: float, decay: float, matrix: Tensor, gradient: Tensor, memory: Tensor) -> None:
        """Move the rows of `gates` stacked gates."""
        memory.lerp_(gradient, 1 - decay)
        ahead = gradient.lerp(memory, decay)
        blocks = ahead.view(gates, -1, matrix.shape[1])
        matrix.add_(orthogonalize(blocks, self._precision).reshape_as(matrix), alpha=-rate)


def orthogonalize(blocks: Tensor, precision: torch.dtype | None = None) -> Tensor:
    """Return about the orthogonal matrix nearest to each of `blocks` (G, rows, columns).

    The products are in `precision`, or in that of the blocks; the result is in that of the blocks.

    Singular values of at least a twentieth of the largest become 0.7 to 1.2, smaller ones less. A block with more rows
    than columns is scaled by the root of their ratio, so that its outputs move as far as those of a square one. A block
    of zeros stays zero.
    """
    tall = blocks.shape[1] > blocks.shape[2]
    x = blocks.mT if tall else blocks
    precision = precision or x.dtype
    x = (x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)).to(precision)
    square = x @ x.mT
    fourth = square @ square
    # The eighth root of the sum of eighth powers hardly exceeds the largest singular value, and costs no more products.
    size = fourth.norm(dim=(1, 2), keepdim=True, dtype=blocks.dtype) ** 0.25 + 1e-7
    x, square, fourth = (x / size).to(precision), (square / size**2).to(precision), (fourth / size**4).to(precision)
    for step, (a, b, c) in enumerate(COEFFICIENTS):
        if step:
            square = x @ x.mT
            fourth = square @ square
        x = torch.baddbmm(x, fourth.mul_(c).add_(square, alpha=b), x, beta=a)
    x = x.to(blocks.dtype)
    return x.mT * (blocks.shape[1] / blocks.shape[2]) ** 0.5 if tall else x
