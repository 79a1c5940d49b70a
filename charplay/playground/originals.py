"""The original of a text that is looked at: as it was decoded, before any cleaning."""

from typing import TYPE_CHECKING

from charplay.corpora.errors import CorpusError
from charplay.corpora.progress import Progress

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.playground.cleaning_choice import CleaningChoice
    from charplay.playground.corpus_selection import CorpusSelection
    from charplay.playground.recipe_draft import RecipeDraft


def cleaning_choice(
    draft: "RecipeDraft | None", corpora: "CorpusSelection", corpus: "Corpus | None"
) -> "CleaningChoice | None":
    """Return the checklist of a draft's cleaning rules, seen on a text, else the chosen one; None without a draft."""
    from charplay.playground.cleaning_choice import CleaningChoice

    if draft is None:
        return None

    def is_of_next_run() -> bool:
        chosen = corpora.chosen
        if chosen is None or corpus is None:
            return chosen is not None
        return str(chosen.path) == corpus.path if chosen.path else chosen.name == corpus.name

    return CleaningChoice(draft, lambda progress: open_original(corpora, corpus, progress), is_of_next_run)


def open_original(corpora: "CorpusSelection", corpus: "Corpus | None", progress: Progress) -> "Corpus":
    """Open a text, else the chosen one, without any cleaning. Raises CorpusError, Cancelled."""
    if corpus is not None and not corpus.cleaning and corpus.limit is None:
        return corpus
    entry = corpora.library.find(corpus.path or corpus.name) if corpus is not None else corpora.chosen
    if entry is None:
        raise CorpusError("No text is chosen; choose one first.")

    def watch(share: float) -> bool:
        progress.at(share)
        return True

    return corpora.library.open(entry, encoding=corpora.encoding_of(entry) or None, watch=watch)
