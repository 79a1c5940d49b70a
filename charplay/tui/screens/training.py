"""The screen as it steers a training session: what is pressed is asked of the trainer."""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.binding import Binding

from charplay.playground.happenings import CorpusRead, ResumeWanted
from charplay.protocol import events
from charplay.protocol.events import Event, Failed, Paused, Saved
from charplay.protocol.request import TrainRequest
from charplay.tui.dialogs.choice import Choice, ChoiceDialog
from charplay.tui.dialogs.training_trouble import LOWER, bad_numbers, failed, no_memory, text_changed
from charplay.tui.screens.watching import WatchingScreen

if TYPE_CHECKING:
    from charplay.corpora.library import Entry
    from charplay.playground.playground import Playground
    from charplay.playground.run_controller import RunController


class TrainingScreen(WatchingScreen):
    """Starts runs, steers them, and asks what to do where one has gone wrong."""

    def __init__(self, playground: "Playground", session: "RunController") -> None:
        super().__init__(playground, session)
        self._asked_to_leave = False
        self._request: TrainRequest | None = None
        """What was asked last."""
        self._saving = False
        """Whether a save was asked for and has not come to the disk yet."""

    def hear(self, event: Event) -> None:
        """What an event says, and what it asks."""
        super().hear(event)
        live = self.session.live
        match event:
            case Saved() if self._saving:
                self._saving = False
                self.notify(f"Step {event.step:,} is saved.", markup=False)
            case Paused(reason=events.NO_MEMORY):
                draft = self.form.draft
                self.app.push_screen(no_memory(live, draft.devices if draft else ()), self._after_no_memory)
            case Paused() if live.reason:
                self.app.push_screen(bad_numbers(live), self._after_bad_numbers)
            case Failed(changed_text=True):
                self.app.push_screen(text_changed(live), self._after_changed_text)
            case Failed():
                self.app.push_screen(failed(live), self._after_failure)

    def take(self, happening: object) -> None:
        """What has happened, and what a command wants of the trainer."""
        super().take(happening)
        match happening:
            case CorpusRead(train=True):
                self.action_train()
            case ResumeWanted(run, more):
                if self.session.busy:
                    self.complain("A run is under way; stop it first: x")
                else:
                    self.resume(run, more)

    def _after_bad_numbers(self, answer: str | None) -> None:
        live = self.session.live
        if answer == "stop":
            self.session.stop()
        elif answer and live.state == "paused":
            if answer == "lower" and live.peak_rate is not None:
                self.session.change("learning_rate", live.peak_rate / LOWER)
            self.session.hold()

    def _after_no_memory(self, answer: str | None) -> None:
        live = self.session.live
        if answer == "stop":
            self.session.stop()
        elif answer and live.state == "paused":
            if answer not in {"on", "halve"}:
                self.resume(live.run, device=answer)
                return
            if answer == "halve":
                self.session.change("batch_size", int(str(live.recipe["batch_size"])) // 2)
            self.session.hold()

    def _after_failure(self, answer: str | None) -> None:
        if answer == "leave":
            self._leave(answer)
        elif answer:
            self.resume(self.session.live.run, device="cpu" if answer == "cpu" else "")

    def _after_changed_text(self, answer: str | None) -> None:
        if answer and self._request is not None:
            self._start(replace(self._request, changed_text=True))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a command can be used now; the key line and the palette show no other."""
        live = self.session.live
        if not self.furnished:
            return action == "leave"
        usable = {
            "hold": live.busy and live.state != "stopping",
            "stop": (live.busy and live.state != "stopping") or self.playground.corpora.download is not None,
            "step": self.session.held,
            "save": live.state in {"training", "paused"},
            "undo": live.busy and len(live.changes) > 0,
            "follow": live.busy and not self.source.following,
        }
        return usable[action] if action in usable else super().check_action(action, parameters)

    def label(self, binding: Binding) -> str:
        """The same key pauses and goes on."""
        return "go on" if binding.action == "hold" and self.session.held else super().label(binding)

    def action_train(self) -> None:
        """Start the next run; ask first where one is under way."""
        if not self.session.busy:
            self.train()
            return
        answers = [
            Choice("", "go on with this run", key="g"),
            Choice("train", "stop it and start the next", "it is saved first", "s"),
        ]
        question = ChoiceDialog("Training is under way", "", answers)
        self.app.push_screen(question, lambda answer: self.train() if answer else None)

    def train(self) -> None:
        """Start the next run, fetching its text first where it must be."""
        draft, entry = self.form.draft, self.playground.corpora.chosen
        if draft is None or entry is None:
            return
        if self.playground.corpora.trouble:
            self.complain(f"{self.playground.corpora.trouble} 1 chooses another text.")
        elif draft.faults:
            self.complain(draft.faults[0])
        elif not entry.ready:
            self._fetch(entry)
        else:
            source = draft.warm_start.path if draft.warm_start else None
            encoding = self.playground.corpora.encoding or None
            recipe = draft.asked.model_dump()
            self._start(
                TrainRequest(home=str(self.playground.home.root), recipe=recipe, source=source, encoding=encoding)
            )

    def _fetch(self, entry: "Entry") -> None:
        """Fetch a text and train on it; one text is fetched at a time."""
        if self.playground.corpora.fetch(to_train=True):
            self.say(f"fetching {entry.title}; training starts when it is here, esc cancels")
            self.refresh_bindings()
        elif self.playground.corpora.download is not None:
            self.complain(f"{self.playground.corpora.download.entry.title} is fetched first; esc cancels that")

    def resume(self, name: str, more: str = "", device: str = "") -> None:
        """Go on with a run; with `more`, a budget added to what was done; with `device`, there."""
        from charplay.playground.recipe_draft import extended
        from charplay.recipes.faults import RecipeError
        from charplay.runs.shelf import RunError

        try:
            run = self.playground.store.find(name)
            recipe = extended(run.asked, more) if more else run.asked
        except (RunError, RecipeError, ValueError) as fault:
            self.complain(str(fault))
        else:
            asked = recipe.model_dump() | ({"device": device} if device else {})
            self._start(
                TrainRequest(
                    home=str(self.playground.home.root), recipe=asked, resume=str(run.folder), added=bool(more)
                )
            )

    def _start(self, request: TrainRequest) -> None:
        self._request, self._saving = request, False
        self.source.end(self.session.live)  # what it wrote with last is of the run before
        self.source.follow(promised=True)
        self.session.start(request)

    def action_hold(self) -> None:
        """Pause, or go on."""
        self.session.hold()
        self.refresh_bindings()

    def action_step(self) -> None:
        """One step while paused."""
        if not self.session.step() and self.session.live.busy:
            self.complain("Pause training first: p")

    def action_save(self) -> None:
        """Save now, and go on."""
        self._saving = True
        self.session.save()

    def action_undo(self) -> None:
        """Back to before the last live change."""
        self.session.undo()

    def action_stop(self) -> None:
        """Save and stop; where nothing trains, give up the download that training waits for."""
        if self.session.busy:
            self.session.stop()
        else:
            self.playground.corpora.cancel()

    def action_follow(self) -> None:
        """The live run writes."""
        if self.session.live.busy:
            self.source.follow()

    def action_take_up(self) -> None:
        """Go on with the newest unfinished run."""
        if self.session.busy:
            self.complain("A run is under way.")
        elif (unfinished := self.playground.store.unfinished()) is not None:
            self.resume(unfinished.name)
        else:
            held = [f"{run.name} is in use by {run.in_use}." for run in self.playground.store.list() if run.in_use]
            self.complain(held[0] if held else "There is no unfinished run.")

    def action_leave(self) -> None:
        """Leave; ask once while training."""
        if not self.session.busy or self._asked_to_leave:
            self._leave("leave")
            return
        self._asked_to_leave = True
        answers = [Choice("leave", "save and leave", key="q"), Choice("", "go on training", key="g")]
        self.app.push_screen(ChoiceDialog("Training is under way", "", answers), self._leave)

    def _leave(self, answer: str | None) -> None:
        self._asked_to_leave = False
        if answer:
            self.app.run_worker(self.app.action_quit())
