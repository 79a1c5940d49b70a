"""One sitting: what is chosen, what trains, who writes. Whoever shows it calls its methods, and `advance` often."""

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from charplay.playground.announcements import Announcements
from charplay.playground.corpus_selection import CorpusSelection
from charplay.playground.happenings import (
    CorpusChosen,
    CorpusRead,
    CorpusUnreadable,
    PlayWanted,
    ResumeWanted,
    RunsListed,
    Said,
)
from charplay.playground.jobs import BackgroundJob, JobEnded, JobProgressed, Jobs, Watch
from charplay.playground.run_list import RunList

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.library import Library
    from charplay.playground.devices import Device
    from charplay.playground.preferences import Preferences
    from charplay.playground.recipe_draft import RecipeDraft
    from charplay.playground.trainer_client import TrainerClient
    from charplay.recipes.fields import Recipe
    from charplay.runs.home import Home
    from charplay.runs.shelf import Shelf
    from charplay.sampling.generator import TextGenerator

Measure = Callable[["Recipe", "Corpus", Watch], float]
"""Seconds an epoch, of a few steps; they end where the watch that it is given says False."""

FETCHED_FIRST = "t fetches the text and trains"


class Playground:
    """The parts of a sitting. None of them knows a screen; nothing is loaded before it is asked for."""

    def __init__(
        self,
        home: "Home",
        trainer: "TrainerClient",
        *,
        open_library: "Callable[[], Library]",
        open_store: "Callable[[], Shelf]",
        preferences: "Preferences",
        list_devices: "Callable[[], Sequence[Device]]" = tuple,
        measure: Measure = lambda *_: 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`open_library` and `open_store` are called when first needed: what they import must not delay a start.

        `list_devices` is called in a thread; `measure` times an epoch of a recipe on a text.
        """
        self.home = home
        self.trainer = trainer
        self.preferences = preferences
        self.clock = clock
        self.open_library = open_library
        self.open_store = open_store
        self._list_devices = list_devices
        self._measure = measure
        self.jobs = Jobs()
        self.announcements = Announcements()
        self.corpora = CorpusSelection(home.corpora, self.jobs, self.announcements)
        self.run_list = RunList(self.jobs, self.announcements)
        self.draft: RecipeDraft | None = None
        """The next run; None until `begin`."""
        self.devices: Sequence[Device] = ()
        """Those to train on; empty until they were found."""
        self._finding_devices: BackgroundJob[Sequence[Device]] | None = None
        self._wanted: list[object] = []
        self.find_generator: Callable[[], TextGenerator | None] = lambda: None
        """Returns who writes just now."""

    @cached_property
    def library(self) -> "Library":
        """The texts."""
        return self.open_library()

    @cached_property
    def store(self) -> "Shelf":
        """The runs on the disk."""
        return self.open_store()

    def advance(self, now: float) -> list[object]:
        """Take in what the trainer and the jobs tell, let the instrument write, and return what happened.

        `now`: seconds on the playground's clock. To be called often: thirty times a second by a screen.
        """
        return self._advance_choices(now)

    # What is chosen.

    def begin(self, path: str | None = None) -> None:
        """Fill everything with what was chosen last, or with the text at `path`, and look for devices."""
        from charplay.playground.recipe_draft import RecipeDraft

        chosen, now = self.preferences, self.clock()
        self.draft = RecipeDraft.restored(self.home.presets, chosen.preset, chosen.form)
        self._finding_devices = self.jobs.start(BackgroundJob(lambda _: self._list_devices()))
        self._use_cleaning()
        self.corpora.begin(self.library, *((path, "") if path else (chosen.corpus, chosen.encoding)), now)
        self.run_list.begin(self.store, now)

    def remember(self) -> "Preferences":
        """Return the preferences with what is chosen now, for the next start."""
        kept, draft, chosen = self.preferences, self.draft, self.corpora.chosen
        if draft is not None:
            kept.preset, kept.form = draft.preset, dict(draft.values)
        if chosen is not None:
            kept.corpus, kept.encoding = chosen.name, self.corpora.encoding
        return kept

    def _advance_choices(self, now: float) -> list[object]:
        for news in self.jobs.advance():
            self.corpora.hear(news)
            self.run_list.hear(news)
            self._hear_of_devices(news)
        self._use_cleaning()
        wanted, self._wanted = self._wanted, []
        happened = [*wanted, *self.corpora.advance(now), *self.run_list.advance(now)]
        said = [self._settle(one) for one in happened]
        return [*happened, *filter(None, said)]

    def _settle(self, happened: object) -> "Said | None":
        """Hand on to the next run what has become of its text, and offer the run that was not finished."""
        match happened:
            case CorpusChosen(entry):
                self._read_into_draft(entry.name, None, "reading the text" if entry.ready else FETCHED_FIRST)
            case CorpusUnreadable(entry):
                self._read_into_draft(entry.name, None, "the text could not be read")
            case CorpusRead(corpus):
                chosen = self.corpora.chosen
                self._read_into_draft(chosen.name if chosen else corpus.name, corpus)
            case RunsListed():
                return self.run_list.offer_unfinished(busy=self.trainer.alive)
        return None

    def _read_into_draft(self, name: str, corpus: "Corpus | None", unknown: str = "") -> None:
        if self.draft is not None:
            self.draft.read_corpus(name, corpus, unknown)

    def _use_cleaning(self) -> None:
        """Another cleaning, or another limit, makes another text."""
        if self.draft is not None:
            self.corpora.use_cleaning(self.draft.asked.cleaning, self.draft.asked.limit)

    def _hear_of_devices(self, news: JobProgressed | JobEnded) -> None:
        if isinstance(news, JobEnded) and news.job is self._finding_devices:
            self._finding_devices = None
            self.devices = news.job.result or ()
            if self.draft is not None and self.devices:
                self.draft.use_devices([device.name for device in self.devices])

    def begin_again(self, name: str) -> str:
        """Fill the next run with a run's recipe and take its text; a sentence where that cannot be read."""
        from charplay.runs.checkpoint import CheckpointError
        from charplay.runs.errors import RunError

        try:
            origin = self.run_list.origin(name)
        except (RunError, CheckpointError) as fault:
            return str(fault)
        if self.draft is not None:
            self.draft.fill(origin.recipe.model_dump())
        chosen = self.corpora.chosen.name if self.corpora.chosen else ""
        if (chosen, self.corpora.encoding) != (origin.corpus, origin.encoding):
            self._use_cleaning()
            self.corpora.choose(origin.corpus, origin.encoding)
        return ""

    def start_from(self, name: str) -> str:
        """Have the next run take over a run's weights, fresh ones for an empty name; a sentence where it cannot."""
        from charplay.playground.warm_start import WarmStart
        from charplay.runs.checkpoint import CheckpointError, read_header
        from charplay.runs.errors import RunError

        if self.draft is None:
            return ""
        if not name:
            self.draft.start_from(None)
            return ""
        try:
            path = self.store.checkpoint(name)
            header = read_header(path)
        except (RunError, CheckpointError) as fault:
            return str(fault)
        self.draft.start_from(WarmStart(name, str(path), header.recipe, header.vocabulary))
        return ""

    def time_epoch(self, recipe: "Recipe", corpus: "Corpus", watch: Watch) -> float:
        """Return how many seconds an epoch takes here, by a few steps; RuntimeError while a run is under way."""
        if self.trainer.alive:
            raise RuntimeError("a run is under way, and would slow them down; its own speed stands at the top")
        return self._measure(recipe, corpus, watch)

    def play(self, run: str) -> None:
        """Let a run's best checkpoint write."""
        self._wanted.append(PlayWanted(run))

    def resume(self, run: str, more: str = "") -> None:
        """Go on with a run; with `more`, a budget that is added to what was done."""
        self._wanted.append(ResumeWanted(run, more))
