"""The words that stand where the focus is, and what they mean."""

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from charplay.playground.glossary import Entry, entries_in, read_glossary
from charplay.tui.widgets.reader_lines import Line


@runtime_checkable
class SaysWords(Protocol):
    """A widget whose words can be explained."""

    def words_here(self) -> str:
        """Return what it says where its cursor stands."""


def shown_words(screen: Screen[object]) -> Iterator[str]:
    """Yield what stands at the focus and on the edges around it, from within; without a focus all over the screen."""
    focus = screen.focused
    around = screen.query(Widget) if focus is None else [n for n in focus.ancestors_with_self if isinstance(n, Widget)]
    for widget in around:
        if isinstance(widget, SaysWords):
            yield widget.words_here()
        for edge in (widget.border_title, widget.border_subtitle):
            yield Content.from_markup(edge or "").plain


def word_lines(found: list[Entry]) -> list[Line]:
    """Return lines to read: the words found, then all others from A to Z."""
    lines: list[Line] = []
    for entry in found:
        lines += [[(entry.head, "accent")], [(entry.meaning, "plain")], []]
    if not found:
        lines += [[("No word of the glossary stands here; these are all of them.", "quiet")], []]
    for entry in read_glossary():
        if entry not in found:
            lines += [[(f"{entry.head}: ", "quiet"), (entry.meaning, "plain")]]
    return lines


def explain(screen: Screen[object]) -> list[Line]:
    """Return the lines that explain what has the focus."""
    return word_lines(entries_in(shown_words(screen), read_glossary()))
