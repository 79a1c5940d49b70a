"""`sample` and `score`: a model writes and reads without a screen, without torch."""

import errno
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tiny_model import TEXT, tiny_checkpoint

from charplay.cli.output import print_json
from charplay.corpora.vocabulary import Vocabulary
from charplay.runs.checkpoint import write_checkpoint
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.sampling.generator import TextGenerator
from charplay.sampling.model import CharModel
from charplay.sampling.params import SamplingParams


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.safetensors"
    write_checkpoint(path, tiny_checkpoint())
    return path


def generator(prompt: str = "", **settings: Any) -> TextGenerator:
    made = tiny_checkpoint()
    model = CharModel.load(made.tensors, made.recipe, Vocabulary(made.vocabulary))
    return TextGenerator(model, prompt=prompt, params=SamplingParams(**settings))


def test_the_prompt_and_what_follows_to_the_character(cli: Callable[..., SimpleNamespace], file: Path) -> None:
    writer = generator("the fox", seed=3)
    writer.advance(most=50)
    result = cli("sample", file, "--prompt", "the fox", "--length", 50, "--seed", 3)
    assert (result.code, result.out, result.err) == (0, writer.text, "")


def test_a_run_means_its_best_else_its_latest(cli: Callable[..., SimpleNamespace], saved_run: Run) -> None:
    latest = cli("sample", saved_run.name, "--length", 40).out
    saved_run.write_best(tiny_checkpoint(seed=5))
    best = cli("sample", saved_run.name, "--length", 40).out
    assert latest != best
    assert cli("sample", saved_run.folder, "--length", 40).out == best
    assert cli("sample", saved_run.folder / "latest.safetensors", "--length", 40).out == latest


def test_without_a_prompt_nothing_stands_before_the_first_character(
    cli: Callable[..., SimpleNamespace], file: Path
) -> None:
    assert len(cli("sample", file, "--length", 30).out) == 30


def test_only_what_was_drawn(cli: Callable[..., SimpleNamespace], file: Path) -> None:
    with_prompt = cli("sample", file, "--prompt", "fox", "--length", 20).out
    assert cli("sample", file, "--prompt", "fox", "--length", 20, "--no-prompt").out == with_prompt[3:]


def test_temperature_zero_is_greedy_whatever_the_seed(cli: Callable[..., SimpleNamespace], file: Path) -> None:
    texts = {cli("sample", file, "--temperature", 0, "--seed", seed, "--length", 30).out for seed in range(4)}
    assert len(texts) == 1
    assert len({cli("sample", file, "--seed", seed, "--length", 30).out for seed in range(4)}) == 4


@pytest.mark.parametrize(
    ("option", "setting"),
    [
        (("--top-k", 2), {"top_k": 2}),
        (("--top-p", 0.3), {"top_p": 0.3}),
        (("--min-p", 0.5), {"min_p": 0.5}),
        (("--repetition-penalty", 3), {"repetition_penalty": 3.0}),
        (("--temperature", 2), {"temperature": 2.0}),
    ],
)
def test_each_filter_is_a_flag(
    cli: Callable[..., SimpleNamespace], file: Path, option: tuple[str, float], setting: dict[str, Any]
) -> None:
    writer = generator(**setting)
    writer.advance(most=40)
    assert cli("sample", file, "--length", 40, *option).out == writer.text
    assert cli("sample", file, "--length", 40).out != writer.text


def test_unknown_characters_of_the_prompt_are_named_once(cli: Callable[..., SimpleNamespace], file: Path) -> None:
    result = cli("sample", file, "--prompt", "fÖxÖ", "--length", 0)
    assert result.out == "fx"
    assert result.err.count("Ö") == 1


def test_it_ends_once_the_stop_text_was_written(cli: Callable[..., SimpleNamespace], file: Path) -> None:
    whole = cli("sample", file, "--length", 60).out
    stop = whole[20:23]
    assert cli("sample", file, "--length", 60, "--stop", stop).out == whole[: whole.index(stop) + 3]


