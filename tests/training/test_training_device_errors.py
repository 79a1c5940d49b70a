"""A device that fails: what was learned is saved, and what can still be done is said."""

import threading
import weakref
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
import torch
from trainings import Only, Train

from charplay.protocol.commands import Resume, SetHyperparameter, StepOnce, Stop
from charplay.protocol.events import (
    NO_MEMORY,
    Changed,
    Event,
    Failed,
    Finished,
    Paused,
    Saved,
    Started,
    Stopped,
    Warned,
)
from charplay.protocol.queues import CommandQueue
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import read_checkpoint
from charplay.runs.run import Run
from charplay.training import device_errors, learner
from charplay.training.device import Device
from charplay.training.device_errors import is_device_lost, is_out_of_memory, out_of_memory_message
from charplay.training.evaluation import Evaluation, EvaluationResult
from charplay.training.gradients import clip
from charplay.training.network import CharNet

GB = 2**30
AT = 9
"""The call that finds no memory: its step is 9."""
PLAIN = {"output_dropout": 0.0}
"""What a step draws before it breaks off stays drawn, so that only steps that draw nothing are the same again."""


@pytest.mark.parametrize(
    ("error", "is_memory"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), True),
        (RuntimeError("shapes do not match"), False),
        (ValueError("out of memory"), False),
    ],
)
@pytest.mark.fault("25")
def test_no_memory_is_known_for_what_it_is(error: Any, is_memory: bool) -> None:
    assert is_out_of_memory(error) is is_memory


@pytest.mark.fault("25")
def test_advice_names_what_is_needed_and_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_errors, "list_devices", lambda: [Device("cuda:0", "NVIDIA H100", 10 * GB, 80 * GB)])
    said = out_of_memory_message("cuda:0", 12 * GB, Recipe(steps=1, batch_size=64))
    assert "12.0 GB" in said
    assert "10.0 GB are free" in said
    assert "batch_size 32" in said


Short = Callable[..., list[weakref.ref[torch.Tensor]]]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Short:
    """`short("clip")`: this call of the learner's finds no memory the ninth time, and leaves a tensor in its frame.

    It returns weak references to those tensors.
    """

    held: list[weakref.ref[torch.Tensor]] = []

    def shorten(name: str, times: int = 1) -> list[weakref.ref[torch.Tensor]]:
        plain, calls = getattr(learner, name), iter(range(1, 10**6))

        def called(*args: list[torch.Tensor], **options: Any) -> Any:
            if AT <= next(calls) < AT + times:
                tensor = torch.zeros(9)
                held.append(weakref.ref(tensor))
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
            return plain(*args, **options)

        monkeypatch.setattr(learner, name, called)
        return held

    return shorten


def left(events: list[Event]) -> dict[str, bytes]:
    """Every bit that a finished run learned."""
    finished = events[-1]
    assert isinstance(finished, Finished)
    return {name: tensor.tobytes() for name, tensor in read_checkpoint(Path(finished.checkpoint)).tensors.items()}


def answer(*commands: Any) -> Callable[..., None]:
    """Leaves these commands when the run holds still."""

    def watch(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Paused):
            for command in commands:
                inbox.put(command)

    return watch


@pytest.mark.parametrize("values", [PLAIN, {**PLAIN, "batching": "windows", "stride": 7}], ids=["stream", "windows"])
@pytest.mark.fault("25")
def test_memory_that_a_neighbour_takes_for_a_while_costs_nothing(
    train: Train, only: Only, short: Short, quick_disk: None, values: dict[str, Any]
) -> None:
    straight = left(train(**values))
    short("clip", times=2)
    events = train(answer(Resume()), **values)
    pauses = only(events, Paused)
    assert [(event.step, event.reason) for event in pauses] == [(AT - 1, NO_MEMORY)] * 2
    warnings = only(events, Warned)
    assert [event.step for event in warnings] == [AT - 1] * 2
    assert all("try batch_size 2" in event.message for event in warnings)
    assert AT - 1 in [event.step for event in only(events, Saved)], "what was learned is saved at once"
    assert left(events) == straight


