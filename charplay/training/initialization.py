"""Initialization of weights: Glorot kernels, orthogonal recurrent kernels, a forget bias of 1."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from charplay.training.network import CharNet


@torch.no_grad()
def initialize(network: "CharNet", forget_gate: int | None) -> None:
    """Draw new weights from torch's random numbers.

    Kernels are Glorot-uniform over the whole kernel, all gates together, as Keras does it. Recurrent kernels are
    orthogonal gate by gate, so that every gate passes the state on at its full length. Biases are 0, but for the
    gate `forget_gate`, which starts at 1. An embedding keeps torch's normal draw.
    """
    for layer in network.layers:
        glorot_uniform(layer.weight_ih_l0)
        for gate in layer.weight_hh_l0.chunk(network.gates):
            nn.init.orthogonal_(gate)
        nn.init.zeros_(layer.bias_ih_l0)
        if forget_gate is not None:
            layer.bias_ih_l0.chunk(network.gates)[forget_gate].fill_(1)
    glorot_uniform(network.output.weight)
    nn.init.zeros_(network.output.bias)


def glorot_uniform(weight: Tensor) -> None:
    """Draw uniformly from plus or minus the root of 6 / (inputs + outputs)."""
    nn.init.xavier_uniform_(weight)
