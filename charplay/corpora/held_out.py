"""Which held-out characters a closing `val_loss` counts: one rule for networks and for what they are compared with."""

MAX_FINAL_CHARACTERS = 2_000_000
"""The most held-out characters that are read at the end of a run; a short run reads fewer, and says so."""
MAX_STREAMS = 64
"""The most pieces of the text that are read in parallel."""
WARM_UP_CHARACTERS = 256
"""Characters before each piece that are read but not counted."""


def parallel_pieces(characters: int) -> tuple[int, int]:
    """Return how many pieces so many characters are read in, and the length of each; what is left over is not read."""
    pieces = max(1, min(MAX_STREAMS, characters // WARM_UP_CHARACTERS))
    return pieces, characters // pieces


def final_characters(held_out: int) -> int:
    """Return how many of the held-out characters, from their first on, a closing loss with carried state counts."""
    pieces, length = parallel_pieces(min(held_out, MAX_FINAL_CHARACTERS))
    return pieces * length
