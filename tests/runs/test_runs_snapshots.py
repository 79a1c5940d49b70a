"""Thinning snapshots."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from charplay.runs.snapshots import thin


@given(st.sets(st.integers(1, 10**7), min_size=1, max_size=40), st.integers(1, 12))
def test_so_many_are_left_the_first_and_the_last_among_them(
    tmp_path_factory: object, steps: set[int], most: int
) -> None:
    folder = tmp_path_factory.mktemp("snapshots")  # type: ignore[attr-defined]
    for step in steps:
        (folder / f"{step:08d}-1.0000.safetensors").write_bytes(b"x" * 10)
    paths = sorted(folder.iterdir())
    thin(paths, most, 10**9)
    left = [int(path.name.partition("-")[0]) for path in sorted(folder.iterdir())]
    assert len(left) == min(most, len(steps))
    assert left[-1] == max(steps)
    assert most == 1 or left[0] == min(steps)


def test_of_evenly_spaced_ones_and_one_more_the_one_more_goes(tmp_path: Path) -> None:
    for step in (1, 10, 100, 120, 1000):
        (tmp_path / f"{step:08d}-1.0000.safetensors").write_bytes(b"x")
    thin(sorted(tmp_path.iterdir()), 4, 100)
    assert [int(path.name[:8]) for path in sorted(tmp_path.iterdir())] in ([1, 10, 100, 1000], [1, 10, 120, 1000])


def test_a_bound_in_bytes_holds_to_the_last_file(tmp_path: Path) -> None:
    for step in (1, 10, 100):
        (tmp_path / f"{step:08d}-1.0000.safetensors").write_bytes(b"x" * 60)
    (tmp_path / "mine.safetensors").write_bytes(b"x" * 10)
    thin(sorted(tmp_path.iterdir()), 12, 130)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 130
    thin(sorted(tmp_path.iterdir()), 12, 0)
    assert not list(tmp_path.iterdir())
