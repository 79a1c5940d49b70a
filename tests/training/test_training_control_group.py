"""Limits of control groups of both versions, nested or seen from within a container, in folders that are made here."""

from collections.abc import Callable
from pathlib import Path

import pytest

from charplay.training.control_group import GroupMemory, cpu_quota, limited_processors, memory_limit

MB = 2**20
NONE = {"memory.max": "max", "memory.current": str(9 * MB)}

Write = Callable[..., tuple[Path, Path]]


@pytest.fixture
def group(tmp_path: Path) -> Write:
    """`group(files, membership)` writes files as the kernel shows them; where the groups and the membership are."""

    def write(files: dict[str, str], membership: str | None = None) -> tuple[Path, Path]:
        for name, text in files.items():
            path = tmp_path / "cgroup" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n")
        if membership is not None:
            (tmp_path / "membership").write_text(membership)
        return tmp_path / "cgroup", tmp_path / "membership"

    return write


def memory(folder: str, limit: int, used: int, cache: int = 0) -> dict[str, str]:
    """The files of version 2 of a group, in MB."""
    files = {"memory.max": limit, "memory.current": used}
    stat = f"anon 5\nfile 7\ninactive_file {cache * MB}\nactive_file 3"
    return {f"{folder}{name}": str(count * MB) for name, count in files.items()} | {f"{folder}memory.stat": stat}


def memory_v1(folder: str, limit: int, used: int, cache: int = 0) -> dict[str, str]:
    """The same of version 1."""
    files = {"memory.limit_in_bytes": limit * MB, "memory.usage_in_bytes": used * MB}
    stat = {f"{folder}memory.stat": f"inactive_file 1\ntotal_inactive_file {cache * MB}"}
    return {f"{folder}{name}": str(count) for name, count in files.items()} | stat


@pytest.mark.fault("61")
@pytest.mark.parametrize(
    ("files", "membership", "free_and_limit"),
    [
        pytest.param(memory("", 100, 30), None, (70, 100), id="a container"),
        pytest.param(memory("", 100, 30, cache=20), None, (90, 100), id="a cache is given up"),
        pytest.param(memory("", 100, 101), None, (0, 100), id="nothing left"),
        pytest.param(memory("job/", 100, 30), "0::/job\n", (70, 100), id="a job's group"),
        pytest.param(
            memory("job/", 100, 90) | memory("job/step/", 50, 5), "0::/job/step\n", (10, 50), id="nested, the smallest"
        ),
        pytest.param(
            NONE | memory("job/", 100, 90) | {"job/step/memory.max": "max", "job/step/memory.current": "5"},
            "0::/job/step\n",
            (10, 100),
            id="nested, one without a limit",
        ),
        pytest.param(memory("", 100, 30), "0::/docker/0123abcd\n", (70, 100), id="a path from outside"),
        pytest.param(memory("", 100, 30) | memory("other/", 9, 9), "0::/job\n", (70, 100), id="another's group"),
        pytest.param(memory_v1("memory/", 100, 30, 10), None, (80, 100), id="version 1"),
        pytest.param(
            memory_v1("memory/", 2**43, 90) | memory_v1("memory/job/", 100, 30),
            "9:name=systemd:/x\n4:memory:/job\n0::/\n",
            (70, 100),
            id="version 1, nested, the outer one not limited",
        ),
        pytest.param(NONE, "0::/\n", None, id="no limit"),
        pytest.param(memory_v1("memory/", 2**43, 90), None, None, id="version 1, no limit"),
        pytest.param(memory("", 100, 30), "0::/../../job\n", None, id="outside of what is seen"),
        pytest.param({"memory.max": "much", "memory.current": "?"}, None, None, id="no numbers"),
        pytest.param({"memory.max": "5"}, None, None, id="no usage"),
        pytest.param({}, None, None, id="no control groups"),
    ],
)
def test_memory_is_the_smallest_limit_less_what_is_used(
    group: Write, files: dict[str, str], membership: str | None, free_and_limit: tuple[int, int] | None
) -> None:
    wanted = free_and_limit and GroupMemory(*(count * MB for count in free_and_limit))
    assert memory_limit(*group(files, membership)) == wanted


@pytest.mark.parametrize(
    ("files", "membership", "quota"),
    [
        ({"cpu.max": "150000 100000"}, None, 1.5),
        ({"cpu.max": "max 100000"}, None, None),
        ({"cpu/cpu.cfs_quota_us": "400000", "cpu/cpu.cfs_period_us": "100000"}, None, 4.0),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, None, None),
        ({"cpu.max": "max 100000", "job/cpu.max": "300000 100000", "job/step/cpu.max": "max 1"}, "0::/job/step\n", 3.0),
        (
            {"cpu/job/cpu.cfs_quota_us": "50000", "cpu/job/cpu.cfs_period_us": "100000"},
            "3:cpu,cpuacct:/job\n0::/\n",
            0.5,
        ),
        ({"cpu.max": "1 0"}, None, None),
        ({"cpu.max": "1"}, None, None),
        ({}, None, None),
    ],
)
def test_processors_are_the_smallest_quota(
    group: Write, files: dict[str, str], membership: str | None, quota: float | None
) -> None:
    assert cpu_quota(*group(files, membership)) == quota


def test_this_machine_is_read() -> None:
    limit = memory_limit()
    assert limit is None or 0 <= limit.free <= limit.limit


@pytest.mark.parametrize(
    ("files", "membership", "found"),
    [
        ({"cpu.max": "150000 100000", "cpu.stat": "usage_usec 2500000\nuser_usec 1"}, None, {"": (1.5, 2.5)}),
        ({"cpu.max": "max 100000", "cpu.stat": "usage_usec 2500000"}, None, {}),
        ({"cpu.max": "150000 100000"}, None, {}),
        (
            {"job/cpu.max": "400000 100000", "job/cpu.stat": "usage_usec 1000000", "cpu.max": "max 100000"},
            "0::/job\n",
            {"job": (4.0, 1.0)},
        ),
        (
            {
                "cpu/cpu.cfs_quota_us": "200000",
                "cpu/cpu.cfs_period_us": "100000",
                "cpu/cpuacct.usage": "3000000000",
                "cpu/cpu.stat": "nr_periods 7",
            },
            None,
            {"cpu": (2.0, 3.0)},
        ),
    ],
)
def test_what_a_group_has_used_of_its_quota(
    group: Write, files: dict[str, str], membership: str | None, found: dict[str, tuple[float, float]]
) -> None:
    root, member = group(files, membership)
    used = {
        str(path.relative_to(root)).removeprefix("."): each for path, each in limited_processors(root, member).items()
    }
    assert {name: (each.quota, each.used) for name, each in used.items()} == found
