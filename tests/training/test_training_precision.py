"""bfloat16 where the device's kernels can do it; where they cannot, a sentence and float32."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from trainings import Divided, Only, Train, last_save, stop_at

from charplay.fs.registry import entry_names
from charplay.protocol.events import Finished, Started, Warned
from charplay.recipes.recipe import CELLS, Recipe
from charplay.runs.run import Run
from charplay.training import precision
from charplay.training.device import open_device
from charplay.training.precision import choose_precision, runs_bfloat16

CPU, CUDA = torch.device("cpu"), torch.device("cuda:0")
EVERYWHERE = "gru"
"""A cell whose kernels in bfloat16 every processor has; the LSTM's need AVX-512."""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def tried_anew() -> Iterator[None]:
    """What was tried is forgotten before the test and after it."""
    precision._runs_on_cpu.cache_clear()
    yield
    precision._runs_on_cpu.cache_clear()


@pytest.fixture(params=["forward", "backward", "evaluation"])
def without_kernels(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tried_anew: None) -> None:
    """A processor that lacks one of the kernels that an LSTM in bfloat16 needs."""
    layer = import_module("charplay.training.cells.lstm").Layer
    plain = layer.run

    def refuse(*_: Any) -> None:
        raise RuntimeError("could not create a primitive descriptor for the LSTM primitive")

    def run(self: Any, *arguments: Any) -> Any:
        outputs, state = plain(self, *arguments)
        if torch.is_autocast_enabled("cpu"):
            if (self.training, request.param) in {(True, "forward"), (False, "evaluation")}:
                refuse()
            if outputs.requires_grad and request.param == "backward":
                outputs.register_hook(refuse)
        return outputs, state

    monkeypatch.setattr(layer, "run", run)


@pytest.mark.fault("62")
def test_what_the_processor_cannot_do_is_said_and_trained_in_float32(
    without_kernels: None, train: Train, only: Only
) -> None:
    events = train(precision="bfloat16")
    (warned,) = only(events, Warned)
    assert warned.message == "no kernel here computes the cell lstm in bfloat16 on cpu, so this trains in float32"
    assert only(events, Finished)
    (started,) = only(events, Started)
    assert Run.open(Path(started.folder)).facts["precision"] == "float32"


def test_where_nothing_was_asked_for_nothing_is_said(without_kernels: None) -> None:
    for asked in ("auto", "float32"):
        context = open_device("cpu", Recipe(steps=1, precision=asked))
        assert (context.precision, context.warning) == ("float32", "")


