"""Entries of the library, and the paths in which its sources look for them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from charplay.corpora.classics import Classic

Kind = Literal["file", "folder", "built-in", "catalog", "generated"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One text of the library; a classic may have to be fetched before it can be opened."""

    name: str
    """Unique name for `--corpus`; of a text outside the library its absolute path."""
    title: str
    kind: Kind
    path: Path | None
    """The file or folder; None for a built-in or generated text and for a classic that is not fetched yet."""
    size: int | None
    """Bytes; None where that is unknown without reading."""
    ready: bool
    """False where the text has to be fetched first."""
    licence: str
    note: str
    source: str
    """Name of the module in `charplay.corpora.sources` that reads it."""


@dataclass(frozen=True)
class LibraryPaths:
    """What sources search: the user's folder of texts, and the catalog's classics."""

    corpora: Path
    classics: tuple[Classic, ...]