def test_json_has_one_character_a_line(cli: Callable[..., SimpleNamespace], file: Path) -> None:
    result = cli("sample", file, "--prompt", "ox", "--length", 3, "--json")
    assert [line["kind"] for line in result.lines] == ["prompt", "prompt", "drawn", "drawn", "drawn"]
    plain = cli("sample", file, "--prompt", "ox", "--length", 3).out
    assert "".join(line["character"] for line in result.lines) == plain
    assert all(0 < line["probability"] <= 1 and line["rank"] >= 1 for line in result.lines[2:])


@pytest.mark.parametrize(("option", "value"), [("--temperature", "-1"), ("--top-p", "1.5"), ("--top-k", "0")])
def test_settings_out_of_bounds_are_wrong_usage(
    cli: Callable[..., SimpleNamespace], file: Path, option: str, value: str
) -> None:
    result = cli("sample", file, option, value)
    assert (result.code, result.out) == (2, "")


def test_a_pipe_gets_utf8_whatever_the_locale(tmp_path: Path, home: Home) -> None:
    text = "äöü€\u202e\x1b" * 50
    path = tmp_path / "odd.safetensors"
    write_checkpoint(path, tiny_checkpoint(text=text))
    command = [sys.executable, "-m", "charplay", "sample", str(path), "--length", "200"]
    locale = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "CHARPLAY_HOME": str(home.root)}
    done = subprocess.run(command, capture_output=True, env=locale, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.decode("utf-8")) <= set(text)
    assert len(done.stdout.decode("utf-8")) == 200


def test_neither_torch_nor_textual_is_loaded(file: Path, home: Home) -> None:
    code = f"""
import sys
from itertools import pairwise
from charplay.cli.main import run
run(["sample", {str(file)!r}, "--length", "5"])
run(["score", {str(file)!r}, {__file__!r}])
assert not {{"torch", "textual"}} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr


def test_a_damaged_checkpoint_is_a_sentence(cli: Callable[..., SimpleNamespace], tmp_path: Path) -> None:
    path = tmp_path / "bad.safetensors"
    path.write_bytes(b"\x80\x04pickle")
    result = cli("sample", path)
    assert result.code == 1
    assert str(path) in result.err


# score


def test_a_score_is_the_mean_surprise(cli: Callable[..., SimpleNamespace], file: Path, text_file: Path) -> None:
    made = tiny_checkpoint()
    model = CharModel.load(made.tensors, made.recipe, Vocabulary(made.vocabulary))
    state, nats = model.zero_state(), []
    ids = model.vocabulary.encode(TEXT).tolist()
    for here, following in pairwise(ids):
        state, logits = model.step(state, here)
        nats.append(np.log(np.exp(logits.astype(float)).sum()) - logits[following])
    (line,) = cli("score", file, text_file, "--json").lines
    assert line["nats"] == pytest.approx(np.mean(nats), rel=1e-5)
    assert line["bits"] == pytest.approx(line["nats"] / math.log(2))
    assert (line["characters"], line["skipped"]) == (len(TEXT), 0)


def test_unknown_characters_are_counted(cli: Callable[..., SimpleNamespace], file: Path, text_file: Path) -> None:
    text_file.write_text("ÄÄ" + TEXT)
    result = cli("score", file, text_file)
    assert result.code == 0
    assert "2 characters" in result.out


def test_a_guessed_encoding_is_named(cli: Callable[..., SimpleNamespace], file: Path, text_file: Path) -> None:
    text_file.write_bytes((TEXT + "déjà vu, été, où? ").encode("cp1252") * 3)
    result = cli("score", file, text_file, "--json")
    assert "read as cp1252, a guess" in result.err
    assert result.lines[0]["skipped"] > 0


def test_a_text_without_a_known_pair_has_no_score(
    cli: Callable[..., SimpleNamespace], file: Path, text_file: Path
) -> None:
    text_file.write_text("ÄÖÜ")
    assert "nothing was foretold" in cli("score", file, text_file).out
    (line,) = cli("score", file, text_file, "--json").lines
    assert line["nats"] is None


def test_the_wait_for_a_long_text_is_explained(
    cli: Callable[..., SimpleNamespace], file: Path, text_file: Path
) -> None:
    assert cli("score", file, text_file).err == ""
    text_file.write_text(TEXT * (50_000 // len(TEXT) + 1))
    result = cli("score", file, text_file, "--json")
    assert "characters, layer by layer" in result.err
    assert len(result.lines) == 1


# Prompts from a text, several temperatures, biases, rides


@pytest.fixture
def learnt(home: Home, saved_run: Run) -> str:
    """The run's text lies among the texts under the name that the run knows."""
    (home.corpora / "pangram.txt").write_text(TEXT)
    return saved_run.name