@pytest.mark.fault("62")
@pytest.mark.skipif(platform.machine() != "x86_64", reason="oneDNN is told there to leave newer instructions out")
def test_on_a_processor_without_the_instructions_a_run_is_finished(home: Path) -> None:
    """In a process of its own: oneDNN reads once which instructions it may use."""
    settings = ("precision=bfloat16", "hidden_size=4", "embedding_size=4", "threads=1")
    arguments = ["train", "--corpus", "words", "--steps", "2", "--json", *(f"--set={each}" for each in settings)]
    env = os.environ | {"ONEDNN_MAX_CPU_ISA": "AVX2", "CHARPLAY_HOME": str(home), "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, "-m", "charplay", *arguments]
    ran = subprocess.run(command, check=False, env=env, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    events = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [event["message"] for event in events if event["event"] == "warning"] == [
        "no kernel here computes the cell lstm in bfloat16 on cpu, so this trains in float32"
    ]
    assert events[-1]["event"] == "finished"


@pytest.fixture(params=[True, False], ids=["amx", "no amx"])
def amx(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """A processor that has AMX, or has not."""
    has: bool = request.param
    monkeypatch.setattr(precision, "has_amx", lambda: has)
    return has


def test_auto_is_bfloat16_on_a_processor_with_amx_alone(amx: bool, train: Train, only: Only) -> None:
    facts = Run.open(Path(only(train(cell=EVERYWHERE, optimizer="muon"), Started)[0].folder)).facts
    expected = "bfloat16" if amx else "float32"
    assert (facts["precision"], facts["optimizer_precision"]) == (expected, expected)
    asked = open_device("cpu", Recipe(steps=1, precision="float32"))
    assert (asked.precision, asked.optimizer_precision) == ("float32", "float32")


def test_a_processor_with_amx_whose_kernels_cannot_do_it_trains_in_float32(
    monkeypatch: pytest.MonkeyPatch, without_kernels: None
) -> None:
    monkeypatch.setattr(precision, "has_amx", lambda: True)
    context = open_device("cpu", Recipe(steps=1))
    assert (context.precision, context.optimizer_precision, context.warning) == ("float32", "float32", "")


@pytest.mark.fault("57")
def test_a_run_keeps_its_precision_and_says_from_where_it_cannot(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun without AMX it stays in float32; begun with it, it goes on in float32 without, and is marked there."""
    monkeypatch.setattr(precision, "has_amx", lambda: False)
    plain = only(train(stop_at(3), cell=EVERYWHERE), Started)[0]
    monkeypatch.setattr(precision, "has_amx", lambda: True)
    fast = only(train(stop_at(3), cell=EVERYWHERE), Started)[0]
    again = only(train(stop_at(6), resume=plain.folder), Started)[0]
    assert again.notes == ()
    assert Run.open(Path(plain.folder)).facts["precision"] == "float32"
    assert only(train(stop_at(6), resume=fast.folder), Started)[0].notes == ()
    monkeypatch.setattr(precision, "has_amx", lambda: False)
    events = train(stop_at(9), resume=fast.folder)
    (note,) = only(events, Started)[0].notes
    assert "precision was bfloat16 and is float32" in note
    step = only(events, Started)[0].step
    monkeypatch.setattr(precision, "has_amx", lambda: True)
    assert only(train(resume=fast.folder), Started)[0].notes == (), "it goes on in what it went over to"
    facts = Run.open(Path(fast.folder)).facts
    assert (facts["precision"], facts["inexact_from"]) == ("float32", step)
    assert "inexact_from" not in Run.open(Path(plain.folder)).facts


def test_a_run_that_asked_for_bfloat16_before_muon_did_goes_on_as_it_was(train: Train, only: Only) -> None:
    recipe = {"cell": EVERYWHERE, "precision": "bfloat16", "optimizer": "muon"}
    folder = Path(only(train(stop_at(3), **recipe), Started)[0].folder)
    record = json.loads((folder / "run.json").read_text())
    assert record["facts"].pop("optimizer_precision") == "bfloat16"
    (folder / "run.json").write_text(json.dumps(record))
    assert only(train(resume=str(folder)), Finished)
    assert Run.open(folder).facts["optimizer_precision"] == "float32"


@pytest.mark.parametrize("shares", [1, 2, 3])
@pytest.mark.fault("57")
def test_a_run_in_bfloat16_repeats_itself(
    shares: int, train: Train, only: Only, divided: Divided, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "has_amx", lambda: True)
    recipe = {"optimizer": "muon", "num_layers": 2, "dropout": 0.2, "log_every": 1, **divided(shares)}
    straight = only(train(**recipe), Finished)[0]
    folder = only(train(stop_at(9), **recipe), Started)[0].folder
    resumed = only(train(resume=folder), Finished)[0]
    (one, _), (other, _) = (last_save(Run.open(Path(end.checkpoint).parent)) for end in (straight, resumed))
    assert all((one[name] == other[name]).all() for name in one)
    assert (straight.val_loss, straight.train_loss) == (resumed.val_loss, resumed.train_loss)
    assert {array.dtype for name, array in one.items() if "random" not in name} == {np.dtype(np.float32)}


@pytest.mark.parametrize("cell", entry_names(CELLS))
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_equal_steps_in_bfloat16_learn_as_much(
    cell: str, optimizer: str, train: Train, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the processor has no kernel for the cell, both are float32 and equal."""
    losses = []
    for has in (False, True):
        monkeypatch.setattr(precision, "has_amx", lambda has=has: has)
        losses.append(only(train(cell=cell, optimizer=optimizer, hidden_size=24, steps=150), Finished)[0].val_loss)
    assert losses[0] is not None
    assert (losses[0] != losses[1]) == runs_bfloat16(cell, CPU)
    assert losses[1] == pytest.approx(losses[0], abs=0.05)


@pytest.mark.parametrize("cell", entry_names(CELLS))
def test_trying_a_layer_leaves_no_trace(tried_anew: None, cell: str) -> None:
    before = torch.get_rng_state()
    assert runs_bfloat16(cell, CPU) == runs_bfloat16(cell, CPU)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.is_grad_enabled()
    assert precision._runs_on_cpu.cache_info().misses == 1, "a layer is tried once"


@pytest.mark.parametrize(
    ("asked", "able", "chosen", "said"),
    [
        ("auto", True, "bfloat16", False),
        ("auto", False, "float32", False),
        ("bfloat16", True, "bfloat16", False),
        ("bfloat16", False, "float32", True),
        ("float32", True, "float32", False),
    ],
)
def test_a_card_that_would_only_emulate_it_is_said_too(
    monkeypatch: pytest.MonkeyPatch, asked: str, able: bool, chosen: str, said: bool
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: able or including_emulation)
    found, sentence = choose_precision(asked, "gru", CUDA)
    assert found == chosen
    assert sentence == (
        "no kernel here computes the cell gru in bfloat16 on cuda:0, so this trains in float32" if said else ""
    )
