"""How many threads a run trains with: what a person names, else the processors that it may use and that are free."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from charplay.training import control_group
from charplay.training.processor_load import ProcessorUse, allowed_processors, free_threads

if TYPE_CHECKING:
    from charplay.recipes.recipe import Recipe

MAX_AUTO_THREADS = 16
"""The most threads that `auto` takes: with more, recurrent steps of every size tried were slower."""

MAX_THREADS = 1024
"""The most threads that OMP_NUM_THREADS may ask for; the recipe has the same bound."""


def named_thread_count() -> int | None:
    """Return the number of threads that OMP_NUM_THREADS names (the first, if it is a list); None if it names none."""
    wanted = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return min(int(wanted), MAX_THREADS) if wanted.isdecimal() and int(wanted) > 0 else None


def thread_count() -> int:
    """Count the threads worth starting: OMP_NUM_THREADS if set.

    Otherwise the processors that this process may run on, limited by its control group's quota.
    """
    if (named := named_thread_count()) is not None:
        return named
    allowed = len(allowed_processors())
    return max(1, min(allowed, int(control_group.cpu_quota() or allowed), MAX_AUTO_THREADS))


def choose_threads(
    name: str, recipe: "Recipe", kept: Mapping[str, object] | None, since: ProcessorUse | None = None
) -> tuple[int, int]:
    """Return the number of threads to train with on the device `name`, and the one that an idle machine would have.

    `auto` leaves processors to others that use them. A run of a single share, whose bits depend on its threads, keeps
    their number.
    """
    if isinstance(recipe.threads, int):
        return recipe.threads, recipe.threads
    full = thread_count()
    if kept is not None and kept.get("shares", 1) == 1 and isinstance(before := kept.get("threads"), int):
        return max(1, min(before, full)), full
    return full if named_thread_count() or name != "cpu" else free_threads(full, since), full
