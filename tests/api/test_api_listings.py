"""Lists and descriptions from Python, beside those of the command line."""

import json
from pathlib import Path

import pytest

import charplay
from charplay.cli.main import run
from charplay.runs.home import Home


def test_the_texts_and_the_runs_are_listed(pangram: str, home: Home, tmp_path: Path) -> None:
    assert pangram in {entry.name for entry in charplay.list_corpora()}
    assert pangram in {entry.name for entry in charplay.list_corpora(home=home.root)}
    assert pangram not in {entry.name for entry in charplay.list_corpora(home=tmp_path / "other")}
    assert [summary.name for summary in charplay.list_runs()] == ["demo"]


def test_a_recipe_is_described_as_on_the_command_line(pangram: str, capfd: pytest.CaptureFixture[str]) -> None:
    described = charplay.describe_recipe(pangram, preset="tiny", hidden_size=16, epochs=2)
    assert run(["describe", "--preset", "tiny", "--corpus", pangram, "--set", "hidden_size=16", "--epochs", "2",
                "--json"]) == 0  # fmt: skip
    printed = json.loads(capfd.readouterr().out)
    del printed["ruler"]
    assert json.loads(json.dumps(described)) == printed


@pytest.mark.parametrize(
    ("fields", "arguments"),
    [
        ({"hiden_size": 16}, ["--set", "hiden_size=16"]),
        ({"preset": "quik"}, ["--preset", "quik"]),
        ({"corpus": "pangrum"}, ["--corpus", "pangrum"]),
    ],
)
def test_what_is_wrong_is_the_command_lines_sentence(
    home: Home, fields: dict[str, str], arguments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(charplay.CharplayError) as raised:
        charplay.describe_recipe(**fields)
    assert run(["describe", *arguments]) in {1, 2}
    said = capfd.readouterr().err.removeprefix("charplay: ").strip()
    assert str(raised.value) == said.replace(" (--set)", "").replace(" (the command line)", "")
