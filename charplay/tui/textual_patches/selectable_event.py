"""An event for threads that wait for something else too."""

import os
import threading


class SelectableEvent(threading.Event):
    """An event that `select` hears among files: it has something to read while it is set.

    Only one thread sets and clears it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._heard, self._rung = os.pipe()

    def __del__(self) -> None:
        os.close(self._heard)
        os.close(self._rung)

    def fileno(self) -> int:
        """What can be read while it is set."""
        return self._heard

    def set(self) -> None:
        """As an event's."""
        if not self.is_set():
            super().set()
            os.write(self._rung, b"!")

    def clear(self) -> None:
        """As an event's."""
        if self.is_set():
            os.read(self._heard, 1)
            super().clear()
