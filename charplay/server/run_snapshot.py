"""What somebody who comes to a run under way must be told, so that they know it as those who saw it begin."""

from dataclasses import fields, replace

from charplay.playground.run_state import OVERFITTING_EVALUATIONS, RunState
from charplay.protocol.events import (
    Changed,
    Evaluated,
    Event,
    Paused,
    Preparing,
    Progress,
    Resumed,
    Row,
    Saved,
    Started,
    Warned,
)


class RunSnapshot:
    """Follows a run's events, and sums them up as a few: whoever applies these knows what is known now.

    Rows are not among them: they are in the run's folder up to the step of the `Started` event.
    """

    def __init__(self) -> None:
        self.state = RunState(status="preparing")
        """What is known of the run."""
        self._first: Event | None = None
        """The newest phase, or the start."""
        self._evaluations: list[Evaluated] = []
        """The best one, and the last few after it."""
        self._progress: Progress | None = None
        self._paused: Paused | None = None
        self._row_step = 0
        """Of the newest row that was told."""

    def apply(self, event: Event) -> None:
        """Learn from an event."""
        self.state.apply(event)
        match event:
            case Preparing():
                self._first = event
            case Started():
                self._first, self._row_step = event, event.step
            case Evaluated():
                before = [] if event.best else self._evaluations
                self._evaluations = [*before[:1], *[*before[1:], event][-OVERFITTING_EVALUATIONS:]]
            case Progress():
                self._progress = event
                self._row_step = max([self._row_step, *(row.step for row in event.rows)])
            case Paused():
                self._paused = event
            case Changed(field="undo"):
                self._row_step = min(self._row_step, event.step)
                self._evaluations = [each for each in self._evaluations if each.best and each.step <= event.step]

    def events(self) -> list[Event]:
        """Return the events that sum the run up, in the order in which they are to be applied.

        What comes before the start is known to a `RunState`, and is read from the folder by a `RunHistory`.
        """
        begun, state = self._first, self.state
        if not isinstance(begun, Started):
            return [] if begun is None else [begun]
        again = replace(
            begun, step=self._row_step, seconds=state.seconds, recipe=state.recipe, resumed=True, notes=(),
            total_steps=state.total_steps,
        )  # fmt: skip
        told: list[Event] = [*state.changes.standing, *self._evaluations]
        if self._progress is not None:
            told += [replace(self._progress, rows=(self._newest_row(),)), again]
            told.append(replace(self._progress, step=state.step, seconds=state.seconds, rows=()))
        else:
            told += [again] if state.status != "training" else [again, Resumed(step=state.step, seconds=state.seconds)]
        if state.saved_step is not None:
            told.append(Saved(step=state.saved_step, seconds=state.seconds, path="", best=False))
        if state.status == "paused" and self._paused is not None:
            told += (
                [Warned(step=state.step, seconds=state.seconds, message=state.warning)]
                if state.reason and state.warning
                else []
            )
            told.append(self._paused)
        return told

    def _newest_row(self) -> Row:
        """Return the newest reading of every column, as one row."""
        state = self.state
        known = {"train_loss", "val_loss", "train_accuracy", "val_accuracy", "learning_rate"}
        values = {each.name: getattr(state, each.name) for each in fields(state) if each.name in known}
        epoch = self._progress.epoch if self._progress else 0.0
        return Row(step=state.step, epoch=epoch, seconds=state.seconds, **values)
