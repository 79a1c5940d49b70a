"""What the chart's y axis may show, and how it follows from the columns of metrics."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity: its title, the columns it is made from, and how."""

    title: str
    train: str
    held_out: str = ""
    """Empty where nothing is measured on held-out text."""
    convert: Callable[[Floats], Floats] = np.asarray


def _bits(nats: Floats) -> Floats:
    return np.asarray(nats / np.log(2))


def _perplexity(nats: Floats) -> Floats:
    return np.asarray(np.exp(np.minimum(nats, 700.0)))


MEASURES = {
    "loss": Quantity("Loss, nats a character", "train_loss", "val_loss"),
    "bits": Quantity("Bits a character", "train_loss", "val_loss", _bits),
    "perplexity": Quantity("Perplexity", "train_loss", "val_loss", _perplexity),
    "accuracy": Quantity("Accuracy", "train_accuracy", "val_accuracy"),
    "gradient norm": Quantity("Gradient norm", "grad_norm"),
    "speed": Quantity("Characters a second", "chars_per_second"),
    "learning rate": Quantity("Learning rate", "learning_rate"),
}
