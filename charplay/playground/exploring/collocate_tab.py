"""The table of a word's collocates: the words that come near it more often than chance would bring them there."""

import numpy as np

from charplay.corpora.corpus import from_text
from charplay.corpora.exploring.collocates import LEAST, SPAN, Collocate, collocates
from charplay.corpora.exploring.frequency_list import FrequencyList, count_tokens
from charplay.corpora.exploring.token_search import find_tokens
from charplay.corpora.progress import Progress
from charplay.formatting.units import plural
from charplay.playground.exploring.table import Column, Table
from charplay.playground.exploring.table_tab import Counted, Occurrences, TableTab


def collocate_tab(word: str, words: FrequencyList) -> TableTab:
    """Return the table of what comes near a word of a list."""
    return TableTab(f'collocates of "{word}"', lambda progress: _count(word, words, progress))


def _count(word: str, words: FrequencyList, progress: Progress) -> Counted:
    found = collocates(word, words, progress=progress)
    near = f'{plural(len(found), "collocate")} of "{word}"'

    def occurrences(row: int) -> Occurrences:
        text = found[row].text
        key = int(count_tokens(from_text("", text), words.unit).keys[0])
        return Occurrences(text, None, len(text), lambda progress: find_tokens(words.corpus, words.unit, key, progress))

    return Counted(
        Table(_columns(found), len(found), sorted_by=4),
        f"{near} within {SPAN} words, at least {LEAST} times",
        occurrences,
        lambda _position: None,
    )


def _columns(found: list[Collocate]) -> list[Column]:
    texts = np.array([each.text for each in found], object)
    figures = {
        name: np.array([getattr(each, name) for each in found] or [0.0])
        for name in ("count", "total", "log_likelihood", "mutual_information")
    }
    return [
        Column("word", 0, lambda row: found[row].text, lambda: texts, is_text=True, tone="strong", falls=False,
               most=40),
        Column("near", 9, lambda row: f"{found[row].count:,}", lambda: figures["count"], lambda row: found[row].count),
        Column("total", 9, lambda row: f"{found[row].total:,}", lambda: figures["total"], lambda row: found[row].total),
        Column("expected", 9, lambda row: f"{found[row].expected:,.1f}", value=lambda row: found[row].expected),
        Column("LL", 9, lambda row: f"{found[row].log_likelihood:,.1f}", lambda: figures["log_likelihood"],
               lambda row: found[row].log_likelihood, name="log-likelihood"),
        Column("MI", 6, lambda row: f"{found[row].mutual_information:.2f}", lambda: figures["mutual_information"],
               lambda row: found[row].mutual_information, name="mutual information"),
    ]  # fmt: skip
