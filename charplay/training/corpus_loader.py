"""Loading of the text that a run learns, and comparison with the text that the run began with."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from charplay.corpora.corpus import Corpus
from charplay.corpora.entries import Entry
from charplay.corpora.errors import ChangedText, CorpusError
from charplay.corpora.held_out_corpus import HeldOutCorpus, open_held_out_corpus
from charplay.corpora.learned import candidates
from charplay.corpora.library import Library
from charplay.corpora.progress import Watch
from charplay.corpora.rules import counts_original, parse_rule
from charplay.corpora.vocabulary import Vocabulary
from charplay.protocol.request import TrainRequest
from charplay.recipes.network import examples_per_epoch
from charplay.recipes.recipe import Recipe
from charplay.runs.home import Home
from charplay.runs.run import Run

_FORMER_GUESSES = ("utf-8", "gb18030")
"""What seven-bit encodings, and ASCII with emoji in CESU-8, were read as by charplay up to 0.2."""


def load_corpus(request: TrainRequest, recipe: Recipe, run: Run | None, watch: Watch) -> Corpus:
    """Read and clean the text; encode it with the vocabulary of the run, if one is resumed.

    Raises Cancelled, and CorpusError if the text cannot be used, or has changed and the request does not allow that.
    """
    home = Home(Path(request.home))
    library = Library(home.corpora, home.cache)
    entry = library.find(recipe.corpus) if run is None else _find_entry(run, library)
    encoding = requested_encoding(request, run) or None
    opened = partial(library.open, entry, cleaning=recipe.cleaning, limit=recipe.limit, watch=watch)
    corpus = opened(encoding=encoding)
    corpus.require_trainable()
    if run is None:
        return corpus
    if encoding is None and corpus_changed(corpus, run) and corpus.sha256 == run.corpus.sha256:
        corpus = _as_read_before(opened, run) or corpus
    if corpus_changed(corpus, run):
        _require_usable(corpus, run, allowed=request.changed_text)
    return corpus.reencoded(Vocabulary(run.vocabulary))


def load_held_out_corpus(request: TrainRequest, recipe: Recipe, corpus: Corpus, watch: Watch) -> HeldOutCorpus | None:
    """Read the other text that a new run keeps for its test, to see that it is one; None where it keeps none.

    Raises Cancelled, and CorpusError where it cannot be a test of what is learned.
    """
    if not recipe.held_out_corpus:
        return None
    home = Home(Path(request.home))
    library = Library(home.corpora, home.cache)
    return open_held_out_corpus(library, recipe.held_out_corpus, recipe.cleaning, corpus, watch)


def _as_read_before(opened: Callable[..., Corpus], run: Run) -> Corpus | None:
    """Open a file that a run learned when its encoding was guessed otherwise; None where none of those was it."""
    for encoding in _FORMER_GUESSES:
        with suppress(CorpusError):
            corpus = opened(encoding=encoding)
            if not corpus_changed(corpus, run):
                return corpus
    return None


def requested_encoding(request: TrainRequest, run: Run | None) -> str:
    """Return the encoding that was named, in the request or when the run began; empty if it is to be detected."""
    return request.encoding or (run.corpus.encoding if run is not None else "")


def _find_entry(run: Run, library: Library) -> Entry:
    """Find the run's text, also if its file was moved but kept its name; CorpusError if it is missing."""
    path, name = run.corpus.path, run.corpus.name
    if not path or Path(path).exists():
        return library.find(path or name)
    if moved := next(candidates(library, run.corpus), None):
        return moved
    raise CorpusError(f"{path}, which run {run.name} learns, is not there any more; put it back.")


def corpus_changed(corpus: Corpus, run: Run) -> bool:
    """Return whether the text differs from the run's: the one it began with, or a later one that was allowed."""
    same = (corpus.sha256, len(corpus)) == (run.corpus.sha256, run.corpus.characters)
    return not same or bool(_unknown_characters(corpus, run))


def _unknown_characters(corpus: Corpus, run: Run) -> str:
    """Return the characters of the text that the run's network does not know."""
    return Vocabulary(run.vocabulary).split(corpus.vocabulary.characters)[1]


def _require_usable(corpus: Corpus, run: Run, *, allowed: bool) -> None:
    """Raise CorpusError if the run cannot learn this changed text, or if it is not `allowed` to."""
    changed = f"{corpus.title} is not the text that {run.name} began with"
    if corpus.sha256 == run.corpus.sha256:
        changed = f"{corpus.title} is read as other characters than when {run.name} began (--encoding may name what as)"
    if unknown := _unknown_characters(corpus, run):
        some = ", ".join(f"U+{ord(character):04X}" for character in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        raise CorpusError(
            f"{changed}, and has characters that the network does not know ({some}{more}); "
            "put the old file back, or start a new run."
        )
    if corpus.sha256 != run.corpus.sha256 and any(map(counts_original, map(parse_rule, run.resolved.cleaning))):
        raise CorpusError(f"{changed}, and ranges were cut out of that one; put the old file back, or start a new run.")
    if not examples_per_epoch(run.resolved, len(corpus)):
        raise CorpusError(f"{changed}, and is too short for it now; put the old file back, or start a new run.")
    if not allowed:
        raise ChangedText(
            f"{changed}; put the old file back, start a new run, or let this one go on with it as it is now."
        )
