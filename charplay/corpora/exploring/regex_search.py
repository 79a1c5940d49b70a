"""Searches a text by a regular expression in a process of its own, which can be killed whatever the expression is.

Python's `re` cannot be interrupted, and holds every other thread up while it looks: `(a+)+$` can take longer than
anybody lives. So a child process looks, and this one waits for its hits and kills it when asked to cancel.
"""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.corpus import Corpus
from charplay.corpora.errors import CorpusError
from charplay.corpora.exploring import regex_child
from charplay.corpora.progress import Progress

LOOK_SECONDS = 0.02
"""Between two looks at whether to cancel while the child is silent."""
PATIENCE = 60
"""Seconds for one piece of the text; then the child ends, even where nobody waits for it any more."""

Found = tuple[NDArray[np.int64], NDArray[np.int64]]


def find_regex(corpus: Corpus, pattern: str, flags: int, longest: int, progress: Progress) -> Iterator[Found]:
    """Yield the positions and lengths of an expression's matches, a piece of the text at a time.

    Matches have at most `longest` characters. Raises Cancelled, and CorpusError where a piece takes too long.
    """
    child = subprocess.Popen(  # noqa: S603  (this interpreter, with nothing of the user's on its command line)
        [sys.executable, "-m", regex_child.__name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdin
    assert child.stdout
    try:
        with suppress(BrokenPipeError):  # it has ended already; reading says how
            _ask(child.stdin, corpus, {"pattern": pattern, "flags": flags, "longest": longest, "patience": PATIENCE})
        done = 0
        while done < len(corpus):
            done, count = np.frombuffer(_read(child, 16, done / len(corpus), progress), np.int64).tolist()
            hits = np.frombuffer(_read(child, 16 * count, done / len(corpus), progress), np.int64)
            if count:
                yield hits[:count], hits[count:]
        progress.at(1)
    finally:
        child.kill()
        child.wait()
        with suppress(BrokenPipeError):
            child.stdin.close()
        child.stdout.close()


def _ask(stdin: IO[bytes], corpus: Corpus, asked: dict[str, object]) -> None:
    """Send what is searched, and the text: the name of its file where it is memory-mapped, else its ids."""
    ids = corpus.ids
    file = os.fspath(ids.filename) if isinstance(ids, np.memmap) and ids.filename else None
    facts = {"vocabulary": corpus.vocabulary.characters, "count": len(ids), "file": file}
    stdin.write(json.dumps(asked | facts).encode() + b"\n")
    if file is None:
        stdin.write(np.ascontiguousarray(ids).data)
    stdin.flush()


def _read(child: subprocess.Popen[bytes], size: int, share: float, progress: Progress) -> bytes:
    """Read `size` bytes, and look at whether to cancel while they do not come."""
    assert child.stdout
    parts: list[bytes] = []
    while size:
        progress.at(share)
        if not select.select([child.stdout], [], [], LOOK_SECONDS)[0]:
            continue
        part = os.read(child.stdout.fileno(), min(size, 1 << 20))
        if not part:
            raise CorpusError(_how_it_ended(child.wait()))
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _how_it_ended(code: int) -> str:
    if code == -signal.SIGALRM:
        return (
            f"The regular expression takes too long: it was given up after {PATIENCE} s at the same place; leave out "
            "repeats within repeats."
        )
    return f"The search for the regular expression broke off (exit code {code}), perhaps for want of memory; try again."
