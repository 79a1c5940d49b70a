"""The cleaning of the next run as a checklist: which rules are on, in which order, and with which arguments."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from charplay.corpora.corpus import Corpus
    from charplay.corpora.progress import Progress
    from charplay.playground.recipe_draft import RecipeDraft


@dataclass(frozen=True)
class RuleRow:
    """A rule on the list."""

    name: str
    written: str
    """With its arguments: those that it has, else those that it would have; of `cut` without ranges the name alone."""
    description: str
    place: int
    """When its turn is, counted from 1; 0 where it is off."""
    needs_arguments: bool
    """Whether it means nothing as it is written."""


class CleaningChoice:
    """The rules of a draft, seen on one text. What is switched stands in the draft at once."""

    def __init__(
        self, draft: "RecipeDraft", open_original: "Callable[[Progress], Corpus]",
        is_of_next_run: "Callable[[], bool]" = lambda: True,
    ) -> None:  # fmt: skip
        """`open_original` opens the text without any cleaning; it is called in a job.

        `is_of_next_run` tells whether the next run learns this very text: ranges are those of one text.
        """
        self._draft = draft
        self.open_original = open_original
        self.is_of_next_run = is_of_next_run

    @property
    def chosen(self) -> tuple[str, ...]:
        """The rules that are on, in their order."""
        return self._draft.asked.cleaning

    def rows(self) -> list[RuleRow]:
        """List every rule that there is, by name."""
        from charplay.corpora.rules import FOLDER, with_defaults
        from charplay.fs.registry import entry_names, load_entry

        on = {rule.partition("(")[0]: (number, rule) for number, rule in enumerate(self.chosen, 1)}
        rows = []
        for name in entry_names(FOLDER):
            place, written = on.get(name, (0, with_defaults(name)))
            description = load_entry(FOLDER, name).DESCRIPTION
            rows.append(RuleRow(name, written or name, description, place, needs_arguments=not written))
        return rows

    def toggle(self, name: str) -> str:
        """Switch a rule on, as the last one, or off; return why that cannot be."""
        if name in self._names():
            return self.use([rule for rule in self.chosen if rule.partition("(")[0] != name])
        return self.use([*self.chosen, name])

    def write(self, name: str, written: str) -> str:
        """Switch a rule on as it is written, in place of itself where it is on; return what is wrong with it."""
        if fault := self.fault(name, written):
            return fault
        if name in self._names():
            return self.use([written if rule.partition("(")[0] == name else rule for rule in self.chosen])
        return self.use([*self.chosen, written])

    def fault(self, name: str, written: str) -> str:
        """Return what is wrong with a rule as it is written; empty where nothing is."""
        from charplay.corpora.errors import CorpusError
        from charplay.corpora.rules import parse_rule, with_defaults

        try:
            if parse_rule(written).name != name:
                return f"This is for {name}; write it as {with_defaults(name) or f'{name}(...)'}."
        except CorpusError as fault:
            return str(fault)
        return ""

    def _names(self) -> list[str]:
        return [rule.partition("(")[0] for rule in self.chosen]

    def use(self, rules: "Sequence[str]") -> str:
        """Have these rules, and no others; return why that cannot be."""
        fault = self._draft.set("cleaning", ", ".join(rules))
        return f"{fault[0].upper()}{fault[1:].removesuffix('.')}." if fault else ""
