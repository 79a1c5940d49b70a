"""Lines of JSON on a socket, of at most 64 KiB each."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NoReturn

from charplay.protocol.codec import Json, ProtocolError, encode_event
from charplay.protocol.events import Event, Progress

PROTOCOL = 1
"""The number of this protocol; the first line of a host names it."""
MAX_LINE_BYTES = 64 * 1024
"""Of a line, its end included."""
CUTS = (8192, 2048, 512, 64, 0)
"""Characters that are left of each text of an event that is too long for a line, tried in this order."""


class LineBuffer:
    """Cuts what arrives from a socket into lines. It holds one line and one read of a socket at most."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> None:
        """Take bytes in. ProtocolError where a line is too long."""
        self._held += data
        if len(self._held) >= MAX_LINE_BYTES and b"\n" not in self._held[:MAX_LINE_BYTES]:
            raise ProtocolError(f"a line has at most {MAX_LINE_BYTES:,} bytes")

    def take(self, most: int | None = None) -> Iterator[bytes]:
        """Yield complete lines, oldest first, without their ends; at most so many."""
        while most is None or most > 0:
            line, end, rest = self._held.partition(b"\n")
            if not end:
                return
            self._held = rest
            most = None if most is None else most - 1
            yield bytes(line)

    @property
    def has_line(self) -> bool:
        """Whether a complete line waits."""
        return b"\n" in self._held


def encode_line(message: Mapping[str, object]) -> bytes:
    """Return a message as a line. ValueError where it holds a number that JSON does not have."""
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"


def decode_line(line: bytes) -> Json:
    """Return the message of a line. ProtocolError where it is no JSON object."""
    try:
        message = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ProtocolError("a message is one JSON object on a line") from None
    if not isinstance(message, dict):
        raise ProtocolError("a message is a JSON object")
    return message


def event_lines(event: Event) -> list[bytes]:
    """Return an event as lines. One with many rows becomes several; of longer texts the beginning is left."""
    message = encode_event(event)
    line = encode_line(message)
    if len(line) <= MAX_LINE_BYTES:
        return [line]
    if isinstance(event, Progress) and len(event.rows) > 1:
        half = len(event.rows) // 2
        parts = (event.rows[:half], event.rows[half:])
        return [line for rows in parts for line in event_lines(replace(event, rows=rows))]
    cut = (encode_line({"event": event.kind, **_cut(message, most)}) for most in CUTS)
    return [next(line for line in cut if len(line) <= MAX_LINE_BYTES)]


def _cut(message: Mapping[str, object], most: int) -> Json:
    return {name: _cut_value(value, most) for name, value in message.items() if name != "event"}


def _cut_value(value: object, most: int) -> object:
    if isinstance(value, str):
        return value[:most]
    if isinstance(value, list):
        return [_cut_value(each, most) for each in value[:most]]
    return _cut(value, most) if isinstance(value, Mapping) else value


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
