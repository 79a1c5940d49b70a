"""When things are due, how fast training is, and how long it will take."""

from charplay.protocol.events import Progress, Row
from charplay.training.session import Session

MOST_EVALUATING = 0.06
"""Of a budget in minutes, evaluations take at most this share."""

SMOOTH = 0.3
"""Weight of the newest reading in the speed that is told."""


class Pace:
    """Watches a session's clock and step."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._overdue = False
        self._evaluating = self._last_evaluation = 0.0
        self._told_step, self._told_seconds = session.step, session.clock.seconds
        self._speed = 0.0

    def duties(self, step: int) -> list[str]:
        """What is owed after `step`, in order."""
        recipe = self._session.recipe
        self._overdue = self._overdue or self._falls(step, recipe.evaluate_every)
        duties = []
        if self._overdue and self._affordable():
            self._overdue = False
            duties.append("evaluate")
        if recipe.sample_every is not None and self._falls(step, recipe.sample_every):
            duties.append("sample")
        if self._falls(step, recipe.save_every) or self._session.writer.save_due:
            duties.append("save")
        return duties

    def _falls(self, step: int, every: int | str) -> bool:
        return self._session.metrics.epoch_counter.ends_epoch(step) if every == "epoch" else step % int(every) == 0

    def _affordable(self) -> bool:
        """Whether an evaluation fits now. Budgets in steps do not ask: their metrics must not depend on the clock."""
        budget, seconds = self._session.budget, self._session.clock.seconds
        if budget.kind != "minutes":
            return True
        whole = budget.amount * 60
        fits = seconds + max(self._last_evaluation, MOST_EVALUATING * whole) < whole
        return fits and self._evaluating + self._last_evaluation <= MOST_EVALUATING * seconds

    def evaluated(self, seconds: float) -> None:
        """An evaluation took so long."""
        self._last_evaluation = seconds
        self._evaluating += seconds

    def rewind(self) -> None:
        """The session has gone back to an earlier step: its speed is measured from there."""
        self._told_step, self._told_seconds = self._session.step, self._session.clock.seconds

    def progress(self, rows: tuple[Row, ...]) -> Progress:
        """Where the run stands."""
        session, step, seconds = self._session, self._session.step, self._session.clock.seconds
        steps, took = step - self._told_step, seconds - self._told_seconds
        if steps > 0 and took > 0:
            speed = steps * session.metrics.characters_per_step / took
            self._speed += (speed - self._speed) * (SMOOTH if self._speed else 1.0)
            self._told_step, self._told_seconds = step, seconds
        total = session.budget.total_steps
        done = session.budget.done(step, seconds)
        if total is None:
            left: float | None = max(0.0, session.budget.amount * 60 - seconds)
            total = round(step / done) if done and step else None
        else:
            ahead = max(0, total - step) * session.metrics.characters_per_step
            left = ahead / self._speed if self._speed else None
        return Progress(
            step=step,
            seconds=seconds,
            rows=rows,
            epoch=session.metrics.epochs,
            total_steps=total,
            done=done,
            chars_per_second=self._speed,
            seconds_left=left,
        )
