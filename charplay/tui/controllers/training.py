# ruff: noqa: E501 - a table: one command, one line
"""The commands that start, steer and stop runs, and the questions where one cannot just go on."""

from typing import TYPE_CHECKING, ClassVar

from charplay.playground.happenings import Detached, Said
from charplay.protocol.events import Event, Failed, Finished, Stopped
from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller, Ui

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from charplay.playground.playground import Playground
    from charplay.playground.recovery import Recovery
    from charplay.tui.dialogs.choice import ChoiceDialog

STOPPING = "The run stops already, and is being saved."


class TrainingController(Controller):
    """Training, from its start to its end."""

    # fmt: off
    commands: "ClassVar[Sequence[Command]]" = (
        Command("training.values", "e", "live values", "Change the running network's values: dropout, clipping, lengths and more", place="training", footer=True, hides=True),
        Command("training.train", "t", "train", "Train a network with the next run's recipe", footer=True),
        Command("training.queue", "Q", "queue", "Queue the next run as the form has it, and show what waits; it begins when the run before has ended"),
        Command("training.pause", "p", "pause", "Hold training still, or let it go on", footer=True, hides=True),
        Command("training.step", "s", "step", "Train one step while training is paused", footer=True, hides=True),
        Command("training.stop", "x", "stop", "Save and stop training", footer=True, hides=True),
        Command("training.save", "ctrl+s", "save now", "Save the run under way now, and go on; it saves by itself every minute"),
        Command("training.undo", "z", "undo", "Take the last live change back: weights, optimizer and step, too"),
        Command("training.take_up", "u", "take up", "Take up the run that was not finished"),
        Command("training.follow", "f", "follow", "Let the live run write again, after another one was played"),
        Command("training.detach", "D", "detach", "Leave the run to a process of its own, which outlives this terminal, and leave charplay"),
        Command("training.leave", "q", "quit", "Save and leave charplay", footer=True),
    )
    # fmt: on

    def __init__(self, playground: "Playground", ui: Ui) -> None:
        super().__init__(playground, ui)
        self._asked_to_leave = False
        self._question: ChoiceDialog | None = None
        """The dialog that asks about the run under way; None where none is open."""

    def disabled(self, command: Command) -> str:
        """Return why a command cannot be used now."""
        runs = self.playground.runs
        state = runs.state
        conditions = {
            "values": (state.busy and state.recipe, "The run has not begun yet."),
            "pause": (runs.stoppable, STOPPING),
            "step": (runs.paused, f"Pause training first: {self.ui.key('training.pause')}"),
            "stop": (runs.stoppable or self._downloads, STOPPING),
            "save": (state.status in {"training", "paused"}, "There is nothing to save yet."),
            "undo": (state.busy and state.changes, "No live change can be taken back."),
            "take_up": (not runs.busy, "A run is under way."),
            "detach": (runs.remote or not self.playground.detachment.disabled, self.playground.detachment.disabled),
            "follow": (state.busy and not self.playground.following, "The live run writes already."),
        }
        usable, reason = conditions.get(command.method, (True, ""))
        idle = f"Nothing trains; {self.ui.key('training.train')} starts a run."
        return "" if usable else reason if runs.busy else idle

    @property
    def _downloads(self) -> bool:
        return self.playground.corpora.download is not None

    def label(self, command: Command) -> str:
        """Return what the line of keys calls a command: one key pauses and goes on."""
        return "go on" if command.method == "pause" and self.playground.runs.paused else command.label

    def hear(self, happening: object) -> None:
        """Ask what to do where a run cannot just go on; what was asked about a run goes when that has ended."""
        if isinstance(happening, Finished | Stopped | Failed) and self._question is not None:
            self._question.dismiss(None)
        if isinstance(happening, Detached) and not self.playground.runs.busy:
            self.ui.leave()
        found = self.playground.launcher.recovery(happening) if isinstance(happening, Event) else None
        if found is not None:
            from charplay.tui.dialogs.training_trouble import recovery_dialog

            self._ask(recovery_dialog(found, self.ui.key), lambda answer: self._recover(found, answer or ""))

    def _ask(self, question: "ChoiceDialog", then: "Callable[[str | None], object]") -> None:
        """Ask about the run under way."""

        def take(answer: str | None) -> None:
            self._question = None
            then(answer)

        self._question = question if self.playground.runs.busy else None
        self.ui.open_dialog(question, take)

    def _recover(self, found: "Recovery", choice: str) -> None:
        from charplay.playground.recovery import LEAVE

        if choice == LEAVE:
            self.ui.leave()
        else:
            self._complain(self.playground.launcher.recover(found, choice))

    def train(self) -> None:
        """Start the next run; ask first where one is under way."""
        if not self.playground.runs.busy:
            self._train()
            return
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        answers = [
            Choice("", "go on with this run", key="g"),
            Choice("train", "stop it and start the next", "it is saved first", "s"),
        ]
        question = ChoiceDialog("Training is under way", "", answers)
        self._ask(question, lambda answer: self._train() if answer else None)

    def _train(self) -> None:
        said = self.playground.launcher.train()
        if said is not None:
            self._tell(said)

    def queue(self) -> None:
        """Queue the next run and show the queue; what cannot be queued is said, and what waits is shown all the same."""
        queue = self.playground.queue
        self._complain(queue.add())
        if queue.runs:
            from charplay.tui.dialogs.run_queue import RunQueueDialog

            self.ui.open_dialog(RunQueueDialog(queue, self.ui.key("training.queue")))

    def pause(self) -> None:
        """Pause, or go on."""
        runs = self.playground.runs
        if runs.paused:
            runs.resume()
        else:
            runs.pause()

    def step(self) -> None:
        """Train one step."""
        self.playground.runs.step()

    def stop(self) -> None:
        """Save and stop; where nothing trains, give up the download that training waits for."""
        if self.playground.runs.busy:
            self.playground.runs.stop()
        else:
            self.playground.corpora.cancel()

    def save(self) -> None:
        """Save now, and go on."""
        self.playground.runs.save()

    def undo(self) -> None:
        """Go back to before the last live change."""
        self.playground.runs.undo()

    def take_up(self) -> None:
        """Go on with the newest unfinished run."""
        self._complain(self.playground.launcher.take_up())

    def follow(self) -> None:
        """Let the live run write."""
        self.playground.follow()

    def values(self) -> None:
        """Show every value that may change while the run trains."""
        from charplay.playground.live_edits import LiveEdits
        from charplay.tui.dialogs.live_hyperparameters import LiveHyperparametersDialog

        self.ui.open_dialog(LiveHyperparametersDialog(LiveEdits(self.playground.runs)))

    def detach(self) -> None:
        """Leave the run to a process of its own; say first where the system would end that."""
        warning = self.playground.detachment.warning
        if not warning or self.playground.runs.remote:
            self._detach("detach")
            return
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        answers = [Choice("", "stay", key="g"), Choice("detach", "leave it all the same", key="d")]
        self._ask(ChoiceDialog("It may not outlive this session", warning, answers), self._detach)

    def _detach(self, answer: str | None) -> None:
        if answer and self.playground.runs.remote:
            self.ui.leave()  # it is in a process of its own already
        elif answer:
            self._complain(self.playground.detachment.begin())

    def leave(self) -> None:
        """Leave; ask once while training."""
        if not self.playground.runs.busy or self._asked_to_leave:
            self._leave("leave")
            return
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        self._asked_to_leave = True
        stay = Choice("", "go on training", key="g")
        if self.playground.runs.remote:
            stop = Choice("stop", "save and stop it, and leave", key="x")
            answers = [Choice("leave", "leave it running", key="q"), stop, stay]
        else:
            left = Choice("detach", "leave it running", "in a process of its own", "d")
            left_or_not = [] if self.playground.detachment.disabled else [left]
            answers = [Choice("leave", "save and leave", key="q"), *left_or_not, stay]
        self._ask(ChoiceDialog("Training is under way", "", answers), self._leave)

    def _leave(self, answer: str | None) -> None:
        self._asked_to_leave = False
        if answer == "stop":
            self.playground.runs.stop()
        if answer == "detach":
            self.detach()
        elif answer:
            self.ui.leave()

    def _complain(self, reason: str) -> None:
        if reason:
            self._tell(Said(reason, warning=True, passing=True))

    def _tell(self, said: Said) -> None:
        tell = self.ui.note if said.passing else self.ui.say
        tell(said.sentence, warning=said.warning)
