"""The text that a checkpoint learned: opened where it is here, and made searchable."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from charplay.playground.jobs import BackgroundJob

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus, Library
    from charplay.recipes.recipe import Recipe
    from charplay.runs.checkpoint import CorpusOrigin
    from charplay.sampling.substring_index import SubstringIndex

READING = 0.3
"""The share of the work that reading takes; the rest is the index."""


@dataclass(frozen=True, eq=False)
class TrainingText:
    """A text that was learned."""

    corpus: "Corpus"
    index: "SubstringIndex"
    key: object
    """What makes it this text: the file's sha256, and how it was cleaned and cut."""


def open_training_text(
    library: "Library", origin: "CorpusOrigin", recipe: "Recipe", watch: Callable[[float], bool], near: str = ""
) -> "Corpus":
    """The text that a checkpoint names as its origin, cleaned as its recipe says.

    `near`: the path of a text that may be it under another name, such as the one that is chosen.

    Raises:
        CorpusError: it is not here, or is not the same any more.
        Cancelled: the watch returned False.
    """
    from charplay.corpora.errors import CorpusError
    from charplay.corpora.learned import NotFound, open_learned

    try:
        return open_learned(library, origin, cleaning=recipe.cleaning, limit=recipe.limit, near=near, watch=watch)
    except NotFound as fault:
        title = fault.title
        if fault.changed is None:
            sentence = f"{title}, which this network learned, is not here; fetch it from the list of texts."
        else:
            sentence = f"{title} is not the text any more that this network learned; its sha256 differs."
    raise CorpusError(sentence)


def read_origin(path: Path) -> "tuple[CorpusOrigin, Recipe]":
    """What a checkpoint, or the run in a folder, learned. RunError, CheckpointError where there is none."""
    from charplay.runs.checkpoint import read_header
    from charplay.runs.run import Run

    if path.is_dir():
        run = Run.open(path)
        return run.corpus, run.resolved
    header = read_header(path)
    return header.corpus, header.recipe


class TrainingTextJob(BackgroundJob[TrainingText]):
    """A job that makes the text that a checkpoint learned searchable.

    Its fault is a CorpusError, CheckpointError or RunError where there is no such text.
    """

    def __init__(self, library: "Library", path: Path, known: TrainingText | None = None, near: str = "") -> None:
        """`path`: of a checkpoint, or of a run's folder.

        `known`: a text that is searchable already; several checkpoints may have learned the same.
        `near`: as in `open_training_text`.
        """
        super().__init__(self._learn)
        self._library = library
        self._known = known
        self._near = near
        self._path = path

    def _learn(self, watch: Callable[[float], bool]) -> TrainingText:
        from charplay.sampling.substring_index import SubstringIndex

        origin, recipe = read_origin(self._path)
        key = (origin.sha256, tuple(recipe.cleaning), recipe.limit, origin.encoding)
        if self._known is not None and self._known.key == key:
            return self._known
        corpus = open_training_text(self._library, origin, recipe, lambda share: watch(READING * share), self._near)
        index = SubstringIndex(corpus.text(), lambda share: watch(READING + (1 - READING) * share))
        return TrainingText(corpus, index, key)
