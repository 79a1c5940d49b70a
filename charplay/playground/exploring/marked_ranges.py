"""Ranges marked in a text, and cut out of it, or kept alone, for the next run: its file stays as it is."""

from typing import TYPE_CHECKING, NamedTuple

from charplay.corpora.cleaning.cut import merge, parse_ranges, write_ranges
from charplay.corpora.rules import counts_original, parse_rule
from charplay.formatting.units import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from charplay.corpora.cleaning.cut import Ranges
    from charplay.corpora.corpus import Corpus
    from charplay.playground.cleaning_choice import CleaningChoice
    from charplay.playground.exploring.text_search import Span

DIGEST = 16
"""Digits of the file's sha256 that ranges are bound to it by."""
NOTHING = "Nothing is marked yet: <explorer.mark> begins a range, and once more ends it."


class _Before(NamedTuple):
    """How things stood before a step, for `take_back`."""

    marked: "Ranges"
    begun: "Span | None"
    cut: "Ranges"
    cleaning: tuple[str, ...] | None
    """The next run's, where the step has changed it."""


class MarkedRanges:
    """Counts the characters of the text that is shown; what is cut is written as the original counts them."""

    def __init__(self, corpus: "Corpus", choice: "CleaningChoice | None") -> None:
        self._corpus = corpus
        self._choice = choice
        self.marked: Ranges = ()
        self.cut: Ranges = ()
        """What was cut since the text was opened."""
        self._begun: Span | None = None
        self._before: list[_Before] = []

    def spans(self, start: int, stop: int) -> "Sequence[Span]":
        """Return the marked ranges that lie between two characters, and where one is begun, also in part."""
        return _within((*self.marked, *((self._begun,) if self._begun else ())), start, stop)

    def cuts(self, start: int, stop: int) -> "Sequence[Span]":
        """Return what was cut between two characters, also in part."""
        return _within(self.cut, start, stop)

    def change(self, what: str, span: "Span") -> str:
        """Mark, cut, keep or take back, at what one has jumped to; return what came of it."""
        if what == "mark":
            return self._mark(span)
        return {"cut": self._cut, "keep": self._keep, "take back": self._take_back}[what]()

    def _mark(self, span: "Span") -> str:
        begun = self._begun
        if begun is None:
            self._remember()
            self._begun = (span[0], max(span[1], span[0] + 1))
            begun_at = f"A range begins at {span[0]:,}"
            return f"{begun_at}; <explorer.mark> ends it where you are then, <explorer.take_back> takes that back."
        start, stop = min(begun[0], span[0]), max(begun[1] if begun[1] > begun[0] + 1 else begun[0], span[1])
        if start == stop:
            begun_at = f"The range begins here, at {start:,}"
            return f"{begun_at}; go on before <explorer.mark> ends it, or <explorer.take_back> takes it back."
        self._remember()
        self._begun = None
        self.marked = merge((*self.marked, (start, stop)))
        size = sum(stop - start for start, stop in self.marked)
        marked = f"{plural(size, 'character')} marked in {plural(len(self.marked), 'range')}"
        can = "<explorer.cut> cuts them, <explorer.keep> keeps nothing else, <explorer.take_back> takes back"
        return f"{marked}; {can}."

    def _cut(self) -> str:
        return self._write(self.marked, "cut out of")

    def _keep(self) -> str:
        if self._corpus.limit is not None:
            return "The text is used up to its limit only, and ends elsewhere; take limit out of the next run first."
        edges = [0, *(edge for span in self.marked for edge in span), len(self._corpus)]
        return self._write(merge(zip(edges[::2], edges[1::2], strict=True)), "left out of")

    def _write(self, ranges: "Ranges", done: str) -> str:
        """Have the next run's cleaning cut these ranges, too; return what came of it."""
        choice, corpus = self._choice, self._corpus
        if choice is None or (missing := self._missing(choice)):
            return missing if choice is not None else "There is no next run yet that could read the text without them."
        if not ranges:
            return "All of the text is marked; there is nothing else to leave out."
        of, cleaning = corpus.sha256[:DIGEST], choice.chosen
        shown = [span for span, _ in _cuts(corpus.cleaning)]
        before = [span for span, bound in _cuts(cleaning) if corpus.sha256.startswith(bound)]
        now = write_ranges(merge((*before, *(_in_original(span, shown) for span in ranges))))
        if fault := choice.write("cut", f"cut({now}, of={of})" if of else f"cut({now})"):
            return fault
        self._remember(cleaning)
        self.cut, self.marked, self._begun = merge((*self.cut, *ranges)), (), None
        size = sum(stop - start for start, stop in ranges)
        gone = f"{plural(size, 'character')} {done} the next run's text"
        return f"{gone}; the file stays as it is. <explorer.take_back> takes it back."

    def _missing(self, choice: "CleaningChoice") -> str:
        """Return why nothing can be cut now; empty where it can."""
        if not self.marked:
            return NOTHING
        if not choice.is_of_next_run():
            return f"The next run learns another text; choose {self._corpus.title} first (enter among the texts)."
        others = [rule for rule in self._corpus.cleaning if not counts_original(parse_rule(rule))]
        if others:
            return (
                f"This text was cleaned ({', '.join(others)}), and ranges count the original's characters; switch that "
                "off (7), open the text again, and on again once they are cut."
            )
        return ""

    def _take_back(self) -> str:
        if not self._before:
            return "There is nothing to take back."
        before = self._before.pop()
        self.marked, self._begun, self.cut = before.marked, before.begun, before.cut
        if before.cleaning is not None and self._choice is not None:
            return self._choice.use(before.cleaning) or "The next run's text is as it was before."
        return "Taken back."

    def _remember(self, cleaning: tuple[str, ...] | None = None) -> None:
        self._before.append(_Before(self.marked, self._begun, self.cut, cleaning))


def _cuts(cleaning: "Sequence[str]") -> "list[tuple[Span, str]]":
    """Return the ranges that a cleaning cuts, sorted, each with the digest that it is bound to."""
    rules = filter(counts_original, map(parse_rule, cleaning))
    return [(span, rule.arguments["of"]) for rule in rules for span in parse_ranges(rule.arguments["ranges"])]


def _within(spans: "Sequence[Span]", start: int, stop: int) -> "Sequence[Span]":
    return [span for span in spans if span[0] < stop and span[1] > start]


def _in_original(span: "Span", cut: "Sequence[Span]") -> "Span":
    """Return where characters stand in a text that these ranges, sorted and apart, were cut out of."""
    start, last = span[0], span[1] - 1
    for begin, end in cut:
        start += (end - begin) * (start >= begin)
        last += (end - begin) * (last >= begin)
    return start, last + 1
