"""The text that a run learns: found, read, and compared with what the run began with."""

from pathlib import Path

from charplay.corpora.corpus import Corpus
from charplay.corpora.errors import ChangedText, CorpusError
from charplay.corpora.library import Library
from charplay.corpora.progress import Watch
from charplay.corpora.vocabulary import Vocabulary
from charplay.messages.request import TrainRequest
from charplay.recipes.fields import Recipe
from charplay.recipes.network import examples_per_epoch
from charplay.runs.home import Home
from charplay.runs.run import Run


def find_corpus(request: TrainRequest, recipe: Recipe, run: Run | None, watch: Watch) -> Corpus:
    """The text, read and cleaned; a resumed run's must be what it was, or be asked for as it is now.

    Ids are always those of the run's own vocabulary. Raises CorpusError, Cancelled.
    """
    home = Home(Path(request.home))
    library = Library(home.corpora, home.cache)
    wanted = recipe.corpus
    if run is not None:
        wanted = run.corpus.path if run.corpus.path and Path(run.corpus.path).exists() else run.corpus.name
    encoding = request.encoding or (run.facts.get("encoding") if run is not None else None)
    corpus = library.open(
        library.find(wanted), cleaning=recipe.cleaning, limit=recipe.limit, encoding=encoding, watch=watch
    )
    corpus.require_trainable()
    if run is None or not text_changed(corpus, run):
        return corpus
    return _changed(corpus, run, wanted=request.changed_text)


def text_changed(corpus: Corpus, run: Run) -> bool:
    """Whether the text is not what the run began with."""
    now = (corpus.sha256, len(corpus), corpus.vocabulary.characters)
    return now != (run.corpus.sha256, run.corpus.characters, run.vocabulary)


def _changed(corpus: Corpus, run: Run, *, wanted: bool) -> Corpus:
    """A text that is not what `run` began with, under the run's vocabulary; CorpusError where it cannot be used."""
    not_the_same = f"{corpus.title} is not the text that {run.name} began with"
    vocabulary = Vocabulary(run.vocabulary)
    unknown = vocabulary.split(corpus.vocabulary.characters)[1]
    if unknown:
        some = ", ".join(f"U+{ord(character):04X}" for character in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        raise CorpusError(
            f"{not_the_same}, and has characters that the network does not know ({some}{more}); "
            "put the old file back, or start a new run."
        )
    if not examples_per_epoch(run.resolved, len(corpus)):
        raise CorpusError(f"{not_the_same}, and is too short for it now; put the old file back, or start a new run.")
    if not wanted:
        raise ChangedText(
            f"{not_the_same}; put the old file back, start a new run, or let this one go on with it as it is now."
        )
    return corpus.under(vocabulary)
