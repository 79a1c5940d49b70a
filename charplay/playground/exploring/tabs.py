"""The tabs of an explorer: which one is open, what each has counted, and where each was left."""

from dataclasses import replace
from typing import TYPE_CHECKING

from charplay.playground.exploring.character_tab import character_tab
from charplay.playground.exploring.clean_tab import clean_tab
from charplay.playground.exploring.concordance_tab import concordance_tab
from charplay.playground.exploring.keyword_tab import keyword_tab, no_keywords
from charplay.playground.exploring.word_tab import LONGEST, Counting, word_tab
from charplay.playground.exploring.xray_tab import XrayTab

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.corpora.corpus import Corpus
    from charplay.corpora.progress import Progress
    from charplay.playground.cleaning_choice import CleaningChoice
    from charplay.playground.exploring.tab import Tab
    from charplay.playground.exploring.table_tab import TableTab
    from charplay.playground.exploring.text_search import TextSearch

TABS = ("read", "chars", "words", "lines", "keys", "xray", "clean")
"""The tabs, in the order of their keys."""

MOST_COUNTED = 3
"""Ways to count words that are kept."""


class Tabs:
    """Everything but the text itself, most of it tables; a tab begins its work when it is opened first."""

    def __init__(
        self, corpus: "Corpus", search: "TextSearch", xray: XrayTab, cleaning: "CleaningChoice | None" = None
    ) -> None:
        self._corpus = corpus
        self._search = search
        self.open = "read"
        """One of TABS."""
        self.counting = Counting()
        """What the tab of words counts."""
        self._counted = {self.counting: word_tab(corpus, self.counting)}
        self.tables = {
            "chars": character_tab(corpus),
            "words": self._counted[self.counting],
            "lines": concordance_tab(corpus, search),
            "keys": no_keywords(),
            "clean": clean_tab(cleaning),
        }
        """Those that have a table, by name."""
        self.xray = xray
        self._hits = search.hits
        """The hits that the lines are of."""
        self._places = dict.fromkeys(TABS, -1)
        """Where in the text each was when it was opened last."""

    @property
    def table(self) -> "TableTab | None":
        """The open tab, where it has a table."""
        return self.tables.get(self.open)

    @property
    def tab(self) -> "Tab | None":
        """The open tab; None where that is the text itself."""
        return self._all.get(self.open)

    @property
    def _all(self) -> "dict[str, Tab]":
        return {**self.tables, "xray": self.xray}

    def show(self, name: str, place: int) -> None:
        """Open a tab at what stands at a place of the text; as it was left where that is the place of the last time."""
        self.open = name
        self._renew_lines()
        moved = self._places[name] != place
        self._places[name] = place
        if (tab := self.tab) is not None:
            tab.open(place if moved else None)

    def next(self, by: int, place: int) -> None:
        """Open the next tab, or the one before."""
        self.show(TABS[(TABS.index(self.open) + by) % len(TABS)], place)

    def count_words(self, counting: Counting, place: int) -> None:
        """Count otherwise in the tab of words, and go to what stands at a place."""
        self.tables["words"].cancel()
        self.counting = counting
        if counting not in self._counted:
            self._counted[counting] = word_tab(self._corpus, counting)
            for oldest in list(self._counted)[:-MOST_COUNTED]:
                del self._counted[oldest]
        self.tables["words"] = self._counted[counting]
        self.tables["words"].open(place)

    def show_around(self, table: "TableTab") -> None:
        """Show the collocates of a word in place of the words."""
        self.tables[self.open].cancel()
        self.tables[self.open] = table
        table.open(None)

    def go_back(self, name: str, table: "TableTab | None") -> None:
        """Open a tab as it was, with the table that it had; the lines stay those of the search."""
        self.open = name
        if table is not None and name == "words":
            self.tables[name] = table

    def compare_with(self, title: str, open_other: "Callable[[Progress], Corpus]", *, written: bool) -> None:
        """Show the keywords beside another text, or of what a network has `written`."""
        self.tables["keys"].cancel()
        self.tables["keys"] = keyword_tab(self._corpus, title, open_other, written=written)
        self.tables["keys"].open(None)

    def change_counting(self, what: str, place: int) -> str:
        """Count words or characters, longer or shorter n-grams, or without case; return why that cannot be."""
        if self.open != "words":
            return "That changes what the tab of words counts; 3 opens it."
        now = self.counting
        changed = {
            "unit": replace(now, characters=not now.characters),
            "longer": now.changed(1),
            "shorter": now.changed(-1),
            "case": replace(now, folds_case=not now.folds_case),
        }[what]
        if changed == now:
            return f"An n-gram has 1 to {LONGEST} of them."
        self.count_words(changed, place)
        return ""

    def advance(self, place: int) -> bool:
        """Take in what was found; True where something has ended."""
        if self.open == "lines" and self._renew_lines():
            self.tables["lines"].open(place)
            return True
        ended = [tab.advance() for tab in self._all.values()]
        return any(ended)

    def back(self) -> bool:
        """Go one step back within the open tab; False where there is none."""
        return self.tab is not None and self.tab.back()

    def close(self) -> None:
        """Give up what is under way in any tab, without a word."""
        for tab in self._all.values():
            tab.cancel()
            tab.take_said()

    def _renew_lines(self) -> bool:
        """Let the lines be those of the hits that there are now; False where they are."""
        if self._search.running or self._hits is self._search.hits:
            return False
        self._hits = self._search.hits
        self.tables["lines"].cancel()
        self.tables["lines"] = concordance_tab(self._corpus, self._search)
        self._places["lines"] = -1
        return True
