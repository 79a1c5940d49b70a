"""A text that is not here yet, as lines to read: what it is, and how to come by it with a network or without."""

import textwrap
from typing import TYPE_CHECKING

from charplay.tui.amounts import count
from charplay.tui.panes.rows import Cell
from charplay.tui.visible import visible

if TYPE_CHECKING:
    from charplay.corpora.entries import Entry, Place

WIDTH = 72
"""Columns of the sentences: a digest fits, and the box at 80."""


def about(entry: "Entry", place: "Place", trouble: str) -> list[list[Cell]]:
    """A text of the catalog; `trouble` is why it could not be fetched, where that was tried."""
    lines = [
        *_said(f"{entry.note}. {count(entry.size or 0)}B, {entry.licence}.", "plain"),
        [],
        *_said("enter in the list of texts fetches it; t fetches it and trains.", "quiet"),
    ]
    if trouble:
        lines += [[], *_said(trouble, "bad")]
    for classic in place.classics:
        if classic.name == entry.name:
            lines += [[], *_said("Without a network, copy any of these files, under any name, into", "quiet")]
            lines += _said(str(place.corpora), "accent")
            for copy in classic.copies:
                lines += [[], *_said(copy.address, "plain"), *_said(f"sha256 {copy.sha256}", "quiet")]
    return lines


def _said(sentence: str, tone: str) -> list[list[Cell]]:
    """A sentence, or an address, over as many lines as it needs."""
    return [[(f" {line}", tone)] for line in textwrap.wrap(visible(sentence, " "), WIDTH, break_on_hyphens=False)]
