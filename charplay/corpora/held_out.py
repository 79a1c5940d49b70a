"""Which held-out characters a closing `val_loss` counts: one rule for networks and for what they are compared with."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus

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


def bytes_per_character(corpus: "Corpus", trained: int) -> float:
    """Return the mean bytes of UTF-8 of the characters that a closing loss counts; of all where nothing is held out.

    `trained` is the number of characters before the held-out part.
    """
    counted = final_characters(len(corpus) - trained)
    return corpus.utf8_bytes(trained, trained + counted) / counted if counted else corpus.utf8_bytes() / len(corpus)
