"""The network a resolved recipe builds, counted before anything is built: shapes, parameters, examples, memory."""

from dataclasses import dataclass
from math import floor

from charplay.recipes.errors import UnresolvedError
from charplay.recipes.recipe import Recipe

GATES = {"lstm": 4, "gru": 3}
"""Matrices that each cell stacks: its parameters are gates x hidden x (input + hidden + 1)."""

FLOAT_BYTES = 4
MIN_STREAMS = 16
"""Streams in a share of a batch, at least: with fewer, products are too narrow for a processor's vectors."""
MAX_SHARES = 8
"""Shares that one process computes, at most."""
OPTIMIZER_STATES = {"sgd": 1, "rmsprop": 1}
"""Numbers an optimizer remembers of each parameter; 2 for the others, as in Adam."""


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer: `shape` is length x batch x width, without the length where only the last position counts."""

    name: str
    shape: tuple[int, ...]
    parameters: int
    formula: str

    @property
    def output_shape(self) -> str:
        """The shape as a person writes it: "64 x 32 x 256"."""
        return " x ".join(f"{size:,}" for size in self.shape)


def whole(recipe: Recipe, name: str) -> int:
    """A size that `resolve` has filled in; UnresolvedError where it is still `auto`, or does not apply."""
    value = getattr(recipe, name)
    if not isinstance(value, int):
        raise UnresolvedError(name, value)
    return value


def input_size(recipe: Recipe, vocabulary_size: int) -> int:
    """Width of what enters the first recurrent layer."""
    match recipe.input:
        case "embedding":
            return whole(recipe, "embedding_size")
        case "one-hot":
            return vocabulary_size
        case "scalar":
            return 1


def tensor_shapes(recipe: Recipe, vocabulary_size: int) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight of a resolved recipe's network, as checkpoints store them.

    A layer's matrices hold its gates one under another, `hidden_size` rows each, in torch's order; it has one bias.
    """
    hidden, width = whole(recipe, "hidden_size"), input_size(recipe, vocabulary_size)
    rows = GATES[recipe.cell] * hidden
    shapes: dict[str, tuple[int, ...]] = {}
    if recipe.input == "embedding":
        shapes["embedding.weight"] = (vocabulary_size, width)
    for layer in range(whole(recipe, "num_layers")):
        shapes[f"rnn.weight_ih_l{layer}"] = (rows, hidden if layer else width)
        shapes[f"rnn.weight_hh_l{layer}"] = (rows, hidden)
        shapes[f"rnn.bias_l{layer}"] = (rows,)
    return shapes | {"output.weight": (vocabulary_size, hidden), "output.bias": (vocabulary_size,)}


def layer_table(recipe: Recipe, vocabulary_size: int) -> tuple[LayerRow, ...]:
    """Every layer of the network, from the input to the output; dropout has a row where it is on."""
    length, batch = whole(recipe, "sequence_length"), whole(recipe, "batch_size")
    hidden, depth = whole(recipe, "hidden_size"), whole(recipe, "num_layers")
    rows = [_input_row(recipe, (length, batch), vocabulary_size)]

    def drop(share: object) -> None:
        if isinstance(share, float) and share > 0:
            rows.append(
                LayerRow("dropout", rows[-1].shape, 0, f"each value is 0 with probability {share:g} in training")
            )

    drop(recipe.input_dropout)
    for layer in range(depth):
        width = rows[-1].shape[-1]
        gates = GATES[recipe.cell]
        count = gates * hidden * (width + hidden + 1)
        formula = f"{gates} x {hidden:,} x ({width:,} + {hidden:,} + 1) = {count:,}"
        rows.append(LayerRow(f"{recipe.cell} {layer + 1}", (length, batch, hidden), count, formula))
        drop(recipe.dropout if layer + 1 < depth else recipe.output_dropout)
    count = (hidden + 1) * vocabulary_size
    positions = (batch,) if recipe.target == "last" else (length, batch)
    formula = f"({hidden:,} + 1) x {vocabulary_size:,} = {count:,}"
    return (*rows, LayerRow("output", (*positions, vocabulary_size), count, formula))


