"""What changing the shape of batches does to their streams and their epoch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rebatching:
    """What a change of the batches' shape leads to."""

    kept_streams: tuple[int, ...]
    """For each new stream, the old one that it continues, or -1 if it begins; empty for windows."""
    steps_left: int
    """Steps until the current epoch ends."""
