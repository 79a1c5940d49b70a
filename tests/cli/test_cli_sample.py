"""`sample` and `score`: a model writes and reads without a screen, without torch."""

import math
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from tiny_model import TEXT, tiny_checkpoint

from charplay.corpora.vocabulary import Vocabulary
from charplay.runs.checkpoint import write_checkpoint
from charplay.sampling.model import CharModel
from charplay.sampling.player import Player
from charplay.sampling.settings import Sampling


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "tiny.safetensors"
    write_checkpoint(path, tiny_checkpoint())
    return path


def player(prompt="", **settings):
    made = tiny_checkpoint()
    model = CharModel.load(made.tensors, made.recipe, Vocabulary(made.vocabulary))
    return Player(model, prompt=prompt, settings=Sampling(**settings))


def test_the_prompt_and_what_follows_to_the_character(cli, file):
    writer = player("the fox", seed=3)
    writer.advance(most=50)
    result = cli("sample", file, "--prompt", "the fox", "--length", 50, "--seed", 3)
    assert (result.code, result.out, result.err) == (0, writer.text, "")


def test_a_run_means_its_best_else_its_latest(cli, saved_run):
    latest = cli("sample", saved_run.name, "--length", 40).out
    saved_run.write_best(tiny_checkpoint(seed=5))
    best = cli("sample", saved_run.name, "--length", 40).out
    assert latest != best
    assert cli("sample", saved_run.folder, "--length", 40).out == best
    assert cli("sample", saved_run.folder / "latest.safetensors", "--length", 40).out == latest


def test_without_a_prompt_nothing_stands_before_the_first_character(cli, file):
    assert len(cli("sample", file, "--length", 30).out) == 30


def test_only_what_was_drawn(cli, file):
    with_prompt = cli("sample", file, "--prompt", "fox", "--length", 20).out
    assert cli("sample", file, "--prompt", "fox", "--length", 20, "--no-prompt").out == with_prompt[3:]


def test_temperature_zero_is_greedy_whatever_the_seed(cli, file):
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
def test_each_filter_is_a_flag(cli, file, option, setting):
    writer = player(**setting)
    writer.advance(most=40)
    assert cli("sample", file, "--length", 40, *option).out == writer.text
    assert cli("sample", file, "--length", 40).out != writer.text


def test_unknown_characters_of_the_prompt_are_named_once(cli, file):
    result = cli("sample", file, "--prompt", "fÖxÖ", "--length", 0)
    assert result.out == "fx"
    assert result.err.count("Ö") == 1


def test_it_ends_once_the_stop_text_was_written(cli, file):
    whole = cli("sample", file, "--length", 60).out
    stop = whole[20:23]
    assert cli("sample", file, "--length", 60, "--stop", stop).out == whole[: whole.index(stop) + 3]


def test_json_has_one_character_a_line(cli, file):
    result = cli("sample", file, "--prompt", "ox", "--length", 3, "--json")
    assert [line["kind"] for line in result.lines] == ["prompt", "prompt", "drawn", "drawn", "drawn"]
    plain = cli("sample", file, "--prompt", "ox", "--length", 3).out
    assert "".join(line["character"] for line in result.lines) == plain
    assert all(0 < line["probability"] <= 1 and line["rank"] >= 1 for line in result.lines[2:])


@pytest.mark.parametrize(("option", "value"), [("--temperature", "-1"), ("--top-p", "1.5"), ("--top-k", "0")])
def test_settings_out_of_bounds_are_wrong_usage(cli, file, option, value):
    result = cli("sample", file, option, value)
    assert (result.code, result.out) == (2, "")


def test_a_pipe_gets_utf8_whatever_the_locale(tmp_path, home):
    text = "äöü€\u202e\x1b" * 50
    path = tmp_path / "odd.safetensors"
    write_checkpoint(path, tiny_checkpoint(text=text))
    command = [sys.executable, "-m", "charplay", "sample", path, "--length", "200"]
    locale = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "CHARPLAY_HOME": str(home.root)}
    done = subprocess.run(command, capture_output=True, env=locale, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.decode("utf-8")) <= set(text)
    assert len(done.stdout.decode("utf-8")) == 200


def test_neither_torch_nor_textual_is_loaded(file, home):
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


def test_a_damaged_checkpoint_is_a_sentence(cli, tmp_path):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(b"\x80\x04pickle")
    result = cli("sample", path)
    assert result.code == 1
    assert str(path) in result.err


# score


def test_a_score_is_the_mean_surprise(cli, file, text_file):
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


def test_unknown_characters_are_counted(cli, file, text_file):
    text_file.write_text("ÄÄ" + TEXT)
    result = cli("score", file, text_file)
    assert result.code == 0
    assert "2 characters" in result.out


def test_a_text_without_a_known_pair_has_no_score(cli, file, text_file):
    text_file.write_text("ÄÖÜ")
    (line,) = cli("score", file, text_file, "--json").lines
    assert line["nats"] is None
