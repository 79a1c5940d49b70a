"""One sitting: what is chosen, what trains, who writes. Whoever shows it calls its methods, and `advance` often."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus, Library
    from charplay.playground.checkpoints import CheckpointEntry
    from charplay.playground.comparison import Column, Comparison
    from charplay.playground.happenings import Said
    from charplay.playground.instrument import Instrument
    from charplay.playground.jobs import BackgroundJob
    from charplay.playground.memorization import Memorization
    from charplay.playground.preferences import Preferences
    from charplay.playground.text_changes import TextChange
    from charplay.playground.trainer_client import TrainerClient
    from charplay.playground.training_text import TrainingText, TrainingTextJob
    from charplay.playground.weight_follower import WeightFollower
    from charplay.runs.home import Home
    from charplay.runs.shelf import Shelf
    from charplay.sampling.prompts import Prompt
    from charplay.sampling.recording import Recording


class Playground:
    """The parts of a sitting. None of them knows a screen; nothing is loaded before it is asked for."""

    instrument: "Instrument"
    memorization: "Memorization"
    follower: "WeightFollower"
    store: "Shelf"

    def __init__(
        self,
        home: "Home",
        trainer: "TrainerClient",
        *,
        open_library: "Callable[[], Library]",
        open_store: "Callable[[], Shelf]",
        preferences: "Preferences",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`open_library` and `open_store` are called when first needed: what they import must not delay a start."""
        self.home = home
        self.trainer = trainer
        self.preferences = preferences
        self.clock = clock
        self.open_library = open_library
        self.open_store = open_store
        self.corpus: Corpus | None = None
        """The chosen text, once it was read."""
        self.tint = "temperature"
        """By what the text is tinted: the name of a tint."""
        self._passages = 0
        """How many were drawn."""
        self._passage_title = ""
        self._passage_job: BackgroundJob[Prompt] | None = None

    def begin_writing(self) -> None:
        """Make what writes, as the preferences remember it: the first thing that a person sees move."""
        from charplay.playground.instrument import Instrument
        from charplay.playground.memorization import Memorization
        from charplay.playground.saved_params import params_of
        from charplay.playground.weight_follower import WeightFollower
        from charplay.sampling.stop_sequences import parse_stop_texts

        chosen = self.preferences
        self.store = self.open_store()
        self.instrument = Instrument(self.home.texts, params_of(chosen), prompt=chosen.prompt, speed=chosen.speed)
        self.instrument.typed_bias = chosen.bias
        self.instrument.stop_at(parse_stop_texts(chosen.stops))
        self.memorization = Memorization(self.instrument, self._find_training_text)
        self.follower = WeightFollower(self.instrument)

    def advance(self, now: float) -> "list[TextChange | Said]":
        """Take in what the trainer and the jobs tell, let the instrument write, and return what happened.

        `now`: seconds on the playground's clock. To be called often: thirty times a second by a screen.
        """
        self._poll_passage()
        self.instrument.advance(now)
        return [*self.instrument.drain(), *self.memorization.advance()]

    def _find_training_text(self, path: Path, known: "TrainingText | None") -> "TrainingTextJob":
        from charplay.playground.training_text import TrainingTextJob

        near = self.corpus.path if self.corpus is not None else ""
        return TrainingTextJob(self.open_library(), path, known, near).start()

    def begin_passage(self) -> None:
        """Begin with the next random passage of the chosen text, once that was found: a long text takes its time."""
        from charplay.playground.jobs import BackgroundJob
        from charplay.sampling.prompts import LENGTH, choose

        corpus, generator = self.corpus, self.instrument.generator
        if corpus is None or generator is None:
            return
        learned, seed, number = generator.model.recipe.sequence_length, generator.params.seed, self._passages
        length = min(LENGTH, learned) if isinstance(learned, int) else LENGTH
        self._passages += 1
        self._passage_title = corpus.title
        self._passage_job = BackgroundJob(
            lambda _: choose(corpus.text(), "passage", seed=seed, number=number, length=length)
        ).start()

    def _poll_passage(self) -> None:
        job = self._passage_job
        if job is not None and job.done:
            self._passage_job = None
            if job.result is not None:
                self.instrument.begin_passage(job.result, self._passage_title)

    def remember_writing(self) -> None:
        """Have the preferences remember how it is written."""
        from charplay.playground.saved_params import remember_params

        remember_params(self.preferences, self.instrument.params)
        self.preferences.prompt, self.preferences.speed = self.instrument.prompt, self.instrument.speed
        self.preferences.stops, self.preferences.bias = self.instrument.stops, self.instrument.typed_bias

    def open_text(self, path: str) -> "Corpus":
        """Open any file as a text. CorpusError."""
        library = self.open_library()
        return library.open(library.find(path))

    def switch_branch(self, name: str) -> None:
        """Go over to a branch of the text; a branch of the live run follows it again."""
        if self.instrument.switch_to(name):
            self.follower.following = self.instrument.following

    def replay_on(self, recording: "Recording", entry: "CheckpointEntry") -> None:
        """Replay a recording on another checkpoint. CheckpointError, ModelError."""
        from charplay.playground.checkpoints import open_model

        loaded = open_model(Path(entry.path), entry.run)
        self.follower.following = False
        self.instrument.replay(recording, model=loaded.model, source=loaded.source, origin=loaded.origin)

    def new_comparison(self, room: int) -> "Comparison":
        """Return texts side by side, by the model that writes, in at most so many columns."""
        from charplay.playground.checkpoints import LoadedModel
        from charplay.playground.comparison import Comparison

        instrument = self.instrument
        assert instrument.generator is not None
        loaded = LoadedModel(instrument.generator.model, instrument.generator.source, instrument.origin, None)
        return Comparison(
            loaded, instrument.prompt, instrument.params, speed=instrument.speed, room=room,
            temperatures=self.preferences.columns,
        )  # fmt: skip

    def take_column(self, column: "Column | None") -> None:
        """Go on with a column of a comparison, where one was taken."""
        if column is not None:
            self.instrument.take_over(column.generator, column.origin)
            self.follower.following = self.instrument.following
