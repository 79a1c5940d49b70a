"""How long an epoch takes on this machine. Loads torch only when called."""

from typing import TYPE_CHECKING

from charplay.recipes.network import examples_per_epoch, whole
from charplay.training import device, malloc

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.progress import Watch
    from charplay.recipes.recipe import Recipe

MEASURE_SECONDS = 2.0
"""How long steps are timed, about."""


def seconds_per_epoch(recipe: "Recipe", corpus: "Corpus", watch: "Watch | None" = None) -> float:
    """Estimate the seconds of one epoch from a few steps, without evaluation, text samples and saves.

    `recipe` is resolved. Raises DeviceError, and Cancelled if `watch`, which is called before every step, returns
    False.
    """
    device.prepare_environment()
    malloc.disable_trim()
    from charplay.training.calibration import measure_step_speed

    chosen = device.choose(recipe.device, device.list_devices())
    speed = measure_step_speed(recipe, corpus, device.open_device(chosen.name, recipe), MEASURE_SECONDS, watch)
    return examples_per_epoch(recipe, len(corpus)) * whole(recipe, "sequence_length") / speed
