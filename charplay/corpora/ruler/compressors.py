"""General compressors as predictors: the bytes that a text takes after the training text has been compressed."""

import bz2
import lzma
import math
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from charplay.corpora.corpus import Corpus
from charplay.corpora.progress import Progress

PIECE = 1 << 16
"""Characters compressed between two reports of progress: so few that what decodes them holds no key up."""


class _Stream(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class Compressor(NamedTuple):
    """A compressor at its strongest setting."""

    open: Callable[[], _Stream]
    window: str
    """How far back it finds repetitions; bz2 reads blocks of that size."""


COMPRESSORS = {
    "zlib": Compressor(lambda: zlib.compressobj(9), "32 kB"),
    "bz2": Compressor(lambda: bz2.BZ2Compressor(9), "900 kB"),
    "xz": Compressor(lambda: lzma.LZMACompressor(preset=9), "64 MB"),
}


def compressed_loss(
    compressor: Compressor, corpus: Corpus, start: int, border: int, stop: int, progress: Progress
) -> float:
    """Return the nats a character that the text from `border` to `stop` adds to that from `start` to `border`.

    The text is compressed as UTF-8. Raises Cancelled.
    """
    before = border - start
    share = before / (before + stop - start)
    alone = _compressed_size(compressor, _pieces(corpus, start, border, progress.part(0, share)))
    together = _compressed_size(compressor, _pieces(corpus, start, stop, progress.part(share, 1)))
    return (together - alone) * 8 * math.log(2) / (stop - border)


def _pieces(corpus: Corpus, start: int, stop: int, progress: Progress) -> Iterator[bytes]:
    for position in range(start, stop, PIECE):
        progress.at((position - start) / (stop - start))
        yield corpus.text(position, min(position + PIECE, stop)).encode("utf-8", "surrogatepass")


def _compressed_size(compressor: Compressor, pieces: Iterable[bytes]) -> int:
    stream = compressor.open()
    return sum(len(stream.compress(piece)) for piece in pieces) + len(stream.flush())