def _input_row(recipe: Recipe, positions: tuple[int, int], vocabulary_size: int) -> LayerRow:
    width = input_size(recipe, vocabulary_size)
    shape = (*positions, width)
    match recipe.input:
        case "embedding":
            count = vocabulary_size * width
            return LayerRow("embedding", shape, count, f"{vocabulary_size:,} x {width:,} = {count:,}")
        case "one-hot":
            return LayerRow("one-hot", shape, 0, f"the character's place of {width:,} is 1, the others are 0")
        case "scalar":
            scale = f" / {vocabulary_size:,}" if recipe.scalar_scale == "vocabulary" else ""
            return LayerRow("scalar", shape, 0, f"the character's id{scale}")


def parameter_count(recipe: Recipe, vocabulary_size: int) -> int:
    """All numbers that training changes."""
    return sum(row.parameters for row in layer_table(recipe, vocabulary_size))


def training_characters(recipe: Recipe, characters: int) -> int:
    """How many of the text's characters are trained on: what follows up to `seen_characters` is held out."""
    return floor(characters * (1 - recipe.validation_fraction - recipe.test_fraction))


def seen_characters(recipe: Recipe, characters: int) -> int:
    """How many of the text's characters training and its evaluations read: the rest, its end, is the test part."""
    return floor(characters * (1 - recipe.test_fraction))


def examples_per_epoch(recipe: Recipe, characters: int) -> int:
    """Windows, or sequences of the streams, in one pass over the text.

    A window of length T needs one more character to predict. B streams share all but the first character to predict;
    what does not fill a sequence at a stream's end is left out.
    """
    predicted = training_characters(recipe, characters) - 1
    length, batch = whole(recipe, "sequence_length"), whole(recipe, "batch_size")
    if recipe.batching == "stream":
        return predicted // batch // length * batch
    windows = max(0, -(-(predicted + 1 - length) // (recipe.stride or 1)))
    return min(windows, recipe.window_limit or windows)


def steps_per_epoch(recipe: Recipe, characters: int) -> int:
    """Optimizer steps in one pass over the text; a last batch of windows may be smaller than the others."""
    return -(-examples_per_epoch(recipe, characters) // whole(recipe, "batch_size"))


def share_count(recipe: Recipe, device: str, threads: int, ranks: int = 1) -> int:
    """How many shares a new run of a resolved recipe cuts its batches into, as many for each rank; one on a card.

    On a processor it is one for each thread that an idle machine would have, as far as there are streams for them: the
    same whatever else runs there.

    Args:
        recipe: says how many streams a batch has, and may name the threads.
        device: that it is trained on: cpu, cuda:0.
        threads: that a rank has on an idle machine if the recipe names none.
        ranks: processes that train together.
    """
    streams = whole(recipe, "batch_size")
    threads = recipe.threads if isinstance(recipe.threads, int) else threads
    threads = threads if device == "cpu" else 1
    return min(streams, ranks * max(1, min(threads, streams // ranks // MIN_STREAMS, MAX_SHARES)))


def memory_bytes(recipe: Recipe, vocabulary_size: int, characters: int, shares: int = 1) -> int:
    """An estimate of what training keeps in memory, in bytes, without the libraries themselves (100 MB and more).

    Weights, the gradients of each of a batch's `shares`, the optimizer's memory and the average of weights; of each
    position of a batch what the backward pass reads again (input, gates, cell and state, dropout's copies), the
    gradients of one layer of these at a time, and the logits three times (themselves, their logarithmic softmax, their
    gradient); the text's ids.
    Against torch on a CPU, libraries aside, it came out at 0.6 to 0.95 of the growth in resident memory.
    """
    table = layer_table(recipe, vocabulary_size)
    copies = 1 + shares + OPTIMIZER_STATES.get(recipe.optimizer, 2) + (recipe.average > 0)
    weights = copies * sum(row.parameters for row in table)
    *inner, output = table
    positions = whole(recipe, "sequence_length") * whole(recipe, "batch_size")
    layer = (GATES[recipe.cell] + 1) * whole(recipe, "hidden_size")
    recurrent = (whole(recipe, "num_layers") + 1) * layer + whole(recipe, "hidden_size")
    outputs = output.shape[0] if recipe.target == "last" else positions
    activations = positions * (sum(row.shape[-1] for row in inner) + recurrent) + 3 * outputs * vocabulary_size
    id_bytes = 1 if vocabulary_size <= 256 else 2 if vocabulary_size <= 65536 else 4
    return FLOAT_BYTES * (weights + activations) + id_bytes * characters
