"""The training pane: the run's curves, earlier runs beside them, and the strip of live values."""

import math
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.message import Message

from charplay.playground.chart_quantities import MEASURES
from charplay.playground.run_history import RunHistory, characters_per_step, kept_changes, kept_curves, kept_samples
from charplay.playground.run_marks import Marks, UndoStack, with_mark
from charplay.playground.run_state import RunState
from charplay.plotting.downsample import X_AXES
from charplay.plotting.grid import Mark, Reference, Series
from charplay.plotting.plot import MARKERS
from charplay.protocol.events import ASKED, Changed, Evaluated, Event, Paused, Progress, Row, Sampled, Started
from charplay.tui.commands import TRAINING, command
from charplay.tui.panes.live_strip import LiveStrip
from charplay.tui.presentation.training_samples import newest_round, sample_lines
from charplay.tui.widgets.chart import Chart
from charplay.tui.widgets.pane import Pane
from charplay.tui.widgets.slider import Slider

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus
    from charplay.runs.run import Run

OVERLAYS = ("run-1", "run-2", "run-3", "run-4")
"""The roles of earlier runs on the chart: as many can lie there."""

OF_A_TEXT = ("uniform", "single characters")
"""Reference lines: what knowing nothing of it, and knowing how often each character comes, is worth."""

SAMPLES = command(
    "e", "samples", "samples", "Read the text samples that the run wrote last while it trained", footer=True
)


class Curves(Chart, can_focus=True):
    """The chart. It holds the focus while there is no learning rate to move."""


