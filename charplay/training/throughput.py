"""How fast training is, and how long it will take."""

from charplay.protocol.events import Progress, Row
from charplay.training.session import Session

SMOOTHING = 0.3
"""Weight of the newest measurement in the reported speed."""


class Throughput:
    """Measures the speed of training from one progress report to the next."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._last_step, self._last_seconds = session.step, session.clock.seconds
        self._chars_per_second = 0.0

    def rewind(self) -> None:
        """Measure from here on, because the session went back to an earlier step."""
        self._last_step, self._last_seconds = self._session.step, self._session.clock.seconds

    def progress(self, rows: tuple[Row, ...]) -> Progress:
        """Return the event that reports `rows`, the step and the speed."""
        session, step, seconds = self._session, self._session.step, self._session.clock.seconds
        self._measure(step, seconds)
        total = session.budget.total_steps
        done = session.budget.share_done(step, seconds)
        if total is None:
            left: float | None = max(0.0, session.budget.amount * 60 - seconds)
            total = round(step / done) if done and step else None
        else:
            characters_left = max(0, total - step) * session.metrics.characters_per_step
            left = characters_left / self._chars_per_second if self._chars_per_second else None
        return Progress(
            step=step,
            seconds=seconds,
            rows=rows,
            epoch=session.metrics.epochs,
            total_steps=total,
            done=done,
            chars_per_second=self._chars_per_second,
            seconds_left=left,
        )

    def _measure(self, step: int, seconds: float) -> None:
        steps, elapsed = step - self._last_step, seconds - self._last_seconds
        if steps > 0 and elapsed > 0:
            newest = steps * self._session.metrics.characters_per_step / elapsed
            weight = SMOOTHING if self._chars_per_second else 1.0
            self._chars_per_second += (newest - self._chars_per_second) * weight
            self._last_step, self._last_seconds = step, seconds
