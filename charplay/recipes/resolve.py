"""`auto` becomes numbers: sizes from the budget and the text.

The rules are curves through what was tuned by hand on two CPU cores (docs/RECIPES.md), and everything is measured in
their seconds: a budget is worth as many *yardstick seconds* as those two cores would need for what it reads.

    num_layers       1; 2 where there is dropout between them, or may be, and one would read the text over 30 times
    hidden_size      256 x (seconds / 148) ^ 1/5 / num_layers ^ 2/3, at most the square root of the text's length,
                     in steps of 32
    batch_size        16 x (seconds / 10) ^ 1/5, a power of two; windows take four times as many
    sequence_length   48 x (seconds / 10) ^ 1/8, in steps of 16
    learning_rate   0.01 x (128 / hidden_size) ^ 0.7, at most 0.01; with Muon from 192 on
    input_dropout    0.1 for each doubling of the epochs beyond 6, at most 0.5, where it is auto
    output_dropout   0.2 for each doubling beyond 6, or beyond 24 where the input drops too, at most 0.5
    dropout          with two layers all three 0.075 for each doubling beyond 6, where it is auto
"""

from dataclasses import dataclass
from itertools import takewhile
from math import ceil, log2, sqrt

from charplay.recipes.errors import RecipeError
from charplay.recipes.network import examples_per_epoch, steps_per_epoch, whole
from charplay.recipes.recipe import MAX_COUNT, Recipe
from charplay.recipes.reference_hardware import CorpusSize, Speed, reference_epochs, reference_seconds, reference_speed

MINIMUM = 200
"""Characters in the shortest text that trains."""

FULL_RATE_SIZE = {"muon": 192}
"""The largest hidden size that the highest rate suits; 128 for the other optimizers."""

LEFT_TO_TRAINING = ("device", "precision", "threads")
"""Fields that training decides."""

TWO_LAYER_EPOCHS = 30
"""Times that one layer reads the text before two learn it better."""

RATE_FACTORS = {"sgd": 50.0, "rmsprop": 0.3}
"""Learning rate as a multiple of Adam's; 1 for the others."""

METRIC_ROWS = 750
"""Rows of metrics in a run, about."""

MAX_EVALUATIONS = 30
"""Evaluations in a run, at most about; fewer where they would cost more than EVALUATION_SHARE of it."""

