"""Runs whose sizes only their start decides: the device is measured first, and `auto` becomes numbers by its speed."""

from collections.abc import Iterable

from charplay.recipes.recipe import Recipe

CALIBRATED_DEVICES = ("cpu", "cuda")
"""Kinds of devices that are measured."""

SPEED_DEPENDENT = (
    "num_layers", "hidden_size", "sequence_length", "batch_size", "learning_rate", "input_dropout", "dropout",
    "output_dropout", "log_every", "evaluate_every", "save_every",
)  # fmt: skip
"""What becomes another number on a faster device."""

SENTENCE = "what is left auto follows the device's speed, which is measured at the start"


def open_fields(recipe: Recipe, device: str) -> frozenset[str]:
    """The fields that a new run's start decides on `device` ("cuda", "cuda:0"); none where nothing is measured."""
    if recipe.minutes is None or device.partition(":")[0] not in CALIBRATED_DEVICES:
        return frozenset()
    depth_too = recipe.dropout == "auto"  # else it goes by whether there is dropout between layers
    return frozenset(
        name for name in SPEED_DEPENDENT if getattr(recipe, name) == "auto" and (depth_too or name != "num_layers")
    )


def nearly_known(device: str) -> bool:
    """Return whether the rules say before the start about what it decides: they are tuned in a processor's seconds."""
    return device == "cpu"


def likely_device(asked: str, devices: Iterable[str]) -> str:
    """What a recipe's `device` comes to, of those that there are: with `auto` the processor only where it is alone."""
    return next((name for name in devices if name != "cpu"), "cpu") if asked == "auto" else asked
