"""One sitting: what is chosen, what trains, who writes. Whoever shows it calls its methods, and `advance` often."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from charplay.corpora.progress import Watch
from charplay.formatting.loss_units import UNITS
from charplay.playground.announcements import Announcements
from charplay.playground.arrangement import Arrangement
from charplay.playground.corpus_selection import CorpusSelection
from charplay.playground.detached_runs import DetachedRuns
from charplay.playground.detachment import Detachment
from charplay.playground.drawn_ruler import DrawnRuler
from charplay.playground.gauges import Gauges
from charplay.playground.happenings import (
    CorpusRead,
    CurvesRead,
    FamilyRead,
    HistoryRead,
    RunDeleted,
    RunRenamed,
    RunsListed,
    Said,
)
from charplay.playground.jobs import Jobs
from charplay.playground.kept_texts import KeptTexts
from charplay.playground.next_run import NextRun
from charplay.playground.run_controller import RunController
from charplay.playground.run_launcher import RunLauncher
from charplay.playground.run_list import RunList
from charplay.playground.run_listener import RunListener
from charplay.playground.run_queue import RunQueue
from charplay.playground.settings import read_settings
from charplay.playground.tour import Tour
from charplay.playground.unit_choice import UnitChoice

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.library import Library
    from charplay.playground.chart import ChartState
    from charplay.playground.checkpoints import CheckpointEntry
    from charplay.playground.comparison import Column, Comparison
    from charplay.playground.devices import DeviceInfo
    from charplay.playground.exploring.explorer import Explorer
    from charplay.playground.instrument import Instrument
    from charplay.playground.memorization import Memorization
    from charplay.playground.passages import Passages
    from charplay.playground.preferences import Preferences
    from charplay.playground.recipe_draft import RecipeDraft
    from charplay.playground.trainer_client import TrainerClient
    from charplay.playground.training_text import TrainingText, TrainingTextJob
    from charplay.playground.weight_follower import WeightFollower
    from charplay.recipes.recipe import Recipe
    from charplay.runs.home import Home
    from charplay.runs.store import RunStore, RunSummary
    from charplay.sampling.recording import Recording

TimeEpoch = Callable[["Recipe", "Corpus", Watch], float]
"""Seconds an epoch, of a few steps; they end where the watch that it is given says False."""


class Playground:
    """The parts of a sitting. None of them knows a screen; nothing is loaded before it is asked for."""

    instrument: "Instrument"
    memorization: "Memorization"
    passages: "Passages"

    def __init__(
        self,
        home: "Home",
        trainer: "TrainerClient",
        *,
        open_library: "Callable[[], Library]",
        open_store: "Callable[[], RunStore]",
        preferences: "Preferences",
        list_devices: "Callable[[], Sequence[DeviceInfo]]" = tuple,
        measure: TimeEpoch = lambda *_: 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """`open_library` and `open_store` are called when first needed: what they import must not delay a start.

        `list_devices` is called in a thread; `measure` times an epoch of a recipe on a text.
        """
        self.home = home
        self.preferences = preferences
        self.settings, self.setting_faults = read_settings(home.user_settings)
        self.loss_unit = UnitChoice(UNITS[self.settings.unit])
        self.clock = clock
        self.tour = Tour(wanted=self.settings.tour and not preferences.toured)
        self._open_library, self._open_store, self._measure = open_library, open_store, measure
        self.jobs = Jobs()
        self.announcements = Announcements()
        self.corpora = CorpusSelection(home.corpora, self.jobs, self.announcements)
        self.next_run = NextRun(home, self.corpora, self.jobs, list_devices)
        self.run_list = RunList(self.jobs)
        self.runs = RunController(trainer, clock)
        self.gauges = Gauges(on=preferences.gauges)
        self.arrangement = Arrangement.restored(preferences.panes)
        self.launcher = RunLauncher(self)
        self.detachment = Detachment(self, self.launcher)
        self.detached_runs = DetachedRuns(self, self.launcher)
        self.listener = RunListener(self)
        self.queue = RunQueue(self, self.launcher)
        self.ruler = DrawnRuler(self, self.jobs)
        self.follower: WeightFollower | None = None
        """Which weights play; None before anything writes."""
        self.kept_texts = KeptTexts(home.texts)
        self.tint = "temperature"
        """By what the text is tinted: the name of a tint."""
        self._explorer: Explorer | None = None
        """Of the text that was explored last."""
        self._said: list[Said] = []

    # The parts.

    @cached_property
    def library(self) -> "Library":
        """The texts."""
        return self._open_library()

    @cached_property
    def store(self) -> "RunStore":
        """The runs on the disk."""
        return self._open_store()

    @cached_property
    def chart(self) -> "ChartState":
        """What the chart shows. It loads numpy."""
        from charplay.playground.chart import ChartState

        return ChartState(self.runs, self.ruler, self.loss_unit)

    @property
    def draft(self) -> "RecipeDraft | None":
        """The next run's recipe; None until `begin`."""
        return self.next_run.draft

    @property
    def following(self) -> bool:
        """Whether the live run is what writes, or is to write."""
        return self.follower is not None and self.follower.following

    # The beginning, the end, and what lies between.

    def begin_writing(self) -> None:
        """Make what writes, as the preferences remember it: the first thing that a person sees move."""
        from charplay.playground.instrument import Instrument
        from charplay.playground.memorization import Memorization
        from charplay.playground.passages import Passages
        from charplay.playground.saved_params import params_of
        from charplay.playground.weight_follower import WeightFollower
        from charplay.sampling.stop_sequences import parse_stop_texts

        chosen = self.preferences
        self.instrument = Instrument(self.home.texts, params_of(chosen), prompt=chosen.prompt, speed=chosen.speed)
        self.instrument.typed_bias = chosen.bias
        self.instrument.stop_at(parse_stop_texts(chosen.stops))
        self.memorization = Memorization(self.instrument, self._find_training_text)
        self.passages = Passages(self.instrument)
        self.follower = WeightFollower(self.instrument, self.clock)

    def begin(self, path: str | None = None) -> None:
        """Fill everything else with what was chosen last, or with the text at `path`."""
        now = self.clock()
        self.next_run.begin(self.preferences, self.library, path, now)
        if kept := self.kept_texts.newest():
            self.announcements.kept_text = f"<branches.take_up> goes on with your last text: {kept.summary}"
        self.run_list.begin(self.store, now)
        self._say(self.queue.load())
        self.tour.begin(now)
        if self.runs.remote:
            self.launcher.attach()

    def remember(self) -> "Preferences":
        """Return the preferences with what is chosen now, for the next start."""
        self.next_run.remember(self.preferences)
        self.preferences.gauges, self.preferences.panes = self.gauges.on, self.arrangement.saved()
        self.preferences.toured |= self.tour.seen
        if self._writes:
            from charplay.playground.saved_params import remember_params

            kept, instrument = self.preferences, self.instrument
            remember_params(kept, instrument.params)
            kept.prompt, kept.speed = instrument.prompt, instrument.speed
            kept.stops, kept.bias = instrument.stops, instrument.typed_bias
        return self.preferences

    @property
    def _writes(self) -> bool:
        return "instrument" in vars(self)

    def advance(self, now: float) -> list[object]:
        """Take in what the trainer and the jobs tell, let the instrument write, and return what happened.

        `now`: seconds on the playground's clock. To be called often: thirty times a second by a screen while it
        is `at_work`, else as often as news of a run shall be seen.
        """
        happened = [*self._advance_choices(now), *self._advance_runs()]
        self.ruler.advance(now)
        self.gauges.advance(now)
        if self._writes:
            self.passages.advance()
            self.instrument.advance(now)
            happened += [*self.instrument.drain(), *self.memorization.advance()]
        said, self._said = self._said, []
        happened += said
        if any(isinstance(one, Said) for one in happened):
            self.tour.give_way(now)
        self.tour.advance(now)
        return happened

    @property
    def at_work(self) -> bool:
        """Whether `advance` has something to do many times a second: to write, to read, to look for copies."""
        return len(self.jobs) > 0 or (self._writes and (self.instrument.at_work or self.memorization.behind))

    def _advance_choices(self, now: float) -> list[object]:
        happened: list[object] = []
        for news in self.jobs.advance():
            happened += self.ruler.hear(news)
            self.corpora.hear(news)
            self.run_list.hear(news)
            self.next_run.hear(news)
        self.next_run.use_cleaning()
        happened += [*self.corpora.advance(now), *self.run_list.advance(now)]
        for one in happened:
            self.next_run.react(one)
            self._react(one)
        return happened

    def _advance_runs(self) -> list[object]:
        happened: list[object] = [HistoryRead()] if self.runs.catch_up() else []
        for event in self.runs.advance():
            happened += [event, *self.listener.hear(event), *self.queue.hear(event)]
        self.listener.ask_for_weights()
        return [*happened, *self.detachment.advance(), *self.detached_runs.advance()]

    def _react(self, happened: object) -> None:
        """Hand on what became of texts and kept runs to the chart, and to the run that waits for it."""
        match happened:
            case CorpusRead(train=True):
                self._say(self.launcher.train())
            case RunsListed():
                self._say(self.launcher.offer(self.run_list.unfinished))
            case CurvesRead(run, curves):
                self.chart.overlay(run, curves)
            case FamilyRead(curves):
                self.chart.overlay_family(curves)
            case RunRenamed(run, new):
                self.chart.rename(run, new)
                self.launcher.forget(run)
            case RunDeleted(run):
                self.chart.take_off(run)
                self.launcher.forget(run)

    def _say(self, said: Said | None) -> None:
        if said is not None:
            self._said.append(said)

    def _find_training_text(self, path: Path, known: "TrainingText | None") -> "TrainingTextJob":
        from charplay.playground.training_text import TrainingTextJob

        near = self.corpora.corpus.path if self.corpora.corpus is not None else ""
        return TrainingTextJob(self.library, path, known, near).start()

    # What concerns several parts.

    def follow(self) -> None:
        """Let the live run write, from its next weights on."""
        if self.follower is not None and self.runs.state.busy:
            self.follower.follow()

    def play(self, run: str) -> str:
        """Let a run's best checkpoint write; return why it cannot, empty where it does."""
        return self.listener.play(run)

    def play_checkpoint(self, path: Path, run: str) -> str:
        """Let one of a run's checkpoints write; return why it cannot, empty where it does."""
        return self.listener.play_checkpoint(path, run)

    def begin_again(self, name: str) -> str:
        """Fill the next run with a run's recipe, and take its text; return why that cannot be."""
        from charplay.runs.checkpoint import CheckpointError
        from charplay.runs.errors import RunError

        try:
            self.next_run.repeat(self.run_list.origin(name))
        except (RunError, CheckpointError) as error:
            return str(error)
        return ""

    def start_from(self, name: str) -> str:
        """Have the next run take over a run's weights, fresh ones for an empty name; return why that cannot be."""
        from charplay.runs.checkpoint import CheckpointError
        from charplay.runs.errors import RunError

        try:
            self.next_run.start_from(self.store, name)
        except (RunError, CheckpointError) as error:
            return str(error)
        return ""

    def time_epoch(self, recipe: "Recipe", corpus: "Corpus", watch: Watch) -> float:
        """Return how many seconds an epoch takes here, by a few steps; RuntimeError while a run is under way."""
        if self.runs.busy:
            raise RuntimeError("a run is under way, and would slow them down; its own speed stands at the top")
        return self._measure(recipe, corpus, watch)

    def open_text(self, path: str) -> "Corpus":
        """Open any file as a text. CorpusError."""
        return self.library.open(self.library.find(path))

    def explore(self, corpus: "Corpus", passage: tuple[int, int] | None = None) -> "Explorer":
        """Return the explorer of a text, as it was left; at a passage, where one is given."""
        from charplay.playground.exploring.explorer import Explorer
        from charplay.playground.exploring.references import References
        from charplay.playground.originals import cleaning_choice

        explorer = self._explorer
        if explorer is None or not explorer.explores(corpus):
            asked = self.draft.asked if self.draft is not None else None
            held_out, test = (asked.validation_fraction, asked.test_fraction) if asked is not None else (0.0, 0.0)
            instrument = self.instrument if self._writes else None
            explorer = Explorer(
                corpus, held_out, test_fraction=test, place=self.preferences.place(corpus.name), folder=self.home.texts,
                instrument=instrument, references=References(self.library, instrument),
                cleaning=cleaning_choice(self.draft, self.corpora, corpus), unit=self.loss_unit,
            )  # fmt: skip
            self._explorer = explorer
        if passage is not None:
            explorer.go(*passage, step=False)
        return explorer

    def keep_text(self) -> None:
        """Keep the text for the next sitting; where the disk takes nothing it is lost, and nobody is held up."""
        if self._writes:
            with suppress(OSError):
                self.kept_texts.keep(self.instrument, datetime.now().astimezone())

    def take_up_text(self) -> str:
        """Go on with the text that was left last; return why that cannot be."""
        refusal = self.kept_texts.take_up(self.instrument, self.store)
        if not refusal:
            self.announcements.kept_text = ""
            self._follow_what_writes()
        return refusal

    def switch_branch(self, name: str) -> None:
        """Go over to a branch of the text; a branch of the live run follows it again."""
        if self.instrument.switch_to(name):
            self._follow_what_writes()

    def replay_on(self, recording: "Recording", entry: "CheckpointEntry") -> None:
        """Replay a recording on another checkpoint. CheckpointError, ModelError."""
        from charplay.playground.checkpoints import open_model

        loaded = open_model(Path(entry.path), entry.run)
        self.instrument.replay(recording, model=loaded.model, source=loaded.source, origin=loaded.origin)
        self._follow_what_writes()

    def new_comparison(self, room: int) -> "Comparison":
        """Return texts side by side, by the model that writes, in at most so many columns."""
        from charplay.playground.checkpoints import LoadedModel
        from charplay.playground.comparison import Comparison

        instrument = self.instrument
        assert instrument.generator is not None
        loaded = LoadedModel(instrument.generator.model, instrument.generator.source, instrument.origin)
        return Comparison(
            loaded, instrument.prompt, instrument.params, speed=instrument.speed, room=room,
            temperatures=self.preferences.columns,
        )  # fmt: skip

    def compare_along(self, run: "RunSummary", room: int) -> "Comparison":
        """Return one text as a run's checkpoints write it, from its first to its last, in at most so many columns.

        Prompt, seed and temperature are those of the text that is written. CheckpointError, ModelError.
        """
        from charplay.playground.checkpoints import list_checkpoints, spread

        comparison = self.new_comparison(room)
        comparison.open_checkpoints(spread(list_checkpoints([run]), comparison.room))
        return comparison

    def take_column(self, column: "Column | None") -> None:
        """Go on with a column of a comparison, where one was taken."""
        if column is not None:
            self.instrument.take_over(column.generator, column.origin)
            self._follow_what_writes()

    def _follow_what_writes(self) -> None:
        if self.follower is not None:
            self.follower.following = self.instrument.following