@pytest.mark.parametrize(("where", "length"), [("random", 8), ("letter", 1), ("4", 8), ("4:5", 5)])
def test_a_prompt_from_the_runs_text_and_how_it_goes_on(
    cli: Callable[..., SimpleNamespace], learnt: str, where: str, length: int
) -> None:
    result = cli("sample", learnt, "--prompt-from", where, "--length", 0)
    assert (result.code, len(result.out)) == (0, length)
    assert result.out in TEXT
    assert "goes on" in result.err
    if where.startswith("4"):
        assert result.out == TEXT[4 : 4 + length]
        assert repr(TEXT[4 + length :][:100]) in result.err


def test_the_seed_chooses_the_passage(cli: Callable[..., SimpleNamespace], learnt: str) -> None:
    passages = {cli("sample", learnt, "--prompt-from", "letter", "--length", 0, "--seed", s).err for s in range(8)}
    assert len(passages) > 1


def test_where_the_runs_text_is_gone_another_can_be_named(
    cli: Callable[..., SimpleNamespace], saved_run: Run, text_file: Path
) -> None:
    gone = cli("sample", saved_run.name, "--prompt-from", "random")
    assert (gone.code, "--corpus" in gone.err) == (1, True)
    assert cli("sample", saved_run.name, "--prompt-from", "random", "--corpus", text_file, "--length", 0).out in TEXT


def test_a_text_at_each_temperature_with_the_same_luck(cli: Callable[..., SimpleNamespace], file: Path) -> None:
    result = cli("sample", file, "--prompt", "fox", "--length", 30, "--temperatures", "0.2,1.0")
    alone = [cli("sample", file, "--prompt", "fox", "--length", 30, "--temperature", heat).out for heat in (0.2, 1.0)]
    gap = "" if alone[0].endswith("\n") else "\n"
    assert result.out == f"temperature 0.2\n{alone[0]}{gap}temperature 1\n{alone[1]}"
    lines = cli("sample", file, "--length", 2, "--temperatures", "0.2,1.0", "--json").lines
    assert [line["temperature"] for line in lines] == [0.2, 0.2, 1.0, 1.0]


def test_a_bias_favours_or_forbids(cli: Callable[..., SimpleNamespace], file: Path) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz.\n"
    result = cli("sample", file, "--length", 60, "--bias", f"{letters}=-inf")
    assert result.out == " " * 60
    assert cli("sample", file, "--length", 60, "--bias", "q=50").out == "q" * 60
    writer = generator(bias=(("\n", 3.0),))
    writer.advance(most=40)
    assert cli("sample", file, "--length", 40, "--bias", "\\n=3").out == writer.text


