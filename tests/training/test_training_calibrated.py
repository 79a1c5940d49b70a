"""Runs whose budget is in minutes measure their device first."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from trainings import Only, Train

from charplay.corpora.corpus import Corpus
from charplay.protocol.commands import Stop
from charplay.protocol.events import Finished, Preparing, Progress, Started, Stopped
from charplay.protocol.queues import CommandQueue
from charplay.recipes import device_dependent
from charplay.recipes.recipe import Recipe
from charplay.runs.run import Run
from charplay.training import calibration
from charplay.training.device import DeviceContext

MINUTES = {"steps": None, "minutes": 0.03}
OPEN = {"hidden_size": "auto", "batch_size": "auto", "sequence_length": "auto"}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Makes the processor forty times as fast as the yardstick; the list has what every measuring was asked."""
    asked = []

    def fast(
        recipe: Recipe, corpus: Corpus, _context: DeviceContext, seconds: float, watch: Callable[..., Any]
    ) -> dict[int, float]:
        asked.append((recipe, seconds))
        assert watch(0.0)
        return {128: 40.0, 256: 40.0}

    monkeypatch.setattr(calibration, "measure_relative_speed", fast)
    return asked


def test_a_new_run_takes_the_sizes_that_its_device_carries(
    train: Train, only: Only, measured: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (started,) = only(train(**MINUTES, **OPEN | {"hidden_size": 8}), Started)
    assert measured[0][1] == pytest.approx(0.05 * 0.03 * 60)
    monkeypatch.setattr(device_dependent, "CALIBRATED_DEVICES", ())
    (plain,) = only(train(**MINUTES, **OPEN | {"hidden_size": 8}), Started)
    assert len(measured) == 1
    calibrated, ruled = (cast("dict[str, Any]", event.recipe) for event in (started, plain))
    assert calibrated["output_dropout"] >= ruled["output_dropout"]
    assert calibrated["sequence_length"] > ruled["sequence_length"]
    run = Run.open(Path(started.folder))
    assert (run.asked.sequence_length, run.resolved.sequence_length) == ("auto", started.recipe["sequence_length"])
    assert "characters a second at hidden size 256" in started.notes[-1]
    assert re.search(r"[\d,]{9,} characters a second at", started.notes[-1]), (
        "forty times the yardstick's hundred thousands"
    )
    assert plain.notes == ()
    assert (started.speed, plain.speed) == ({"128": 40.0, "256": 40.0}, None)


def test_a_run_says_that_its_device_is_about_as_fast_as_two_usual_cores(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "measure_relative_speed", lambda *_: {128: 1.1, 256: 0.9})
    (started,) = only(train(**MINUTES, **OPEN | {"hidden_size": 8}), Started)
    assert started.speed == {}


def test_measuring_is_within_the_budget_and_a_run_that_goes_on_measures_no_more(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(train(steps=2), Finished)  # a process's first steps take seconds, more than this budget has
    monkeypatch.setattr(calibration, "PROBE_SIZES", {"cpu": (8, 16)})
    monkeypatch.setattr(calibration, "MAX_BUDGET_SHARE", 0.5)
    events = train(**MINUTES)
    (started,), (finished,) = only(events, Started), only(events, Finished)
    assert started.seconds >= 0.5 * 0.03 * 60
    assert started.seconds < finished.seconds < 3 * 0.03 * 60
    monkeypatch.setattr(calibration, "measure_relative_speed", None)
    (again,) = only(train(resume=started.folder, added=True, **MINUTES), Started)
    assert again.recipe["sequence_length"] == started.recipe["sequence_length"]
    assert again.seconds == pytest.approx(finished.seconds, rel=0.5)


SAID = dict.fromkeys(device_dependent.SPEED_DEPENDENT, 8) | {
    "learning_rate": 0.01,
    "input_dropout": 0.1,
    "output_dropout": 0.5,
    "dropout": 0.1,
}


@pytest.mark.parametrize("settings", [{"steps": 20}, MINUTES | SAID])
def test_where_the_speed_decides_nothing_it_is_not_measured(
    train: Train, only: Only, measured: list[Any], settings: dict[str, float | None]
) -> None:
    (started,) = only(train(**settings), Started)
    assert (started.seconds, measured) == (0.0, [])


def test_a_stop_is_heeded_between_two_steps_of_it(train: Train, only: Only, home: Path) -> None:
    def stop(event: Preparing | Stopped, inbox: CommandQueue) -> None:
        if isinstance(event, Preparing) and event.phase == "taking the first step":
            inbox.put(Stop("quit"))

    events = train(stop, **MINUTES)
    assert isinstance(events[-1], Stopped)
    assert not only(events, Progress)
    assert list((home / "checkpoints").iterdir()) == []


def test_what_the_start_decides_depends_on_the_device() -> None:
    recipe = Recipe(minutes=3, hidden_size=64, input_dropout="auto", dropout="auto")
    assert device_dependent.open_fields(recipe, "cpu") == device_dependent.open_fields(recipe, "cuda:1")
    assert device_dependent.open_fields(recipe, "cuda:1") == set(device_dependent.SPEED_DEPENDENT) - {"hidden_size"}
    assert "num_layers" not in device_dependent.open_fields(Recipe(minutes=3), "cuda"), (
        "without dropout between them, one"
    )
    assert device_dependent.open_fields(Recipe(minutes=None, epochs=3), "cuda") == frozenset()
    assert device_dependent.likely_device("auto", ["cpu"]) == "cpu"
    assert device_dependent.likely_device("auto", ["cpu", "cuda:0"]) == "cuda:0"
    assert device_dependent.likely_device("cpu", ["cpu", "cuda:0"]) == "cpu"
