"""Files as one finds them, mutated at random: read as the texts that they are, or refused in a sentence."""

import random
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from torture_files import judged, mutated
from torturing import Attempt, Outcome, Torture

from charplay.corpora.errors import CorpusError
from charplay.corpora.reading import read_file
from charplay.corpora.vocabulary import Vocabulary

SENTENCES = ("Dès Noël, où un zéphyr haï me vêt. ", "Съешь же ещё этих булок. ", "plain words\n", "色は匂へど",
             "a\r\nb\rc\n", "\x00\x01", "\u202e\u200b\x1b[31m", "😀👍🏽")  # fmt: skip
ENCODINGS = (
    "utf-8",
    "utf-8",
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "latin-1",
    "cp1251",
    "shift_jis",
)


def a_text(chance: random.Random) -> bytes:
    """The bytes of a file as one finds them."""
    kind = chance.randrange(8)
    if kind == 0:
        return chance.randbytes(chance.choice((0, 1, 2, 199, 5000)))
    pieces = [chance.choice(SENTENCES) * chance.choice((1, 3, 40)) for _ in range(chance.choice((1, 2, 12)))]
    data = "".join(pieces).encode(chance.choice(ENCODINGS), "ignore")
    if kind == 1:
        return zlib.compress(data)
    if kind == 2:
        return data[: chance.randrange(len(data) + 1)]
    if kind < 5:
        return mutated(data, chance) if data else data
    return data


class Texts:
    """One file that becomes one text after another."""

    def __init__(self, folder: Path, *, sabotaged: bool) -> None:
        self._path = folder / "text.txt"
        self._sabotaged = sabotaged

    def attempt(self, chance: random.Random) -> Outcome:
        """Read a text; what was read must be the file's, or be said to be otherwise, or be refused."""
        data, outcome = a_text(chance), Outcome()
        self._path.write_bytes(data)
        read = judged(self._read, (CorpusError,), outcome)
        if read is None:
            return outcome
        text, encoding, notes = read
        lossless = [text.replace("\n", end).encode(encoding, "surrogatepass") for end in ("\n", "\r\n", "\r")]
        unmarked = data.removeprefix(b"\xef\xbb\xbf")
        if not notes and unmarked not in lossless and encoding not in {"utf-16", "utf-32"}:
            outcome.faults.append(f"{data[:60]!r} was read as something else, and nothing was said")
        vocabulary = Vocabulary.of(text)
        if vocabulary.decode(vocabulary.encode(text)) != text:
            outcome.faults.append("decoding what was encoded gives another text")
        return outcome

    def _read(self) -> tuple[str, str, tuple[str, ...]]:
        if self._sabotaged:
            return self._path.read_bytes().decode("utf-8", "replace"), "utf-8", ()  # the reader that must not be
        read = read_file(self._path)
        return read.text, read.encoding, read.notes


@contextmanager
def begin_texts(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A folder for one text."""
    tracemalloc.start()
    try:
        yield Texts(folder, sabotaged=sabotaged).attempt
    finally:
        tracemalloc.stop()


TEXTS = Torture(
    "fuzzed texts", begin_texts, "files", "a reader that replaces what it cannot decode", few=60, control_tries=200
)
