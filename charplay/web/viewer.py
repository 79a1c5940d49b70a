"""What waits to be sent to one browser."""

import asyncio

MAX_WAITING = 4_000_000
"""Bytes that wait for a viewer at most: one that stands still is dropped, and may come back."""
FULL = 64_000
"""Bytes from which a viewer counts as behind."""
PIECE = 64_000
"""Bytes of one message at most, but for a single longer write."""


class Viewer:
    """A browser that looks at the screen: its size in cells, and a queue of output that never grows without bound."""

    def __init__(self, columns: int, rows: int) -> None:
        self.size = columns, rows
        self._pieces: list[bytes] = []
        self._waiting = 0
        self._news = asyncio.Event()
        self._closed = False

    @property
    def behind(self) -> bool:
        """Whether it has not taken what was sent to it."""
        return self._waiting > FULL

    @property
    def closed(self) -> bool:
        """Whether nothing more is sent to it."""
        return self._closed

    def show(self, data: bytes) -> None:
        """Queue output. One that is too far behind is closed instead."""
        if self._waiting + len(data) > MAX_WAITING:
            self._pieces.clear()
            self._waiting = 0
            self.close()
        elif data and not self._closed:
            self._pieces.append(data)
            self._waiting += len(data)
            self._news.set()

    def close(self) -> None:
        """Send what waits, and then end."""
        self._closed = True
        self._news.set()

    async def next(self) -> bytes:
        """Wait for output and return what is to be sent next; nothing once the viewer is closed and all was sent."""
        while not self._pieces and not self._closed:
            self._news.clear()
            await self._news.wait()
        taken, size = 0, 0
        while taken < len(self._pieces) and (not taken or size + len(self._pieces[taken]) <= PIECE):
            size += len(self._pieces[taken])
            taken += 1
        message = b"".join(self._pieces[:taken])
        del self._pieces[:taken]
        self._waiting -= size
        return message
