"""Side by side: one prompt and one luck at several temperatures, or from several checkpoints."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize, sanitize_line
from charplay.playground.checkpoints import CheckpointEntry, LoadedModel, list_checkpoints, open_model
from charplay.playground.saved_texts import ModelOrigin
from charplay.playground.temperatures import FEWEST, MOST, parse_temperatures, temperatures_fault, write_temperatures
from charplay.runs.store import RunStore
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams, next_seed
from charplay.tui.commands import CLOSE, SCROLL, Bindings, command
from charplay.tui.dialogs.choice import Choice
from charplay.tui.dialogs.multi_choice import MultiChoiceDialog
from charplay.tui.dialogs.reader import ReaderDialog, key_lines
from charplay.tui.dialogs.side_by_side import SideBySide
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.panes.sampling_controls import TEMPERATURES, Pace, speed_slider
from charplay.tui.panes.status import KeyLine
from charplay.tui.panes.text_writing import BUDGET, TICKS
from charplay.tui.textual_patches.backpressure import set_visible_interval
from charplay.tui.textual_patches.safe_dismiss import DismissOnce
from charplay.tui.widgets.slider import Slider

NARROWEST = 20
"""Cells that a column takes at least."""
DEFAULT = (0.2, 0.5, 1.0, 1.2)


class Taken(NamedTuple):
    """A column that goes on in the text pane."""

    generator: TextGenerator
    origin: ModelOrigin


class ComparisonScreen(DismissOnce[Taken]):
    """Texts that advance together. Dismissed with the column that was taken over, or with None."""

    BINDINGS: ClassVar[Bindings] = [
        command("space", "write", "write", "Let the columns write, or hold them", footer=True),
        command("question_mark", "all_keys", "keys", "Show every key", footer=True),
        *CLOSE,
        command("full_stop", "one", "one", "Write one character in each column, and hold"),
        command("n", "anew", "anew", "Begin anew, with another seed", footer=True),
        command("left", "choose(-1)", "left", "The column to the left"),
        command("right", "choose(1)", "right", "The column to the right"),
        command("left_square_bracket", "temperature(-1)", "cooler", "Lower the chosen column's temperature"),
        command("right_square_bracket", "temperature(1)", "warmer", "Raise the chosen column's temperature"),
        command("enter", "take", "take", "Go on with the chosen column in the text pane", footer=True),
        command("e", "temperatures", "temperatures", "The chosen column's network at other temperatures", footer=True),
        command("r", "checkpoints", "checkpoints", "Checkpoints of one run, or of several, side by side", footer=True),
        command("minus", "speed(-4)", "slower", "Write slower"),
        command("plus", "speed(4)", "faster", "Write faster"),
    ]
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    ComparisonScreen {
        & > #what { height: 1; padding: 0 1; color: $foreground 75%; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #what.-fault { height: auto; max-height: 3; color: $warning; text-wrap: wrap; }
        & > #below { height: 1; padding: 0 1; }
        & #speed { width: 34; margin-right: 3; }
        & #hint { width: 1fr; color: $foreground 45%; }
    }
    """

    def __init__(
        self, opened: LoadedModel, prompt: str, settings: SamplingParams, speed: float, shelf: RunStore,
        temperatures: str = "", clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """Begin with one model at `settings`, but other temperatures; `speed` in characters a second."""
        super().__init__()
        self._opened = opened
        self._prompt = prompt
        self._settings = settings
        self._shelf = shelf
        self._clock = clock
        self._then = 0.0
        self._pace = Pace()
        self._ticks = 0
        self._origins: dict[int, ModelOrigin] = {}
        """By the identity of the models that write."""
        self.beside = SideBySide()
        self.playing = True
        """Whether they write."""
        self.temperatures = (
            temperatures if temperatures_fault(temperatures, MOST) == "" else write_temperatures(DEFAULT)
        )
        """What one network writes at, as it is typed."""
        self._speed = speed_slider()
        self._speed.value = speed
        self._speed.can_focus = False
        self._what, self._hint = Static("", id="what", markup=False), Static("", id="hint", markup=False)

    def compose(self) -> ComposeResult:
        """What is compared, the columns, and how fast they write."""
        yield self._what
        yield self.beside
        with Horizontal(id="below"):
            yield self._speed
            yield self._hint
        yield KeyLine()

    async def on_mount(self) -> None:
        """Put up the first columns, and start the clock."""
        await self._compare([self._opened], parse_temperatures(self.temperatures)[: self._most])
        self._then = self._clock()
        set_visible_interval(self, 1 / TICKS, self._tick)

    @property
    def _most(self) -> int:
        """How many columns there is room for."""
        return max(FEWEST, min(MOST, self.app.size.width // NARROWEST))

    async def _compare(self, models: Sequence[LoadedModel], temperatures: Sequence[float]) -> None:
        """Begin with every model at every temperature."""
        self._origins = {id(each.model): each.origin for each in models}
        await self.beside.compare(
            [
                TextGenerator(
                    each.model,
                    prompt=self._prompt,
                    params=replace(self._settings, temperature=one),
                    source=each.source,
                )
                for each in models
                for one in temperatures
            ]
        )
        self._say()

    def _say(self) -> None:
        prompt = f'from "{self._prompt}"' if self._prompt else "from the beginning of a line"
        sources = {generator.source for generator in self.beside.generators}
        source = f"{sources.pop()}, " if len(sources) == 1 else ""
        self._what.remove_class("-fault")
        self._what.update(sanitize_line(f"Side by side: {source}{prompt}, seed {self._settings.seed}"))
        self.beside.entitle()
        held = "held: space goes on, . writes one" if not self.playing else "left right choose   [ ] temperature"
        self._hint.update(held)

    def _tick(self) -> None:
        self._ticks += 1
        # Fast text could not be read anyway.
        every = 3 if self._speed.value > 2 * TICKS else 1
        if self._ticks % every:
            return
        now = self._clock()
        passed, self._then = now - self._then, now
        if self.playing and self.is_current:
            due = self._pace.due(passed, self._speed.value)
            if due != 0:
                self.beside.advance(due, every * BUDGET)

    def action_write(self) -> None:
        """Write, or hold."""
        self.playing = not self.playing
        self._say()

    def action_one(self) -> None:
        """One character each, and hold."""
        self.playing = False
        self.beside.advance(1, BUDGET)
        self._say()

    def action_anew(self) -> None:
        """The next seed, for all."""
        self._settings = replace(self._settings, seed=next_seed(self._settings.seed))
        for generator in self.beside.generators:
            generator.restart(seed=self._settings.seed)
        self.beside.begin()
        self._say()

    def action_choose(self, by: int) -> None:
        """The next column, or the one before."""
        self.beside.choose(by)

    def action_temperature(self, by: int) -> None:
        """Warmer or cooler, from the next character on."""
        generator = self.beside.chosen.generator
        temperature = TEMPERATURES.moved(generator.params.temperature, by)
        generator.params = replace(generator.params, temperature=temperature)
        if len(self._origins) == 1:
            self.temperatures = write_temperatures(
                [generator.params.temperature for generator in self.beside.generators]
            )
        self._say()

    def action_speed(self, steps: int) -> None:
        """Faster, or slower."""
        self._speed.action_move(steps)

    @on(Slider.Changed)
    def _slid(self, event: Slider.Changed) -> None:
        event.stop()

    def action_take(self) -> None:
        """Leave with the chosen column."""
        generator = self.beside.chosen.generator
        self.dismiss(Taken(generator, self._origins[id(generator.model)]))

    def action_close(self) -> None:
        """Leave without one."""
        self.dismiss(None)

    def action_all_keys(self) -> None:
        """Every key of this screen."""
        sections = [("Side by side", self.BINDINGS), ("In a column", SCROLL)]
        self.app.push_screen(ReaderDialog("Keys", key_lines(sections, self.app.get_key_display)))

    def action_temperatures(self) -> None:
        """Ask for other temperatures."""
        now = write_temperatures(parse_temperatures(self.temperatures)[: self._most])
        asking = TextInputDialog(
            "Temperatures", "Write side by side at:", now, lambda text: temperatures_fault(text, self._most)
        )
        self.app.push_screen(asking, self._warm)

    async def _warm(self, text: str | None) -> None:
        if text:
            generator = self.beside.chosen.generator
            self.temperatures = text
            opened = LoadedModel(generator.model, generator.source, self._origins[id(generator.model)], None)
            await self._compare([opened], parse_temperatures(text))

    def action_checkpoints(self) -> None:
        """Ask for checkpoints."""
        found = list_checkpoints(self._shelf)
        if len(found) < FEWEST:
            self._complain("There is only one checkpoint; train a run, with keep at every-improvement for more of one.")
            return
        choices = [Choice(str(number), each.title, each.note) for number, each in enumerate(found)]
        picking = MultiChoiceDialog("Side by side", "Which checkpoints?", choices, least=FEWEST, most=self._most)
        self.app.push_screen(picking, lambda picked: self._open([found[int(each)] for each in picked or ()]))

    async def _open(self, picked: Sequence[CheckpointEntry]) -> None:
        from charplay.runs.checkpoint import CheckpointError
        from charplay.sampling.errors import ModelError

        if not picked:
            return
        try:
            models = [open_model(Path(each.path), each.run) for each in picked]
        except (CheckpointError, ModelError) as fault:
            self._complain(str(fault))
        else:
            await self._compare(models, [self._settings.temperature])

    def _complain(self, sentence: str) -> None:
        self._what.update(sanitize(sentence, " "))
        self._what.add_class("-fault")
