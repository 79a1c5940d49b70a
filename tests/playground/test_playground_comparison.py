"""Texts side by side: each writes what it would write alone, and one can be taken."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_models import scholar
from sitting import fox_home, keep_run

from charplay.playground.checkpoints import LoadedModel, list_checkpoints
from charplay.playground.comparison import DEFAULT, Comparison
from charplay.playground.saved_texts import ModelOrigin
from charplay.playground.temperatures import FEWEST, MOST, parse_temperatures, temperatures_fault, write_temperatures
from charplay.runs.checkpoint import CheckpointError
from charplay.runs.store import RunStore
from charplay.sampling.batched import BatchedGenerators
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SEEDS, SamplingParams

PATIENT = 60.0
WHEN = datetime(2026, 1, 2, tzinfo=UTC)
DEMO = ModelOrigin("demo", "/demo")


class OneByOne:
    """Advances generators one after another: together only networks of one kind are."""

    def __init__(self, generators: list[TextGenerator]) -> None:
        self.generators = generators

    def next(self) -> list[object]:
        return [each.next() for each in self.generators]


@pytest.fixture(autouse=True)
def _one_by_one(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "tmp_path" not in request.fixturenames:
        monkeypatch.setattr("charplay.playground.comparison.BatchedGenerators", OneByOne)


def compared(room: int = 4, temperatures: str = "", seed: int = 1) -> Comparison:
    loaded = LoadedModel(scholar(), "demo, step 5", DEMO)
    params = SamplingParams(seed=seed, top_k=9)
    return Comparison(loaded, "to ", params, speed=30.0, room=room, temperatures=temperatures)


def alone(generator: TextGenerator, length: int) -> str:
    lone = TextGenerator(generator.model, prompt=generator.prompt, params=generator.params)
    lone.advance(most=length)
    return lone.text


def heats(comparison: Comparison) -> list[float]:
    return [each.params.temperature for each in comparison.generators]


def test_every_column_writes_what_it_would_alone() -> None:
    comparison = compared()
    assert heats(comparison) == list(DEFAULT)
    written = comparison.write(150, PATIENT)
    for generator, column in zip(comparison.generators, written, strict=True):
        assert generator.text == alone(generator, 150)
        assert "".join(each.character for each in column) == generator.text.removeprefix("to ")
    assert {each.params.seed for each in comparison.generators} == {comparison.seed} == {1}
    assert {each.params.top_k for each in comparison.generators} == {9}


def test_they_write_as_fast_as_asked_or_hold() -> None:
    comparison = compared()

    def run(start: float, seconds: float = 2.0) -> int:
        before = len(comparison.generators[0].transcript)
        for tick in range(round(seconds * 30)):
            comparison.advance(start + tick / 30)
        assert len({len(each.transcript) for each in comparison.generators}) == 1
        return len(comparison.generators[0].transcript) - before

    assert 57 <= run(0) <= 60
    comparison.speed = 4.0
    assert 7 <= run(2) <= 9
    comparison.playing = False
    assert run(4) == 0
    comparison.playing, comparison.speed = True, 100.0
    assert sum(bool(comparison.advance(6 + tick / 30)) for tick in range(30)) == pytest.approx(10, abs=1)
    comparison.advance(1000.0)
    before = len(comparison.generators[0].transcript)
    comparison.advance(9000.0)
    assert len(comparison.generators[0].transcript) - before <= 25


def test_a_budget_bounds_what_is_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = compared()
    clock = iter(range(1000))
    monkeypatch.setattr("charplay.playground.comparison.time", SimpleNamespace(perf_counter=lambda: float(next(clock))))
    assert [len(each) for each in comparison.write(None, 5.0)] == [5] * 4
    assert [len(each) for each in comparison.write()] == [1] * 4
    comparison.generators = []
    assert comparison.write() == []


def test_another_seed_begins_all_anew() -> None:
    comparison = compared(seed=SEEDS - 1)
    comparison.write(30, PATIENT)
    before = [each.text for each in comparison.generators]
    comparison.restart_with_next_seed()
    assert {each.text for each in comparison.generators} == {"to "}
    comparison.write(30, PATIENT)
    assert [each.text for each in comparison.generators] != before
    assert {each.params.seed for each in comparison.generators} == {comparison.seed} == {0}


def test_a_column_goes_on_at_another_temperature_and_can_be_taken() -> None:
    comparison = compared()
    comparison.write(5, PATIENT)
    comparison.set_temperature(1, 0.55)
    comparison.write(5, PATIENT)
    generator, origin = comparison.column(1)
    assert [generator.transcript[at].temperature for at in (7, 8)] == [0.5, 0.55]
    assert (generator, origin) == (comparison.generators[1], DEMO)
    assert heats(comparison) == [0.2, 0.55, 1.0, 1.2]
    assert comparison.temperatures == "0.2, 0.55, 1, 1.2"


def test_other_temperatures_begin_anew_with_the_columns_network() -> None:
    comparison = compared()
    comparison.write(5, PATIENT)
    model = comparison.generators[2].model
    comparison.set_temperatures(2, "0.4 0.6")
    assert heats(comparison) == [0.4, 0.6]
    assert (comparison.temperatures, comparison.first_temperatures(1)) == ("0.4 0.6", "0.4")
    assert [each.text for each in comparison.generators] == ["to "] * 2
    assert {id(each.model) for each in comparison.generators} == {id(model)}
    assert {each.source for each in comparison.generators} == {"demo, step 5"}
    assert comparison.column(1).origin == DEMO


@pytest.mark.parametrize(("room", "shown"), [(1, 2), (3, 3), (4, 4), (99, 4)])
def test_there_are_as_many_columns_as_have_room(room: int, shown: int) -> None:
    comparison = compared(room)
    assert len(comparison.generators) == shown
    assert FEWEST <= comparison.room <= MOST
    assert comparison.temperatures == write_temperatures(DEFAULT)  # those without room are not forgotten


@pytest.mark.parametrize("kept", ["nonsense", "0.3", "1e999 1", "", ", ".join(["1"] * 9)])
def test_temperatures_that_were_kept_and_are_none_are_passed_over(kept: str) -> None:
    assert heats(compared(temperatures=kept)) == list(DEFAULT)
    assert heats(compared(temperatures="0.45, 0.6")) == [0.45, 0.6]


def test_checkpoints_of_several_runs_are_written_side_by_side(tmp_path: Path) -> None:
    home = fox_home(tmp_path / "home")
    keep_run(home, "kept-1")
    keep_run(home, "kept-2", step=700)
    entries = [each for each in list_checkpoints(RunStore(home).list()) if each.run.startswith("kept")]
    comparison = compared()
    before = comparison.temperatures
    comparison.open_checkpoints(entries)
    assert [each.source for each in comparison.generators] == [f"{each.run}, step {each.step:,}" for each in entries]
    assert heats(comparison) == [SamplingParams().temperature] * 2
    comparison.write(30, PATIENT)
    for number, entry in enumerate(entries):
        generator, origin = comparison.column(number)
        assert generator.text[:20] == alone(generator, 30)[:20]
        assert origin == ModelOrigin(entry.run, entry.path)
    comparison.set_temperature(0, 1.3)
    assert comparison.temperatures == before  # those are one network's
    assert isinstance(comparison._together, BatchedGenerators)
    Path(entries[0].path).write_bytes(b"no")
    standing = list(comparison.generators)
    with pytest.raises(CheckpointError):
        comparison.open_checkpoints(entries)
    assert comparison.generators == standing


@given(st.lists(st.floats(0, 5), max_size=MOST), st.sampled_from([", ", " ", ","]))
def test_temperatures_are_read_as_they_are_written(values: list[float], between: str) -> None:
    assert parse_temperatures(between.join(map(str, values))) == values


@pytest.mark.parametrize("typed", ["0.5", "1, x", "-1, 1", "1, 1, 1, 1, 1", "nan 1"])
def test_what_is_wrong_with_temperatures_is_one_sentence(typed: str) -> None:
    assert temperatures_fault(typed, 4)
    assert not temperatures_fault("0, 0.5", 4)
    assert "temperatures" in temperatures_fault("x", 4)


def test_columns_are_copied_and_kept_with_what_it_takes_to_write_them_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charplay.playground.comparison.BatchedGenerators", OneByOne)
    loaded = LoadedModel(scholar(), "demo, step 5", DEMO)
    comparison = Comparison(loaded, "to ", SamplingParams(), speed=30.0, temperatures="0.2 1")
    assert comparison.text() == ""
    assert comparison.keep(tmp_path, WHEN) is None
    comparison.write(12, PATIENT)
    texts = [generator.text for generator in comparison.generators]
    heads = [f"# demo, step 5, temperature {one}, seed 1" for one in ("0.20", "1.00")]
    assert comparison.text() == f"{heads[0]}\n{texts[0]}\n\n{heads[1]}\n{texts[1]}\n"
    path = comparison.keep(tmp_path, WHEN)
    again = comparison.keep(tmp_path, WHEN)
    assert path is not None
    assert again not in {None, path}
    assert path.read_text() == comparison.text()
    kept = json.loads(path.with_suffix(".json").read_text())["columns"]
    assert [(each["text"], each["seed"], each["temperatures"]) for each in kept] == [
        (texts[0], 1, [[3, 0.2]]), (texts[1], 1, [[3, 1.0]]),
    ]  # fmt: skip
