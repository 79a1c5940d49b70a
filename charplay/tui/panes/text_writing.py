"""A network writing: its text on a sheet, what comes next beside it, and the pace of both."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from weakref import WeakKeyDictionary

from rich.cells import cell_len
from textual import events, on
from textual.color import Color
from textual.content import Content
from textual.message import Message
from textual.theme import Theme

from charplay.formatting.ellipsis import shorten
from charplay.formatting.sanitize import sanitize_line
from charplay.playground.saved_texts import ModelOrigin, generation, keep_recent, temperatures
from charplay.sampling.generator import Candidate, TextGenerator
from charplay.sampling.model import CharModel
from charplay.sampling.params import SamplingParams
from charplay.sampling.transcript import GeneratedChar
from charplay.tui.panes.sampling_controls import Pace, SamplingControls
from charplay.tui.panes.text_sheet import SheetPane, step_of
from charplay.tui.presentation.tinting import palette
from charplay.tui.textual_patches.backpressure import set_visible_interval
from charplay.tui.widgets.candidate_bars import CandidateBars

TICKS = 30
"""A second."""
BUDGET = 0.008
"""Seconds that drawing characters may take of a tick."""
TICKS_A_BAR = 10
"""The candidates are shown anew every so many ticks while it writes: they could not be read faster."""
MARGIN = 8
"""Columns for the steps at which the weights changed."""
ROOM_FOR_BARS = 64
MOST_CANDIDATES = 8
LEAST_SHOWN = 0.005


class WritingPane(SheetPane):
    """Plays a model given by `show_model`. The pane made of it lays out the parts and has the keys.

    What can be done with a text comes from classes made of this one, a theme each. They may override `_tints`, the
    colours of characters; `_draw`, the next of them; `_rewritten`, told that another text, or another way of the same,
    stands there; and `_candidates`, what the bars show.
    """

    class Notice(Message, namespace="text_pane"):
        """Something to tell the user."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, texts: Path, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._texts = texts
        self._clock = clock
        self._origins: WeakKeyDictionary[TextGenerator, ModelOrigin] = WeakKeyDictionary()
        self._settings = SamplingParams()
        self._prompt = ""
        self._then = 0.0
        self._pace = Pace()
        self._ticks = 0
        self.playing = True
        """Whether it writes, given a model."""
        self.covered = False
        """Whether a dialog lies over it: every character would repaint the whole screen through that."""
        self.bars = CandidateBars(id="bars")
        self.sliders = SamplingControls(id="sliders")

    @property
    def prompt(self) -> str:
        """What a text begins with."""
        return self._prompt

    @property
    def at_work(self) -> bool:
        """Whether it writes just now."""
        return self.playing and not self.covered

    @property
    def _origin(self) -> ModelOrigin:
        """Where the weights come from that write."""
        return self._origins.get(self.generator, ModelOrigin()) if self.generator else ModelOrigin()

    @property
    def _ride(self) -> list[tuple[int, float]]:
        """(position, temperature): from that character on; empty while there is only a prompt."""
        return temperatures(self.generator.transcript) if self.generator else []

    @property
    def temperature(self) -> float:
        """Of the next character."""
        return self.sliders.temperature.value

    @property
    def speed(self) -> float:
        """Characters a second; above FASTEST: as many as there is time for."""
        return self.sliders.speed.value

    def show_model(
        self, model: CharModel, source: str, *, follow: bool = False, origin: ModelOrigin | None = None
    ) -> None:
        """Let a model write from here on, on a new line; `follow`: its weights will go on changing."""
        self._keep_recent()
        self._paint()
        generator = self._new_generator(model, source, origin or ModelOrigin())
        if follow:
            self._live = generator
            self.writing.set_margin(MARGIN)
        self._take(generator)
        self.writing.break_line()
        self._first = self.writing.end
        self._begin_text()

    def _new_generator(self, model: CharModel, source: str, origin: ModelOrigin) -> TextGenerator:
        memory = self.generator.transcript.memory if self.generator else None
        generator = TextGenerator(model, prompt=self._prompt, params=self._settings, source=source, memory=memory)
        self._origins[generator] = origin
        return generator

    def update_weights(self, model: CharModel, source: str) -> None:
        """The model that writes has learned: it goes on with new weights, in the same state."""
        generator = self.generator
        if generator is None:
            self.show_model(model, source, follow=True)
            return
        generator.swap_model(model, source)
        self._paint()
        self.writing.mark(step_of(source))
        self._say_source()

    def write_at_once(self) -> None:
        """One character now, whenever the next tick may come: the rest of a start holds the ticks up."""
        if self.generator is not None:
            self._advance(self.generator, 1)
            self._paint()

    def focus_first(self) -> None:
        """Put the focus on the temperature."""
        self.screen.set_focus(self.sliders.temperature)

    def on_mount(self) -> None:
        """Start the clock; the temperature waits for the arrow keys."""
        self.app.theme_changed_signal.subscribe(self, self._colour)
        self._colour(self.app.current_theme)
        self._then = self._clock()
        set_visible_interval(self, 1 / TICKS, self._tick)
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
        self._show_candidates()

    def _colour(self, theme: Theme) -> None:
        foreground = Color.parse(self.app.theme_variables["foreground"])
        self.writing.set_palette(palette(foreground, dark=theme.dark))

    def _tick(self) -> None:
        self._ticks += 1
        # A paint takes milliseconds that training may want, and fast text could not be read anyway.
        every = 3 if self.speed > 2 * TICKS else 2 if self.following else 1
        if self._ticks % every:
            return
        now = self._clock()
        passed, self._then = now - self._then, now
        generator = self.generator
        if generator is None or not self.at_work:
            return
        due = self._pace.due(passed, self.speed)
        if due != 0:
            self._advance(generator, due, every * BUDGET)
            self._paint()
        if self._ticks % TICKS_A_BAR < every:
            self._show_candidates()
            self._say_hint()

    def _advance(self, generator: TextGenerator, most: int | None, budget: float = BUDGET) -> None:
        self._unpainted += self._tinted(len(self._draw(generator, most, budget)))

    def _draw(self, generator: TextGenerator, most: int | None, budget: float) -> list[GeneratedChar]:
        """The next characters."""
        return generator.advance(budget, most)

    def _begin_text(self) -> None:
        self._show_tape()
        self._rewritten()
        self._say_source()
        self._show_candidates()

    def _restart(self, *, seed: int | None = None) -> None:
        generator = self.generator
        if generator is None:
            return
        self._keep_recent()
        self._take(generator)
        generator.restart(self._prompt, seed)
        self._settings = generator.params
        self._clear_sheet()
        self._begin_text()

    def _clear_sheet(self) -> None:
        self._unpainted.clear()
        self.writing.clear()
        self.writing.set_margin(MARGIN if self.following else 0)
        self._first = 0

    def _say_source(self) -> None:
        self.set_title("Text", self._source_within)

    def _source_within(self, room: int) -> Content:
        """Who writes, and how, in `room` cells; its name gives way."""
        if self._tree is None:
            return Content("nothing writes yet")
        generator = self._tree.generator
        branch = f"branch {sanitize_line(self._tree.current)}  " if self._tree.branched else ""
        how = f"  {self._how(generator)}"
        return Content(f"{branch}{shorten(generator.source, room - cell_len(branch + how))}{how}")

    def _how(self, generator: TextGenerator) -> str:
        """What the title says after the name of who writes."""
        return f"seed {generator.params.seed}"

    def _say_hint(self) -> None:
        """What can be done just now was changed."""

    def _tell(self, sentence: str) -> None:
        self.post_message(self.Notice(sentence))

    def _take_settings(self, settings: SamplingParams) -> None:
        """Write with these, and show them."""
        self._settings = settings
        self.sliders.temperature.value = settings.temperature

    def _show_candidates(self) -> None:
        rows = min(MOST_CANDIDATES, self.bars.size.height)
        if rows and not self.has_class("-slim"):
            candidates = self._candidates(rows)
            self.bars.set_candidates(
                [candidate for candidate in candidates if max(candidate.raw, candidate.filtered) >= LEAST_SHOWN]
            )

    def _candidates(self, n: int) -> Sequence[Candidate]:
        """What the bars show: the next character's n most probable ones."""
        return self.generator.candidates(n) if self.generator else ()

    def _keep_recent(self) -> None:
        if self.generator is not None and self._ride:
            with suppress(OSError):  # a full disk is no reason to stop playing
                keep_recent(
                    self._texts, generation(self.generator, self._ride, self._origin), datetime.now().astimezone()
                )
