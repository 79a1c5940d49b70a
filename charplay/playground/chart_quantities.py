"""What the chart's y axis may show, and how it follows from the columns of metrics."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charplay.formatting.loss_units import BITS, NATS, PERPLEXITY, LossUnit
from charplay.formatting.units import MAX_EXPONENT

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity: its title, the columns it is made from, and how."""

    title: str
    train: str
    held_out: str = ""
    """Empty where nothing is measured on held-out text."""
    convert: Callable[[Floats], Floats] = np.asarray


def loss_in(unit: LossUnit) -> Quantity:
    """Return the loss as a quantity in a unit."""

    def convert(nats: Floats) -> Floats:
        return np.asarray(np.exp(np.minimum(nats, MAX_EXPONENT)) if unit.exponential else nats * unit.factor)

    return Quantity(unit.title, "train_loss", "val_loss", convert)


LOSS = "loss"
MEASURES = {
    LOSS: loss_in(NATS),
    "bits": loss_in(BITS),
    "perplexity": loss_in(PERPLEXITY),
    "accuracy": Quantity("Accuracy", "train_accuracy", "val_accuracy"),
    "gradient norm": Quantity("Gradient norm", "grad_norm"),
    "speed": Quantity("Characters a second", "chars_per_second"),
    "learning rate": Quantity("Learning rate", "learning_rate"),
}
QUANTITIES = tuple(name for name, measure in MEASURES.items() if name == LOSS or measure.train != MEASURES[LOSS].train)
"""What a chart on the screen steps through: there the loss is in the sitting's unit."""
