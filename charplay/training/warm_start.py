"""Warm start: a new run begins with a checkpoint's weights, matched by character."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from charplay.runs.checkpoint import Checkpoint, CheckpointError, read_checkpoint
from charplay.training.network import CharNet

MAX_LISTED = 40
"""The most characters that a note lists by name."""


@dataclass(frozen=True, slots=True, eq=False)
class Parent:
    """The checkpoint that a run starts from."""

    path: Path
    sha256: str
    """Of the file's bytes."""
    checkpoint: Checkpoint

    def facts(self) -> dict[str, object]:
        """Return what run.json stores about it."""
        run = self.path.parent.name if (self.path.parent / "run.json").is_file() else None
        return {"path": str(self.path), "sha256": self.sha256, "run": run, "step": self.checkpoint.step}


def read_parent(path: Path, sha256: str | None = None) -> Parent:
    """Read the checkpoint at `path`; CheckpointError if it is none, or if its digest is not `sha256`."""
    path = path.resolve()
    checkpoint = read_checkpoint(path)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if sha256 not in (None, found):
        raise CheckpointError(f"{path} is not the checkpoint that this run started from; put it back, or start anew")
    return Parent(path, found, checkpoint)


def transfer_notes(parent: Parent, vocabulary: str) -> tuple[str, ...]:
    """Return sentences for the user: which characters of `vocabulary` keep their weights, which start fresh."""
    known, step = parent.checkpoint.vocabulary, parent.checkpoint.step
    sentences = [f"starts from the weights of {parent.path.parent.name}/{parent.path.name}, step {step:,}"]
    if fresh := [character for character in vocabulary if character not in known]:
        sentences.append(f"{_listed(fresh)} new to these weights and start fresh")
    if gone := [character for character in known if character not in vocabulary]:
        sentences.append(f"{_listed(gone)} not in this text and left out")
    if parent.checkpoint.recipe.input == "scalar" and known != vocabulary:
        sentences.append(
            "scalar input numbers the characters by their place, and their places differ: much is learned anew"
        )
    return tuple(sentences)


def copy_matching_weights(network: CharNet, parent: Checkpoint, vocabulary: str) -> None:
    """Copy the checkpoint's weights into the network; weights of characters that it does not know are left alone."""
    new = [i for i, character in enumerate(vocabulary) if character in parent.vocabulary]
    old = [parent.vocabulary.index(vocabulary[i]) for i in new]
    weights = network.export_weights()
    character_axis = {"embedding.weight": 0, "output.weight": 0, "output.bias": 0}
    if parent.recipe.input == "one-hot":
        character_axis["rnn.weight_ih_l0"] = 1
    for name, weight in weights.items():
        if name in character_axis:
            axis = character_axis[name]
            np.moveaxis(weight, axis, 0)[new] = np.moveaxis(parent.tensors[name], axis, 0)[old]
        else:
            weight[...] = parent.tensors[name]
    network.load_weights(weights)


def _listed(characters: list[str]) -> str:
    names = " ".join(repr(character)[1:-1] if character != " " else "space" for character in characters[:MAX_LISTED])
    more = f" and {len(characters) - MAX_LISTED:,} more" if len(characters) > MAX_LISTED else ""
    return f"{len(characters):,} characters ({names}{more}) are" if len(characters) > 1 else f"1 character ({names}) is"
