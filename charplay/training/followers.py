"""Followers: ranks that repeat what the learner of rank 0 does, each with its own shares of every batch.

They need neither the text nor the run's folder: rank 0 sends the training text's ids, and whatever was saved.
"""

import signal
from contextlib import closing, suppress
from typing import Any

import numpy as np
import torch

from charplay.protocol.exit_codes import SAVE_SIGNAL, SIGNALS
from charplay.recipes.recipe import Recipe
from charplay.training import device, malloc
from charplay.training.batches import open_batches
from charplay.training.device import DeviceContext, DeviceError
from charplay.training.learner import Learner
from charplay.training.network import CharNet
from charplay.training.ranks import RankLostError, Ranks


def open_followers(context: DeviceContext, recipe: Recipe, vocabulary_size: int, ids: np.ndarray) -> None:
    """Wait for the other ranks and have each build the learner that rank 0 is about to build.

    Args:
        context: with its shares.
        recipe: resolved, with the current live values.
        vocabulary_size: V.
        ids: (N,) the training text.
    """
    ranks = context.ranks
    if ranks.size == 1:
        return
    ranks.join()
    kept = {"precision": context.precision, "optimizer_precision": context.optimizer_precision}
    text = {"dtype": ids.dtype.str, "length": len(ids)}
    ranks.announce(
        "build", context.device.type, recipe.model_dump(mode="json"), kept, context.shares, vocabulary_size, text
    )
    ranks.spread_array(ids)


def follow(ranks: Ranks) -> bool:
    """Train as rank 0 announces it, until it lets this rank go; False if it ended before.

    Signals are for rank 0: before it is met they end this process at once, and later they do nothing, as the steps
    that rank 0 still takes need all ranks. Raises DeviceError if this machine cannot do what rank 0's does.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with suppress(RankLostError):
        ranks.join()
        for number in (*SIGNALS, SAVE_SIGNAL, signal.SIGTSTP):
            signal.signal(number, signal.SIG_IGN)
        call, values, _ = ranks.hear()
        if call == "build":
            with closing(_build(ranks, *values)) as learner:
                _repeat(ranks, learner)
        return True
    return False


def _build(
    ranks: Ranks,
    device_type: str,
    values: dict[str, Any],
    kept: dict[str, object],
    shares: int,
    vocabulary_size: int,
    text: dict[str, Any],
) -> Learner:
    recipe = Recipe.model_validate(values)
    ids = ranks.spread_array(np.zeros(text["length"], text["dtype"]))
    device.prepare_environment()
    name = device.choose(device_type, device.list_devices(), ranks).name
    asked = recipe.model_copy(update={"precision": kept["precision"]})
    context = device.open_device(name, asked, kept, ranks=ranks).with_shares(shares, recipe.seed)
    if (context.precision, context.optimizer_precision) != (kept["precision"], kept["optimizer_precision"]):
        raise DeviceError(
            f"rank {ranks.rank} cannot compute in {kept['precision']} as rank 0 does; set precision=float32"
        )
    malloc.disable_trim()
    torch.manual_seed(recipe.seed + ranks.rank)
    network = CharNet(recipe, vocabulary_size).to(context.device).train()
    batches = open_batches(recipe, ids, context.device, resident=context.text_fits(ids))
    return Learner(recipe, network, batches, context)


def _repeat(ranks: Ranks, learner: Learner) -> None:
    """Make each call that rank 0 announces."""
    while True:
        match ranks.hear():
            case "step", [rate], _:
                if learner.must_read:
                    learner.read_metrics()
                learner.step(rate)
            case "set_hyperparameters", [values], _:
                learner.set_hyperparameters(Recipe.model_validate(values))
            case "rebatch", [epoch_done], _:
                learner.rebatch(epoch_done)
            case "arrays", [], _:
                learner.arrays()
            case "load", [counters], arrays:
                learner.load(arrays, counters)
            case _:
                return
