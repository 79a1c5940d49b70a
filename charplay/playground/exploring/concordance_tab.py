"""The tab of the lines: every hit of the search as a key word in its context, sorted by what stands beside it."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.exploring.concordance import Concordance, Order
from charplay.corpora.progress import Progress
from charplay.formatting.units import plural
from charplay.playground.exploring.table import Column, Table
from charplay.playground.exploring.table_tab import Counted, Occurrences, TableTab

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.exploring.search import Hits
    from charplay.playground.exploring.text_search import TextSearch

CONTEXT = 120
"""Characters to each side: a wide screen shows no more."""
WIDEST = 24
"""Cells of the column of matches at most."""
MOST_FOLLOWED = 100_000
"""Hits whose next words are counted at most."""
LINES_KEPT = 256
"""Decoded lines: each has three columns, and pages are drawn again and again."""
NAMED = 8
"""Next words that are named."""

NOTHING = "Nothing is searched yet: <explorer.search> asks for what, and its hits stand here in their contexts."


def concordance_tab(corpus: "Corpus", search: "TextSearch") -> TableTab:
    """Return the tab of the hits of a search, as far as there are any."""
    hits, title = search.hits, search.title
    if hits is None or not len(hits):
        return TableTab("lines", None, f'"{title}" does not occur.' if title and not search.running else NOTHING)
    return TableTab("lines", lambda progress: _lay_out(corpus, hits, title, progress))


def _lay_out(corpus: "Corpus", hits: "Hits", title: str, progress: Progress) -> Counted:
    concordance = Concordance(corpus, hits, CONTEXT)
    facts = [f'"{title}": {plural(hits.count, "hit")}']
    if not hits.is_complete:
        facts.append(f"the first {len(hits):,} are here")
    if len(hits) <= MOST_FOLLOWED:
        followed = concordance.next_words(folds_case=True, progress=progress)
        if followed:
            facts.append("followed by " + ", ".join(f"{word} {count:,}" for word, count in followed[:NAMED]))

    def occurrences(row: int) -> Occurrences:
        return Occurrences(title, int(hits.positions[row]), int(hits.lengths[row]))

    def row_at(position: int) -> int:
        return min(int(np.searchsorted(hits.positions, position)), len(hits) - 1)

    return Counted(Table(_columns(concordance), len(hits), sorted_by=0), "; ".join(facts), occurrences, row_at)


def _columns(concordance: Concordance) -> list[Column]:
    hits, line = concordance.hits, lru_cache(LINES_KEPT)(concordance.line)
    width = min(WIDEST, int(hits.lengths[:10_000].max()))
    return [
        Column("position", 11, lambda row: f"{int(hits.positions[row]):,}", lambda: hits.positions,
               lambda row: int(hits.positions[row]), tone="quiet", falls=False),
        Column("left", 0, lambda row: line(row).left, lambda: _ranks(concordance, "left"),
               is_text=True, cut="start", falls=False, gap=0),
        Column("", width, lambda row: line(row).match, is_text=True, tone="accent", name="match", gap=0),
        Column("right", 0, lambda row: line(row).right, lambda: _ranks(concordance, "right"),
               is_text=True, falls=False),
    ]  # fmt: skip


def _ranks(concordance: Concordance, order: Order) -> NDArray[Any]:
    """(K,) the place of each hit in an order."""
    found = concordance.sorted_by(order).order
    assert found is not None
    ranks = np.empty(len(found), np.int64)
    ranks[found] = np.arange(len(found))
    return ranks
