"""Measurement of the training speed of this machine, in a few steps.

The sizes that `auto` chooses are tuned for a reference machine with two CPU cores (`charplay.recipes.resolve`). The
relative speed measured here converts seconds of this machine to seconds of that one, for plans and for runs whose
budget is in minutes (`charplay.recipes.device_dependent`).
"""

import time
from contextlib import closing
from statistics import median

from charplay.corpora.corpus import Corpus
from charplay.corpora.errors import Cancelled
from charplay.corpora.progress import Watch
from charplay.recipes.network import share_count, training_characters, whole
from charplay.recipes.recipe import Recipe
from charplay.recipes.reference_hardware import CorpusSize, Speed, reference_speed
from charplay.recipes.resolve import resolve
from charplay.training.batches import open_batches
from charplay.training.device import DeviceContext
from charplay.training.learner import Learner
from charplay.training.network import CharNet
from charplay.training.session import batch_shape

PROBE_SIZES = {"cpu": (128, 256), "cuda": (256, 1024)}
"""Hidden sizes that are measured."""
MAX_SECONDS, MAX_BUDGET_SHARE = 2.0, 0.05
"""The longest that a run measures, in seconds and as a share of its budget."""
SIMILAR_FACTOR = 1.5
"""A machine that is less than so many times faster or slower than the reference counts as equal to it."""


def measure_step_speed(
    recipe: Recipe, corpus: Corpus, context: DeviceContext, seconds: float, watch: Watch | None = None
) -> float:
    """Measure the characters a second of a resolved recipe's steps, for about `seconds` and at least three steps.

    Draws from torch's random numbers. Raises Cancelled if `watch`, which is called before every step, returns False.
    """
    context = context.with_shares(share_count(recipe, context.device.type, context.full_threads), recipe.seed)
    ids = corpus.ids[: training_characters(recipe, len(corpus))]
    batches = open_batches(recipe, ids, context.device, resident=context.text_fits(corpus.ids))
    network = CharNet(recipe, len(corpus.vocabulary)).to(context.device).train()
    learner = Learner(recipe, network, batches, context)
    step_seconds: list[float] = []
    until = time.perf_counter() + seconds
    with closing(learner):
        while len(step_seconds) < 3 or time.perf_counter() < until:
            if watch is not None and not watch(0.0):
                raise Cancelled
            start = time.perf_counter()
            learner.step(1e-6)
            learner.read_metrics()
            step_seconds.append(time.perf_counter() - start)
    length, size = batch_shape(recipe)
    return length * size / median(step_seconds[1:])  # without the first step, which also sets things up


def measure_relative_speed(
    recipe: Recipe, corpus: Corpus, context: DeviceContext, seconds: float, watch: Watch | None = None
) -> Speed:
    """Measure how many times faster than the reference machine forward and backward passes are, by hidden size.

    Takes about `seconds`, and restores torch's random number generators.
    """
    states = context.random_states()
    probes = [_probe(recipe, size, corpus) for size in PROBE_SIZES[context.device.type]]
    try:
        return {
            whole(probe, "hidden_size"): measure_step_speed(probe, corpus, context, seconds / len(probes), watch)
            / _reference_speed(probe, corpus)
            for probe in probes
        }
    finally:
        context.set_random_states(states)


def _reference_speed(recipe: Recipe, corpus: Corpus) -> float:
    """Return the characters a second of a resolved recipe on the reference machine."""
    return reference_speed(
        recipe, whole(recipe, "hidden_size"), CorpusSize.of(recipe, len(corpus), len(corpus.vocabulary))
    )


def speed_for_run(recipe: Recipe, corpus: Corpus, context: DeviceContext, watch: Watch | None = None) -> Speed | None:
    """Measure the speed that `resolve` needs for a run with a budget in minutes; None if it equals the reference."""
    assert recipe.minutes is not None
    speed = measure_relative_speed(
        recipe, corpus, context, min(MAX_SECONDS, MAX_BUDGET_SHARE * 60 * recipe.minutes), watch
    )
    return significant_speed(speed)


def _probe(recipe: Recipe, size: int, corpus: Corpus) -> Recipe:
    """Return the recipe at this size, with the cheapest optimizer, as the reference is of the network alone."""
    sized = recipe.model_copy(update={"hidden_size": size, "optimizer": "sgd", "average": 0.0})
    return resolve(sized, len(corpus), len(corpus.vocabulary)).recipe


def significant_speed(speed: Speed) -> Speed | None:
    """Return the speed if it differs from the reference machine's; else None."""
    return None if all(1 / SIMILAR_FACTOR < times < SIMILAR_FACTOR for times in speed.values()) else speed
