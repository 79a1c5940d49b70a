"""The LSTM layer: torch's fused kernels, gates in torch's order i, f, g, o."""

from typing import Any

import torch
from torch import Tensor, nn

GATES = 4
FORGET_GATE = 1
"""Index of the forget gate, whose bias starts at 1."""

FIXED_ARGUMENTS: Any = {
    "has_biases": True,
    "num_layers": 1,
    "dropout": 0.0,
    "bidirectional": False,
    "batch_first": False,
}
"""Other arguments of torch's function, for a single layer."""


class Layer(nn.LSTM):
    """One LSTM layer with one bias.

    torch adds two biases of which the second is redundant: it is zero, frozen, and not part of a checkpoint.
    """

    weight_ih_l0: nn.Parameter
    weight_hh_l0: nn.Parameter
    bias_ih_l0: nn.Parameter
    bias_hh_l0: nn.Parameter

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size)
        nn.init.zeros_(self.bias_hh_l0).requires_grad_(False)  # noqa: FBT003 - torch's signature

    def zero_state(self, batch_size: int) -> tuple[Tensor, ...]:
        """Return a hidden and a cell state of zeros, each (1, B, H)."""
        zeros = self.weight_hh_l0.new_zeros(1, batch_size, self.hidden_size)
        return zeros, zeros.clone()

    def run(self, inputs: Tensor, state: tuple[Tensor, ...], weight_hh: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Turn inputs (T, B, I) into outputs (T, B, H) and a new state.

        `weight_hh` is the layer's own recurrent weights, or a copy with dropped ones.
        """
        weights = (self.weight_ih_l0, weight_hh, self.bias_ih_l0, self.bias_hh_l0)
        outputs, hidden, cell = torch.lstm(inputs, state, weights, train=self.training, **FIXED_ARGUMENTS)
        return outputs, (hidden, cell)
