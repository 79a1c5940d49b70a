"""The tab of the words and n-grams: how often each comes, its share, and where in the text it comes."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.corpus import from_text
from charplay.corpora.exploring.character_ngrams import CharacterNgrams
from charplay.corpora.exploring.dispersion import Dispersion, disperse
from charplay.corpora.exploring.frequency_list import FrequencyList, count_tokens
from charplay.corpora.exploring.lengths import Lengths
from charplay.corpora.exploring.text_statistics import measure_lines
from charplay.corpora.exploring.token_search import find_tokens
from charplay.corpora.exploring.units import Unit, read_tokens
from charplay.corpora.exploring.word_statistics import STRETCH, WordStatistics, measure_words
from charplay.corpora.exploring.words import WORD, Words
from charplay.corpora.exploring.writing_system import words_or_characters
from charplay.corpora.progress import Progress
from charplay.playground.exploring.collocate_tab import collocate_tab
from charplay.playground.exploring.table import Column, Table
from charplay.playground.exploring.table_tab import PAUSE, Counted, Occurrences, TableTab
from charplay.playground.jobs import BackgroundJob, JobSlot
from charplay.plotting.sparkline import sparkline

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus

LONGEST = 8
"""Characters or words of an n-gram at most."""
SLICES = 24
"""Cells of a strip."""
MOST_STRIPS = 5000
"""Rows whose strips are remembered."""
MOST_SPELLED = 200_000
"""Rows that are sorted by their spelling at most."""
COMPARED = 48
"""Characters of tokens that are compared where they are sorted by their spelling."""
SPELLED_AT_ONCE = 200
"""Rows that are spelled before other threads have their turn."""
HALF = 0.5
"""Share of all tokens that is said to be made up by so many different ones."""
NEAR = 200
"""Characters around a position in which a word is looked for."""


@dataclass(frozen=True)
class Counting:
    """What is counted as one."""

    characters: bool = False
    """N-grams of characters; else words."""
    order: int = 1
    folds_case: bool = False

    def changed(self, by: int) -> "Counting":
        """The same with n-grams longer, or shorter."""
        return replace(self, order=max(1, min(LONGEST, self.order + by)))

    def unit(self, corpus: "Corpus") -> tuple[Unit, str]:
        """Return what is counted in a text, and a sentence where that is something else."""
        if self.characters:
            return CharacterNgrams(self.order, self.folds_case), ""
        return words_or_characters(corpus, self.order, folds_case=self.folds_case)


def word_tab(corpus: "Corpus", counting: Counting) -> TableTab:
    """Return the tab of a text's words or n-grams."""
    unit, note = counting.unit(corpus)
    return TableTab(unit.title, lambda progress: _count(corpus, unit, note, progress))


class Dispersions:
    """Where the rows in sight come in the text, found in the background."""

    def __init__(self, found: FrequencyList) -> None:
        self._found = found
        self._strips: dict[int, tuple[str, str]] = {}
        self._search = JobSlot[Dispersion]()
        self._looking: Sequence[int] = ()

    def strip(self, row: int) -> str:
        """Return a row's strip; empty where it was not found yet."""
        return self._strips.get(row, ("", ""))[0]

    def deviation(self, row: int) -> str:
        """Return a row's deviation of proportions; empty where it was not found yet."""
        return self._strips.get(row, ("", ""))[1]

    @property
    def at_work(self) -> bool:
        """Whether strips are being found."""
        return self._search.busy

    def look(self, rows: Sequence[int]) -> None:
        """Find the strips of these rows."""
        missing = [row for row in rows if row not in self._strips]
        if not missing or (self._search.busy and not set(missing).isdisjoint(self._looking)):
            return
        found, self._looking = self._found, missing
        keys = found.keys[np.array(missing)]
        search = BackgroundJob(lambda watch: disperse(found.corpus, found.unit, keys, SLICES, Progress(watch)))
        self._search.put(search.start())

    def cancel(self) -> None:
        """Give up what is under way."""
        self._search.cancel()

    def advance(self) -> bool:
        """Take in what was found."""
        ended = self._search.take_ended()
        if ended is None or ended.result is None:
            return False
        if len(self._strips) > MOST_STRIPS:
            self._strips.clear()
        for row, counts, deviation in zip(
            self._looking, ended.result.counts.tolist(), ended.result.deviations.tolist(), strict=True
        ):
            self._strips[row] = (sparkline(counts, empty="·"), "" if math.isnan(deviation) else f"{deviation:.2f}")
        return True


