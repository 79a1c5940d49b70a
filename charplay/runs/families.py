"""Families: runs that were tried together, and what their numbers come to over runs that differ in a seed only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import fmean, stdev
from typing import Any

from charplay.runs.compared_run import ComparedRun
from charplay.runs.errors import RunError
from charplay.runs.naming import DEMO_NAME
from charplay.runs.store import RunStore


def family_members(store: RunStore, family: str) -> list[str]:
    """List the names of a family's runs, by name; runs that cannot be read belong to none."""
    found = []
    for name in store.names():
        try:
            if store.find(name).family == family:
                found.append(name)
        except RunError:
            continue
    return sorted(found)


def with_families(store: RunStore, names: Iterable[str]) -> list[str]:
    """Return the names with that of a family replaced by its runs not named yet; a run's own name goes first."""
    known, found = {*store.names(), DEMO_NAME}, list[str]()
    for name in names:
        members = [] if name in known else family_members(store, name)
        found += [each for each in members if each not in found] if members else [name]
    return found


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, sample standard deviation (None of a single number) and how many numbers there are."""

    mean: float
    deviation: float | None
    n: int


def spread(numbers: Iterable[float | None]) -> Spread | None:
    """Return the spread of the numbers that are known and finite; None where none is."""
    known = [number for number in numbers if number is not None and isfinite(number)]
    return Spread(fmean(known), stdev(known) if len(known) > 1 else None, len(known)) if known else None


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that have the same value of a field."""

    value: Any
    runs: list[ComparedRun]

    def spread(self, number: str) -> Spread | None:
        """Return the spread of a number of its runs, such as `val_loss`."""
        return spread(getattr(run, number) for run in self.runs)


def group_by(runs: Sequence[ComparedRun], field: str) -> list[Group]:
    """Group runs by the value of a field of their recipes; numbers by size, else in the order of the runs."""
    groups = dict[Any, Group]()
    for run in runs:
        value = getattr(run.recipe, field)
        groups.setdefault(value, Group(value, [])).runs.append(run)
    found = list(groups.values())
    if all(isinstance(group.value, int | float) for group in found):
        found.sort(key=lambda group: group.value)
    return found
