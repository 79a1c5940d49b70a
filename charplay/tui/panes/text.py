"""The text pane: a network writing, and what there is to play it with."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from textual import events, on
from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.theme import Theme
from textual.widgets import Input, Static

from charplay.sampling.model import CharModel
from charplay.sampling.player import Player
from charplay.sampling.settings import Sampling
from charplay.tui.commands import command
from charplay.tui.panes.text_filters import Filters
from charplay.tui.panes.text_kept import generation, keep_recent, write_text
from charplay.tui.panes.text_prompt import PromptEntry
from charplay.tui.panes.text_sliders import Pace, Sliders
from charplay.tui.panes.text_tint import LEFT_OUT, PROMPT, palette, tint
from charplay.tui.visible import visible
from charplay.tui.widgets.bars import Bars
from charplay.tui.widgets.frame import Framed
from charplay.tui.widgets.slider import Slider
from charplay.tui.widgets.writing import Writing

TICKS = 30
"""A second."""
BUDGET = 0.008
"""Seconds that drawing characters may take of a tick."""
TICKS_A_BAR = 8
"""The rivals are shown anew every so many ticks while it writes: they could not be read faster."""
MARGIN = 8
"""Columns for the steps at which the weights changed."""
ROOM_FOR_BARS = 64
MOST_RIVALS = 8
LEAST_SHOWN = 0.005
MOST_COPIED = 100_000


class TextPane(Framed, Vertical):
    """Plays a model given by `show_model`. Messages: `Notice`, a sentence to say."""

    BINDINGS = [  # noqa: RUF012 - Textual's form
        command("full_stop", "one", "one", "Write one character, and hold", footer=True),
        command("enter", "go_on", "go on", "Go on writing, and follow the end of the text"),
        command("n", "anew", "anew", "Begin a new text, with another seed", footer=True),
        command("e", "prompt", "prompt", "Change the prompt, and begin anew with it", footer=True),
        command("m", "filters", "filters", "Show or hide the filters: top-k, top-p, min-p", footer=True),
        command("minus", "speed(-4)", "slower", "Write slower"),
        command("plus", "speed(4)", "faster", "Write faster"),
        command("y", "copy", "copy", "Copy the text to the clipboard", footer=True),
        command("w", "keep", "keep", "Write the text to a file in texts/", footer=True),
    ]
    DEFAULT_CSS = """
    TextPane {
        height: 1fr;
        padding: 0 1;
        & > #sheet { height: 1fr; }
        & Bars { margin-left: 2; }
        & > #filters { display: none; }
        & > #prompt { display: none; }
        & > #hint { height: 1; color: $foreground 45%; }
        &.-filters > #filters { display: block; }
        &.-prompting > #prompt { display: block; }
        &.-slim Bars { display: none; }
        &.-low > #hint { display: none; }
    }
    """

    class Notice(Message):
        """Something to tell the user."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, texts: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`texts`: the folder for generated texts, made when first needed; `clock`: seconds, rising."""
        super().__init__(id="text")
        self._texts = texts
        self._clock = clock
        self._player: Player | None = None
        self._settings = Sampling()
        self._prompt = ""
        self._following = False
        self._ride: list[tuple[int, float]] = []
        self._then = 0.0
        self._pace = Pace()
        self._ticks = 0
        self._unpainted: list[tuple[str, int]] = []
        self.playing = True
        """Whether it writes, given a model."""
        self.writing = Writing(id="writing")
        self.bars = Bars(id="bars")
        self.filters = Filters(id="filters")
        self.sliders = Sliders(id="sliders")
        self._entry = PromptEntry(id="prompt")
        self._hint = Static("", id="hint", markup=False)
        self._hinted = ""

    def compose(self) -> ComposeResult:
        """The sheet with the rivals at its right, and the sliders under it."""
        with Horizontal(id="sheet"):
            yield self.writing
            yield self.bars
        yield self._entry
        yield self.filters
        yield self.sliders
        yield self._hint

    # What the screen asks for.

    def begin(self, prompt: str, temperature: float, speed: float) -> None:
        """Start with what was chosen last time."""
        self._prompt = prompt
        self.sliders.temperature.value, self.sliders.speed.value = temperature, speed
        self._settings = replace(self._settings, temperature=self.temperature)
        if self._player is not None:
            self._restart()

    @property
    def prompt(self) -> str:
        """What a text begins with."""
        return self._prompt

    @property
    def temperature(self) -> float:
        """Of the next character."""
        return self.sliders.temperature.value

    @property
    def speed(self) -> float:
        """Characters a second; above FASTEST: as many as there is time for."""
        return self.sliders.speed.value

    def focus_first(self) -> None:
        """Put the focus on the temperature."""
        self.screen.set_focus(self.sliders.temperature)

    def show_model(self, model: CharModel, source: str, *, follow: bool = False) -> None:
        """Let a model write from here on, on a new line; `follow`: its weights will go on changing."""
        self._keep_recent()
        self._following = follow
        if follow:
            self.writing.set_margin(MARGIN)
        self._player = Player(model, prompt=self._prompt, settings=self._settings, source=source)
        self._paint()
        self.writing.break_line(_step(source) if follow else "")
        self._write_prompt()

    def update_weights(self, model: CharModel, source: str) -> None:
        """The model that writes has learned: it goes on with new weights, in the same state."""
        if self._player is None:
            self.show_model(model, source, follow=True)
            return
        self._player.swap(model, source)
        self._paint()
        self.writing.mark(_step(source))
        self._say_source()

    def set_temperature(self, steps: int) -> None:
        """Warmer by so many fine steps, or cooler."""
        self.sliders.temperature.action_move(steps)

    # Writing.

    def on_mount(self) -> None:
        """Start the clock; the temperature waits for the arrow keys."""
        self.app.theme_changed_signal.subscribe(self, self._colour)
        self._colour(self.app.current_theme)
        self._then = self._clock()
        self.set_interval(1 / TICKS, self._tick)
        self._say_source()
        if self.screen.focused is None:
            self.focus_first()

    def on_unmount(self) -> None:
        """Leaving keeps the text, too."""
        self._keep_recent()

    @on(events.Resize)
    def _arrange(self) -> None:
        self.set_class(self.content_size.width < ROOM_FOR_BARS, "-slim")
        self.set_class(self.content_size.height < 6, "-low")
        self._show_rivals()

    def _colour(self, theme: Theme) -> None:
        foreground = Color.parse(self.app.theme_variables["foreground"])
        self.writing.set_palette(palette(foreground, dark=theme.dark))

    def _tick(self) -> None:
        now = self._clock()
        passed, self._then = now - self._then, now
        if self._player is None or not self.playing:
            return
        due = self._pace.due(passed, self.speed)
        if due != 0:
            self._advance(self._player, due)
        self._ticks += 1
        # A paint takes milliseconds that training may want, and fast text could not be read anyway.
        every = 3 if self.speed > 2 * TICKS else 2 if self._following else 1
        if self._ticks % every == 0:
            self._paint()
        if self._ticks % TICKS_A_BAR == 0:
            self._show_rivals()

    def _advance(self, player: Player, most: int | None) -> None:
        temperature = player.settings.temperature
        if not self._ride or self._ride[-1][1] != temperature:
            self._ride.append((len(player.tape), temperature))
        number = tint(temperature)
        self._unpainted += ((written.character, number) for written in player.advance(BUDGET, most))

    def _paint(self) -> None:
        if self._unpainted:
            self.writing.extend(self._unpainted)
            self._unpainted.clear()

    def _write_prompt(self) -> None:
        """Begin the player's text on the sheet: the prompt, with what the model does not know struck out."""
        player = self._player
        if player is None:
            return
        self._ride = []
        unknown = set(player.unknown)
        self.writing.extend((c, LEFT_OUT if c in unknown else PROMPT) for c in player.prompt)
        self._say_source()
        self._show_rivals()

    def _restart(self, *, seed: int | None = None) -> None:
        if self._player is None:
            return
        self._keep_recent()
        self._player.restart(self._prompt, seed)
        self._settings = self._player.settings
        self._unpainted.clear()
        self.writing.clear()
        self.writing.set_margin(MARGIN if self._following else 0)
        if self._following:
            self.writing.mark(_step(self._player.source))
        self._write_prompt()

    # What is said.

    def _say_source(self) -> None:
        player = self._player
        self.set_title("Text", f"{player.source}  seed {player.settings.seed}" if player else "nothing writes yet")
        self._say_hint()

    def _say_hint(self) -> None:
        player = self._player
        if self.has_class("-prompting"):
            unknown = player.model.vocabulary.split(self._entry.prompt)[1] if player else ""
            strange = f"   unknown to the network: {visible(unknown)}" if unknown else ""
            hint = f"enter begins anew   escape leaves{strange}"
        elif not self.playing:
            hint = "held: space goes on, . writes one character"
        elif player is not None and player.unknown:
            hint = f"left out of the prompt, unknown to the network: {visible(player.unknown)}"
        else:
            hint = "[ ] temperature   space hold   e prompt   n anew   m filters"
        if hint != self._hinted:
            self._hinted = hint
            self._hint.update(hint)

    def _show_rivals(self) -> None:
        rows = min(MOST_RIVALS, self.bars.content_size.height)
        if self._player is not None and rows and not self.has_class("-slim"):
            rivals = self._player.rivals(rows)
            self.bars.set_rivals([rival for rival in rivals if max(rival.raw, rival.filtered) >= LEAST_SHOWN])

    # What is played with.

    @on(Slider.Changed)
    def _slid(self, event: Slider.Changed) -> None:
        event.stop()
        self._settings = self.filters.applied(replace(self._settings, temperature=self.temperature))
        if self._player is not None:
            self._player.settings = self._settings
        self._show_rivals()

    def action_write(self) -> None:
        """Write, or hold."""
        self.playing = not self.playing
        self._paint()
        self._say_hint()
        self._show_rivals()

    def action_go_on(self) -> None:
        """Write on, at the end of the text."""
        self.writing.action_follow()
        if not self.playing:
            self.action_write()

    def action_one(self) -> None:
        """One character, and hold."""
        self.playing = False
        if self._player is not None:
            self._advance(self._player, 1)
            self._paint()
        self._say_hint()
        self._show_rivals()

    def action_anew(self) -> None:
        """Another text: the next seed."""
        self._restart(seed=self._settings.seed + 1)

    def action_speed(self, steps: int) -> None:
        """Faster, or slower."""
        self.sliders.speed.action_move(steps)

    def action_filters(self) -> None:
        """Show the filters and go to the first, or hide them; hidden ones stay as they are."""
        self.toggle_class("-filters")
        self.screen.set_focus(self.filters.top_k if self.has_class("-filters") else self.sliders.temperature)

    def action_prompt(self) -> None:
        """Open the prompt for editing."""
        self.add_class("-prompting")
        self._entry.open(self._prompt)
        self._say_hint()

    @on(PromptEntry.Left)
    def _leave_prompt(self) -> None:
        self.remove_class("-prompting")
        self.focus_first()
        self._say_hint()

    @on(PromptEntry.Taken)
    def _prompted(self, message: PromptEntry.Taken) -> None:
        self._prompt = message.prompt
        self._leave_prompt()
        self._restart()

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        self._say_hint()

    # What is kept.

    def _keep_recent(self) -> None:
        if self._player is not None and self._ride:
            with suppress(OSError):  # a full disk is no reason to stop playing
                keep_recent(self._texts, generation(self._player, self._ride), datetime.now().astimezone())

    def action_copy(self) -> None:
        """To the clipboard, through the terminal."""
        if self._player is not None:
            text = self._player.text[-MOST_COPIED:]
            self.app.copy_to_clipboard(text)
            self.post_message(self.Notice(f"Copied {len(text):,} characters."))

    def action_keep(self) -> None:
        """To a file."""
        if self._player is None or not self._ride:
            return
        try:
            path = write_text(self._texts, generation(self._player, self._ride), datetime.now().astimezone())
        except OSError as fault:
            self.post_message(self.Notice(f"The text could not be written: {fault.strerror}."))
        else:
            self.post_message(self.Notice(f"Written to {path.parent.name}/{path.name}"))


def _step(source: str) -> str:
    """What of a source goes into the margin: its step."""
    return source.rpartition("step ")[2]
