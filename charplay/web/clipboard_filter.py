"""Takes out of a program's output what would set the clipboard: who only watches keeps the one they have."""

import re

CLIPBOARD = b"\x1b]52;"
"""OSC 52, as xterm's control sequences have it."""
END = re.compile(rb"\x07|\x1b\\")


class ClipboardFilter:
    """Passes output on without OSC 52, also where a sequence is cut anywhere between two pieces."""

    def __init__(self) -> None:
        self._pending = b""
        self._inside = False

    def feed(self, data: bytes) -> bytes:
        """Return what is to be shown of the next piece."""
        data, self._pending = self._pending + data, b""
        shown = []
        while data:
            if self._inside:
                data = self._skip(data)
                continue
            before, found, data = data.partition(CLIPBOARD)
            self._inside = bool(found)
            if not found:
                cut = _beginning_at_the_end(before)
                before, self._pending = before[: len(before) - cut], before[len(before) - cut :]
            shown.append(before)
        return b"".join(shown)

    def _skip(self, data: bytes) -> bytes:
        end = END.search(data)
        if end is not None:
            self._inside = False
            return data[end.end() :]
        if data.endswith(b"\x1b"):  # perhaps the first half of the end
            self._pending = b"\x1b"
        return b""


def _beginning_at_the_end(data: bytes) -> int:
    """Return how many bytes at the end may be the beginning of OSC 52."""
    return next((n for n in range(len(CLIPBOARD) - 1, 0, -1) if data.endswith(CLIPBOARD[:n])), 0)
