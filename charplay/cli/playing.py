"""A checkpoint made ready to play."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charplay.sampling.model import CharModel


def open_model(home_option: str | None, name: str) -> "tuple[CharModel, str]":
    """The model of a run, of a checkpoint file or of the demo, and the file's path."""
    from charplay.cli.data_dir import open_store
    from charplay.corpora.vocabulary import Vocabulary
    from charplay.runs.checkpoint import read_checkpoint
    from charplay.sampling.model import CharModel

    path = open_store(home_option).checkpoint(name)
    checkpoint = read_checkpoint(path)
    return CharModel.load(checkpoint.tensors, checkpoint.recipe, Vocabulary(checkpoint.vocabulary)), str(path)
