"""Paths beside what is there already."""

from pathlib import Path

from charplay.fs.paths import new_path


def test_a_new_path_is_where_nothing_stands(tmp_path: Path) -> None:
    for name in ("seed-1.ride.json", "seed-1-2.ride.json", "seed-1-3.ride.json"):
        path = new_path(tmp_path, "seed-1", ".ride.json")
        assert path == tmp_path / name
        path.touch()
    assert new_path(tmp_path / "missing", "seed-1", ".csv") == tmp_path / "missing" / "seed-1.csv"
