"""A trained network from Python: what it writes and reads is what the command line and the sampler make of it."""

import math
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_model import TEXT, tiny_checkpoint

import charplay
from charplay.cli.main import run
from charplay.corpora.vocabulary import Vocabulary
from charplay.runs.checkpoint import CorpusOrigin, write_checkpoint
from charplay.runs.home import Home
from charplay.sampling.generator import TextGenerator
from charplay.sampling.model import CharModel
from charplay.sampling.params import SamplingParams
from charplay.sampling.score import score

TINY = tiny_checkpoint()
MODEL = CharModel.load(TINY.tensors, TINY.recipe, Vocabulary(TINY.vocabulary))


def test_a_sample_is_what_the_command_line_writes(checkpoint: Path, capfd: pytest.CaptureFixture[str]) -> None:
    sample = charplay.load(checkpoint).sample("the fox", 40, seed=3, temperature=0.7)
    assert run(["sample", str(checkpoint), "--prompt", "the fox", "--length", "40", "--seed", "3",
                "--temperature", "0.7"]) == 0  # fmt: skip
    assert str(sample) == capfd.readouterr().out
    assert (sample.prompt, sample.text) == ("the fox", sample.prompt + sample.continuation)
    assert len(sample.continuation) == 40


@pytest.mark.parametrize(
    "settings",
    [{}, {"top_k": 3}, {"top_p": 0.5}, {"min_p": 0.2}, {"repetition_penalty": 1.5, "repetition_window": 5},
     {"bias": {"e": 3.0, "o": -math.inf}}],
)  # fmt: skip
def test_a_stream_writes_what_a_sample_does(checkpoint: Path, settings: dict[str, Any]) -> None:
    model = charplay.load(checkpoint)
    sample = model.sample("the ", 60, seed=2, **settings)
    assert "".join(model.stream("the ", 60, seed=2, **settings)) == sample.continuation
    bias = tuple(settings.pop("bias", {}).items())
    generator = TextGenerator(MODEL, prompt="the ", params=SamplingParams(seed=2, bias=bias, **settings))
    generator.advance(most=60)
    assert sample.text == generator.text
    assert np.array_equal(sample.surprisal, generator.transcript.column("surprise"))


def test_a_stop_text_ends_both(checkpoint: Path) -> None:
    model = charplay.load(checkpoint)
    whole = model.sample("the ", 200).continuation
    stop = whole[50:53]
    ended = whole[: whole.index(stop) + 3]
    assert model.sample("the ", 200, stop=[stop]).continuation == ended
    assert "".join(model.stream("the ", 200, stop=[stop])) == ended


def test_what_is_unknown_is_left_out_and_named(checkpoint: Path) -> None:
    sample = charplay.load(checkpoint).sample("the ÿ fox", 5)
    assert sample.prompt == "the  fox"
    assert "ÿ" in sample.remark
    assert len(sample.surprisal) == len(sample.text)


def test_score_and_surprisal_are_the_samplers(checkpoint: Path) -> None:
    model, expected = charplay.load(checkpoint), score(MODEL, TEXT[:300])
    assert model.score(TEXT[:300]).nats == expected.nats
    surprisal = model.surprisal(TEXT[:300])
    assert surprisal.bits.shape == (300,)
    assert np.isnan(surprisal.bits[0])
    assert np.nanmean(surprisal.bits) == pytest.approx(expected.bits)


def test_the_parts_that_a_run_keeps_are_scored(home: Home, pangram: str, tmp_path: Path) -> None:
    path = tmp_path / "kept.safetensors"
    recipe = TINY.recipe.model_copy(update={"test_fraction": 0.2})
    write_checkpoint(path, replace(TINY, recipe=recipe))
    model, (trained, seen) = charplay.load(path, home=home.root), (int(len(TEXT) * 0.7), int(len(TEXT) * 0.8))
    assert model.score(part="test").nats == score(MODEL, TEXT[seen:]).nats
    assert model.score(part="held-out").nats == score(MODEL, TEXT[trained:seen]).nats
    write_checkpoint(path, TINY)
    with pytest.raises(charplay.CharplayError, match="keeps no test part"):
        charplay.load(path).score(part="test")


def test_the_other_text_that_a_run_keeps_is_scored_where_its_home_is(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home.corpora / "other.txt").write_text("the lazy \u00ff dog")
    digest = sha256("the lazy \u00ff dog".encode()).hexdigest()
    path = tmp_path / "kept.safetensors"
    write_checkpoint(path, replace(TINY, held_out_corpus=CorpusOrigin("other", "", digest, 14)))
    monkeypatch.setenv("CHARPLAY_HOME", str(tmp_path / "elsewhere"))
    scored = charplay.load(path, home=home.root).score(part="test")
    assert (scored.nats, scored.skipped) == (score(MODEL, "the lazy  dog").nats, 1)
    (home.corpora / "other.txt").write_text("another dog")
    with pytest.raises(charplay.CharplayError, match="has changed since"):
        charplay.load(path, home=home.root).score(part="test")


def test_states_are_those_of_step_by_step(checkpoint: Path) -> None:
    found = charplay.load(checkpoint).states("the ÿfox")
    assert found.text == "the fox"
    assert found.values.shape == (7, 1, 2, 8)
    after, _ = MODEL.feed(MODEL.zero_state(), MODEL.vocabulary.encode("the f").tolist())
    assert np.array_equal(found.values[4], after)


def test_it_says_what_it_is(checkpoint: Path) -> None:
    model = charplay.load(checkpoint)
    assert model.vocabulary == TINY.vocabulary
    assert model.recipe == TINY.recipe
    assert repr(model).endswith(f"step 7: lstm 1x8, {len(TINY.vocabulary)} characters>")
    assert model.path == str(checkpoint)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda model: model.sample(temperature=-1), "a temperature lies between 0"),
        (lambda model: model.stream(temperature=-1), "a temperature lies between 0"),
        (lambda model: model.stream(top_k=0), "top-k keeps at least 1 character"),
        (lambda model: model.sample(length=-1), "a length is a number of characters"),
        (lambda model: model.stream(length=-1), "a length is a number of characters"),
        (lambda model: model.score(), "a score is of a text, or of a part"),
        (lambda model: model.score("the fox", part="test"), "a score is of a text, or of a part"),
        (lambda model: model.score(part="tests"), "a score is of a text, or of a part"),
        (lambda model: model.sample(bias=dict.fromkeys(model.vocabulary, -math.inf)), "forbids every character"),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    checkpoint: Path, wrong: Callable[[charplay.Model], object], sentence: str
) -> None:
    model = charplay.load(checkpoint)
    with pytest.raises(charplay.CharplayError, match=sentence):
        wrong(model)


def test_what_cannot_be_loaded_is_said_as_the_command_line_does(
    home: Home, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    torn = tmp_path / "torn.safetensors"
    torn.write_bytes(b"PK\3\4 torn")
    for name in ("dema", "", str(torn), str(tmp_path)):
        with pytest.raises(charplay.CharplayError) as raised:
            charplay.load(name)
        assert run(["sample", name]) == 1
        assert capfd.readouterr().err == f"charplay: {raised.value}\n"
    assert home.checkpoints.is_dir()
