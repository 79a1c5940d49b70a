"""The text pane: what there is to play a writing network with, and what becomes of its texts."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from charplay.formatting.escapes import listed
from charplay.playground.saved_texts import generation, write_text
from charplay.sampling.params import SamplingParams, next_seed
from charplay.tui.commands import command
from charplay.tui.panes.sampling_filters import BiasEntry, SamplingFilters
from charplay.tui.panes.text_branching import BranchingPane
from charplay.tui.panes.text_reading import ReadingPane
from charplay.tui.panes.text_riding import RidingPane
from charplay.tui.widgets.prompt_entry import PromptEntry
from charplay.tui.widgets.slider import Slider

MOST_COPIED = 100_000
MOST_READ = 4_000
"""Characters that are read of a prompt, or of a text typed in: the last ones. Meanwhile the screen stands still, for a
tenth of a millisecond each with a small network, for one with a large. What is further back says next to nothing."""


class TextPane(RidingPane, ReadingPane, BranchingPane):
    """Plays a model given by `show_model`. Messages: `Notice`, a sentence to say, and `Hinted`."""

    BINDINGS = [  # noqa: RUF012 - Textual's form
        command("full_stop", "one", "one", "Write one character, and hold", footer=True),
        command("enter", "go_on", "go on", "Go on writing, and follow the end of the text"),
        command("n", "anew", "anew", "Begin a new text, with another seed", footer=True),
        command("e", "prompt", "prompt", "Change the prompt, and begin anew with it", footer=True),
        command(
            "m", "filters", "filters", "Show or hide the filters: repetition, bias, top-k, top-p, min-p", footer=True
        ),
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
        & CandidateBars { margin-left: 2; }
        & > #filters { display: none; }
        & > #copies { display: none; }
        & > #prompt { display: none; }
        & > #look { display: none; height: auto; max-height: 3; color: $foreground 75%; }
        & > #own { display: none; }
        &.-filters > #filters { display: block; }
        &.-copies > #copies { display: block; }
        &.-prompting > #prompt { display: block; }
        &.-looking > #look { display: block; }
        &.-typing > #own { display: block; }
        &.-slim CandidateBars { display: none; }
        &.-slim > #copies { layout: vertical; height: 2; }
    }
    """

    class Hinted(Message):
        """What can be done here just now, for the line above the keys; empty where nothing is out of the ordinary."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, texts: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`texts`: the folder for generated texts, made when first needed; `clock`: seconds, rising."""
        super().__init__(texts, clock)
        self.filters = SamplingFilters(id="filters")
        self._entry = PromptEntry(id="prompt")
        self._hinted = ""

    def compose(self) -> ComposeResult:
        """The sheet with the candidates at its right, and the sliders under it."""
        with Horizontal(id="sheet"):
            yield self.writing
            yield self.bars
        yield self.sliders

    async def unfold(self) -> None:
        """Put up the rows that a key opens. At a start they come after the first character, which they would delay."""
        rows = (self.truth, self.look, self.own, self._entry, self.filters, self.copies)
        await self.mount_all(rows, before=self.sliders)

    # What the screen asks for.

    def begin(
        self, prompt: str, temperature: float, speed: float, filters: Mapping[str, Any] | None = None, stops: str = ""
    ) -> None:
        """Start with what was chosen last; `filters` as `SamplingFilters.values` gives them, shown where one is on."""
        self.stop_at(stops)
        self._set_prompt(prompt)
        self.filters.set(filters or {})
        self.set_class(bool(self.filters.on), "-filters")
        self.sliders.temperature.value, self.sliders.speed.value = temperature, speed
        self._set_settings()
        if self.generator is not None:
            self._restart()

    def set_temperature(self, steps: int) -> None:
        """Warmer by so many fine steps, or cooler."""
        self.sliders.temperature.action_move(steps)

    # What is said.

    def _say_source(self) -> None:
        super()._say_source()
        self._say_hint()

    def _say_hint(self) -> None:
        generator = self.generator
        if self.has_class("-prompting"):
            unknown = generator.model.vocabulary.split(self._entry.prompt)[1] if generator else ""
            strange = f"   unknown to the network: {listed(unknown)}" if unknown else ""
            hint = f"enter begins anew   escape leaves{strange}"
        elif branching := self._branching_hint():
            hint = branching
        elif riding := self._riding_hint():
            hint = riding
        elif self.filters.bias.trouble:
            hint = self.filters.bias.trouble
        elif not self.playing:
            hint = "held: space goes on, . writes one character"
        elif generator is not None and self._struck_in_sight:
            hint = f"left out of the prompt, unknown to the network: {listed(generator.unknown)}"
        else:
            hint = ""
        if hint != self._hinted:
            self._hinted = hint
            self.post_message(self.Hinted(hint))

    # What is played with.

    @on(Slider.Changed)
    @on(BiasEntry.Taken)
    def _slid(self, event: Slider.Changed | BiasEntry.Taken) -> None:
        event.stop()
        self._set_settings()
        self._show_candidates()
        self._say_hint()

    def _set_settings(self) -> None:
        """Write with what the sliders and the filters say."""
        self._settings = self.filters.applied(replace(self._settings, temperature=self.temperature))
        if self.generator is not None:
            self.generator.params = self._settings
        self._say_in_force()

    @on(BiasEntry.Left)
    def _leave_bias(self) -> None:
        self.screen.set_focus(self.filters.top_k)

    def _take_settings(self, settings: SamplingParams) -> None:
        super()._take_settings(settings)
        self.filters.show(settings)
        self._say_in_force()

    def stop_at(self, typed: str | None) -> None:
        """Hold at these texts, and say so beside the sliders."""
        super().stop_at(typed)
        self._say_in_force()

    def _say_in_force(self) -> None:
        """What makes the text another one, and stands nowhere else: hidden filters, and stop texts."""
        filters = () if self.has_class("-filters") else self.filters.on
        self.sliders.say_in_force((*filters, "stop texts") if self.stops else filters)

    def action_write(self) -> None:
        """Write, or hold; with the cursor out, put it away and write."""
        if self.looking:
            self._go_on()
            self.playing = True
        else:
            self.playing = not self.playing
        self._paint()
        self._say_hint()
        self._show_candidates()

    def action_go_on(self) -> None:
        """Write on, at the end of the text."""
        self._go_on()
        self.writing.action_follow()
        if not self.playing:
            self.action_write()

    def action_one(self) -> None:
        """One character, and hold."""
        self._go_on()
        self.playing = False
        self.write_at_once()
        self._say_hint()
        self._show_candidates()

    def action_anew(self) -> None:
        """Another text: the next seed."""
        self._restart(seed=next_seed(self._settings.seed))

    def action_speed(self, steps: int) -> None:
        """Faster, or slower."""
        self.sliders.speed.action_move(steps)

    def action_filters(self) -> None:
        """Show the filters and go to the first, or hide them; hidden ones stay as they are."""
        self.toggle_class("-filters")
        self._say_in_force()
        self.screen.set_focus(
            self.filters.repetition_penalty if self.has_class("-filters") else self.sliders.temperature
        )

    def action_prompt(self) -> None:
        """Open the prompt for editing."""
        self.add_class("-prompting")
        self._entry.open(self._prompt)
        self._say_hint()

    @on(PromptEntry.Left, "#prompt")
    def _leave_prompt(self) -> None:
        if not self.has_class("-prompting"):
            return
        if self.screen.focused is self._entry:
            self.focus_first()
        self.remove_class("-prompting")
        self._say_hint()

    @on(PromptEntry.Taken, "#prompt")
    def _prompted(self, message: PromptEntry.Taken) -> None:
        self._set_prompt(message.prompt)
        self._leave_prompt()
        self._restart()

    def _set_prompt(self, prompt: str) -> None:
        self._prompt = prompt[-MOST_READ:]
        self._say_cut(prompt)

    def _branch(self, position: int, text: str, kind: str) -> None:
        super()._branch(position, text[-MOST_READ:], kind)
        self._say_cut(text)

    def _say_cut(self, text: str) -> None:
        if len(text) > MOST_READ:
            self._tell(f"Left out: all but the last {MOST_READ:,} of {len(text):,} characters.")

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        self._say_hint()

    # What is kept.

    def action_copy(self) -> None:
        """To the clipboard, through the terminal."""
        if self.generator is not None:
            text = self.generator.text[-MOST_COPIED:]
            self.app.copy_to_clipboard(text)
            self.post_message(self.Notice(f"Copied {len(text):,} characters."))

    def action_keep(self) -> None:
        """To a file."""
        if self.generator is None or not self._ride:
            self.post_message(self.Notice("Nothing is written yet."))
            return
        try:
            path = write_text(
                self._texts, generation(self.generator, self._ride, self._origin), datetime.now().astimezone()
            )
        except OSError as fault:
            self.post_message(self.Notice(f"The text could not be written: {fault.strerror}."))
        else:
            self.post_message(self.Notice(f"Written to {path.parent.name}/{path.name}"))
