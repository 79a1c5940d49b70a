"""Bars of one row."""

from charplay.plotting.sparkline import BARS, bar, sparkline


def test_the_highest_is_full_and_what_comes_at_all_is_seen() -> None:
    assert [bar(count, 8) for count in range(1, 9)] == list(BARS)
    assert sparkline([0, 1, 500, 1000], empty=".") == ".▁▄█"
    assert sparkline([0, 0], empty="·") == "··"
    assert sparkline([], empty="·") == ""