class TrainingPane(Pane):
    """Curves and live values.

    Messages: `Moved` when a live hyperparameter was moved, `Values` to see them all, `Overlaid` when other earlier runs
    lie over the chart.
    """

    BINDINGS = [*TRAINING, SAMPLES]  # noqa: RUF012 - Textual's form
    DEFAULT_CSS = """
    TrainingPane > Chart { height: 1fr; }
    """

    class Moved(Message):
        """A live hyperparameter is to be set."""

        def __init__(self, field: str, value: float) -> None:
            super().__init__()
            self.field = field
            self.value = value

    class Values(Message):
        """The live hyperparameters are to be shown."""

    class Overlaid(Message):
        """Other earlier runs than before are on the chart."""

        def __init__(self, markers: dict[str, str]) -> None:
            super().__init__()
            self.markers = markers
            """Of each of them, by its name."""

    def __init__(self) -> None:
        super().__init__(id="training")
        self.chart = Curves()
        self.strip = LiveStrip()
        self._clock = 0
        self._measure = 0
        self._history = RunHistory()
        self._begun = False
        """Whether a run is on the chart."""
        self._live = RunState()
        self._recipe: dict[str, object] = {}
        """The run's, under the values that it has now."""
        self._marks: Marks = []
        self._changes = UndoStack()
        self._overlays: dict[str, RunHistory] = {}
        self._levels: dict[str, float] = {}
        """Reference losses by name, in nats."""
        self._samples: list[Sampled] = []
        """The newest round."""

    def compose(self) -> ComposeResult:
        """The chart, and one line under it."""
        yield self.chart
        yield self.strip

    def focus_first(self) -> None:
        """Put the focus on the slider, or on the chart while nothing trains."""
        self.screen.set_focus(self.strip.rate if self._live.busy else self.chart)

    def on_mount(self) -> None:
        """Show an empty chart that says what it will show."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.call_after_refresh(self._draw))
        self._draw()

    def read_corpus(self, corpus: "Corpus | None") -> None:
        """Until a run is on the chart, its reference lines are of the text that was chosen, once that is read."""
        if self._begun:
            return
        if corpus is not None:
            self._measure_text(len(corpus.vocabulary), corpus.unigram_entropy())
        else:
            self._levels = {name: level for name, level in self._levels.items() if name not in OF_A_TEXT}
        self._draw()

    def set_level(self, name: str, nats: float) -> None:
        """A reference line."""
        self._levels[name] = nats
        self._draw()

    def take(self, told: Iterable[Event], live: RunState) -> None:
        """Draw what a run's events say."""
        self._live = live
        here = self.screen.focused in {self.chart, self.strip.rate}
        for event in told:
            match event:
                case Started():
                    self._begin(event)
                case Progress():
                    self._history.add(event.rows)
                case Evaluated():
                    row = Row(step=event.step, epoch=event.epoch, seconds=event.seconds,
                              val_loss=event.val_loss, val_accuracy=event.val_accuracy)  # fmt: skip
                    self._history.add([row])
                case Changed():
                    self._change(event)
                case Paused() if event.reason != ASKED:
                    self._marks = [*self._marks, (event.step, event.reason)]
                case Sampled():
                    self._samples = newest_round(self._samples, event)
        self.strip.show(live)
        if here:
            self.focus_first()
        self._draw()

    def overlay(self, name: str, history: RunHistory) -> bool:
        """Draw an earlier run beside the live one, or take it off; False where there are four already."""
        if name in self._overlays:
            self.take_off(name)
        elif len(self._overlays) == len(OVERLAYS):
            return False
        else:
            self._lay_over(self._overlays | {name: history})
        return True

    def take_off(self, name: str) -> None:
        """Draw an earlier run no more."""
        self._lay_over({each: history for each, history in self._overlays.items() if each != name})

    def _lay_over(self, overlays: dict[str, RunHistory]) -> None:
        self._overlays = overlays
        self._draw()
        self.post_message(self.Overlaid(self.overlaid))

    @property
    def overlaid(self) -> dict[str, str]:
        """The earlier runs on the chart by name, each with its marker."""
        return {name: MARKERS[role] for name, role in zip(self._overlays, OVERLAYS, strict=False)}

    def _measure_text(self, vocabulary_size: int, unigram_entropy: float) -> None:
        self._levels |= dict(zip(OF_A_TEXT, (math.log(vocabulary_size), unigram_entropy), strict=True))

    def _begin(self, event: Started) -> None:
        """Another run's curves: one that is taken up has those that its folder has, up to where it goes on."""
        self._begun = True
        self._measure_text(event.vocabulary_size, event.unigram_entropy)
        self._recipe = dict(event.recipe)
        self._history = RunHistory(characters_per_step(event.recipe))
        self._marks, self._changes, self._samples = [], UndoStack(), []
        if event.resumed:
            from charplay.runs.run import Run, RunError

            with suppress(RunError, OSError):  # the curve then begins where the run goes on
                self._read_kept(Run.open(Path(event.folder)), event.step)

    def _read_kept(self, run: "Run", last: int) -> None:
        self._history = kept_curves(run, last)
        for change in kept_changes(run, last):
            self._mark(change)
        for sample in kept_samples(run, last):
            self._samples = newest_round(self._samples, sample)

    def _change(self, change: Changed) -> None:
        if change.field == "undo":
            self._history.cut(change.step)
        else:
            self._recipe |= {change.field: change.new}
            self._history.read_on(change.step, characters_per_step(self._recipe))
        self._mark(change)

    def _mark(self, change: Changed) -> None:
        self.strip.hear(change)
        if self._changes.take(change):
            self._marks = with_mark(self._marks, change)

    def _draw(self) -> None:
        name = tuple(MEASURES)[self._measure]
        measure, clock = MEASURES[name], X_AXES[self._clock]
        earlier, own = [], []
        for role, (run, history) in zip(OVERLAYS, self._overlays.items(), strict=False):
            x, y = history.points(measure.held_out, clock)
            if not len(x):
                x, y = history.points(measure.train, clock)
            earlier.append(Series(run, role, x, measure.convert(y)))
        for title, role, column in (("train", "train", measure.train), ("held-out", "held-out", measure.held_out)):
            if column:
                x, y = self._history.points(column, clock)
                own.append(Series(title, role, x, measure.convert(y)))
        levels = self._levels if name in {"loss", "bits", "perplexity"} else {}
        references = [Reference(text, float(measure.convert(np.array([y]))[0])) for text, y in levels.items()]
        marks = [Mark(self._history.at(step, clock), text) for step, text in self._all_marks()]
        self.chart.set_data([*earlier, *own], references, marks)
        self.chart.look(x_title=clock, x_end=self._end(clock))
        self.set_title(measure.title, partial(self.chart.legend, own), partial(self.chart.legend, earlier))

    def _all_marks(self) -> Iterable[tuple[int, str]]:
        best = self._live.best_step
        memorises = [(best, "from here it memorises")] if best is not None and self._live.is_overfitting else []
        return chain(self._marks, memorises)

    def _end(self, clock: str) -> float | None:
        total = self._live.total_steps
        return float(total) if clock == "step" and total and self._live.busy else None

    @on(Slider.Changed)
    def _move(self, event: Slider.Changed) -> None:
        event.stop()
        self.post_message(self.Moved("learning_rate", event.value))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Live values are there while a run trains."""
        return action != "values" or (self._live.busy and bool(self._live.recipe))

    def action_values(self) -> None:
        """Every value that may change while the run trains."""
        self.post_message(self.Values())

    def action_across(self) -> None:
        """The next quantity across."""
        self._clock = (self._clock + 1) % len(X_AXES)
        self._draw()

    def action_upward(self) -> None:
        """The next quantity upward."""
        self._measure = (self._measure + 1) % len(MEASURES)
        self._draw()

    def action_logarithmic(self) -> None:
        """Logarithmic upward, then both ways, then linear."""
        view = self.chart.view
        self.chart.look(log_y=not view.log_y)

    def action_recent(self) -> None:
        """The recent part, or the whole run."""
        self.chart.look(recent=not self.chart.view.recent)
        self._draw()

    def action_samples(self) -> None:
        """The newest text samples, to read."""
        from charplay.tui.dialogs.reader import ReaderDialog

        if self._samples:
            self.app.push_screen(ReaderDialog("Samples", sample_lines(self._samples)))
        else:
            self.notify("No sample was written yet; the next run writes them where sample every is set: 2 and m.")

    def action_clear(self) -> None:
        """Take the earlier runs off."""
        self._lay_over({})
