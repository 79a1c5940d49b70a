"""`charplay shannon`: a person guesses the held-out text of a run, at a terminal or through a pipe."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_model import TEXT, tiny_checkpoint

from charplay.playground.shannon.round import LENGTH
from charplay.runs.checkpoint import write_checkpoint
from charplay.runs.home import Home

Cli = Callable[..., SimpleNamespace]


@pytest.fixture
def network(home: Home, tmp_path: Path) -> Path:
    """A checkpoint whose text is in the home."""
    (home.corpora / "pangram.txt").write_text(TEXT)
    path = tmp_path / "tiny.safetensors"
    write_checkpoint(path, tiny_checkpoint())
    return path


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_who_gives_everything_up_plays_a_round_that_is_kept(
    cli: Cli, home: Home, network: Path, typed: Callable[[str], None]
) -> None:
    typed("\n" * LENGTH)
    shown = cli("shannon", network, "--seed", 1)
    assert shown.code == 0
    assert shown.out.count("given up") == LENGTH
    assert all(name in shown.out for name in ("you", "5-gram", "network", "bits a character"))
    (kept,) = map(json.loads, home.shannon.read_text().splitlines())
    assert (kept["corpus"], kept["characters"]) == ("pangram", LENGTH)


def test_json_has_an_object_a_character_and_one_for_the_round(
    cli: Cli, network: Path, typed: Callable[[str], None]
) -> None:
    typed("\n" * LENGTH)
    first = cli("shannon", network, "--seed", 1, "--json").lines
    *turns, whole = first
    assert whole["turns"] == turns
    assert whole["position"] >= len(TEXT) * 0.9
    answers = "".join({"\n": "\\n"}.get(turn["character"], turn["character"]) + "\n" for turn in turns)
    typed(answers)
    again = cli("shannon", network, "--seed", 1, "--json").lines
    assert [turn["guesses"] for turn in again[:-1]] == [1] * LENGTH
    assert (again[-1]["lower"], again[-1]["upper"]) == (0, 0)
    assert [turn["network"] for turn in again[:-1]] == [turn["network"] for turn in turns]


def test_an_answer_that_does_not_count_is_said_and_an_end_is_an_end(
    cli: Cli, home: Home, network: Path, typed: Callable[[str], None]
) -> None:
    typed("Ω\n")
    shown = cli("shannon", network)
    assert (shown.code, "does not count" in shown.err) == (0, True)
    assert not home.shannon.exists()


def test_a_text_that_is_not_here_is_a_sentence(cli: Cli, home: Home, network: Path) -> None:
    (home.corpora / "pangram.txt").unlink()
    shown = cli("shannon", network)
    assert (shown.code, "is not here" in shown.err) == (1, True)
