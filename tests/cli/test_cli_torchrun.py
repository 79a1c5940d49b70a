"""`torchrun -m charplay train` for real: two processes train one run, and end together."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from charplay.runs.home import Home
from charplay.runs.run import Run

ROOT = Path(__file__).parents[2]
ALIKE = ("train_loss", "train_accuracy", "grad_norm", "val_loss", "val_accuracy", "epoch_loss")
"""Numbers of a row of metrics that no clock is in."""
COMMON = ("--device", "cpu", "--json", "--set", "log_every=2", "--set", "evaluate_every=7", "--set", "hidden_size=16")
STREAMS = (
    "--set", "optimizer=muon", "--set", "average=0.9", "--set", "num_layers=2", "--set", "dropout=0.2", "--set",
    "weight_drop=0.1", "--set", "sequence_length=8", "--set", "batch_size=32",
)  # fmt: skip
WINDOWS = (  # an epoch's last batch is one window, which leaves a rank without a share
    "--set", "batching=windows", "--set", "target=last", "--set", "cell=gru", "--set", "sequence_length=8", "--set",
    "batch_size=32", "--set", "window_limit=65", "--set", "output_dropout=0.2",
)  # fmt: skip

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(home: Home, tmp_path: Path) -> Iterator[Start]:
    """`start(*arguments)` starts `charplay train` in two processes by torchrun, or in as many as are asked for."""
    text = tmp_path / "words.txt"
    text.write_text("".join(np.random.default_rng(5).choice(["the ", "cat ", "sat, ", "on\n", "a ", "mat. "], 900)))
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, processes: int = 2, threads: int = 1) -> subprocess.Popen[str]:
        torchrun = ("-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}")
        environment = os.environ | {
            "PYTHONPATH": str(ROOT), "CHARPLAY_HOME": str(home.root), "OMP_NUM_THREADS": str(threads)
        }  # fmt: skip
        command = [*(torchrun if processes > 1 else ()), "-m", "charplay", "train", *COMMON, *arguments]
        corpus = () if "--resume" in arguments else ("--corpus", str(text))
        started.append(
            subprocess.Popen(
                [sys.executable, *command, *corpus], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True, start_new_session=True,
            )
        )  # fmt: skip
        return started[-1]

    yield begin
    for each in started:
        if each.poll() is None:
            for rank in psutil.Process(each.pid).children(recursive=True):
                rank.kill()
            each.kill()
            each.communicate()


def finished(process: subprocess.Popen[str], code: int = 0) -> list[dict[str, Any]]:
    """The events that a training told."""
    out, err = process.communicate(timeout=100)
    assert process.returncode == code, err
    return [json.loads(line) for line in out.splitlines()]


def learned(home: Home, name: str) -> tuple[dict[str, np.ndarray], list[list[Any]]]:
    """All that a run goes on from, and what its metrics were."""
    run = Run.open(home.checkpoints / name)
    saved = run.read_resume()
    assert saved is not None
    rows = map(json.loads, (run.folder / "metrics.jsonl").read_text().splitlines())
    return saved[0], [[row.get(key) for key in ALIKE] for row in rows]


def require_alike(home: Home, *names: str) -> None:
    (one, rows), *others = (learned(home, name) for name in names)
    assert len(rows) > 5
    for arrays, their_rows in others:
        assert their_rows == rows
        assert arrays.keys() == one.keys()
        assert [name for name in one if not np.array_equal(one[name], arrays[name])] == []


def test_two_ranks_of_a_share_are_one_process_of_two_to_the_bit(start: Start, home: Home) -> None:
    """Also where the run is taken up with other streams, and where it is taken up by ranks."""
    changes = ("--set", "batch_size=40", "--set", "learning_rate=0.004")
    for name, sittings in {"one": (1, 1), "ranks": (2, 2), "turns": (1, 2)}.items():
        first, then = ({"processes": count, "threads": 3 - count} for count in sittings)
        finished(start("--name", name, "--steps", "12", *STREAMS, **first))
        told = finished(start("--resume", name, "--steps", "20", *changes, **then))
        assert [event["event"] for event in told].count("finished") == 1, "rank 0 alone tells"
        assert told[-1]["steps"] == 20
    require_alike(home, "one", "ranks", "turns")
    facts = Run.open(home.checkpoints / "ranks").facts
    assert (facts["shares"], facts["ranks"]) == (2, 2)
    assert "inexact_from" not in Run.open(home.checkpoints / "turns").facts


def test_a_rank_without_a_share_of_a_small_batch_adds_nothing(start: Start, home: Home) -> None:
    for name, count in {"one": 1, "ranks": 2}.items():
        finished(start("--name", name, "--steps", "12", *WINDOWS, processes=count, threads=3 - count))
    require_alike(home, "one", "ranks")


def test_ranks_of_two_shares_learn_the_same_but_for_rounding(start: Start, home: Home) -> None:
    settings = (*STREAMS, "--set", "batch_size=64", "--steps", "50")
    two = finished(start("--name", "two", *settings, threads=2))[-1]
    one = finished(start("--name", "one", *settings, processes=1, threads=4))[-1]
    assert {name: Run.open(home.checkpoints / name).facts["shares"] for name in ("one", "two")} == {"one": 4, "two": 4}
    for loss in ("train_loss", "val_loss", "val_loss_cold"):
        assert two[loss] == pytest.approx(one[loss], rel=1e-5)


def saved_step(home: Home, name: str) -> int:
    saved = Run.open(home.checkpoints / name).read_resume()
    assert saved is not None
    return int(saved[1]["ledger"]["step"])


def ranks_of(process: subprocess.Popen[str]) -> dict[str, psutil.Process]:
    """The processes that torchrun has started, by rank."""
    return {found.environ()["RANK"]: found for found in psutil.Process(process.pid).children()}


def wait_for_save(home: Home, name: str) -> None:
    until = time.monotonic() + 60
    while not (home.checkpoints / name / "resume.safetensors").exists():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.fault("15")
@pytest.mark.parametrize("rank", ["0", "1"])
def test_a_killed_rank_ends_the_run_at_its_last_save(rank: str, start: Start, home: Home) -> None:
    process = start("--name", "n", "--steps", "1000000", *STREAMS)
    wait_for_save(home, "n")
    ranks = ranks_of(process)
    ranks[rank].kill()
    killed = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - killed < 20
    assert process.returncode == 1, "torchrun's"
    assert not any(found.is_running() for found in ranks.values())
    if rank == "1":
        assert "charplay: another process of this run has ended, so this one cannot go on; resume the run." in err
        assert "The run is saved up to step" in err
        assert json.loads(out.splitlines()[-1])["event"] == "failed"
    step = saved_step(home, "n")
    told = finished(start("--resume", "n", "--steps", str(step + 3)))
    assert (told[0]["step"], told[-1]["steps"]) == (step, step + 3)


@pytest.mark.fault("60")
def test_a_signal_to_torchrun_saves_and_ends_every_rank(start: Start, home: Home) -> None:
    process = start("--name", "n", "--steps", "1000000", *STREAMS)
    wait_for_save(home, "n")
    ranks = ranks_of(process)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1, "torchrun's"
    assert not any(found.is_running() for found in ranks.values())
    told = [json.loads(line) for line in out.splitlines()]
    assert (told[-1]["event"], told[-1]["reason"]) == ("stopped", "terminated")
    assert saved_step(home, "n") == told[-1]["step"]


def test_what_is_refused_is_said_once_and_every_rank_ends(start: Start) -> None:
    for arguments in (("--minutes", "1"), ("--minutes", "1", "--plan")):
        process = start(*arguments)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 1, "torchrun's"
        assert out.count("\n") <= 1
        assert err.count("charplay: ") == 1
        assert "--steps or --epochs" in err or "--plan is for one process" in err


def test_a_finished_run_is_told_again_and_every_rank_ends(start: Start) -> None:
    arguments = ("--name", "n", "--continue", "--steps", "3", *STREAMS)
    first = finished(start(*arguments))
    assert finished(start(*arguments))[-1] == first[-1]
