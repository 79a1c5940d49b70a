"""The ruler of the text whose losses the chart draws, measured in the background."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from charplay.corpora.progress import Progress, Watch
from charplay.formatting.loss_units import NATS, LossUnit
from charplay.playground.happenings import RulerMeasured
from charplay.playground.jobs import BackgroundJob, JobEnded, JobProgressed, Jobs

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.ruler.reference_lines import ReferenceLine, Ruler
    from charplay.playground.run_context import RunContext
    from charplay.recipes.recipe import Recipe
    from charplay.runs.checkpoint import CorpusOrigin

SETTLE_SECONDS = 1.0
"""That the same text is drawn before its ruler is measured: a start comes first, and a form that is being filled."""


@dataclass(frozen=True)
class _NextText:
    """The chosen text as the next run reads it."""

    corpus: "Corpus"
    encoding: str
    held_out: tuple[float, float]
    """The shares that are held out, and kept for a test."""
    counted: int
    """Held-out characters of the losses that it is to be compared with, at most."""
    recipe: "Recipe" = field(compare=False)

    run = ""

    @property
    def vocabulary_size(self) -> int:
        return len(self.corpus.vocabulary)

    @property
    def bytes_per_character(self) -> float:
        from charplay.corpora.held_out import bytes_per_character
        from charplay.recipes.network import seen_characters, training_characters

        characters = len(self.corpus)
        seen = self.corpus.first(seen_characters(self.recipe, characters))
        return bytes_per_character(seen, training_characters(self.recipe, characters))

    def read(self) -> "tuple[CorpusOrigin, Recipe]":
        from charplay.runs.checkpoint import CorpusOrigin

        corpus = self.corpus
        return CorpusOrigin(corpus.name, corpus.path, corpus.sha256, len(corpus), self.encoding), self.recipe


@dataclass(frozen=True)
class _RunText:
    """The text of a run that has begun."""

    folder: str
    run: str
    vocabulary_size: int
    counted: int
    bytes_per_character: float | None

    def read(self) -> "tuple[CorpusOrigin, Recipe]":
        from charplay.playground.training_text import read_origin

        return read_origin(Path(self.folder))


class DrawnRuler:
    """Knows the ruler of the chosen text until a run has begun, then that of the run's text.

    It is measured on the held-out characters that the losses count which are drawn: an evaluation's, and at the end of
    a run those of its closing loss.

    It is taken from the cache, or measured by a job that is cancelled when another text is drawn. Until it is there,
    and where nothing is held out, blind guessing is all that is known of a text.
    """

    def __init__(self, context: "RunContext", jobs: Jobs) -> None:
        self._context = context
        self._jobs = jobs
        self._text: _NextText | _RunText | None = None
        self._due = math.inf
        self._job: BackgroundJob[Ruler] | None = None
        self._ruler: Ruler | None = None
        self.bytes_per_character: float | None = None
        """Bytes of UTF-8, of the text that is drawn; None where there is none, or they are not known."""
        self.lines: tuple[ReferenceLine, ...] = ()
        """What is worth being passed on the text that is drawn, from the highest loss to the lowest."""

    def describe(self, loss: float, unit: LossUnit = NATS) -> str:
        """Say in a sentence what a loss is worth; empty while that is not known."""
        return self._ruler.describe(loss, unit) if self._ruler is not None and self._ruler.lines else ""

    @property
    def all_lines(self) -> "tuple[ReferenceLine, ...]":
        """Every line of the ruler, from the highest loss to the lowest; none while it is not measured."""
        return self._ruler.lines if self._ruler is not None else ()

    def advance(self, now: float) -> None:
        """Look which text is drawn, and measure its ruler once it has been the same for a while."""
        text = self._drawn()
        if text != self._text:
            self._turn_to(text, now)
        elif now >= self._due and text is not None:
            self._due = math.inf
            self._job = self._jobs.start(BackgroundJob(lambda watch: self._measure(text, watch)))

    def hear(self, news: JobProgressed | JobEnded) -> list[RulerMeasured]:
        """Take in what a job tells, where it is the one that measures."""
        if news.job is not self._job or isinstance(news, JobProgressed):
            return []
        ruler, self._job = self._job.result, None
        if ruler is None:
            return []
        from charplay.corpora.ruler.reference_lines import milestones

        self._ruler = ruler
        self.lines = milestones(ruler.lines) or self.lines
        return [RulerMeasured()]

    def _drawn(self) -> _NextText | _RunText | None:
        draft = self._context.draft
        if draft is None:
            return None
        from charplay.recipes.resolve import EVALUATED_CHARACTERS

        begun = self._context.runs.history.begun
        if begun is not None:
            counted = max(EVALUATED_CHARACTERS, self._context.runs.state.counted_characters or 0)
            return _RunText(begun.folder, begun.run, begun.vocabulary_size, counted, begun.bytes_per_character)
        chosen, asked = self._context.corpora, draft.asked
        if chosen.read is None:
            return None
        return _NextText(
            chosen.read, chosen.encoding, (asked.validation_fraction, asked.test_fraction), EVALUATED_CHARACTERS, asked
        )

    def _turn_to(self, text: _NextText | _RunText | None, now: float) -> None:
        from charplay.corpora.ruler.reference_lines import blind_guessing

        if self._job is not None:
            self._job.cancel()
        self._job = self._ruler = None
        self._text = text
        self.bytes_per_character = None if text is None else text.bytes_per_character
        self.lines = () if text is None else (blind_guessing(math.log(text.vocabulary_size)),)
        self._due = math.inf if text is None else now + SETTLE_SECONDS

    def _measure(self, text: _NextText | _RunText, watch: Watch) -> "Ruler":
        from charplay.corpora.ruler.reference_cache import ReferenceCache
        from charplay.playground.ruler import make_ruler, split_text

        origin, recipe = text.read()
        split = split_text(origin, recipe, text.counted)
        cache, store = ReferenceCache(self._context.home.cache), self._context.store
        losses = cache.load(split)
        if losses is None:
            corpus = text.corpus if isinstance(text, _NextText) else self._open(origin, recipe, watch)
            losses = cache.measure(split, corpus, Progress(watch))
        return make_ruler(losses, store, split, text.run)

    def _open(self, origin: "CorpusOrigin", recipe: "Recipe", watch: Watch) -> "Corpus":
        from charplay.corpora.learned import open_learned

        read = self._context.corpora.read
        near = read.path if read is not None else ""
        return open_learned(
            self._context.library, origin, cleaning=recipe.cleaning, limit=recipe.limit, near=near, watch=watch
        )
