"""Opens a round of Shannon's game on the held-out text of a run."""

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from charplay.corpora.errors import CorpusError
from charplay.corpora.learned import NotFound, open_learned
from charplay.playground.shannon.machines import NetworkMachine, NgramMachine
from charplay.playground.shannon.round import LENGTH, SHOWN, ShannonRound

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.library import Library
    from charplay.runs.store import RunStore
    from charplay.sampling.model import CharModel


class OpenedRound(NamedTuple):
    """A round, and whose network plays in it."""

    played: ShannonRound
    source: str


def make_round(corpus: "Corpus", trained: int, start: int, model: "CharModel | None") -> ShannonRound:
    """Make a round from a held-out character on; the 5-gram has counted the first `trained` characters."""
    ngram = NgramMachine(corpus, trained, start)
    if model is None:
        return ShannonRound(corpus, start, [ngram])
    return ShannonRound(corpus, start, [ngram, NetworkMachine(model, corpus.text(max(0, start - SHOWN), start))])


def open_round(store: "RunStore", library: "Library", run: str, seed: int | None = None) -> OpenedRound:
    """Open a round somewhere in a run's held-out text.

    Raises:
        RunError, CheckpointError, ModelError: there is no such network.
        CorpusError: its text is not here, or nothing of it was held out.
    """
    from charplay.playground.checkpoints import open_checkpoint
    from charplay.playground.training_text import read_origin
    from charplay.recipes.network import seen_characters, training_characters

    loaded = open_checkpoint(store, run)
    origin, recipe = read_origin(Path(loaded.origin.path))
    try:
        corpus = open_learned(library, origin, cleaning=recipe.cleaning, limit=recipe.limit)
    except NotFound as fault:
        what = "is not here" if fault.changed is None else "is another text by now"
        raise CorpusError(f"{fault.title}, which {run} learned, {what}; `charplay corpora` lists the texts.") from None
    trained = training_characters(recipe, len(corpus))
    corpus = corpus.first(seen_characters(recipe, len(corpus)))
    if trained == len(corpus):
        raise CorpusError(f"{run} held nothing out of its text; choose a run that has a held-out loss.")
    chosen = Random(seed)  # noqa: S311  # a place in a text, no secret
    start = chosen.randrange(trained, max(trained + 1, len(corpus) - LENGTH))
    return OpenedRound(make_round(corpus, trained, start, loaded.model), loaded.source)
