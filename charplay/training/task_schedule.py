"""When the tasks between steps are due: evaluation, text samples, saves."""

from charplay.training.session import Session
from charplay.training.timeline import Timeline

MAX_EVALUATION_SHARE = 0.06
"""The largest share of a budget in minutes that evaluations take."""


class TaskSchedule:
    """Decides by a session's step and clock what is due."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._timeline = Timeline(session.run, session.budget) if session.recipe.keep == "timeline" else None
        self._evaluation_overdue = False
        self._evaluation_seconds = self._last_evaluation_seconds = 0.0

    def due_after(self, step: int) -> list[str]:
        """Return the tasks that are due after `step`, in order."""
        recipe = self._session.recipe
        self._evaluation_overdue = self._evaluation_overdue or self._is_multiple(step, recipe.evaluate_every)
        tasks = []
        if self._evaluation_overdue and self._evaluation_fits():
            self._evaluation_overdue = False
            tasks.append("evaluate")
        if recipe.sample_every is not None and self._is_multiple(step, recipe.sample_every):
            tasks.append("sample")
        if self._timeline is not None:
            session = self._session
            session.moment_unsaved |= self._timeline.comes(session.budget, step, session.clock.seconds)
        if self._is_multiple(step, recipe.save_every) or self._session.writer.save_due or self._session.moment_unsaved:
            tasks.append("save")
        return tasks

    def _is_multiple(self, step: int, every: int | str) -> bool:
        return self._session.metrics.epoch_counter.ends_epoch(step) if every == "epoch" else step % int(every) == 0

    def _evaluation_fits(self) -> bool:
        """Return whether a budget in minutes has time for an evaluation now.

        Budgets in steps and epochs always have: their metrics must not depend on the clock.
        """
        budget, seconds = self._session.budget, self._session.clock.seconds
        if budget.kind != "minutes":
            return True
        total = budget.amount * 60
        ends_in_time = seconds + max(self._last_evaluation_seconds, MAX_EVALUATION_SHARE * total) < total
        spent = self._evaluation_seconds + self._last_evaluation_seconds
        return ends_in_time and spent <= MAX_EVALUATION_SHARE * seconds

    def evaluated(self, seconds: float) -> None:
        """Note how long an evaluation took."""
        self._last_evaluation_seconds = seconds
        self._evaluation_seconds += seconds
