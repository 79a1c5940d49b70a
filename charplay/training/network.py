"""The network: character ids in, recurrent layers, logits of the next character out."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from charplay.recipes.recipe import Recipe
from charplay.training.dropout import Dropout, drop
from charplay.training.initialization import initialize

if TYPE_CHECKING:
    from types import ModuleType

State = tuple[tuple[Tensor, ...], ...]
"""The recurrent state: for each layer its tensors, each (1, B, H), float32."""


class CharNet(nn.Module):
    """A character-level recurrent language model, built from a resolved recipe.

    Args:
        recipe: no field of group "model" may be `auto`.
        vocabulary_size: V, the number of distinct characters.
    """

    def __init__(self, recipe: Recipe, vocabulary_size: int) -> None:
        super().__init__()
        cell: ModuleType = import_module(f"charplay.training.cells.{recipe.cell.replace('-', '_')}")
        hidden, depth = _resolved(recipe.hidden_size), _resolved(recipe.num_layers)
        self.gates: int = cell.GATES
        self.vocabulary_size = vocabulary_size
        self.input_kind = recipe.input
        self.scale = 1 / vocabulary_size if recipe.scalar_scale == "vocabulary" else 1.0
        widths = {"embedding": recipe.embedding_size, "one-hot": vocabulary_size, "scalar": 1}
        width = _resolved(widths[recipe.input])
        self.embedding = nn.Embedding(vocabulary_size, width) if recipe.input == "embedding" else None
        self.input_dropout = Dropout(float(recipe.input_dropout))
        self.layers: Any = nn.ModuleList(cell.Layer(width if k == 0 else hidden, hidden) for k in range(depth))
        self.dropout = Dropout(float(recipe.dropout))
        self.output_dropout = Dropout(float(recipe.output_dropout))
        self.output = nn.Linear(hidden, vocabulary_size)
        self.weight_drop = recipe.weight_drop
        if recipe.initialization == "glorot-orthogonal":
            initialize(self.layers, self.output, gates=self.gates, forget_gate=cell.FORGET_GATE)

    def set_dropouts(self, recipe: Recipe) -> None:
        """Set all dropout probabilities as the recipe says."""
        self.input_dropout.p, self.dropout.p = float(recipe.input_dropout), float(recipe.dropout)
        self.output_dropout.p = float(recipe.output_dropout)
        self.weight_drop = recipe.weight_drop

    def zero_state(self, batch_size: int) -> State:
        """Return the state before the first character of `batch_size` texts."""
        return tuple(layer.zero_state(batch_size) for layer in self.layers)

    def forward(
        self, ids: Tensor, state: State, *, last_only: bool = False, generator: torch.Generator | None = None
    ) -> tuple[Tensor, State]:
        """Read `ids` (T, B) from `state`; dropout draws from `generator`, or from torch's own.

        Returns:
            Logits (T, B, V), or (B, V) after the last character with `last_only`; and the state after it.
        """
        values = self.input_dropout(self._encode(ids), generator)
        after = []
        for k, layer in enumerate(self.layers):
            if k:
                values = self.dropout(values, generator)
            weight_hh = self._drop_connected(layer.weight_hh_l0, generator)
            values, layer_state = layer.run(values, state[k], weight_hh)
            after.append(layer_state)
        if last_only:
            values = values[-1]
        return self.output(self.output_dropout(values, generator)), tuple(after)

    def _encode(self, ids: Tensor) -> Tensor:
        """Turn ids (T, B) into inputs (T, B, width) of the first layer."""
        if self.embedding is not None:
            embedded: Tensor = self.embedding(ids)
            return embedded
        if self.input_kind == "one-hot":
            return functional.one_hot(ids, self.vocabulary_size).to(self.output.weight.dtype)
        return ids.to(self.output.weight.dtype).unsqueeze(-1) * self.scale

    def _drop_connected(self, weight_hh: Tensor, generator: torch.Generator | None) -> Tensor:
        """Apply DropConnect: one mask on the recurrent weights for the whole sequence; none outside of training."""
        return drop(weight_hh, self.weight_drop, generator) if self.training and self.weight_drop else weight_hh

    def named_weights(self) -> dict[str, Tensor]:
        """Return the parameters by the names that they have in a checkpoint."""
        weights: dict[str, Tensor] = {}
        if self.embedding is not None:
            weights["embedding.weight"] = self.embedding.weight
        for k, layer in enumerate(self.layers):
            weights[f"rnn.weight_ih_l{k}"] = layer.weight_ih_l0
            weights[f"rnn.weight_hh_l{k}"] = layer.weight_hh_l0
            weights[f"rnn.bias_l{k}"] = layer.bias_ih_l0
        return weights | {"output.weight": self.output.weight, "output.bias": self.output.bias}

    def export_weights(self) -> dict[str, np.ndarray]:
        """Return copies of the weights, float32 and C-contiguous, by their names in a checkpoint."""
        return {
            name: np.array(weight.detach().cpu().numpy(), dtype=np.float32, order="C")
            for name, weight in self.named_weights().items()
        }

    @torch.no_grad()
    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Load what `export_weights` returned; KeyError or RuntimeError if names or shapes differ."""
        for name, weight in self.named_weights().items():
            weight.copy_(torch.from_numpy(np.array(weights[name])))

    def parameter_count(self) -> int:
        """Count the trainable numbers, as papers do: one bias for each gate, not torch's two."""
        return sum(weight.numel() for weight in self.named_weights().values())


def _resolved(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError("the recipe is not resolved yet")
    return value
