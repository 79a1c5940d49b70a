"""The commands on runs: play, begin again, resume, lay over the chart, export and delete."""

from typing import TYPE_CHECKING

from charplay.formatting.sanitize import sanitize_line
from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller

if TYPE_CHECKING:
    from charplay.runs.store import RunSummary


class RunsController(Controller):
    """What a person does with the list of runs."""

    commands = (
        Command("runs.play", "enter", "play", "Let the run's best checkpoint write", place="runs", footer=True),
        Command(
            "runs.again",
            "a",
            "again",
            "Fill the next run's form from this run: again, with changes",
            place="runs",
            footer=True,
        ),
        Command(
            "runs.resume",
            "r",
            "resume",
            "Take the run up again, extend it where it is finished, or show it where it trains on its own",
            place="runs",
            footer=True,
        ),
        Command(
            "runs.overlay",
            "c",
            "overlay",
            "Draw the run's losses in the chart, beside those of other runs",
            place="runs",
            footer=True,
        ),
        Command(
            "runs.family",
            "F",
            "family",
            "Draw the mean and the range of the runs that it was tried together with, or no more",
            place="runs",
        ),
        Command("runs.stop", "X", "end it", "Stop a run that trains on its own: it saves and ends", place="runs"),
        Command("runs.export", "w", "export", "Copy the run's best checkpoint to a file", place="runs"),
        Command("runs.delete", "d", "delete", "Delete the run", place="runs"),
    )

    def disabled(self, command: Command) -> str:
        """Return why the run under the cursor is none for a command."""
        run, wanted = self._run(), command.method
        if run is None:
            return f"There is no run here yet; {self.ui.key('training.train')} trains one."
        if run.broken and wanted not in {"export", "delete"}:
            return run.broken
        if wanted == "delete" and run.read_only:
            return f"{run.name} comes with charplay and cannot be deleted"
        if wanted == "stop":
            return "" if run.place == "detached" else f"{run.name} does not train on its own"
        return self._not_resumable(run) if wanted == "resume" else ""

    def _not_resumable(self, run: "RunSummary") -> str:
        if run.read_only:
            return f"{run.name} is a checkpoint to play and to start from, not a run to go on with"
        if run.place == "detached":
            return self.playground.detached_runs.attachable
        if run.in_use:
            return f"{run.name} is in use by {run.in_use}"
        stop = f"A run is under way; stop it first: {self.ui.key('training.stop')}"
        return stop if self.playground.runs.busy else ""

    def _run(self) -> "RunSummary | None":
        return self.playground.run_list.find(self.ui.selected("runs"))

    @property
    def _name(self) -> str:
        return self.ui.selected("runs")

    def play(self) -> None:
        """Play it."""
        self._complain(self.playground.play(self._name))

    def again(self) -> None:
        """Fill the form from it, and go there."""
        fault = self.playground.begin_again(self._name)
        self._complain(fault)
        if not fault:
            self.ui.go_to("form")

    def resume(self) -> None:
        """Go on with it, or show it where it goes on already; a finished one is asked how much longer."""
        from charplay.tui.dialogs.text_input import TextInputDialog

        run, name = self._run(), self._name
        if run is not None and run.place == "detached":
            self._complain(self.playground.detached_runs.attach(name))
            return
        if run is None or not run.finished:
            self._complain(self.playground.launcher.resume(name))
            return
        dialog = TextInputDialog(
            "Extend", "How much longer? As in: 3 minutes, 1.5 h, 2 epochs, 5000 steps", check=_amount_fault
        )
        self.ui.open_dialog(dialog, lambda more: self._extend(name, more or ""))

    def stop(self) -> None:
        """Stop it, wherever it trains on this machine."""
        fault = self.playground.detached_runs.stop(self._name)
        self._complain(fault)
        if not fault:
            self.ui.note(f"{sanitize_line(self._name)} is being saved and stopped")

    def _extend(self, name: str, more: str) -> None:
        if more:
            self._complain(self.playground.launcher.resume(name, more))

    def _complain(self, fault: str) -> None:
        if fault:
            self.ui.note(sanitize_line(fault), warning=True)

    def overlay(self) -> None:
        """On the chart, or off it; while it is being read, not at all."""
        chart = self.playground.chart
        if self._name in chart.overlays:
            chart.take_off(self._name)
        else:
            self.playground.run_list.read_curves(self._name)

    def family(self) -> None:
        """Draw the mean and range of its family, or take them off."""
        chart = self.playground.chart
        if family := chart.family_of(self._name):
            chart.take_family_off(family)
        else:
            self.playground.run_list.read_family(self._name)

    def export(self) -> None:
        """Copy its checkpoint to a file that is asked for."""
        from charplay.fs.paths import current_folder
        from charplay.tui.dialogs.text_input import TextInputDialog

        name, run_list = self._name, self.playground.run_list
        sentence = f"Copy the checkpoint of {sanitize_line(name)} to:"
        dialog = TextInputDialog("Export", sentence, str(current_folder() / f"{name}.safetensors"))
        self.ui.open_dialog(dialog, lambda target: run_list.export(name, target) if target else None)

    def delete(self) -> None:
        """Delete it, once that was confirmed."""
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        name, run_list = self._name, self.playground.run_list
        answers = [Choice("", "keep it", key="n"), Choice("delete", "delete it", "for good", "d")]
        dialog = ChoiceDialog("Delete", f"Delete the run {sanitize_line(name)} with its checkpoints?", answers)
        self.ui.open_dialog(dialog, lambda answer: run_list.delete(name) if answer else None)


def _amount_fault(more: str) -> str:
    from charplay.playground.budget_syntax import budget_layer

    try:
        budget_layer(more)
    except ValueError as fault:
        return str(fault)
    return ""
