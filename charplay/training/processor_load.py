"""How many processors are free for a run: those that it may use, without what others run on them."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from charplay.training import control_group
from charplay.training.control_group import GroupProcessors

SAMPLE_SECONDS = 0.2
"""The shortest time that load is measured over."""


@dataclass(frozen=True, slots=True)
class ProcessorUse:
    """Seconds of processor time that were used so far."""

    own: float
    """By this process."""
    busy: float
    """By anybody, on the processors that this process may run on."""
    groups: Mapping[Path, GroupProcessors] = field(default_factory=dict)
    """By its control groups, those with a quota."""
    at: float = field(default_factory=time.perf_counter)


def allowed_processors() -> list[int]:
    """Return the numbers of the processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def read_use() -> ProcessorUse:
    """Read what was used so far; two readings make a measurement."""
    own, times = psutil.Process().cpu_times(), psutil.cpu_times(percpu=True)
    busy = [sum(used) - used.idle - getattr(used, "iowait", 0.0) - getattr(used, "guest", 0.0) for used in times]
    allowed = [busy[number] for number in allowed_processors() if number < len(busy)]
    return ProcessorUse(own.user + own.system, sum(allowed), control_group.limited_processors())


def free_processors(since: ProcessorUse, now: ProcessorUse, allowed: int) -> float:
    """Return how many of `allowed` processors others left free between two readings."""
    seconds, own = max(now.at - since.at, 1e-6), now.own - since.own
    free = [allowed - (now.busy - since.busy - own) / seconds]
    for path, group in now.groups.items():
        if path in since.groups:
            free.append(group.quota - (group.used - since.groups[path].used - own) / seconds)
    return min(free)


def free_threads(most: int, since: ProcessorUse | None = None) -> int:
    """Return how many of `most` threads find a processor that is free: at least one, and all where nobody else works.

    Load is measured since the reading `since`, and for 0.2 s if that is not as long ago.
    """
    if most == 1:
        return 1
    since = since or read_use()
    time.sleep(max(0.0, since.at + SAMPLE_SECONDS - time.perf_counter()))
    free = free_processors(since, read_use(), len(allowed_processors()))
    return max(1, min(most, int(free + 0.5)))
