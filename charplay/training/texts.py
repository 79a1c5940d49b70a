"""The text that a run learns: found, read, and compared with what the run began with."""

from pathlib import Path

from charplay.corpora.corpus import Corpus
from charplay.corpora.entries import Entry
from charplay.corpora.errors import ChangedText, CorpusError
from charplay.corpora.learned import candidates
from charplay.corpora.library import Library
from charplay.corpora.progress import Watch
from charplay.corpora.vocabulary import Vocabulary
from charplay.protocol.request import TrainRequest
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
    entry = library.find(recipe.corpus) if run is None else _entry_of(run, library)
    encoding = encoding_of(request, run) or None
    corpus = library.open(entry, cleaning=recipe.cleaning, limit=recipe.limit, encoding=encoding, watch=watch)
    corpus.require_trainable()
    if run is None:
        return corpus
    if text_changed(corpus, run):
        _require_usable(corpus, run, wanted=request.changed_text)
    return corpus.under(Vocabulary(run.vocabulary))


def encoding_of(request: TrainRequest, run: Run | None) -> str:
    """The encoding that was named, now or when the run began; empty where it is to be found out."""
    return request.encoding or (run.corpus.encoding if run is not None else "")


def _entry_of(run: Run, library: Library) -> Entry:
    """The run's text, also where it was moved but has its name still. CorpusError names the file that is missing."""
    path, name = run.corpus.path, run.corpus.name
    if not path or Path(path).exists():
        return library.find(path or name)
    if moved := next(candidates(library, run.corpus), None):
        return moved
    raise CorpusError(f"{path}, which run {run.name} learns, is not there any more; put it back.")


def text_changed(corpus: Corpus, run: Run) -> bool:
    """Whether the text is not the run's, be it what it began with or what was allowed since."""
    same = (corpus.sha256, len(corpus)) == (run.corpus.sha256, run.corpus.characters)
    return not same or bool(_unknown(corpus, run))


def _unknown(corpus: Corpus, run: Run) -> str:
    """The text's characters that the run's network does not know."""
    return Vocabulary(run.vocabulary).split(corpus.vocabulary.characters)[1]


def _require_usable(corpus: Corpus, run: Run, *, wanted: bool) -> None:
    """CorpusError where a text that is not the run's cannot be learned by it, or is not `wanted`."""
    not_the_same = f"{corpus.title} is not the text that {run.name} began with"
    if unknown := _unknown(corpus, run):
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
