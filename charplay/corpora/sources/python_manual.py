"""Python's language reference: English prose the size of a novel, available without a download."""

import hashlib
import sys
from functools import cache

from charplay.corpora.entries import Entry, LibraryPaths
from charplay.corpora.pieces import Pieces
from charplay.corpora.progress import Progress
from charplay.corpora.reading import DecodedText


def entries(paths: LibraryPaths) -> list[Entry]:
    """List the manual, where this Python has it."""
    if not _manual():
        return []
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    manual = Entry(
        name="python-manual",
        title="Python manual",
        kind="built-in",
        path=None,
        size=len(_manual().encode()),
        ready=True,
        licence="PSF licence",
        note=f"the language reference of Python {version}, English prose",
        source="python-manual",
    )
    return [manual]


def read(entry: Entry, encoding: str | None, progress: Progress) -> DecodedText:
    """Join the manual's topics in alphabetical order, a blank line between them."""
    text = _manual()
    return DecodedText(Pieces.of(text), hashlib.sha256(text.encode()).hexdigest(), "utf-8", (f"It is {entry.note}.",))


@cache
def _manual() -> str:
    try:
        from pydoc_data.topics import topics
    except ImportError:  # some distributions strip it
        return ""
    return "\n\n".join(topics[name] for name in sorted(topics))
