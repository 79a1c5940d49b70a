"""`charplay corpora xray`."""

from pathlib import Path

import pytest

BEFORE = "The cat sat on the mat and the dog sat on the log. " * 200
"""Nothing is unlike the rest of it."""
TABLE = "| 17.3 % | 0x4F | QZ-99 |\n" * 40
TEXT = BEFORE + TABLE + BEFORE * 3


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "cat.txt"
    path.write_text(TEXT)
    return path


def test_the_worst_windows_come_first_and_lie_in_the_table(cli, text: Path) -> None:  # type: ignore[no-untyped-def]
    found = cli("corpora", "xray", text, "--top", "4", "--json")
    assert found.code == 0
    assert len(found.lines) == 4
    figures = [line["nats"] for line in found.lines]
    assert figures == sorted(figures, reverse=True)
    for line in found.lines:
        assert line["characters"] == 256
        assert line["text"] == TEXT[line["position"] :][:256]
        assert len(BEFORE) - 256 < line["position"] < len(BEFORE) + len(TABLE)


def test_in_order_every_window_is_printed_once(cli, text: Path) -> None:  # type: ignore[no-untyped-def]
    found = cli("corpora", "xray", text, "--in-order", "--json", "--top", "2")
    assert "".join(line["text"] for line in found.lines) == TEXT
    assert sum(line["characters"] for line in found.lines) == len(TEXT)


def test_a_network_reads_it_and_leaves_out_what_it_does_not_know(cli, text: Path) -> None:  # type: ignore[no-untyped-def]
    text.write_text(BEFORE[:2560] + "\u4e2d" * 512 + BEFORE[:2560])
    found = cli("corpora", "xray", text, "--run", "demo", "--in-order", "--json")
    assert found.code == 0
    assert [line["position"] for line in found.lines] == [at for at in range(0, 5632, 256) if not 2560 <= at < 3072]
    assert found.err == "The network knows too few of the characters of 2 windows; they are left out.\n"
    assert cli("corpora", "xray", text, "--json", "--in-order").lines[0]["nats"] != found.lines[0]["nats"]


def test_for_people_a_window_is_a_line(cli, text: Path) -> None:  # type: ignore[no-untyped-def]
    line = cli("corpora", "xray", text, "--top", "1").out.splitlines()[0]
    assert " nats  " in line
    assert "| 17.3 % | 0x4F | QZ-99 |" in line


def test_a_run_that_is_not_there_is_said_in_one_sentence(cli, text: Path) -> None:  # type: ignore[no-untyped-def]
    found = cli("corpora", "xray", text, "--run", "nobody")
    assert found.code in {1, 2}
    assert "nobody" in found.err
    assert found.err.count("\n") == 1
