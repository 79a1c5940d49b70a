"""A character model in numpy: weights ready to play, one cheap step at a time."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from charplay.corpora.vocabulary import Vocabulary
from charplay.recipes.errors import UnresolvedError
from charplay.recipes.network import tensor_shapes, whole
from charplay.recipes.recipe import Recipe
from charplay.sampling.cell import Array, Cell, load_cell
from charplay.sampling.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

State: TypeAlias = Array
"""What a model remembers: (layers, parts, H), or (layers, parts, N, H) for N texts side by side. A read-only value."""

Tensors: TypeAlias = Mapping[str, NDArray[Any]]

KEPT_ROWS = 16_384
"""First-layer rows kept at most (see `CharModel._row`); larger vocabularies recompute."""


SMALL = (1_000_000, 1200)
"""Multiplications and results of a product that BLAS makes in place; before a larger one it copies the weights."""
MOST_BLOCKS = 256


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
        self._output, self._output_bias = weights["output.weight"], weights["output.bias"]
        hidden_size = self._output.shape[1]
        layers = range(whole(recipe, "num_layers"))

        def gates(name: str) -> list[Array]:
            """Each layer's parameter, (GATES, H, ...)."""
            prepared = (self._cell.prepare(weights[f"rnn.{name}_l{layer}"]) for layer in layers)
            return [parameter.reshape(-1, hidden_size, *parameter.shape[1:]) for parameter in prepared]

        self._weights_ih, self._weights_hh, self._biases = gates("weight_ih"), gates("weight_hh"), gates("bias")
        self._enter = _entrance(recipe, weights.get("embedding.weight"), self._weights_ih[0], len(vocabulary))
        self._rows: dict[int, Array] = {}
        self._zero = np.zeros((len(layers), self._cell.PARTS, hidden_size), self._output.dtype)
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
        return _affine(self._output, state[-1, 0], self._output_bias)

    def step(self, state: State, ids: "int | Sequence[int]") -> tuple[State, Array]:
        """Read one character (an id, or N ids for N columns): the new state, and the logits (V,) or (N, V) after it."""
        new = np.empty_like(state)
        entering = self._row(ids) if isinstance(ids, (int, np.integer)) else self._rows_of(ids)
        for layer, weight in enumerate(self._weights_hh):
            if layer:
                entering = _affine(self._weights_ih[layer], new[layer - 1, 0], self._biases[layer])
            old = state[layer]
            self._cell.advance(entering, _product(weight, old[0]), old, new[layer])
        new.flags.writeable = False
        return new, self.logits(new)

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
        outputs = np.empty((0, self._output.shape[1]), self._output.dtype)
        for layer, weight in enumerate(self._weights_hh):
            if layer:
                gates = outputs @ self._weights_ih[layer].swapaxes(1, 2) + self._biases[layer][:, None]
                entering = gates.swapaxes(0, 1)
            states = np.empty((len(ids) + 1, *state.shape[1:]), state.dtype)
            states[0] = state[layer]
            for t in range(len(ids)):
                self._cell.advance(entering[t], _product(weight, states[t, 0]), states[t], states[t + 1])
            new[layer] = states[-1]
            outputs = states[1:, 0]
        new.flags.writeable = False
        return new, outputs @ self._output.T + self._output_bias

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
        return lambda one: _product(weight, embedding[one])
    if recipe.input == "one-hot":
        return lambda one: weight[..., one]
    scale = vocabulary_size if recipe.scalar_scale == "vocabulary" else 1
    return lambda one: weight[..., 0] * weight.dtype.type(one / scale)


def _product(weight: Array, x: Array) -> Array:
    """Weight (..., rows, size) times one column (size,), or several (N, size): (..., rows) or (..., N, rows)."""
    if x.ndim == 1:
        alone: Array = weight @ x
        return alone
    columns, (*parts, rows, size) = len(x), weight.shape
    blocks = _blocks(rows, columns * max(size, SMALL[0] // SMALL[1]))
    product = np.empty((*parts, columns, rows), weight.dtype)
    cut = weight.reshape(*parts, blocks, -1, size)
    np.matmul(x, cut.swapaxes(-1, -2), out=product.reshape(*parts, columns, blocks, -1).swapaxes(-2, -3))
    return product


@lru_cache(maxsize=256)
def _blocks(rows: int, work: int) -> int:
    """Into how many equal blocks to cut rows of so many multiplications, for each block's product to be SMALL."""
    fewest = -(-rows * work // SMALL[0])
    return next((blocks for blocks in range(fewest, MOST_BLOCKS + 1) if rows % blocks == 0), 1)


def _affine(weight: Array, x: Array, bias: Array) -> Array:
    """Weight·x + bias (..., rows), for one column or several."""
    product = _product(weight, x)
    product += bias if x.ndim == 1 else bias[..., None, :]
    return product


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