EVALUATION_SHARE = 0.05
EVALUATED_CHARACTERS = 131_072
"""Held-out characters that an evaluation reads, at most. Reading is three times as fast as training."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """A recipe without `auto` (but for LEFT_TO_TRAINING), and what was bent."""

    recipe: Recipe
    notes: tuple[str, ...]


def unresolved(recipe: Recipe) -> str | None:
    """The first field that `resolve` would still fill in, if any."""
    return next(
        (name for name in Recipe.model_fields if getattr(recipe, name) == "auto" and name not in LEFT_TO_TRAINING), None
    )


def resolve(recipe: Recipe, characters: int, vocabulary_size: int, speed: Speed | None = None) -> Resolution:
    """Fill in every `auto` from the budget and a text of so many characters and distinct characters.

    `speed` says how fast training is here; it scales budgets in minutes.
    Pure, and a resolved recipe resolves to itself. Streams and lengths too large for the text shrink, with a note.
    Raises RecipeError where the text has under 200 characters.
    """
    if characters < MINIMUM:
        raise RecipeError(f"the text has {characters:,} of the {MINIMUM} characters that training needs")
    text = CorpusSize.of(recipe, characters, vocabulary_size)
    notes: list[str] = []
    recipe = _choose_embedding(recipe, text, notes)
    recipe = _choose_hidden_size(_choose_depth(recipe, text, speed), text, speed)
    seconds = reference_seconds(recipe, whole(recipe, "hidden_size"), text, speed)
    recipe = _shrink_to_text(_choose_batch(recipe, seconds), text, notes)
    recipe = _choose_rate_and_dropout(recipe, seconds, text)
    return Resolution(_choose_intervals(_choose_monitor(recipe, text, notes), seconds, text), tuple(notes))


def _fill_auto(recipe: Recipe, **values: object) -> Recipe:
    """The recipe with these values where it says `auto`."""
    return recipe.model_copy(update={name: new for name, new in values.items() if getattr(recipe, name) == "auto"})


def _choose_embedding(recipe: Recipe, text: CorpusSize, notes: list[str]) -> Recipe:
    """The embedding: 64 wide, less where there are few characters to tell apart."""
    if recipe.input == "embedding":
        return _fill_auto(recipe, embedding_size=min(64, 8 * ceil(text.vocabulary / 8)))
    if recipe.input == "scalar" and text.vocabulary > 256:
        notes.append(
            f"scalar input puts {text.vocabulary:,} characters into one number; an embedding learns far better"
        )
    return recipe.model_copy(update={"embedding_size": None})


def _choose_depth(recipe: Recipe, text: CorpusSize, speed: Speed | None) -> Recipe:
    """One layer learns most in a short time; of a text read over and over, two narrower ones keep learning longer."""
    if recipe.dropout == "auto":
        one = _choose_hidden_size(_fill_auto(recipe, num_layers=1), text, speed)
        deep = (
            reference_epochs(one, reference_seconds(one, whole(one, "hidden_size"), text, speed), text)
            > TWO_LAYER_EPOCHS
        )
    else:
        deep = recipe.dropout > 0
    return _fill_auto(recipe, num_layers=2 if deep else 1)


def _choose_hidden_size(recipe: Recipe, text: CorpusSize, speed: Speed | None) -> Recipe:
    """The largest size that the budget carries: a larger one reads fewer characters in the same time."""

    def carried(size: int) -> bool:
        most = (
            256 * (reference_seconds(recipe, size, text, speed) / 148) ** 0.2 / whole(recipe, "num_layers") ** (2 / 3)
        )
        return bool(size <= min(most, sqrt(text.trained)))

    return _fill_auto(recipe, hidden_size=max(takewhile(carried, range(32, 2049, 32)), default=32))


def _choose_batch(recipe: Recipe, seconds: float) -> Recipe:
    """Longer budgets afford steadier gradients that reach further back."""
    streams = 2 ** round(log2(16 * (seconds / 10) ** 0.2))
    return _fill_auto(
        recipe,
        batch_size=min(1024, streams * (4 if recipe.batching == "windows" else 1)),
        sequence_length=min(256, 16 * round(3 * (seconds / 10) ** 0.125)),
    )


def _shrink_to_text(recipe: Recipe, text: CorpusSize, notes: list[str]) -> Recipe:
    """Streams and lengths that the text can fill at least once."""
    length, batch = whole(recipe, "sequence_length"), whole(recipe, "batch_size")
    room = text.trained - 1
    if recipe.batching == "windows":
        fits = {"sequence_length": length if length <= room else text.trained // 2}
        fits["batch_size"] = min(batch, examples_per_epoch(recipe.model_copy(update=fits), text.characters))
    elif length * batch > room:
        fits = {"sequence_length": min(length, room // min(batch, 4))}
        fits["batch_size"] = min(batch, room // fits["sequence_length"])
    else:
        return recipe
    shrunk = [
        f"{name} {getattr(recipe, name):,} becomes {size:,}"
        for name, size in fits.items()
        if size != getattr(recipe, name)
    ]
    if shrunk:
        notes.append(f"the text is short for these sizes: {' and '.join(shrunk)}")
    return recipe.model_copy(update=fits)


def _choose_rate_and_dropout(recipe: Recipe, seconds: float, text: CorpusSize) -> Recipe:
    """The learning rate by the network's size; dropout by how often the text is read."""
    hidden = whole(recipe, "hidden_size")
    rate = (
        0.01
        * min(1.0, FULL_RATE_SIZE.get(recipe.optimizer, 128) / hidden) ** 0.7
        * RATE_FACTORS.get(recipe.optimizer, 1.0)
    )
    doublings = log2(max(1.0, reference_epochs(recipe, seconds, text) / 6))
    recipe = _fill_auto(recipe, learning_rate=float(f"{rate:.2g}"))
    if recipe.dropout == "auto" and whole(recipe, "num_layers") > 1:
        share = _dropout_share(0.075 * doublings)
        return _fill_auto(recipe, input_dropout=share, dropout=share, output_dropout=share)
    later = 2 if recipe.input_dropout == "auto" else 0
    return _fill_auto(
        recipe,
        input_dropout=_dropout_share(0.1 * doublings),
        dropout=0.0,
        output_dropout=_dropout_share(0.2 * (doublings - later)),
    )


def _dropout_share(wanted: float) -> float:
    """In steps of a twentieth, from 0 to a half."""
    return min(0.5, max(0.0, round(20 * wanted) / 20))


def _choose_monitor(recipe: Recipe, text: CorpusSize, notes: list[str]) -> Recipe:
    """What decides which checkpoint is best: the training loss where nothing is held out."""
    if recipe.monitor == "train_loss" or text.trained < text.characters:
        return recipe
    notes.append("nothing is held out, so the training loss decides what is best")
    return recipe.model_copy(update={"monitor": "train_loss"})


def _choose_intervals(recipe: Recipe, seconds: float, text: CorpusSize) -> Recipe:
    """How often a row is written, the held-out text read, the run saved."""
    positions = whole(recipe, "sequence_length") * whole(recipe, "batch_size")
    read = seconds * reference_speed(recipe, whole(recipe, "hidden_size"), text)
    total = read / positions
    if recipe.steps is not None:
        total = recipe.steps
    elif recipe.epochs is not None:
        total = recipe.epochs * steps_per_epoch(recipe, text.characters)
    total = min(total, MAX_COUNT)
    recipe = _fill_auto(recipe, log_every=max(1, int(total / METRIC_ROWS)))
    cost = min(text.characters - text.trained, EVALUATED_CHARACTERS) / 3
    evaluations = min(MAX_EVALUATIONS, max(3.0, EVALUATION_SHARE * read / max(cost, 1.0)))
    log_every = whole(recipe, "log_every")
    recipe = _fill_auto(recipe, evaluate_every=log_every * max(1, round(total / evaluations / log_every)))
    return _fill_auto(recipe, save_every=recipe.evaluate_every)
