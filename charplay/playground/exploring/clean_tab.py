"""The tab of the cleaning: what every rule would change of a text, seen before it is chosen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from charplay.corpora.exploring.cleaning_effect import Effect, measure_rules, pieces_of, vocabulary_of
from charplay.corpora.progress import Progress
from charplay.formatting.escapes import escape
from charplay.formatting.units import plural
from charplay.playground.exploring.table import Column, Table
from charplay.playground.exploring.table_tab import Counted, Occurrences, TableTab, yielding
from charplay.playground.jobs import BackgroundJob

if TYPE_CHECKING:
    from collections.abc import Sequence

    from charplay.corpora.corpus import Corpus
    from charplay.playground.cleaning_choice import CleaningChoice, RuleRow

MOST_READ = 10_000_000
"""Characters of a text in which effects are measured."""
MOST_NAMED = 12
"""Characters that are named of those that go."""

NOTHING = "There is no next run yet whose text could be cleaned."


def clean_tab(choice: "CleaningChoice | None") -> TableTab:
    """Return the tab of the rules that the next run's text may go through; None where there is no next run."""
    if choice is None:
        return TableTab("rules", None, NOTHING)
    return TableTab("rules", lambda _: _list(choice, Effects(choice)))


@dataclass
class _Measured:
    """What a job has measured so far under one choice."""

    effects: "dict[str, Effect]"
    """By the rules' names; a rule that is on is measured after those before it, any other after all of them."""
    characters: int = 0
    """Of the original; 0 until it was read."""
    vocabulary: str = ""
    """The different characters of the original."""


class Effects:
    """What the rules change, measured in the background, anew whenever another rule is on."""

    def __init__(self, choice: "CleaningChoice") -> None:
        self._choice = choice
        self._chosen: tuple[str, ...] | None = None
        self._measured = _Measured({})
        self._job: BackgroundJob[None] | None = None
        self._original: Corpus | None = None
        self._known = 0
        """How many effects were shown."""
        self.fault = ""
        """Why nothing can be measured."""

    @property
    def at_work(self) -> bool:
        """Whether effects are being measured, or are to be."""
        return self._job is not None or self._chosen != self._choice.chosen

    def of(self, name: str) -> Effect | None:
        """Return what a rule changes; None where that is not known yet."""
        return self._measured.effects.get(name)

    def facts(self) -> str:
        """Say what is left of the text after all rules that are on; how far that is, until it is known."""
        measured = self._measured
        on = [measured.effects.get(rule.partition("(")[0]) for rule in self._choice.chosen]
        known = [effect for effect in on if effect is not None]
        if not measured.characters or len(known) < len(on):
            return f"measuring, {max(0, self._job.percent) if self._job is not None else 0} %"
        left = measured.characters + sum(effect.left - effect.characters for effect in known)
        last = min((effect.vocabulary_left for effect in known), key=len, default=measured.vocabulary)
        part = f" in the first {MOST_READ:,}" if measured.characters > MOST_READ else ""
        if not known:
            return f"{plural(left, 'character')}, {len(last):,} different ones{part}"
        return (
            f"{measured.characters:,} → {plural(left, 'character')}, "
            f"{len(measured.vocabulary):,} → {len(last):,} different ones{part}"
        )

    def look(self, rows: "Sequence[int]") -> None:
        """Measure, where other rules are on than before; all rows, whichever are in sight."""
        if self._chosen == self._choice.chosen:
            return
        self.cancel()
        self._chosen = self._choice.chosen
        self._measured, self.fault = _Measured({}), ""
        measured, chosen = self._measured, self._chosen
        self._job = BackgroundJob(lambda watch: self._measure(measured, chosen, yielding(watch))).start()

    def cancel(self) -> None:
        """Give up what is under way; it begins anew when it is looked at again."""
        if self._job is not None:
            self._job.cancel()
            self._job, self._chosen = None, None

    def advance(self) -> bool:
        """Take in what was measured; True where something was."""
        job, known = self._job, len(self._measured.effects)
        if job is not None and job.done:
            self._job, self.fault = None, str(job.fault or "")
            return True
        news, self._known = known != self._known, known
        return news

    def _measure(self, measured: _Measured, chosen: tuple[str, ...], progress: Progress) -> None:
        """Measure the rules that are on, one after the other, then each of the others after them."""
        if self._original is None:
            self._original = self._choice.open_original(progress.part(0, 0.2))
        text = pieces_of(self._original)
        vocabulary = vocabulary_of(text.first(MOST_READ), progress.part(0.2, 0.25))
        measured.characters, measured.vocabulary = len(text), vocabulary
        for rule, effect in measure_rules(text, vocabulary, chosen, progress.part(0.25, 1), MOST_READ):
            measured.effects[rule.partition("(")[0]] = effect


def _list(choice: "CleaningChoice", effects: Effects) -> Counted:
    rows = choice.rows()
    names = np.array([row.name for row in rows])

    def row(number: int) -> "RuleRow":
        return choice.rows()[number]

    columns = [
        Column("on", 2, lambda number: str(row(number).place or ""),
               lambda: np.array([each.place or len(names) + 1 for each in choice.rows()]), falls=False),
        Column("rule", 11, lambda number: row(number).written, lambda: names, is_text=True, tone="strong", falls=False),
        Column("characters", 11, lambda number: _difference(effects.of(row(number).name))),
        Column("different", 13, lambda number: _vocabulary(effects.of(row(number).name))),
        Column("what it does", 0, lambda number: row(number).description, is_text=True, tone="quiet"),
    ]  # fmt: skip

    def occurrences(number: int) -> Occurrences:
        effect = effects.of(row(number).name)
        first = effect.first if effect is not None else None
        return Occurrences(row(number).name, first, 1)

    return Counted(
        Table(columns, len(rows), sorted_by=1),
        "",
        occurrences,
        lambda _: None,
        effects,
        facts_now=lambda: _facts(choice, effects),
        row_facts=lambda number: _example(effects.of(row(number).name)),
    )


def _difference(effect: Effect | None) -> str:
    if effect is None:
        return ""
    return f"{effect.left - effect.characters:+,}" if effect.left != effect.characters else "as many"


def _vocabulary(effect: Effect | None) -> str:
    if effect is None:
        return ""
    before, after = len(effect.vocabulary), len(effect.vocabulary_left)
    return f"{before:,} → {after:,}" if effect.first is not None or before != after else f"{before:,}"


def _facts(choice: "CleaningChoice", effects: Effects) -> str:
    """Say what the next run's text goes through, and what is left of it."""
    return f"next run: {', '.join(choice.chosen) or 'nothing is cleaned'}; {effects.fault or effects.facts()}"


def _example(effect: Effect | None) -> str:
    """Say what a rule changes of the text, side by side, and which characters go."""
    if effect is None:
        return ""
    if effect.trouble:
        return effect.trouble
    if effect.first is None:
        return "It changes nothing of this text."
    gone = f"; gone: {' '.join(effect.gone[:MOST_NAMED])}" if effect.gone else ""
    more = f" and {len(effect.gone) - MOST_NAMED:,} more" if len(effect.gone) > MOST_NAMED else ""
    before, after = (escape(each) for each in effect.example)
    return f'"{before}" → "{after}"{gone}{more}'
