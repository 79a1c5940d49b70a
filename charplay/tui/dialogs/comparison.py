"""Side by side: one prompt and one luck at several temperatures, or from several checkpoints."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize, sanitize_line
from charplay.playground.checkpoints import CheckpointEntry
from charplay.playground.comparison import Column, Comparison
from charplay.playground.instrument import TICKS
from charplay.playground.scales import TEMPERATURES
from charplay.playground.temperatures import FEWEST, MOST, temperatures_fault
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.choice import Choice
from charplay.tui.dialogs.dialog import WAYS_OUT
from charplay.tui.dialogs.multi_choice import MultiChoiceDialog
from charplay.tui.dialogs.side_by_side import SideBySide
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.own_keys import name_own_keys
from charplay.tui.textual_patches.backpressure import Ticker
from charplay.tui.textual_patches.safe_dismiss import dismiss_once
from charplay.tui.widgets.key_line import KeyLine
from charplay.tui.widgets.slider import Slider
from charplay.tui.widgets.speed_slider import speed_slider

NARROWEST = 20
"""Cells that a column takes at least."""
TICKS_AT_REST = 4
"""While it is held, it is looked at every so many ticks."""


class ComparisonScreen(Screen[Column]):
    """Draws a comparison. Dismissed with the column that was taken over, or with None."""

    commands = (
        Command(
            "comparison.write", "space", "write", "Let the columns write, or hold them", footer=True, action="write"
        ),
        *WAYS_OUT,
        Command("comparison.one", "full_stop", "one", "Write one character in each column, and hold", action="one"),
        Command("comparison.anew", "a", "anew", "Begin anew, with another seed", footer=True, action="anew"),
        Command("comparison.left", "left", "left", "The column to the left", action="choose(-1)"),
        Command("comparison.right", "right", "right", "The column to the right", action="choose(1)"),
        Command(
            "comparison.cooler",
            "left_square_bracket",
            "cooler",
            "Lower the chosen column's temperature",
            action="temperature(-1)",
        ),
        Command(
            "comparison.warmer",
            "right_square_bracket",
            "warmer",
            "Raise the chosen column's temperature",
            action="temperature(1)",
        ),
        Command(
            "comparison.take",
            "enter",
            "take",
            "Go on with the chosen column in the text pane",
            footer=True,
            action="take",
        ),
        Command(
            "comparison.temperatures",
            "e",
            "temperatures",
            "The chosen column's network at other temperatures",
            footer=True,
            action="temperatures",
        ),
        Command(
            "comparison.checkpoints",
            "c",
            "checkpoints",
            "Checkpoints of one run, or of several, side by side",
            footer=True,
            action="checkpoints",
        ),
        Command("comparison.copy", "y", "copy", "Copy all columns, one below the other", action="copy"),
        Command("comparison.keep", "w", "keep", "Write all columns to a file", footer=True, action="keep"),
        Command("comparison.slower", "minus", "slower", "Write slower", action="speed(-4)"),
        Command("comparison.faster", "plus", "faster", "Write faster", action="speed(4)"),
    )
    BINDINGS = bindings(commands)
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    ComparisonScreen {
        & > #what { height: 1; padding: 0 1; color: $foreground-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #what.-fault { height: auto; max-height: 3; color: $warning; text-wrap: wrap; }
        & > #below { height: 1; padding: 0 1; }
        & #speed { width: 34; margin-right: 3; }
        & #hint { width: 1fr; color: $foreground-muted; }
    }
    """

    def __init__(
        self,
        new_comparison: Callable[[int], Comparison],
        checkpoints: Callable[[], Sequence[CheckpointEntry]],
        clock: Callable[[], float],
        texts: Path,
    ) -> None:
        """`new_comparison` begins one for which there is room for so many columns; `checkpoints` may be compared.

        Columns that are kept go to the folder `texts`.
        """
        super().__init__()
        self._texts = texts
        self._new_comparison = new_comparison
        self._checkpoints = checkpoints
        self._clock = clock
        self.comparison: Comparison
        self.beside = SideBySide()
        self._speed = speed_slider()
        self._speed.can_focus = False
        self._what, self._hint = Static("", id="what", markup=False), Static("", id="hint", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out what is compared, the columns, and how fast they write."""
        yield self._what
        yield self.beside
        with Horizontal(id="below"):
            yield self._speed
            yield self._hint
        yield KeyLine()

    async def on_mount(self) -> None:
        """Put up the first columns, and start the clock."""
        self.comparison = self._new_comparison(self._room)
        self._speed.value = self.comparison.speed
        await self._show()
        self._ticker = Ticker(self, 1 / TICKS, TICKS_AT_REST, self._tick)

    @property
    def _room(self) -> int:
        """How many columns there is room for."""
        return max(FEWEST, min(MOST, self.app.size.width // NARROWEST))

    async def _show(self) -> None:
        await self.beside.show(self.comparison.generators)
        self._say()

    def _say(self) -> None:
        comparison = self.comparison
        prompt = f'from "{comparison.prompt}"' if comparison.prompt else "from the beginning of a line"
        sources = {generator.source for generator in comparison.generators}
        source = f"{sources.pop()}, " if len(sources) == 1 else ""
        self._what.remove_class("-fault")
        facts = ", ".join(filter(None, (prompt, comparison.prompt_note, f"seed {comparison.seed}")))
        self._what.update(sanitize_line(f"Side by side: {source}{facts}"))
        self.beside.entitle()
        held = (
            "held: <comparison.write> goes on, <comparison.one> writes one"
            if not comparison.playing
            else "left right choose   <comparison.cooler> <comparison.warmer> temperature"
        )
        self._hint.update(name_own_keys(held, self, self.commands))

    def _tick(self, _ticks: int) -> None:
        self._ticker.quick = self.comparison.playing
        if self.is_current and self.beside.columns:  # not while others are put up
            self.beside.add(self.comparison.advance(self._clock()))

    def action_write(self) -> None:
        """Write, or hold."""
        self.comparison.playing = not self.comparison.playing
        self._ticker.quick = self.comparison.playing
        self._say()

    def action_one(self) -> None:
        """Write one character each, and hold."""
        self.comparison.playing = False
        if self.beside.columns:
            self.beside.add(self.comparison.write())
        self._say()

    def action_anew(self) -> None:
        """Begin all anew with the next seed."""
        self.comparison.restart_with_next_seed()
        self.beside.begin()
        self._say()

    def action_choose(self, by: int) -> None:
        """Go to the next column, or the one before."""
        self.beside.choose(by)

    def action_temperature(self, by: int) -> None:
        """Go on warmer or cooler in the chosen column, from the next character on."""
        number = self.beside.chosen
        now = self.comparison.generators[number].params.temperature
        moved = TEMPERATURES.moved(now, by)
        if moved == now:
            self.notify(f"The temperature goes from {TEMPERATURES.low:.2f} to {TEMPERATURES.high:.2f}.", markup=False)
        self.comparison.set_temperature(number, moved)
        self._say()

    def action_speed(self, steps: int) -> None:
        """Write faster, or slower."""
        self._speed.action_move(steps)

    @on(Slider.Changed)
    def _slid(self, event: Slider.Changed) -> None:
        event.stop()
        self.comparison.speed = event.value

    def action_copy(self) -> None:
        """Copy all texts."""
        text = self.comparison.text()
        if text:
            self.app.copy_to_clipboard(text)
        self.notify(f"Copied {len(text):,} characters." if text else "Nothing is written yet.", markup=False)

    def action_keep(self) -> None:
        """Write all texts to a file."""
        try:
            path = self.comparison.keep(self._texts, datetime.now().astimezone())
        except OSError as error:
            self._complain(f"The texts could not be written: {error.strerror}.")
        else:
            said = sanitize_line(f"Written to {path.parent.name}/{path.name}") if path else "Nothing is written yet."
            self.notify(said, markup=False)

    def action_take(self) -> None:
        """Leave with the chosen column."""
        self.dismiss(self.comparison.column(self.beside.chosen))

    def dismiss(self, result: Column | None = None) -> AwaitComplete:
        """Leave with a column, once: a second key finds another screen in front."""
        return dismiss_once(self, super().dismiss, result)

    def action_close(self) -> None:
        """Leave without one."""
        self.dismiss(None)

    def action_temperatures(self) -> None:
        """Ask for other temperatures."""
        now = self.comparison.first_temperatures(self._room)
        dialog = TextInputDialog(
            "Temperatures", "Write side by side at:", now, lambda text: temperatures_fault(text, self._room)
        )
        self.app.push_screen(dialog, self._warm)

    async def _warm(self, typed: str | None) -> None:
        if typed:
            self.comparison.set_temperatures(self.beside.chosen, typed)
            await self._show()

    def action_checkpoints(self) -> None:
        """Ask for checkpoints."""
        found = self._checkpoints()
        if len(found) < FEWEST:
            self._complain("There is only one checkpoint; train a run, with keep at timeline for more of one.")
            return
        choices = [Choice(str(number), each.title, each.note) for number, each in enumerate(found)]
        dialog = MultiChoiceDialog("Side by side", "Which checkpoints?", choices, least=FEWEST, most=self._room)
        self.app.push_screen(dialog, lambda picked: self._open([found[int(each)] for each in picked or ()]))

    async def _open(self, picked: Sequence[CheckpointEntry]) -> None:
        from charplay.runs.checkpoint import CheckpointError
        from charplay.sampling.errors import ModelError

        if not picked:
            return
        try:
            self.comparison.open_checkpoints(picked)
        except (CheckpointError, ModelError) as error:
            self._complain(str(error))
        else:
            await self._show()

    def _complain(self, sentence: str) -> None:
        self._what.update(sanitize(sentence, " "))
        self._what.add_class("-fault")
