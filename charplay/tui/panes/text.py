"""The text pane: draws what the instrument writes, and what there is to play it with."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.theme import Theme
from textual.widgets import Input, Static

from charplay.formatting.ellipsis import shorten
from charplay.formatting.escapes import listed
from charplay.formatting.sanitize import sanitize_line
from charplay.playground.happenings import TextChanged
from charplay.playground.instrument import Instrument
from charplay.playground.memorization import Memorization
from charplay.playground.text_changes import Began, Reweighted, Rewritten
from charplay.playground.text_cursor import MAX_CANDIDATES
from charplay.sampling.input_text import read_input
from charplay.tui.panes.memorization_row import MemorizationRow
from charplay.tui.panes.sampling_controls import SamplingControls
from charplay.tui.panes.sampling_filters import BiasEntry, SamplingFilters
from charplay.tui.panes.transcript_view import TranscriptView
from charplay.tui.presentation.character_details import looked_at
from charplay.tui.presentation.tinting import theme_palette, tints
from charplay.tui.widgets.candidate_bars import CandidateBars
from charplay.tui.widgets.cursor_text import CursorText
from charplay.tui.widgets.pane import Pane
from charplay.tui.widgets.prompt_entry import PromptEntry
from charplay.tui.widgets.slider import Slider

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.sampling.params import SamplingParams

ROOM_FOR_BARS = 64
ROOM_FOR_TRUTH = 8
"""Rows of the pane, for a passage's own continuation to be shown."""
MIN_PROBABILITY = 0.005
"""Of a candidate that is shown."""