def _count(corpus: "Corpus", unit: Unit, note: str, progress: Progress) -> Counted:
    if isinstance(unit, Words) and unit.order == 1:
        measured = measure_words(corpus, unit, progress.part(0, 0.95))
        found, more = measured.words, _word_facts(measured, measure_lines(corpus, progress.part(0.95, 1)))
    else:
        found, more = count_tokens(corpus, unit, progress), ""
    in_sight = Dispersions(found)
    return Counted(
        Table(_columns(found, in_sight), len(found), sorted_by=2),
        "\n".join(filter(None, (_facts(found, note), more))),
        lambda row: _occurrences(found, row),
        lambda position: _row_at(found, position),
        in_sight,
        (lambda row: collocate_tab(found.row(row).text, found))
        if isinstance(unit, Words) and unit.order == 1
        else None,
    )


def _columns(found: FrequencyList, in_sight: Dispersions) -> list[Column]:
    spelled = (lambda: _spelled(found)) if len(found) <= MOST_SPELLED else None
    return [
        Column("rank", 9, lambda row: f"{row + 1:,}", lambda: np.arange(len(found)), lambda row: row + 1, falls=False),
        Column("text", 0, lambda row: found.row(row).text, spelled, is_text=True, tone="strong", falls=False,
               most=40),
        Column("count", 11, lambda row: f"{int(found.counts[row]):,}", lambda: found.counts,
               lambda row: int(found.counts[row])),
        Column("share", 7, lambda row: f"{found.counts[row] / found.total:.2%}",
               value=lambda row: float(found.counts[row] / found.total)),
        Column("where", SLICES, in_sight.strip, is_text=True, tone="accent"),
        Column("DP", 4, in_sight.deviation),
    ]  # fmt: skip


def _spelled(found: FrequencyList) -> NDArray[Any]:
    """(U,) the beginning of every token, to sort by: unlike Python's texts these are sorted beside the screen's thread.

    Between them, too, the screen has its turn: one thread of Python runs at a time.
    """
    spelled = np.empty(len(found), f"U{COMPARED}")
    for row in range(len(found)):
        spelled[row] = found.row(row).text
        if row % SPELLED_AT_ONCE == 0:
            time.sleep(PAUSE)
    return spelled


def _facts(found: FrequencyList, note: str) -> str:
    facts = [f"{found.total:,} {found.unit.title}, {len(found):,} different, {found.once:,} of them once"]
    if found.share_counted < 1:
        facts.append(f"counted in {found.share_counted:.0%} of the text")
    if found.most_missed:
        facts.append(f"counts may be up to {found.most_missed:,} too low, as the rarest were dropped")
    facts.append(f"{found.covering(HALF):,} cover half")
    return "; ".join([*filter(None, (note,)), *facts])


def _word_facts(measured: WordStatistics, lines: Lengths) -> str:
    """Say how long words, lines and sentences are in the mean, and how many words of a stretch differ."""
    means = (
        (measured.lengths, "characters a word"),
        (lines, "a line"),
        (measured.sentences, "words a sentence"),
    )
    facts = ", ".join(f"{lengths.mean:.1f} {what}" for lengths, what in means)
    different = measured.different_in_stretch
    varied = "" if math.isnan(different) else f"; {different:.0f} of {STRETCH:,} differ"
    return f"{facts}{varied}" if measured.words.total else ""


def _occurrences(found: FrequencyList, row: int) -> Occurrences:
    corpus, unit, key = found.corpus, found.unit, int(found.keys[row])
    text = found.row(row).text
    first = None if found.firsts is None else int(found.firsts[row])
    return Occurrences(text, first, len(text), lambda progress: find_tokens(corpus, unit, key, progress))


def _row_at(found: FrequencyList, position: int) -> int | None:
    """Return the row of the word or n-gram that stands at a position."""
    corpus, unit, start = found.corpus, found.unit, position
    if isinstance(unit, Words):
        before = max(0, position - NEAR)
        text = corpus.text(before, position + NEAR)
        word = next((each for each in WORD.finditer(text) if before + each.end() > position), None)
        start = before + word.start() if word is not None else position
    near = from_text("", corpus.text(start, start + NEAR * unit.order) or " ")
    for tokens in read_tokens(unit, near, Progress()):
        if len(tokens.keys):
            rows = np.flatnonzero(found.keys == tokens.keys[0]).tolist()
            return int(rows[0]) if rows else None
    return None
