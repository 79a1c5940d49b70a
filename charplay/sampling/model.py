"""A character model in numpy: weights ready to play, one cheap step at a time."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from charplay.corpora.vocabulary import Vocabulary
from charplay.recipes.errors import UnresolvedError
from charplay.recipes.network import tensor_shapes, whole
from charplay.recipes.recipe import Recipe
from charplay.sampling.cell import Array, Cell, load_cell
from charplay.sampling.errors import ModelError
from charplay.sampling.products import Weight

if TYPE_CHECKING:
    from collections.abc import Sequence

State: TypeAlias = Array
"""What a model remembers: (layers, parts, H), or (layers, parts, N, H) for N texts side by side. A read-only value."""

Tensors: TypeAlias = Mapping[str, NDArray[Any]]

KEPT_ROWS = 16_384
"""First-layer rows kept at most (see `CharModel._row`); larger vocabularies recompute."""


class ModelSignature(NamedTuple):
    """What two models agree in where a state of one may go on under the other."""

    cell: str
    state: tuple[int, ...]
    """(layers, parts, H)"""
    dtype: np.dtype[Any]
    vocabulary: Vocabulary


class CharModel:
    """A recurrent character model. It never changes after loading, so any number of texts and threads may share it."""

    def __init__(self, weights: Mapping[str, Array], recipe: Recipe, vocabulary: Vocabulary) -> None:
        """`weights`: checked copies that this model now owns. Use `load`."""
        self.recipe = recipe
        self.vocabulary = vocabulary
        self.characters = tuple(vocabulary.characters)
        """The characters in id order; every text written shares these strings."""
        self._cell = _cell(recipe)
        self._output, self._output_bias = Weight(weights["output.weight"]), weights["output.bias"]
        hidden_size = weights["output.weight"].shape[1]
        layers = range(whole(recipe, "num_layers"))

        def gates(name: str) -> list[Array]:
            """Each layer's parameter, (GATES, H, ...)."""
            prepared = (self._cell.prepare(weights[f"rnn.{name}_l{layer}"]) for layer in layers)
            return [parameter.reshape(-1, hidden_size, *parameter.shape[1:]) for parameter in prepared]

        inputs, self._biases = gates("weight_ih"), gates("bias")
        self._weights_ih, self._weights_hh = list(map(Weight, inputs)), list(map(Weight, gates("weight_hh")))
        self._enter = _entrance(recipe, weights.get("embedding.weight"), inputs[0], len(vocabulary))
        self._rows: dict[int, Array] = {}
        self._zero = np.zeros((len(layers), self._cell.PARTS, hidden_size), self._output_bias.dtype)
        self._zero.flags.writeable = False
        self.family = ModelSignature(recipe.cell, self._zero.shape, self._zero.dtype, vocabulary)
        """States go on under any other model of the same family."""

    @classmethod
    def load(
        cls, tensors: Tensors, recipe: Recipe, vocabulary: Vocabulary, *, dtype: DTypeLike = np.float32
    ) -> "CharModel":
        """A model from a checkpoint's tensors, which are copied.

        Raises:
            ModelError: a tensor is missing, unknown, of another shape than the recipe's, or not finite.
        """
        shapes = _shapes(recipe, len(vocabulary))
        if missing := sorted(shapes.keys() - tensors.keys()):
            raise ModelError(f"the weights lack {missing[0]}; they were not made by this recipe")
        if unknown := sorted(tensors.keys() - shapes.keys()):
            raise ModelError(f"the weights hold {unknown[0]}, which this recipe's network does not have")
        weights: dict[str, Array] = {}
        for name, shape in shapes.items():
            if tuple(tensors[name].shape) != shape:
                raise ModelError(f"{name} has the shape {tuple(tensors[name].shape)}, but the recipe makes it {shape}")
            weights[name] = np.array(tensors[name], dtype=dtype, order="C")
            if not np.isfinite(weights[name]).all():
                raise ModelError(f"{name} holds values that are not finite; try an earlier checkpoint")
        return cls(weights, recipe, vocabulary)

    def zero_state(self, columns: int | None = None) -> State:
        """The state before anything was read; `columns` texts side by side where given."""
        if columns is None:
            return self._zero
        layers, parts, hidden_size = self._zero.shape
        zero = np.zeros((layers, parts, columns, hidden_size), self._zero.dtype)
        zero.flags.writeable = False
        return zero

    def logits(self, state: State) -> Array:
        """What the state says about the next character: logits (V,), or (N, V) for columns."""
        output = state[-1, 0]
        logits = self._output.alone(output) if output.ndim == 1 else self._output.together(output)
        logits += self._output_bias
        return logits

    def step(self, state: State, ids: "int | Sequence[int]") -> tuple[State, Array]:
        """Read one character (an id, or N ids for N columns): the new state, and the logits (V,) or (N, V) after it."""
        if isinstance(ids, (int, np.integer)):
            return self._step_alone(state, ids)
        return self._step_columns(state, ids, Weight.together)

    def step_each(self, state: State, ids: "Sequence[int]") -> tuple[State, Array]:
        """Read N characters for N columns: to the bit what `step` makes of each column alone."""
        return self._step_columns(state, ids, Weight.each)

    def _step_alone(self, state: State, one: int) -> tuple[State, Array]:
        new = np.empty_like(state)
        entering = self._rows.get(one)
        output = entering = self._row(one) if entering is None else entering
        for layer, weight in enumerate(self._weights_hh):
            if layer:
                entering = self._weights_ih[layer].alone(output).reshape(entering.shape)
                entering += self._biases[layer]
            old, becoming = state[layer], new[layer]
            output = becoming[0]
            self._cell.advance(entering, weight.alone(old[0]).reshape(entering.shape), old, becoming)
        new.setflags(write=False)
        logits = self._output.alone(output)
        logits += self._output_bias
        return new, logits

    def _step_columns(
        self, state: State, ids: "Sequence[int]", times: Callable[[Weight, Array], Array]
    ) -> tuple[State, Array]:
        new = np.empty_like(state)
        output = entering = self._rows_of(ids)
        for layer, weight in enumerate(self._weights_hh):
            if layer:
                entering = times(self._weights_ih[layer], output)
                entering += self._biases[layer][:, None]
            old, becoming = state[layer], new[layer]
            self._cell.advance(entering, times(weight, old[0]), old, becoming)
            output = becoming[0]
        new.setflags(write=False)
        logits = times(self._output, output)
        logits += self._output_bias
        return new, logits

    def feed(self, state: State, ids: Iterable[int]) -> tuple[State, Array]:
        """Read characters one after another, exactly as `step` would: the state and the logits after the last."""
        logits: Array | None = None
        for one in ids:
            state, logits = self.step(state, one)
        return state, self.logits(state) if logits is None else logits

    def read(self, state: State, ids: "Sequence[int]") -> tuple[State, Array]:
        """Read T characters of one text: the state after them, and the logits (T, V) after each.

        Goes layer by layer, so that only the recurrent products are one character at a time. The numbers are those of
        `step` up to rounding, not to the bit.
        """
        new = np.empty_like(state)
        entering: Array | list[Array] = [self._row(one) for one in ids]
        outputs, advance = state[0], self._cell.advance
        for layer, weight in enumerate(self._weights_hh):
            if layer:
                entering = self._weights_ih[layer].along(outputs) + self._biases[layer]
            states = np.empty((len(ids) + 1, *state.shape[1:]), state.dtype)
            states[0] = old = state[layer]
            for gates, becoming in zip(entering, states[1:], strict=True):
                advance(gates, weight.alone(old[0]).reshape(gates.shape), old, becoming)
                old = becoming
            new[layer] = states[-1]
            outputs = states[1:, 0]
        new.setflags(write=False)
        return new, self._output.along(outputs) + self._output_bias

    def _rows_of(self, ids: "Sequence[int]") -> Array:
        """(GATES, N, H) what N characters add to the first layer's gates."""
        return np.array([self._row(one) for one in ids]).swapaxes(0, 1)

    def _row(self, one: int) -> Array:
        """What a character adds to the first layer's gates, (GATES, H): computed once, so a step needs no product."""
        row = self._rows.get(one)
        if row is None:
            if len(self._rows) >= KEPT_ROWS:
                self._rows.clear()
            row = self._rows[one] = self._enter(one) + self._biases[0]
        return row


def _entrance(recipe: Recipe, embedding: Array | None, weight: Array, vocabulary_size: int) -> Callable[[int], Array]:
    """How a character's id meets the first layer's input matrix (GATES, H, input size)."""
    if embedding is not None:
        matrix = Weight(weight)
        return lambda one: matrix.alone(embedding[one]).reshape(weight.shape[:-1])
    if recipe.input == "one-hot":
        return lambda one: weight[..., one]
    scale = vocabulary_size if recipe.scalar_scale == "vocabulary" else 1
    return lambda one: weight[..., 0] * weight.dtype.type(one / scale)


def _shapes(recipe: Recipe, vocabulary_size: int) -> dict[str, tuple[int, ...]]:
    """The shapes of a recipe's tensors; ModelError where the recipe has an unknown cell, or is not resolved."""
    _cell(recipe)
    try:
        return tensor_shapes(recipe, vocabulary_size)
    except UnresolvedError as error:
        raise ModelError(f"the recipe leaves {error.field} open; only a resolved recipe makes a model") from None


def _cell(recipe: Recipe) -> Cell:
    try:
        return load_cell(recipe.cell)
    except KeyError:
        raise ModelError(f"the recipe's cell {recipe.cell!r} is not known here") from None
