"""What the library offers, and where it looks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from charplay.corpora.classics import Classic

Kind = Literal["file", "folder", "built-in", "catalog"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One text that can be opened, or fetched first."""

    name: str
    """The key for `--corpus`, unique; the absolute path where the text lies outside the library."""
    title: str
    kind: Kind
    path: Path | None
    """The file or folder; None for a built-in text and for one that is not fetched yet."""
    size: int | None
    """Bytes, where that is known without reading."""
    ready: bool
    """False where the text must be fetched first."""
    licence: str
    note: str
    source: str
    """The module in `sources` that reads it."""


@dataclass(frozen=True)
class LibraryPaths:
    """Where sources look: the folder that texts are dropped into, and the catalog's classics."""

    corpora: Path
    classics: tuple[Classic, ...]
