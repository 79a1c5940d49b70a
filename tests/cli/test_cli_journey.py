"""The real thing, small: train, extend, list, write and score, with nothing scripted."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from charplay.runs.home import Home

SMALL: tuple[str, ...] = (
    "--set", "hidden_size=8", "--set", "embedding_size=4", "--set", "num_layers=1", "--set", "evaluate_every=10",
    "--set", "save_every=10", "--set", "log_every=5", "--device", "cpu", "--set", "threads=1",
)  # fmt: skip


@pytest.fixture
def trained(cli: Callable[..., SimpleNamespace], text_file: Path) -> SimpleNamespace:
    result = cli("train", "--corpus", text_file, "--steps", 20, *SMALL, "--name", "first", "--json")
    assert result.code == 0, result.err
    return result


def test_a_run_from_its_first_step_to_its_text(
    cli: Callable[..., SimpleNamespace], home: Home, text_file: Path, trained: SimpleNamespace
) -> None:
    finished = trained.lines[-1]
    assert finished["event"] == "finished"
    assert (finished["run"], finished["steps"]) == ("first", 20)
    assert {"checkpoint", "train_loss", "val_loss", "val_loss_cold", "seconds"} <= set(finished)
    assert finished["checkpoint"] == str(home.checkpoints / "first" / "best.safetensors")

    again = cli("train", "--resume", "first", "--json")
    assert (again.code, [line["event"] for line in again.lines]) == (0, ["finished"])
    assert again.lines[0] == finished

    more = cli("train", "--resume", "first", "--steps", "+10", "--json")
    assert (more.code, more.lines[-1]["steps"]) == (0, 30), more.err
    assert more.lines[0]["resumed"]
    assert more.lines[0]["step"] == 20

    (line,) = [line for line in cli("runs", "--json").lines if line["name"] == "first"]
    assert (line["step"], line["finished"], line["corpus"]) == (30, True, "pangram")

    text = cli("sample", "first", "--prompt", "the ", "--length", 50).out
    assert text.startswith("the ")
    assert len(text) == 54
    (score,) = cli("score", "first", text_file, "--json").lines
    assert 0 < score["nats"] < 4


def test_a_resumed_run_may_not_become_another(cli: Callable[..., SimpleNamespace], trained: SimpleNamespace) -> None:
    result = cli("train", "--resume", "first", "--set", "hidden_size=9")
    assert (result.code, "hidden_size" in result.err) == (2, True)


def test_a_run_goes_on_elsewhere_and_says_that_it_will_not_repeat(
    cli: Callable[..., SimpleNamespace], trained: SimpleNamespace
) -> None:
    result = cli("train", "--resume", "first", "--set", "threads=2", "--steps", "+10", "--json")
    assert (result.code, result.lines[-1]["steps"]) == (0, 30), result.err
    assert "threads was 1 and is 2" in result.err
    assert result.lines[0]["device"] == "cpu, 2 threads"


def test_checkpoints_that_were_lost_are_made_again_as_the_sentence_says(
    cli: Callable[..., SimpleNamespace], home: Home, trained: SimpleNamespace
) -> None:
    for name in ("best", "latest"):
        (home.checkpoints / "first" / f"{name}.safetensors").unlink()
    assert "`charplay train --resume first` makes them again" in cli("sample", "first").err
    assert cli("train", "--resume", "first").code == 0
    assert cli("sample", "first", "--length", 5).code == 0


def test_what_was_logged_can_be_read_with_cat(home: Home, trained: SimpleNamespace) -> None:
    rows = [json.loads(row) for row in (home.checkpoints / "first" / "metrics.jsonl").read_text().splitlines()]
    assert {5, 10, 15, 20} <= {row["step"] for row in rows}
    told = {line["step"]: line["val_loss"] for line in trained.lines if line["event"] == "evaluated"}
    assert {row["step"]: row["val_loss"] for row in rows if row.get("val_loss") is not None} == pytest.approx(told)


@pytest.mark.parametrize(
    ("text", "said"), [("", "empty"), ("too short", "200"), (b"\x89PNG\r\n\x1a\n" + bytes(512), "binary")]
)
def test_hopeless_texts_are_a_sentence(
    cli: Callable[..., SimpleNamespace], text_file: Path, text: str | bytes, said: str
) -> None:
    text_file.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = cli("train", "--corpus", text_file, "--steps", 5)
    assert result.code == 1
    assert said in result.err
