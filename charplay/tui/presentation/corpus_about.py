"""A text that is not here yet, as lines to read: what it is, and how to come by it with a network or without."""

from typing import TYPE_CHECKING

from charplay.formatting.units import count
from charplay.tui.widgets.row_list import Cell

if TYPE_CHECKING:
    from charplay.corpora.entries import Entry, LibraryPaths


def about(entry: "Entry", place: "LibraryPaths", trouble: str, train_key: str) -> list[list[Cell]]:
    """A text of the catalog; `trouble` is why it could not be fetched, where that was tried; `train_key` trains."""
    lines = [
        [(f"{entry.note}. {count(entry.size or 0)}B, {entry.licence}.", "plain")],
        [],
        [(f"enter in the list of texts fetches it; {train_key} fetches it and trains.", "quiet")],
    ]
    if trouble:
        lines += [[], [(trouble, "bad")]]
    for classic in place.classics:
        if classic.name == entry.name:
            lines += [[], [("Without a network, copy any of these files, under any name, into", "quiet")]]
            lines.append([(str(place.corpora), "accent")])
            for copy in classic.mirrors:
                lines += [[], [(copy.address, "plain")], [(f"sha256 {copy.sha256}", "quiet")]]
    return lines
