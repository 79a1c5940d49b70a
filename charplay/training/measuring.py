"""How long an epoch takes on this machine: the door for whoever asks before any training. Loads torch when called."""

from typing import TYPE_CHECKING

from charplay.recipes.network import examples_per_epoch, whole
from charplay.training import device

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.progress import Watch
    from charplay.recipes.recipe import Recipe

SECONDS = 2.0
"""For which steps are timed, about."""


def seconds_per_epoch(recipe: "Recipe", corpus: "Corpus", watch: "Watch | None" = None) -> float:
    """Seconds that the steps of one epoch take, by a few of them; what a run evaluates, writes and saves comes to it.

    `recipe` is resolved. Raises DeviceError, and Cancelled where `watch`, asked before every step, says False.
    """
    device.prepare_environment()
    from charplay.training.calibration import step_speed

    chosen = device.choose(recipe.device, device.list_devices())
    speed = step_speed(recipe, corpus, device.open_device(chosen.name, recipe), SECONDS, watch)
    return examples_per_epoch(recipe, len(corpus)) * whole(recipe, "sequence_length") / speed
