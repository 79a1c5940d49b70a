"""How a run stands, as `charplay control RUN status --json` prints it."""

import math
import os

from charplay.playground.run_state import RunState
from charplay.protocol.codec import Json


def run_status(state: RunState, clients: int) -> Json:
    """Return how a run stands; a number that is none is None. Losses are nats per character.

    `clients` counts those that are attached besides whoever asks.
    """
    values: Json = {
        "run": state.run,
        "state": state.status,
        "reason": state.reason,
        "step": state.step,
        "total_steps": state.total_steps,
        "done": state.done,
        "seconds": state.seconds,
        "seconds_left": state.seconds_left,
        "train_loss": state.train_loss,
        "val_loss": state.val_loss,
        "learning_rate": state.learning_rate,
        "chars_per_second": state.chars_per_second,
        "device": state.device,
        "pid": os.getpid(),
        "clients": clients,
    }
    return {name: _countable(value) for name, value in values.items()}


def _countable(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