def test_rivals_of_every_character(cli: Callable[..., SimpleNamespace], file: Path) -> None:
    made = tiny_checkpoint()
    lines = cli("sample", file, "--prompt", "ox", "--length", 5, "--json", "--top", 0, "--top-k", 3).lines
    for line in lines:
        assert len(line["rivals"]) == len(made.vocabulary)
        assert sum(candidate["raw"] for candidate in line["rivals"]) == pytest.approx(1)
        assert sum(candidate["probability"] > 0 for candidate in line["rivals"]) == 3
        taken = next(candidate for candidate in line["rivals"] if candidate["character"] == line["character"])
        assert taken["probability"] == pytest.approx(line["probability"])
        assert -math.log2(taken["raw"]) == pytest.approx(line["surprise"])
    assert [len(line["rivals"]) for line in cli("sample", file, "--length", 2, "--json", "--top", 2).lines] == [2, 2]


def test_a_ride_is_kept_and_written_again(cli: Callable[..., SimpleNamespace], file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "ride.json"
    settings = ("--prompt", "the ", "--length", 40, "--temperature", 1.3, "--top-k", 5, "--seed", 4)
    first = cli("sample", file, *settings, "--save-ride", kept)
    assert cli("sample", file, "--ride", kept).out == first.out
    other = cli("sample", file, "--ride", kept, "--seed", 5).out
    assert (len(other), other != first.out, other[:4]) == (44, True, "the ")


def test_a_ride_is_kept_through_a_link(cli: Callable[..., SimpleNamespace], file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to("ride.json")
    for seed in (1, 2):
        first = cli("sample", file, "--length", 20, "--seed", seed, "--save-ride", link)
        assert (link.is_symlink(), cli("sample", file, "--ride", tmp_path / "ride.json").out) == (True, first.out)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_ride_replaces_nothing_but_a_file(
    cli: Callable[..., SimpleNamespace], file: Path, tmp_path: Path, make: Callable[..., Any]
) -> None:
    taken = tmp_path / "taken"
    make(taken)
    result = cli("sample", file, "--save-ride", taken)
    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)
    assert f"{taken} is no file" in result.err
    assert not taken.is_file()


def test_a_ride_that_cannot_be_written_is_named(
    cli: Callable[..., SimpleNamespace], file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("charplay.playground.recordings.replace_bytes", full)
    result = cli("sample", file, "--length", 3, "--save-ride", tmp_path / "ride.json")
    assert (result.code, result.err) == (1, f"charplay: {tmp_path / 'ride.json'}: No space left on device\n")


def test_a_bias_names_what_the_model_does_not_know(cli: Callable[..., SimpleNamespace], file: Path) -> None:
    plain = cli("sample", file, "--length", 20)
    result = cli("sample", file, "--length", 20, "--bias", "жж=1", "--bias", "é=-inf")
    assert (result.code, result.out) == (0, plain.out)
    assert result.err == "charplay: left out of the bias, as the model does not know them: 'жé'\n"


def test_a_bias_cannot_forbid_everything(cli: Callable[..., SimpleNamespace], file: Path) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz.\n "
    result = cli("sample", file, "--bias", f"{letters}=-inf")
    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)
    assert "every character" in result.err


@pytest.mark.parametrize("where", ["-5", "passage", "4:", "9" * 30])
def test_where_a_prompt_is_from_is_told_as_the_help_says_it(
    cli: Callable[..., SimpleNamespace], learnt: str, where: str
) -> None:
    result = cli("sample", learnt, "--prompt-from", where)
    assert (result.code, result.out) == (2, "")
    assert f"takes random, letter, N or N:LENGTH, not {where!r}" in result.err


def test_a_prompt_has_a_character_at_least(cli: Callable[..., SimpleNamespace], learnt: str) -> None:
    result = cli("sample", learnt, "--prompt-from", "10:0")
    assert (result.code, "a prompt has at least one character" in result.err) == (2, True)


def test_a_prompt_comes_from_the_text_as_it_was_read_when_it_was_learned(
    cli: Callable[..., SimpleNamespace], learnt: str, home: Home, saved_run: Run
) -> None:
    text = home.corpora / "pangram.txt"
    text.write_bytes(TEXT.encode() + "é".encode("latin-1"))
    made = tiny_checkpoint()
    origin = replace(made.corpus, path="", sha256=sha256(text.read_bytes()).hexdigest(), encoding="koi8-r")
    saved_run.write_latest(replace(made, corpus=origin))
    result = cli("sample", learnt, "--prompt-from", f"{len(TEXT) - 3}:4", "--length", 0)
    assert "'И'" in result.err  # left out of the prompt, as this network does not know it


def test_a_prompt_that_reaches_to_the_end_says_so(cli: Callable[..., SimpleNamespace], learnt: str) -> None:
    result = cli("sample", learnt, "--prompt-from", "10:999999", "--length", 0)
    assert (result.code, result.out) == (0, TEXT[10:])
    assert f"which ends after these {len(TEXT) - 10:,} characters" in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--prompt", "a", "--prompt-from", "random"),
        ("--corpus", "python-manual"),
        ("--ride", "x", "--temperature", "1"),
        ("--ride", "x", "--prompt", "a"),
        ("--save-ride", "no/such/folder/x"),
        ("--save-ride", "."),
        ("--stop", ""),
        ("--stop", "a", "--stop", ""),
        ("--temperatures", "1,hot"),
        ("--temperatures", "1", "--temperature", "1"),
        ("--bias", "3"),
        ("--bias", "a=much"),
        ("--repetition-window", "0"),
        ("--count", "0"),
        ("--count", "2", "--temperatures", "0.5,1"),
        ("--count", "2", "--save-ride", "x"),
        ("--count", "2", "--output", "x", "--json"),
        ("--output", "x"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(
    cli: Callable[..., SimpleNamespace], file: Path, arguments: Any
) -> None:
    result = cli("sample", file, *arguments)
    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)


def test_what_is_no_ride_is_a_sentence(
    cli: Callable[..., SimpleNamespace], file: Path, text_file: Path, tmp_path: Path
) -> None:
    assert cli("sample", file, "--ride", text_file).code == 2
    missing = cli("sample", file, "--ride", tmp_path / "none.json")
    assert (missing.code, "does not exist" in missing.err) == (1, True)


def test_one_of_several_stop_texts_ends_it(cli: Callable[..., SimpleNamespace], file: Path) -> None:
    whole = cli("sample", file, "--length", 60).out
    stops = [whole[30:33], whole[20:22]]
    end = min(whole.index(stop) + len(stop) for stop in stops)
    assert cli("sample", file, "--length", 60, "--stop", stops[0], "--stop", stops[1]).out == whole[:end]


def test_a_prompt_is_not_taken_from_a_text_that_changed_unless_it_is_named(
    cli: Callable[..., SimpleNamespace], learnt: str, home: Home
) -> None:
    text = home.corpora / "pangram.txt"
    text.write_text(text.read_text().replace("fox", "dog"))
    result = cli("sample", learnt, "--prompt-from", "random")
    assert (result.code, "is not the text any more" in result.err) == (1, True)
    assert cli("sample", learnt, "--prompt-from", "random", "--corpus", text, "--length", 0).code == 0


def test_a_line_of_json_is_one_line_to_every_reader(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"text": "a\x85b\u2028c\u2029d\x1ce\x0bf", "\u2028": 1}
    print_json(value)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == value


def test_the_help_says_how_a_line_end_is_typed_and_that_is_so(
    cli: Callable[..., SimpleNamespace], home: Home, saved_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    lines = cli("sample", "--help").out.splitlines()
    for option in ("--prompt ", "--stop "):
        assert any(option in line and r"$'one\ntwo'" in line for line in lines)
    command = f"{sys.executable} -m charplay sample demo --length 0 --prompt $'one\\ntwo'"
    assert subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout == "one\ntwo"


def test_a_length_beyond_all_numbers_is_until_a_stop_text(cli: Callable[..., SimpleNamespace], saved_run: Run) -> None:
    result = cli("sample", saved_run.name, "--length", "9" * 30, "--stop", "e")
    assert (result.code, result.out[-1:], result.err) == (0, "e", "")
