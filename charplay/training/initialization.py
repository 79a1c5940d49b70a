"""Initialization of weights: Glorot kernels, orthogonal recurrent kernels, a forget bias of 1."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


@torch.no_grad()
def initialize(layers: Iterable[Any], output: nn.Linear, *, gates: int, forget_gate: int | None) -> None:
    """Draw new weights for recurrent layers and the output layer from torch's random numbers.

    Kernels are Glorot-uniform over the whole kernel, all gates together, as Keras does it. Recurrent kernels are
    orthogonal gate by gate, so that every gate passes the state on at its full length. Biases are 0, but for the
    gate `forget_gate`, which starts at 1. An embedding keeps torch's normal draw.

    Args:
        layers: each with its kernels and biases under torch's names, its gates one after the other.
        output: from the last layer to the logits.
        gates: the number of gates in a layer.
        forget_gate: its index among them; None for a cell without one.
    """
    for layer in layers:
        glorot_uniform(layer.weight_ih_l0)
        for gate in layer.weight_hh_l0.chunk(gates):
            nn.init.orthogonal_(gate)
        nn.init.zeros_(layer.bias_ih_l0)
        if forget_gate is not None:
            layer.bias_ih_l0.chunk(gates)[forget_gate].fill_(1)
    glorot_uniform(output.weight)
    nn.init.zeros_(output.bias)


def glorot_uniform(weight: Tensor) -> None:
    """Draw uniformly from plus or minus the root of 6 / (inputs + outputs)."""
    nn.init.xavier_uniform_(weight)
