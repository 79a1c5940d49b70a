"""A `threading.Event` with a file descriptor, so that `select` can wait for it beside a terminal."""

import os
import threading


class SelectableEvent(threading.Event):
    """An event whose descriptor is readable while it is set. Only one thread may set and clear it."""

    def __init__(self) -> None:
        super().__init__()
        self._reading, self._writing = os.pipe()

    def __del__(self) -> None:
        os.close(self._reading)
        os.close(self._writing)

    def fileno(self) -> int:
        """Return the descriptor that is readable while the event is set."""
        return self._reading

    def set(self) -> None:
        """Set the event and make the descriptor readable; a second time changes nothing."""
        if not self.is_set():
            super().set()
            os.write(self._writing, b"!")

    def clear(self) -> None:
        """Clear the event and empty the descriptor; a second time changes nothing."""
        if self.is_set():
            os.read(self._reading, 1)
            super().clear()
