"""What a pane or a dialog shows, as plain text to be copied or written: also the rows that one would scroll to."""

import re
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from textual.content import Content
from textual.dom import DOMNode
from textual.widget import Widget
from textual.widgets import Static


@runtime_checkable
class HasRows(Protocol):
    """A widget whose rows can be had as text."""

    def whole(self) -> str:
        """Return all of its rows, also those that are not in sight."""


def shown_text(root: DOMNode) -> str:
    """Return what is shown in a part of the screen, its titles first, with a line between its parts."""
    return "\n\n".join(filter(None, (each.rstrip() for each in _parts(root)))) + "\n"


def _parts(node: DOMNode) -> Iterator[str]:
    if not node.display:
        return
    if isinstance(node, Widget):
        title = Content.from_markup(node.border_title or "").plain
        yield re.sub(r"\s*─[─\s]*", "   ", title)  # the line of the edge fills a title that has columns
    if isinstance(node, HasRows):
        yield node.whole()
    elif isinstance(node, Static):
        yield str(node.content)
    for child in node.children:
        yield from _parts(child)
