"""The process that looks for a regular expression: reads what is asked on stdin, writes hits to stdout.

For each piece of the text it writes int64 numbers: how many characters are done, how many matches follow, then their
positions, then their lengths.
"""

import json
import re
import signal
import sys
import warnings
from collections.abc import Callable, Iterator

import numpy as np

from charplay.corpora.vocabulary import CHUNK, Vocabulary


def matches(
    pattern: re.Pattern[str], text: Callable[[int, int], str], size: int, longest: int, piece: int = CHUNK
) -> Iterator[tuple[int, list[int], list[int]]]:
    """Yield for each piece of a text how many characters are done, and its matches' positions and lengths.

    `text(start, stop)` decodes a part of the text's `size` characters. Each piece is seen with `longest` characters
    before it and twice as many behind it, so that a match and what is looked at around it are the same as in the whole.
    """
    free = 0
    for begin in range(0, size, piece):
        end = min(begin + piece, size)
        first = max(0, begin - longest)
        window = text(first, min(end + 2 * longest, size))
        positions, lengths = [], []
        position = max(begin, free)
        while position < end:
            for match in pattern.finditer(window, position - first):
                start, length = first + match.start(), match.end() - match.start()
                position = start + min(length, longest)
                if start >= end:
                    break
                if length:
                    positions.append(start)
                    lengths.append(position - start)
                if length > longest:
                    break  # and look again from where it is cut off
            else:
                break
        free = positions[-1] + lengths[-1] if positions else free
        yield end, positions, lengths


def main() -> None:
    """Answer one search."""
    asked = json.loads(sys.stdin.buffer.readline())
    vocabulary = Vocabulary(asked["vocabulary"])
    if asked["file"]:
        ids = np.load(asked["file"], mmap_mode="r")
    else:
        ids = np.frombuffer(sys.stdin.buffer.read(asked["count"] * vocabulary.dtype.itemsize), vocabulary.dtype)
    warnings.simplefilter("ignore")
    pattern = re.compile(asked["pattern"], asked["flags"])
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # nothing else can end a match that is being looked for
    signal.alarm(asked["patience"])
    found = matches(pattern, lambda start, stop: vocabulary.decode(ids[start:stop]), asked["count"], asked["longest"])
    for done, positions, lengths in found:
        sys.stdout.buffer.write(np.array([done, len(positions), *positions, *lengths], np.int64).tobytes())
        sys.stdout.buffer.flush()
        signal.alarm(asked["patience"])


if __name__ == "__main__":
    main()
