"""Work off the screen's thread that reports to a widget."""

import threading
from collections.abc import Callable

from textual.message import Message


def run_in_background(work: Callable[[], object]) -> None:
    """Do `work` in a daemon thread. It reports by `post_message`, the one call of a widget that any thread may make."""
    threading.Thread(target=work, name="errand", daemon=True).start()


class BackgroundJob:
    """Work off the screen's thread that says how far it is. Once given up, it tells nothing more.

    Subclasses do it in `_work`, where they hand `_watch` to whatever takes long, and `_tell` what comes of it.
    """

    def __init__(self, tell: Callable[[Message], object]) -> None:
        self._heard_by = tell
        self._stopped = self._given_up = False
        self._percent = -1

    def begin(self) -> None:
        """Start; returns at once."""
        run_in_background(self._work)

    def give_up(self) -> None:
        """Stop soon, and be silent from now on."""
        self._stopped = self._given_up = True

    def _work(self) -> None:
        raise NotImplementedError

    def _so_far(self, percent: int) -> Message:
        """What tells that so much is done."""
        raise NotImplementedError

    def _tell(self, message: Message) -> None:
        if not self._given_up:
            self._heard_by(message)

    def _watch(self, share: float) -> bool:
        """Take note of the share that is done, 0 to 1; False where the work is to end."""
        percent = int(100 * share)
        if percent != self._percent:
            self._percent = percent
            self._tell(self._so_far(percent))
        return not self._stopped
