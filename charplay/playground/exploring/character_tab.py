"""The tab of the characters: what each is, how often it comes, and where first."""

from typing import TYPE_CHECKING

import numpy as np

from charplay.corpora.exploring.character_table import CharacterTable, count_characters
from charplay.corpora.exploring.search import Query, search
from charplay.corpora.progress import Progress
from charplay.formatting.loss_units import format_loss
from charplay.formatting.sanitize import sanitize_char
from charplay.formatting.units import plural
from charplay.playground.exploring.table import Column, Table
from charplay.playground.exploring.table_tab import Counted, Occurrences, TableTab

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus


def character_tab(corpus: "Corpus") -> TableTab:
    """Return the tab of a text's characters."""
    return TableTab("characters", lambda progress: _count(corpus, progress))


def _count(corpus: "Corpus", progress: Progress) -> Counted:
    found = count_characters(corpus, progress)

    def occurrences(row: int) -> Occurrences:
        query = Query(found.characters[row])
        shown = sanitize_char(found.characters[row])
        return Occurrences(shown, int(found.firsts[row]), 1, lambda progress: search(corpus, query, progress))

    return Counted(
        Table(_columns(found), len(found), sorted_by=4),
        _facts(found),
        occurrences,
        lambda position: found.characters.find(corpus.text(position, position + 1)),
    )


def _facts(found: CharacterTable) -> str:
    """Say how many characters there are, how few of them nearly all are, how even, and of what kinds: two lines."""
    entropy = f"entropy {format_loss(found.entropy())}"
    return f"{plural(found.total, 'character')}; {found.coverage_sentence()}; {entropy}\n{found.kinds_sentence()}"


def _columns(found: CharacterTable) -> list[Column]:
    covered = np.cumsum(found.counts) / max(found.total, 1)
    shares = found.counts / max(found.total, 1)
    points = np.array([ord(character) for character in found.characters], np.int64)
    rows = range(len(found))
    names = np.array([found.row(row).name for row in rows] if len(found) else [""])
    categories = np.array([found.row(row).category for row in rows] if len(found) else [""])
    return [
        Column("char", 7, lambda row: sanitize_char(found.characters[row]), value=lambda row: found.characters[row],
               is_text=True, tone="strong", name="character"),
        Column("code", 8, lambda row: f"U+{int(points[row]):04X}", lambda: points, falls=False, is_text=True,
               name="code point"),
        Column("name", 0, lambda row: str(names[row]), lambda: names, falls=False, is_text=True,
               cut="start", most=50),
        Column("cat", 4, lambda row: str(categories[row]), lambda: categories, falls=False, is_text=True,
               name="category"),
        Column("count", 11, lambda row: f"{int(found.counts[row]):,}", lambda: found.counts,
               lambda row: int(found.counts[row])),
        Column("share", 7, lambda row: f"{shares[row]:.2%}", lambda: found.counts, lambda row: float(shares[row])),
        Column("cumul.", 8, lambda row: f"{covered[row]:.2%}", lambda: covered, lambda row: float(covered[row]),
               falls=False, name="cumulative share"),
        Column("first", 11, lambda row: f"{int(found.firsts[row]):,}", lambda: found.firsts,
               lambda row: int(found.firsts[row]), falls=False),
    ]  # fmt: skip
