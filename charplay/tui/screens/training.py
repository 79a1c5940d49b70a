"""The screen's training session: what the trainer tells is handed to the panes, what is pressed is asked of it."""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from charplay.messages.events import Event, Failed, Finished, Paused, Published, Started, Stopped, Warned
from charplay.messages.request import TrainRequest
from charplay.tui.panes.fields import Device
from charplay.tui.screens.layout import Layout
from charplay.tui.screens.question import Choice, Question
from charplay.tui.screens.trouble import LOWER, bad_numbers, failed
from charplay.tui.session import Session
from charplay.tui.source import Source
from charplay.tui.visible import visible
from charplay.tui.worker import OpenTraining

if TYPE_CHECKING:
    from charplay.runs.home import Home
    from charplay.runs.shelf import Shelf

TICK = 0.1
"""Seconds between two looks into the trainer's mailbox."""
TICKS_A_PAINT = 5


class TrainingScreen(Layout):
    """The panes around one training session."""

    def __init__(self, home: "Home", open_training: OpenTraining, list_devices: Callable[[], Sequence[Device]]) -> None:
        super().__init__(home, list_devices)
        self._root = str(home.root)
        self._shelf: Shelf
        self.session = Session(open_training)
        self.source: Source
        self._state = "idle"
        self._ticks = 0
        self._untold: list[Event] = []
        self._asked_to_leave = False

    def begin(self, shelf: "Shelf") -> None:
        """With every pane in its place: look into the mailbox from now on."""
        self._shelf = shelf
        self.source = Source(self.text)
        self.set_interval(TICK, self._tick)

    def _tick(self) -> None:
        told = self.session.drain()
        for event in told:
            self._hear(event)
        self._untold += told
        self._ticks += 1
        live = self.session.live
        if live.state != self._state or self._ticks % TICKS_A_PAINT == 0:
            self._paint()
        if live.folder and live.busy and self.source.wants_weights():
            self.session.publish()

    def _hear(self, event: Event) -> None:
        """What an event has to say beyond numbers."""
        live = self.session.live
        match event:
            case Started():
                self.say("; ".join(event.notes))
            case Warned():
                self.say(event.message, warning=True)
            case Published():
                self._show_weights(event)
            case Paused() if live.reason:
                self.app.push_screen(bad_numbers(live), self._after_bad_numbers)
            case Stopped(run=str() as run):
                self.say(f"{run} is saved: u takes it up again, t starts another")
            case Finished():
                self.say(f"{event.run} is done: 3 and r extend it, t starts another")
            case Failed():
                logging.getLogger("charplay").error(visible(f"{event.message}\n{event.cause}", "\n"))
                self.app.push_screen(failed(live), lambda answer: self.resume(live.run) if answer else None)

    def _after_bad_numbers(self, answer: str | None) -> None:
        live = self.session.live
        if answer == "stop":
            self.session.stop()
        elif answer and live.state == "paused":
            if answer == "lower" and live.peak_rate is not None:
                self.session.change("learning_rate", live.peak_rate / LOWER)
            self.session.hold()

    def _paint(self) -> None:
        """Numbers that run are shown twice a second, a new state at once."""
        live, chosen = self.session.live, self.corpus.chosen
        if self._untold:
            self.training.take(self._untold, live)
            self._untold = []
        self.status.show(live, self.form.draft, chosen.title if chosen else "")
        if live.state != self._state:
            self._state = live.state
            self.refresh_bindings()
            if not live.busy:
                self.runs.refill()

    def _show_weights(self, event: Published) -> None:
        """New weights write on; ones that cannot (not finite, say) leave the ones before in their place."""
        from charplay.runs.shelf import RunError
        from charplay.sampling.errors import ModelError

        try:
            self.source.take(event, self.session.live)
        except (ModelError, RunError) as fault:
            self.source.following = False
            self.complain(f"The live run cannot write: {fault}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a command can be used now; the key line and the palette show no other."""
        live = self.session.live
        if not self.furnished:
            return action == "leave"
        usable = {
            "hold": live.busy and live.state != "stopping",
            "stop": live.busy and live.state != "stopping",
            "step": live.state == "paused",
            "undo": live.busy and live.changes > 0,
            "follow": live.busy and not self.source.following,
            "take_up": self.runs.unfinished is not None and not self.session.busy,
        }
        return usable.get(action, True)

    def action_train(self) -> None:
        """Start the next run; ask first where one is under way."""
        if not self.session.busy:
            self.train()
            return
        answers = [
            Choice("", "go on with this run", key="g"),
            Choice("train", "stop it and start the next", "it is saved first", "s"),
        ]
        question = Question("Training is under way", "", answers)
        self.app.push_screen(question, lambda answer: self.train() if answer else None)

    def train(self) -> None:
        """Start the next run, fetching its text first where it must be."""
        draft, entry = self.form.draft, self.corpus.chosen
        if draft is None or entry is None:
            return
        if draft.faults:
            self.complain(draft.faults[0])
        elif not entry.ready:
            self.say(f"fetching {entry.title}; training starts when it is here")
            self.corpus.fetch(to_train=True)
        else:
            source = draft.beginning.path if draft.beginning else None
            self._start(TrainRequest(home=self._root, recipe=draft.asked.model_dump(), source=source))

    def resume(self, name: str, more: str = "") -> None:
        """Go on with a run; with `more`, a budget added to what was done."""
        from charplay.recipes.faults import RecipeError
        from charplay.runs.shelf import RunError
        from charplay.tui.draft import extended

        try:
            run = self._shelf.find(name)
            recipe = extended(run.asked, more) if more else run.asked
        except (RunError, RecipeError, ValueError) as fault:
            self.complain(str(fault))
        else:
            asked = recipe.model_dump()
            self._start(TrainRequest(home=self._root, recipe=asked, resume=str(run.folder), added=bool(more)))

    def _start(self, request: TrainRequest) -> None:
        self.source.follow()
        self.session.start(request)

    def action_hold(self) -> None:
        """Pause, or go on."""
        self.session.hold()

    def action_step(self) -> None:
        """One step while paused."""
        if not self.session.step() and self.session.live.busy:
            self.complain("Pause training first: p")

    def action_undo(self) -> None:
        """Back to before the last live change."""
        self.session.undo()

    def action_stop(self) -> None:
        """Save and stop."""
        self.session.stop()

    def action_follow(self) -> None:
        """The live run writes."""
        if self.session.live.busy:
            self.source.follow()

    def action_take_up(self) -> None:
        """Go on with the newest unfinished run."""
        unfinished = self.runs.unfinished
        if unfinished is None or self.session.busy:
            self.complain("A run is under way." if self.session.busy else "There is no unfinished run.")
        else:
            self.resume(unfinished.name)

    def action_leave(self) -> None:
        """Leave; ask once while training."""
        if not self.session.busy or self._asked_to_leave:
            self._leave("leave")
            return
        self._asked_to_leave = True
        answers = [Choice("leave", "save and leave", key="q"), Choice("", "go on training", key="g")]
        self.app.push_screen(Question("Training is under way", "", answers), self._leave)

    def _leave(self, answer: str | None) -> None:
        self._asked_to_leave = False
        if answer:
            self.app.run_worker(self.app.action_quit())
