"""The control group of this process: the share of the machine that a container or a batch job may use.

Groups are nested and each limits those within it, so the smallest limit on the way up counts. In a container the
outermost group is often all that can be seen, whatever path the kernel says the process is at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")

MEMORY_FILES = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
"""Of version 2 and of version 1: the limit, what is used, and which of that is a cache that the kernel gives up."""
UNLIMITED = 2**60
"""Version 1 says the largest number there is where memory is not limited."""


@dataclass(frozen=True, slots=True)
class GroupMemory:
    """Memory that a control group may use, in bytes; `free` is what is left of `limit`."""

    free: int
    limit: int


@dataclass(frozen=True, slots=True)
class GroupProcessors:
    """How many processors a control group may use at once, and the seconds of processor time that it has used."""

    quota: float
    used: float


def cpu_quota(root: Path = ROOT, membership: Path = MEMBERSHIP) -> float | None:
    """Return how many processors this process may use at once; None if that is not limited."""
    quotas = [quota for group in _groups(root, membership, "cpu") if (quota := _quota(group)) is not None]
    return min(quotas, default=None)


def limited_processors(root: Path = ROOT, membership: Path = MEMBERSHIP) -> dict[Path, GroupProcessors]:
    """Return what the groups with a quota of processors may use, and what they have used."""
    groups = {group: (_quota(group), _seconds_used(group)) for group in _groups(root, membership, "cpu")}
    return {
        group: GroupProcessors(quota, used)
        for group, (quota, used) in groups.items()
        if quota is not None and used is not None
    }


def memory_limit(root: Path = ROOT, membership: Path = MEMBERSHIP) -> GroupMemory | None:
    """Return the memory that this process may use; None if that is not limited."""
    found = [memory for group in _groups(root, membership, "memory") if (memory := _memory(group)) is not None]
    if not found:
        return None
    return GroupMemory(min(memory.free for memory in found), min(memory.limit for memory in found))


def _groups(root: Path, membership: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of the groups that this process is in, of both versions, from within to without."""
    paths = {"": "/", controller: "/"}
    for line in _text(membership).splitlines():
        _, controllers, path = line.split(":", 2)
        paths |= {name: path for name in controllers.split(",") if name in paths}
    for mount, path in ((root, paths[""]), (root / controller, paths[controller])):
        inner = PurePosixPath(path)
        if ".." not in inner.parts:  # outside of what this process sees
            yield from (mount.joinpath(*folder.parts[1:]) for folder in (inner, *inner.parents))


def _quota(group: Path) -> float | None:
    words = _text(group / "cpu.max") or _text(group / "cpu.cfs_quota_us") + _text(group / "cpu.cfs_period_us")
    match words.split():
        case [limit, period] if limit.isdecimal() and period.isdecimal() and int(period):
            return int(limit) / int(period)
    return None


def _seconds_used(group: Path) -> float | None:
    """Return the seconds of processor time that a group has used; version 1 tells nanoseconds, 2 microseconds."""
    nanoseconds = _text(group / "cpuacct.usage").strip()
    if nanoseconds.isdecimal():
        return int(nanoseconds) / 1e9
    counts = dict(line.split(maxsplit=1) for line in _text(group / "cpu.stat").splitlines() if " " in line)
    microseconds = counts.get("usage_usec", "").strip()
    return int(microseconds) / 1e6 if microseconds.isdecimal() else None


def _memory(group: Path) -> GroupMemory | None:
    for limit_file, usage_file, cache in MEMORY_FILES:
        limit, usage = _text(group / limit_file).strip(), _text(group / usage_file).strip()
        if limit.isdecimal() and usage.isdecimal() and int(limit) < UNLIMITED:
            counts = dict(line.split(maxsplit=1) for line in _text(group / "memory.stat").splitlines())
            used = max(0, int(usage) - int(counts.get(cache, 0)))
            return GroupMemory(max(0, int(limit) - used), int(limit))
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