class TextPane(Pane):
    """Draws an instrument: call `sync` with what happened, and `refresh_state` after whatever else may have changed.

    Call `refresh_numbers` a few times a second: while it writes they change with every character.
    """

    DEFAULT_CSS = """
    TextPane {
        height: 1fr;
        padding: 0 1;
        & > #sheet { height: 1fr; }
        & CandidateBars { margin-left: 2; }
        & > #filters { display: none; }
        & > #copies { display: none; }
        & > #prompt { display: none; }
        & > #look { display: none; height: auto; max-height: 3; color: $foreground-muted; }
        & > #own { display: none; }
        & > #truth { display: none; height: auto; max-height: 2; color: $foreground-muted; }
        &.-filters > #filters { display: block; }
        &.-copies > #copies { display: block; }
        &.-prompting > #prompt { display: block; }
        &.-looking > #look { display: block; }
        &.-typing > #own { display: block; }
        &.-slim CandidateBars { display: none; }
        &.-slim > #copies { layout: vertical; height: 2; }
    }
    """

    class Touched(Message):
        """The instrument was played with from here: whoever ticks the playground does so now."""

    def __init__(self, instrument: Instrument, memorization: Memorization, key: "Callable[[str], str]") -> None:
        """`key` returns the key of a command by its id."""
        super().__init__(id="text")
        self._instrument = instrument
        self._memorization = memorization
        self.view = TranscriptView(instrument, memorization)
        self.sheet = self.view.sheet
        self.bars = CandidateBars(id="bars")
        self.controls = SamplingControls(id="sliders")
        self.filters = SamplingFilters(id="filters")
        self.copies = MemorizationRow(key("analysis.source"), id="copies")
        self.look = Static("", id="look", markup=False)
        self.truth = Static("", id="truth", markup=False)
        self._own = PromptEntry("what the text goes on with", id="own")
        self._entry = PromptEntry(id="prompt")
        self._shown: tuple[SamplingParams, float] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the sheet with the candidates at its right, and the sliders under it."""
        with Horizontal(id="sheet"):
            yield self.sheet
            yield self.bars
        yield self.controls

    async def unfold(self) -> None:
        """Put up the rows that a key opens. At a start they come after the first character, which they would delay."""
        rows = (self.truth, self.look, self._own, self._entry, self.filters, self.copies)
        await self.mount_all(rows, before=self.controls)
        self.filters.bias.begin(self._instrument.typed_bias)
        self._shown = None
        self._show_params()
        self.set_class(bool(self.filters.active_labels), "-filters")
        self.refresh_state()

    def on_mount(self) -> None:
        """Take the theme's colours; the temperature waits for the arrow keys."""
        self.app.theme_changed_signal.subscribe(self, self._colour)
        self._colour(self.app.current_theme)
        self.refresh_state()
        if self.screen.focused is None:
            self.focus_first()

    def on_unmount(self) -> None:
        """Leaving keeps the text, too."""
        self._instrument.close()

    def _colour(self, theme: Theme) -> None:
        self.sheet.set_palette(theme_palette(self.app.theme_variables, dark=theme.dark))

    @on(events.Resize)
    def _arrange(self) -> None:
        self.set_class(self.content_size.width < ROOM_FOR_BARS, "-slim")
        self.set_class(self.content_size.height < 6, "-low")
        self._show_candidates()
        self._show_truth()

    # Drawing.

    def sync(self, changes: Iterable[TextChanged]) -> None:
        """Draw what happened to the text since the last call."""
        another = False
        for change in changes:
            self.view.apply(change)
            another |= isinstance(change, Began | Rewritten)
            if isinstance(change, Reweighted):
                self.set_title("Text", self._source_within)
        if another:
            self.refresh_state()
            self._show_candidates()
            return
        if self._shown != (self._instrument.params, self._instrument.speed):  # by a key, or by a replay
            self._show_params()

    def refresh_numbers(self) -> None:
        """Draw what may come next, and how much of the text is new, which run while it writes."""
        if self._instrument.at_work:
            self._show_candidates()
        self._show_measure()

    def refresh_state(self) -> None:
        """Draw everything of the instrument but its text, and the candidates only while they stand still."""
        self._show_params()
        self._show_rows()
        if not self._instrument.at_work:
            self._show_candidates()
        self._show_measure()
        self.set_title("Text", self._source_within)

    def _show_params(self) -> None:
        params, speed = self._instrument.params, self._instrument.speed
        if self._shown is None or params != self._shown[0]:
            self.controls.temperature.value = params.temperature
            if self.filters.is_attached:
                self.filters.show(params)
                self._instrument.typed_bias = self.filters.bias.value
        self.controls.speed.value = speed
        self._shown = params, speed
        filters = () if self.has_class("-filters") else self.filters.active_labels
        self.controls.say_in_force((*filters, "stop texts") if self._instrument.stops else filters)

    def _show_rows(self) -> None:
        """Show the rows that are of use just now."""
        instrument = self._instrument
        self.set_class(instrument.typing, "-typing")
        self.set_class(self._memorization.on, "-copies")
        position = instrument.cursor.position
        self.set_class(position is not None, "-looking")
        if position is not None:
            self.look.update(self._details(position))
        elif self.sheet.point is not None:
            self.sheet.put_away()
            if self.screen.focused in {self.sheet, self._own}:
                self.focus_first()
        elif self.screen.focused is self._own and not instrument.typing:
            self.focus_first()
        self._show_truth()

    def _details(self, position: int) -> str:
        transcript, cursor = self._instrument.transcript, self._instrument.cursor
        if cursor.on_unknown:
            return cursor.error
        written = transcript[position] if transcript is not None and position < len(transcript) else None
        slim = self.has_class("-slim")
        return looked_at(written, cursor.inspection, cursor.error, candidates=slim)

    def _show_truth(self) -> None:
        """Show how the text that a passage was taken from goes on, where there is room for it."""
        instrument = self._instrument
        passage = instrument.opening.passage if instrument.from_passage else None
        self.truth.display = passage is not None and self.content_size.height >= ROOM_FOR_TRUTH
        if passage is not None:
            self.truth.update(sanitize_line(f"{instrument.opening.passage_title} itself goes on: {passage.truth}"))

    def _show_candidates(self) -> None:
        rows = min(MAX_CANDIDATES, self.bars.size.height)
        if rows and not self.has_class("-slim"):
            found = self._instrument.candidates(rows)
            self.bars.set_candidates([one for one in found if max(one.raw, one.filtered) >= MIN_PROBABILITY])

    def _show_measure(self) -> None:
        if self._memorization.on:
            self.copies.show(self._memorization.status, self._memorization.measure())

    def _source_within(self, room: int) -> Content:
        """Write who writes, and how, in `room` cells; its name gives way."""
        branches = self._instrument.branches
        if branches is None:
            return Content("nothing writes yet")
        generator, tint = branches.generator, self.view.tint
        branch = f"branch {sanitize_line(branches.current)}  " if branches.branched else ""
        how = f"  seed {generator.params.seed}" + (f"  {tint}" if tint != tints()[0] else "")
        return Content(f"{branch}{shorten(generator.source, room - cell_len(branch + how))}{how}")

    def hint(self) -> str:
        """Return what can be done here just now; empty where nothing is out of the ordinary."""
        instrument = self._instrument
        if self.has_class("-prompting"):
            return f"enter begins anew   escape leaves{self._read_as(self._entry.prompt)}"
        if instrument.typing:
            where = "at the cursor" if instrument.cursor.is_out else "at the end"
            return f"enter writes it {where}   escape leaves{self._read_as(self._own.prompt)}"
        if instrument.cursor.position is not None:
            return f"at {instrument.cursor.position:,}   arrows move   enter picks   esc goes on"
        return self._writing_hint()

    def _writing_hint(self) -> str:
        instrument, generator = self._instrument, self._instrument.generator
        if instrument.replaying:
            return f"Replaying, {instrument.left_to_replay:,} characters left: escape or the temperature takes over"
        if self.filters.bias.trouble:
            return self.filters.bias.trouble
        if generator is not None and not instrument.playing:
            return "held: <writing.write> goes on, <writing.write_one> writes one character"
        if generator is not None and self.view.struck_in_sight:
            return f"left out of the prompt, unknown to the network: {listed(generator.unknown)}"
        return ""

    def _read_as(self, text: str) -> str:
        generator = self._instrument.generator
        facts = read_input(generator.model, text).facts if generator else ()
        return "".join(f"   {fact}" for fact in facts)

    # Where one can go.

    def focus_first(self) -> None:
        """Put the focus on the temperature."""
        self.screen.set_focus(self.controls.temperature)

    def set_tint(self, name: str) -> None:
        """Tint the text by one of `tints()`."""
        if name != self.view.tint:
            self.view.tint = name
            self.view.recolour()
            self.set_title("Text", self._source_within)

    def open_row(self, name: str) -> None:
        """Go to a row, or the cursor, which is opened where it was closed; filters that are shown are put away."""
        match name:
            case "prompt":
                self.add_class("-prompting")
                self._entry.open(self._instrument.prompt)
            case "typing":
                self.add_class("-typing")
                self._own.open("")
            case "cursor":
                self.view.bring_out_cursor()
                self._look_at_point()
                self.screen.set_focus(self.sheet)
            case "end":
                self.sheet.action_follow()
            case "filters":
                shown = self.toggle_class("-filters").has_class("-filters")
                self.screen.set_focus(self.filters.repetition_penalty if shown else self.controls.temperature)
        self.refresh_state()

    # What is played with here.

    @on(Slider.Changed)
    def _slid(self, event: Slider.Changed) -> None:
        event.stop()
        if event.slider is self.controls.speed:
            self._instrument.speed = event.value
        else:
            self._set_params()

    @on(BiasEntry.Taken)
    def _set_params(self) -> None:
        temperature = self.controls.temperature.value
        self._instrument.params = replace(self.filters.applied(self._instrument.params), temperature=temperature)
        self._instrument.typed_bias = self.filters.bias.value
        self._shown = self._instrument.params, self._instrument.speed
        self.post_message(self.Touched())

    @on(BiasEntry.Left)
    def _leave_bias(self) -> None:
        self.screen.set_focus(self.filters.top_k)

    @on(MemorizationRow.Moved)
    def _count_from(self, message: MemorizationRow.Moved) -> None:
        message.stop()
        self._memorization.min_length = message.min_length
        self.post_message(self.Touched())

    @on(CursorText.Moved)
    def _move_cursor(self, message: CursorText.Moved) -> None:
        message.stop()
        self._look_at_point()
        self.post_message(self.Touched())

    def _look_at_point(self) -> None:
        point = self.sheet.point
        if point is not None:
            self._instrument.move_cursor(self.view.position(point), unknown=self.view.is_struck(point))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Touched())

    @on(PromptEntry.Left, "#prompt")
    def _leave_prompt(self, message: PromptEntry.Left) -> None:
        message.stop()
        self._close_prompt()

    def _close_prompt(self) -> None:
        if self.has_class("-prompting"):
            if self.screen.focused is self._entry:
                self.focus_first()
            self.remove_class("-prompting")
            self.post_message(self.Touched())

    @on(PromptEntry.Taken, "#prompt")
    def _begin_with(self, message: PromptEntry.Taken) -> None:
        message.stop()
        self._close_prompt()
        self._instrument.restart(prompt=message.prompt)
        self.post_message(self.Touched())

    @on(PromptEntry.Left, "#own")
    def _leave_own(self, message: PromptEntry.Left) -> None:
        message.stop()
        if self._instrument.typing:
            self._close_own()

    def _close_own(self) -> None:
        self._instrument.typing = False
        if self.screen.focused is self._own:
            if self._instrument.cursor.is_out:
                self.screen.set_focus(self.sheet)
            else:
                self.focus_first()
        self.post_message(self.Touched())

    @on(PromptEntry.Taken, "#own")
    def _write_own(self, message: PromptEntry.Taken) -> None:
        message.stop()
        position, transcript = self._instrument.cursor.position, self._instrument.transcript
        self._close_own()
        if transcript is not None:
            self._instrument.insert(len(transcript) if position is None else position, message.prompt)
