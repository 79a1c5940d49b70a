"""How fast training is on this machine, measured in a few steps; and what so many minutes would come to.

The sizes that `auto` stands for are tuned in the seconds of two CPU cores (`charplay.recipes.resolve`). What is
measured here says how many of those seconds a second of this machine is worth. Plans use it, and runs on the devices
of `charplay.recipes.device_dependent`.
"""

import time
from statistics import median

from charplay.corpora.corpus import Corpus
from charplay.corpora.errors import Cancelled
from charplay.corpora.progress import Watch
from charplay.recipes.network import training_characters, whole
from charplay.recipes.recipe import Recipe
from charplay.recipes.reference_hardware import CorpusSize, Speed, reference_speed
from charplay.recipes.resolve import resolve
from charplay.training.batches import open_batches
from charplay.training.device import Opened
from charplay.training.learner import Learner
from charplay.training.network import CharNet
from charplay.training.session import sizes

SIZES = {"cpu": (128, 256), "cuda": (256, 1024)}
"""Hidden sizes that are tried."""
MOST_SECONDS, MOST_SHARE = 2.0, 0.05
"""That a run measures: in all, and of its budget."""
NEAR = 1.5
"""A machine that is less than so many times as fast as the yardstick, or as slow, is taken for its equal."""


def step_speed(recipe: Recipe, corpus: Corpus, opened: Opened, seconds: float, watch: Watch | None = None) -> float:
    """Characters a second of a resolved recipe's steps, tried for about so many seconds, and two steps at least.

    Torch's random numbers are drawn from. Cancelled where `watch`, which is asked before every step, says False.
    """
    ids = corpus.ids[: training_characters(recipe, len(corpus))]
    batches = open_batches(recipe, ids, opened.device, resident=opened.fits(corpus.ids))
    network = CharNet(recipe, len(corpus.vocabulary)).to(opened.device).train()
    learner = Learner(recipe, network, batches, opened)
    taken: list[float] = []
    until = time.perf_counter() + seconds
    while len(taken) < 3 or time.perf_counter() < until:
        if watch is not None and not watch(0.0):
            raise Cancelled
        started = time.perf_counter()
        learner.step(1e-6)
        learner.read()
        taken.append(time.perf_counter() - started)
    length, size = sizes(recipe)
    return length * size / median(taken[1:])  # the first step sets things up


def measure_speed(recipe: Recipe, corpus: Corpus, opened: Opened, seconds: float, watch: Watch | None = None) -> Speed:
    """How fast the network itself is read forward and backward here.

    Takes about so many `seconds`, and leaves torch's random numbers as they were.
    """
    states = opened.random_states()
    tried = [_sized(recipe, size, corpus) for size in SIZES[opened.device.type]]
    try:
        return {
            whole(one, "hidden_size"): step_speed(one, corpus, opened, seconds / len(tried), watch)
            / expected_speed(one, corpus)
            for one in tried
        }
    finally:
        opened.set_random_states(states)


def expected_speed(recipe: Recipe, corpus: Corpus) -> float:
    """Characters a second of a resolved recipe on the yardstick."""
    return reference_speed(
        recipe, whole(recipe, "hidden_size"), CorpusSize.of(recipe, len(corpus), len(corpus.vocabulary))
    )


def own_speed(recipe: Recipe, corpus: Corpus, opened: Opened, watch: Watch | None = None) -> Speed | None:
    """What `resolve` is to go by for a run of so many minutes on this device; None where the yardstick will do."""
    assert recipe.minutes is not None
    speed = measure_speed(recipe, corpus, opened, min(MOST_SECONDS, MOST_SHARE * 60 * recipe.minutes), watch)
    return told_apart(speed)


def _sized(recipe: Recipe, size: int, corpus: Corpus) -> Recipe:
    """The recipe at this size, with the cheapest optimizer: the yardstick is of the network alone."""
    sized = recipe.model_copy(update={"hidden_size": size, "optimizer": "sgd", "average": 0.0})
    return resolve(sized, len(corpus), len(corpus.vocabulary)).recipe


def told_apart(speed: Speed) -> Speed | None:
    """The speed, where it tells this machine apart from the yardstick; else None."""
    return None if all(1 / NEAR < times < NEAR for times in speed.values()) else speed
