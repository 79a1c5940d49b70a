"""Paths beside what is there already."""

from pathlib import Path

import pytest

from charplay.fs.paths import file_stem, new_path


def test_a_new_path_is_where_nothing_stands(tmp_path: Path) -> None:
    for name in ("seed-1.ride.json", "seed-1-2.ride.json", "seed-1-3.ride.json"):
        path = new_path(tmp_path, "seed-1", ".ride.json")
        assert path == tmp_path / name
        path.touch()
    assert new_path(tmp_path / "missing", "seed-1", ".csv") == tmp_path / "missing" / "seed-1.csv"


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("What a loss is worth", "what-a-loss-is-worth"),
        ("../../x", "x"),
        ("...", "shown"),
        ("", "shown"),
        ("ÜBER_Ёж", "über-ёж"),
        ("a" * 99, "a" * 48),
    ],
)
def test_a_file_is_called_as_what_it_shows_and_never_leads_elsewhere(title: str, stem: str) -> None:
    assert file_stem(title, "shown") == stem
