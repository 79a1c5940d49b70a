"""Follows the modes that a program sets in its terminal, so that another terminal can be brought into them later."""

import re

SETS_MODES = re.compile(rb"\x1b\[\?([0-9;]{1,80})([hl])")
UNFINISHED = re.compile(rb"\x1b(?:\[(?:\?[0-9;]{0,80})?)?\Z")


class ScreenModes:
    """The private modes as they were set last: the other screen, no cursor, the mouse, pastes in brackets."""

    def __init__(self) -> None:
        self._actions: dict[bytes, bytes] = {}
        self._pending = b""

    def feed(self, data: bytes) -> None:
        """Read what the program wrote; a sequence may be cut between two pieces."""
        data = self._pending + data
        for modes, action in SETS_MODES.findall(data):
            for mode in modes.split(b";"):
                self._actions.pop(mode, None)
                self._actions[mode] = action
        tail = UNFINISHED.search(data)
        self._pending = data[tail.start() :] if tail else b""

    @property
    def sequence(self) -> bytes:
        """What brings a new terminal into the modes, in the order in which they were set."""
        return b"".join(b"\x1b[?%b%b" % item for item in self._actions.items())
