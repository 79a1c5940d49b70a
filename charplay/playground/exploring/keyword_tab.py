"""The tab of the keywords: what one text says more, or less, often than another one, what never, what is invented."""

from typing import TYPE_CHECKING

import numpy as np

from charplay.corpora.corpus import from_text
from charplay.corpora.exploring.frequency_list import count_tokens
from charplay.corpora.exploring.invented_words import invented_words
from charplay.corpora.exploring.keywords import Keyword, compare, overused, underused
from charplay.corpora.exploring.token_search import find_tokens
from charplay.corpora.exploring.words import Words
from charplay.corpora.exploring.writing_system import words_or_characters
from charplay.corpora.progress import Progress
from charplay.playground.exploring.table import Column, Table
from charplay.playground.exploring.table_tab import Counted, Occurrences, TableTab

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.corpora.corpus import Corpus
    from charplay.corpora.exploring.units import Unit

MOST = 10_000
"""Rows of what is over-used, and of what is under-used."""
USES = {"more": "over-used", "less": "under-used", "never": "never", "invented": "invented"}
"""What a word's use is, and how it is named in a sentence."""
MOST_PLACES = 3
"""Places of a word in the writing that are named."""
AROUND = 20
"""Characters of the writing that are shown on either side of a word."""
OPENING = 0.5
"""The share of the time that opening, or writing, the other text takes."""

NOTHING = "Compared with what? Choose another text, or what the network writes."


def keyword_tab(corpus: "Corpus", title: str, open_other: "Callable[[Progress], Corpus]", *, written: bool) -> TableTab:
    """Return the tab of a text's keywords beside another text.

    Where the other text is what a network has `written`, that is the one whose keywords are shown, beside this text.
    """
    return TableTab(f"keywords beside {title}", lambda progress: _count(corpus, open_other, progress, written=written))


def no_keywords() -> TableTab:
    """Return the tab before there is anything to compare with."""
    return TableTab("keywords", None, NOTHING)


def _count(
    corpus: "Corpus", open_other: "Callable[[Progress], Corpus]", progress: Progress, *, written: bool
) -> Counted:
    other = open_other(progress.part(0, OPENING))
    here, there = (other, corpus) if written else (corpus, other)
    unit, note = words_or_characters(corpus)
    lists = compare(here, there, unit, progress.part(OPENING, 1))
    rows = [*overused(*lists, MOST), *underused(*lists, MOST)]
    invented = _invented(other, corpus, unit) if written else {}
    known = {row.text for row in rows}
    rows += [_invention(word, len(places)) for word, places in invented.items() if word not in known]
    uses = ["invented" if row.text in invented else _use(row) for row in rows]
    facts = ", ".join(f"{uses.count(use):,} {named}" for use, named in USES.items() if use in uses)
    facts = f"{facts or 'no keywords'}: {here.title} beside {there.title}"
    return Counted(
        Table(_columns(rows, uses), len(rows), sorted_by=5),
        "; ".join(filter(None, (note, facts))),
        lambda row: _occurrences(corpus, unit, rows[row].text),
        lambda position: _row_at(corpus, rows, position),
        row_facts=lambda row: _where_written(other, rows[row].text, invented.get(rows[row].text)),
    )


def _invented(written: "Corpus", corpus: "Corpus", unit: "Unit") -> dict[str, list[int]]:
    """Return the words that the network has made up and where it wrote them, the most frequent first."""
    if not isinstance(unit, Words):
        return {}
    return dict(sorted(invented_words(written.text(), corpus).items(), key=lambda each: -len(each[1])))


def _invention(word: str, count: int) -> Keyword:
    nothing = float("nan")
    return Keyword(word, count, 0, 0.0, nothing, nothing, is_never=False)


def _where_written(written: "Corpus", word: str, places: list[int] | None) -> str:
    """Say where in its writing the network has a word that it made up, the first time with what stands around it.

    Nothing is said of other words: their places are the text's own, which enter opens.
    """
    if places is None:
        return ""
    shown = ", ".join(f"{place:,}" for place in places[:MOST_PLACES])
    more = f" and {len(places) - MOST_PLACES:,} more" if len(places) > MOST_PLACES else ""
    first = places[0]
    around = written.text(max(0, first - AROUND), min(len(written), first + len(word) + AROUND))
    return f"written at {shown}{more}: … {' '.join(around.split())} …"


def _use(row: Keyword) -> str:
    return "never" if row.is_never else "more" if row.log_ratio > 0 else "less"


def _columns(rows: list[Keyword], used: list[str]) -> list[Column]:
    texts = np.array([row.text for row in rows], object)
    uses = np.array(used or [""])
    counts, others = (np.array(values or [0]) for values in ([r.count for r in rows], [r.other_count for r in rows]))
    likelihoods = np.nan_to_num(np.array([row.log_likelihood for row in rows] or [0.0]))
    ratios = np.nan_to_num(np.array([row.log_ratio for row in rows] or [0.0]))
    return [
        Column("word", 0, lambda row: rows[row].text, lambda: texts, is_text=True, tone="strong", falls=False,
               most=40),
        Column("use", 8, lambda row: str(uses[row]), lambda: uses, is_text=True, tone="accent", falls=False),
        Column("count", 9, lambda row: f"{rows[row].count:,}", lambda: counts, lambda row: rows[row].count),
        Column("other", 9, lambda row: f"{rows[row].other_count:,}", lambda: others, lambda row: rows[row].other_count),
        Column("expected", 9, lambda row: f"{rows[row].expected:,.1f}", value=lambda row: rows[row].expected),
        Column("LL", 9, lambda row: _figure(rows[row].log_likelihood), lambda: likelihoods,
               lambda row: rows[row].log_likelihood, name="log-likelihood"),
        Column("ratio", 6, lambda row: _figure(rows[row].log_ratio), lambda: ratios, lambda row: rows[row].log_ratio,
               name="log ratio"),
    ]  # fmt: skip


def _figure(value: float) -> str:
    return "" if np.isnan(value) else f"{value:,.1f}"


def _occurrences(corpus: "Corpus", unit: "Unit", text: str) -> Occurrences:
    keys = count_tokens(from_text("", text), unit).keys
    key = int(keys[0]) if len(keys) else 0
    return Occurrences(text, None, len(text), lambda progress: find_tokens(corpus, unit, key, progress))


def _row_at(corpus: "Corpus", rows: list[Keyword], position: int) -> int | None:
    """Return the row of a word that stands at a position."""
    text = corpus.text(position, position + max((len(row.text) for row in rows), default=0))
    return next((number for number, row in enumerate(rows) if row.text and text.startswith(row.text)), None)
