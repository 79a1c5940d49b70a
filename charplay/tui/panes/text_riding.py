"""Riding: what was done while a text was written, replayed, kept and opened; and texts that ride beside each other."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.message import Message

from charplay.corpora.errors import CorpusError
from charplay.playground.checkpoints import LoadedModel
from charplay.playground.recordings import kept_rides, read_ride, write_ride
from charplay.playground.saved_texts import ModelOrigin
from charplay.sampling.errors import SettingError
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams, next_seed
from charplay.sampling.recording import Recording, replay
from charplay.sampling.transcript import GeneratedChar
from charplay.tui.commands import Bindings, command
from charplay.tui.dialogs.choice import Choice, ChoiceDialog
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.panes.text_passages import PassagesPane
from charplay.tui.widgets.slider import Slider


@dataclass
class _Replay:
    """A ride that is under way."""

    rest: Iterator[GeneratedChar]
    at: int
    """Position in the text of its next character."""
    end: int
    """Where it will be over, if the model knows all that was written by hand."""


class RidingPane(PassagesPane):
    """Replays rides. Messages: `Beside` and `Another`, with what is asked for."""

    BINDINGS: ClassVar[Bindings] = [
        command("a", "rides", "rides", "Replay this text's ride, keep it, or open another", footer=True),
        command("l", "beside", "side by side", "Several temperatures or checkpoints side by side", footer=True),
        command("escape", "leave_ride", "leave the ride", "Leave the ride, and write on by hand"),
    ]

    class Beside(Message, namespace="text_pane"):
        """Columns shall be written with this model, at these settings."""

        def __init__(self, opened: LoadedModel, settings: SamplingParams) -> None:
            super().__init__()
            self.opened = opened
            self.settings = settings

    class Another(Message, namespace="text_pane"):
        """A ride shall be replayed on another checkpoint."""

        def __init__(self, ride: Recording) -> None:
            super().__init__()
            self.ride = ride

    def __init__(self, texts: Path, *args: Any, **kwargs: Any) -> None:
        super().__init__(texts, *args, **kwargs)
        self._replay: _Replay | None = None
        self.columns = ""
        """Temperatures to write at side by side, as they are typed; empty for the first ones."""

    # How it writes.

    def _draw(self, generator: TextGenerator, most: int | None, budget: float) -> list[GeneratedChar]:
        end = time.perf_counter() + budget
        new: list[GeneratedChar] = []
        while most is None or len(new) < most:
            written = self._next(generator)
            if written is None:
                self._hold_here("The ride is over: space writes on.")
                break
            new.append(written)
            if self._stops.ended(written.character):
                self._hold_here("Held at a stop text: space writes on, d changes them.")
                break
            if time.perf_counter() >= end:
                break
        if generator.params is not self._settings:
            self._take_settings(generator.params)
        return new

    def _next(self, generator: TextGenerator) -> GeneratedChar | None:
        """The next character, of the ride where there is one; None where that is over."""
        ride = self._replay
        if ride is not None and len(generator.transcript) != ride.at:  # something was written by hand
            self._leave_ride()
        if self._replay is None or ride is None:
            return generator.next()
        written = next(ride.rest, None)
        ride.at = len(generator.transcript)
        if written is None:
            self._leave_ride()
        return written

    def _hold_here(self, sentence: str) -> None:
        self.playing = False
        self._tell(sentence)
        self._say_hint()
        self._show_candidates()

    def _take(self, generator: TextGenerator) -> None:
        self._replay = None
        super()._take(generator)

    def _rewritten(self) -> None:
        super()._rewritten()
        self._replay = None

    def action_beside(self) -> None:
        """Columns beside each other, with the model that writes here."""
        generator = self.generator
        if generator is not None:
            self.post_message(
                self.Beside(LoadedModel(generator.model, generator.source, self._origin, None), generator.params)
            )

    # Rides.

    def ride(self, ride: Recording, *, seed: int | None = None, opened: LoadedModel | None = None) -> None:
        """Begin anew and write as it was ridden; with another seed, or with another model."""
        generator = self.generator
        self._keep_recent()
        if opened is not None:
            generator = self._new_generator(opened.model, opened.source, opened.origin)
        if generator is None:
            return
        self._take(generator)
        rest = replay(generator, ride, seed)
        self._clear_sheet()
        self._show_text(generator)
        self._replay = _Replay(rest, len(generator.transcript), len(generator.transcript) + ride.length)
        self.playing = True
        self._say_hint()

    def take_over(self, generator: TextGenerator, origin: ModelOrigin) -> None:
        """Go on with a text that was written elsewhere, under what stands here."""
        self._keep_recent()
        if self.following and self.generator is not None and generator.model is self.generator.model:
            self._live = generator
        self._origins[generator] = origin
        self._paint()
        self.writing.break_line()
        self._first = self.writing.end
        self.playing = True
        self._take(generator)
        self._show_text(generator)

    def _show_text(self, generator: TextGenerator) -> None:
        self._prompt = generator.prompt
        self._take_settings(generator.params)
        self._begin_text()

    def _riding_hint(self) -> str:
        """How far the ride is."""
        ride = self._replay
        return (
            "" if ride is None else f"riding, {ride.end - ride.at:,} to go: escape or the temperature leaves the ride"
        )

    def _leave_ride(self) -> None:
        self._replay = None
        self._say_hint()

    @on(Slider.Changed)
    def _moved(self, event: Slider.Changed) -> None:
        if event.slider is not self.sliders.speed and self._replay is not None:
            self._leave_ride()

    def action_leave_ride(self) -> None:
        """The last settings stay."""
        self._leave_ride()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a ride to leave only while there is one."""
        return self._replay is not None if action == "leave_ride" else super().check_action(action, parameters)

    def action_rides(self) -> None:
        """What can be done with rides."""
        generator = self.generator
        if generator is None:
            return
        written = bool(self._ride)
        changed = "on the present weights" if len(generator.transcript.stretches) > 1 else "the same text again"
        choices = [
            Choice("again", "replay this ride exactly", changed, "r"),
            Choice("seed", "replay it with another seed", "other luck", "s"),
            Choice("another", "replay it on another checkpoint", "", "c"),
            Choice("keep", "keep it as a file", "sample --ride takes it", "k"),
            Choice("open", "open one from a file", "", "o"),
        ]
        question = ChoiceDialog("Rides", "", choices if written else choices[-1:])
        self.app.push_screen(question, self._rides)

    def _rides(self, answer: str | None) -> None:
        generator = self.generator
        if not answer or generator is None:
            return
        ride = Recording.of(generator.transcript)
        match answer:
            case "again":
                self.ride(ride)
            case "seed":
                self.ride(ride, seed=next_seed(generator.params.seed))
            case "another":
                self.post_message(self.Another(ride))
            case "keep":
                self._keep_ride(generator)
            case "open":
                self._ask_ride()

    def _keep_ride(self, generator: TextGenerator) -> None:
        try:
            path = write_ride(self._texts, generator, datetime.now().astimezone())
        except OSError as fault:
            self._tell(f"The ride could not be written: {fault.strerror}.")
        else:
            self._tell(f"Written to {path.parent.name}/{path.name}")

    def _ask_ride(self) -> None:
        choices = [Choice(str(path), path.name) for path in kept_rides(self._texts)]
        question = ChoiceDialog("Open a ride", "", [*choices, Choice("", "a file elsewhere", key="f")])
        self.app.push_screen(question, self._open_ride)

    def _open_ride(self, path: str | None) -> None:
        if path:
            try:
                self.ride(read_ride(Path(path)))
            except (CorpusError, SettingError) as fault:
                self._tell(f"{fault}.")
        elif path is not None:
            self.app.push_screen(
                TextInputDialog("Open a ride", "The file of a ride:", check=_ride_fault), self._open_ride
            )


def _ride_fault(path: str) -> str:
    try:
        read_ride(Path(path))
    except (CorpusError, SettingError) as fault:
        return str(fault)
    return ""
