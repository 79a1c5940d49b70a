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
LEAST_WINDOW, XZ_WINDOW = 1 << 20, 1 << 26
"""Bytes in which xz finds repetitions: for a short text, and as preset 9 does."""


class _Stream(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class Compressor(NamedTuple):
    """A compressor at its strongest setting."""

    open: Callable[[int], _Stream]
    """Begins a stream of so many bytes at most."""
    window: str
    """How far back it finds repetitions; bz2 reads blocks of that size."""


def _open_xz(size: int) -> _Stream:
    """Begin a stream of preset 9 with no larger window than there are bytes.

    What it finds is the same. A window of 64 MB, and ten times that of tables, would be made in one call, for which
    keys wait 40 ms.
    """
    window = 1 << (max(size, LEAST_WINDOW) - 1).bit_length()
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": min(window, XZ_WINDOW)}]
    return lzma.LZMACompressor(filters=filters)


COMPRESSORS = {
    "zlib": Compressor(lambda _: zlib.compressobj(9), "32 kB"),
    "bz2": Compressor(lambda _: bz2.BZ2Compressor(9), "900 kB"),
    "xz": Compressor(_open_xz, "64 MB"),
}


def compressed_loss(
    compressor: Compressor, corpus: Corpus, start: int, border: int, stop: int, progress: Progress
) -> float:
    """Return the nats a character that the text from `border` to `stop` adds to that from `start` to `border`.

    The text is compressed as UTF-8. Raises Cancelled.
    """
    before = border - start
    share = before / (before + stop - start)
    widest = len(corpus.vocabulary.characters[-1].encode("utf-8", "surrogatepass"))
    alone = _compressed_size(compressor, _pieces(corpus, start, border, progress.part(0, share)), widest * before)
    together = _compressed_size(
        compressor, _pieces(corpus, start, stop, progress.part(share, 1)), widest * (stop - start)
    )
    return (together - alone) * 8 * math.log(2) / (stop - border)


def _pieces(corpus: Corpus, start: int, stop: int, progress: Progress) -> Iterator[bytes]:
    for position in range(start, stop, PIECE):
        progress.at((position - start) / (stop - start))
        yield corpus.text(position, min(position + PIECE, stop)).encode("utf-8", "surrogatepass")


def _compressed_size(compressor: Compressor, pieces: Iterable[bytes], most: int) -> int:
    stream = compressor.open(most)
    return sum(len(stream.compress(piece)) for piece in pieces) + len(stream.flush())