@pytest.mark.fault("25")
def test_nothing_holds_on_to_what_the_failing_step_had(train: Train, short: Short) -> None:
    held = short("clip")
    gone = []

    def look(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Warned):
            gone.append(held[-1]() is None)
            inbox.put(Stop())

    train(look)
    assert gone == [True]


@pytest.mark.fault("25")
def test_a_run_without_memory_goes_on_with_half_the_batch(train: Train, only: Only, short: Short) -> None:
    short("clip")
    events = train(answer(SetHyperparameter("batch_size", 2), Resume()))
    assert [(event.step, event.new) for event in only(events, Changed)] == [(AT - 1, 2)]
    assert only(events, Finished)[-1].steps == 20


@pytest.mark.fault("25")
def test_a_single_step_without_memory_is_tried_once(train: Train, only: Only, short: Short) -> None:
    short("clip", times=10**6)

    def ask(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Paused):
            inbox.put(StepOnce())
            threading.Timer(0.5, inbox.put, [Stop()]).start()

    events = train(ask)
    assert len(only(events, Warned)) == 2
    assert events[-1].step == AT - 1


@pytest.mark.fault("25")
def test_a_run_without_memory_is_taken_up_again(train: Train, only: Only, short: Short) -> None:
    straight = left(train(**PLAIN))
    short("clip")
    events = train(answer(Stop()), **PLAIN)
    assert isinstance(events[-1], Stopped)
    assert events[-1].step == AT - 1
    assert left(train(resume=only(events, Started)[0].folder)) == straight


@pytest.mark.fault("25")
def test_weights_that_were_half_changed_are_not_gone_on_with(
    train: Train, only: Only, short: Short, quick_disk: None
) -> None:
    straight = left(train())
    short("take_step")
    events = train()
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert "try batch_size 2" in failed.message
    assert failed.saved_step == 7
    (folder,) = (event.folder for event in events if isinstance(event, Started))
    assert left(train(resume=folder)) == straight


@pytest.mark.fault("25")
def test_an_evaluation_without_memory_is_left_out(train: Train, only: Only, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, calls = Evaluation.measure, iter(range(10**6))

    def full(self: Evaluation, network: CharNet, most: int) -> Generator[float, None, EvaluationResult]:
        if next(calls) == 0:
            network.eval()
            raise torch.OutOfMemoryError("CUDA out of memory")
            yield
        return (yield from plain(self, network, most))

    straight = left(train(dropout=0.3, num_layers=2))
    monkeypatch.setattr(Evaluation, "measure", full)
    events = train(dropout=0.3, num_layers=2)
    assert any("left out" in event.message for event in only(events, Warned))
    assert left(events) == straight, "and the network learns on as before"
    run = Run.open(Path(only(events, Started)[0].folder))
    assert [row["step"] for row in run.metrics() if "val_loss" in row] == [14, 20]


@pytest.mark.parametrize(
    ("error", "is_lost"),
    [
        (torch.AcceleratorError("CUDA error: device-side assert triggered"), True),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), True),
        (torch.OutOfMemoryError("CUDA out of memory"), False),
        (RuntimeError("CUDA error: out of memory"), False),
        (RuntimeError("shapes do not match"), False),
    ],
)
@pytest.mark.fault("23", "26")
def test_a_device_that_is_lost_is_known(error: Any, is_lost: bool) -> None:
    assert is_device_lost(error) is is_lost


@pytest.mark.fault("23")
def test_a_run_on_a_lost_device_says_so_and_goes_on_elsewhere(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch, quick_disk: None
) -> None:
    straight = left(train())
    plain, calls = clip, iter(range(1, 10**6))

    def broken(*args: list[torch.Tensor], **options: Any) -> torch.Tensor:
        if next(calls) == AT:
            raise torch.AcceleratorError("CUDA error: device-side assert triggered\nmore of it")
        return plain(*args, **options)

    monkeypatch.setattr(learner, "clip", broken)
    events = train()
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert (failed.lost_device, failed.saved_step) == (True, 7)
    assert "assert triggered); start charplay anew" in failed.message
    folder = next(event.folder for event in events if isinstance(event, Started))
    assert left(train(resume=folder)) == straight
