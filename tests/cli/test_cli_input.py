"""`sample` and `score` under a network that learned a cleaned text: what it is given is cleaned the same way."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_model import TEXT, tiny_checkpoint

from charplay.corpora.vocabulary import Vocabulary
from charplay.runs.checkpoint import write_checkpoint
from charplay.sampling.generator import TextGenerator
from charplay.sampling.model import CharModel
from charplay.sampling.params import SamplingParams

Cli = Callable[..., SimpleNamespace]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A checkpoint whose text was lowercased."""
    path, made = tmp_path / "lower.safetensors", tiny_checkpoint()
    write_checkpoint(path, replace(made, recipe=made.recipe.model_copy(update={"cleaning": ("lowercase",)})))
    return path


def generator(prompt: str, **settings: float) -> TextGenerator:
    made = tiny_checkpoint()
    model = CharModel.load(made.tensors, made.recipe, Vocabulary(made.vocabulary))
    return TextGenerator(model, prompt=prompt, params=SamplingParams(**settings))  # type: ignore[arg-type]


def test_a_prompt_is_lowercased_and_that_is_one_line(cli: Cli, file: Path) -> None:
    small = cli("sample", file, "--prompt", "the queen", "--length", 30)
    large = cli("sample", file, "--prompt", "The Queen", "--length", 30)
    assert large.out == small.out
    assert (small.err, large.err) == ("", "the prompt was lowercased as in training\n")
    lines = cli("sample", file, "--prompt", "The Queen", "--length", 3, "--json").lines
    assert "".join(line["character"] for line in lines if line["kind"] == "prompt") == "the queen"


def test_only_what_is_unknown_even_so_is_left_out(cli: Cli, file: Path) -> None:
    result = cli("sample", file, "--prompt", "The F\u00d6X", "--length", 0, "--temperatures", "0.5,1")
    assert result.err.splitlines() == [
        "the prompt was lowercased as in training",
        "charplay: left out of the prompt, as the model does not know them: '\u00f6'",
    ]


def test_it_ends_at_a_stop_text_as_the_network_writes_it(cli: Cli, file: Path) -> None:
    whole = cli("sample", file, "--length", 200).out
    stop = next(whole[at : at + 3] for at in range(20, 200) if whole[at : at + 3].isalpha())
    result = cli("sample", file, "--length", 200, "--stop", stop.upper())
    assert result.out == whole[: whole.index(stop) + 3]
    assert result.err == f"stops at {stop}, lowercased as in training\n"


def test_a_ride_made_before_is_written_exactly_as_it_was(cli: Cli, file: Path, tmp_path: Path) -> None:
    values: dict[str, object] = {
        "temperature": 0.9, "top_k": None, "top_p": None, "min_p": None, "repetition_penalty": 1.0,
        "repetition_window": 64, "bias": [], "seed": 4,
    }  # fmt: skip
    old = tmp_path / "old.ride.json"
    ride = {"format": 1, "prompt": "The Queen", "length": 40, "settings": [[0, values]], "written": []}
    old.write_text(json.dumps(ride))
    alone = generator("he ueen", temperature=0.9, seed=4)
    alone.advance(most=40)
    result = cli("sample", file, "--ride", old)
    assert result.out == alone.text
    assert "lowercased" not in result.err


def test_a_ride_made_now_is_written_again(cli: Cli, file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "ride.json"
    first = cli("sample", file, "--prompt", "The Queen", "--length", 40, "--seed", 7, "--save-ride", kept)
    assert first.out.startswith("the queen")
    again = cli("sample", file, "--ride", kept)
    assert (again.out, again.err) == (first.out, "")


def test_a_scored_text_is_cleaned_and_raw_leaves_that_out(cli: Cli, file: Path, tmp_path: Path) -> None:
    small, large = tmp_path / "small.txt", tmp_path / "large.txt"
    small.write_text(TEXT)
    large.write_text(TEXT.title())
    plain, found = cli("score", file, small, "--json"), cli("score", file, large, "--json")
    assert found.lines == plain.lines
    assert found.lines[0]["cleaning"] == ["lowercase"]
    assert (plain.err, found.err) == ("", "the text was lowercased as in training; --raw leaves that out\n")
    raw = cli("score", file, large, "--raw", "--json")
    assert (raw.err, raw.lines[0]["cleaning"]) == ("", [])
    capitals = sum(map(str.isupper, TEXT.title()))
    assert (raw.lines[0]["characters"], raw.lines[0]["skipped"]) == (len(TEXT) - capitals, capitals)
