"""The instrument: its pace, its parameters, where a text begins, and what is kept of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scripted_models import SONG, reciter, scholar, text_of

from charplay.playground.happenings import Said
from charplay.playground.instrument import TICKS, Instrument
from charplay.playground.next_prompt import MAX_READ
from charplay.playground.saved_texts import RECENT, ModelOrigin
from charplay.playground.text_changes import Appended, Began, Reweighted
from charplay.playground.text_files import export_branches, keep_recording, keep_text
from charplay.sampling.errors import SettingError
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SEEDS, SamplingParams
from charplay.sampling.prompts import Prompt
from charplay.sampling.recording import Recording

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Clock:
    """Lets time pass for an instrument, tick by tick."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument, self.now = instrument, 0.0
        instrument.advance(0.0)

    def run(self, seconds: float) -> int:
        """Let time pass; how many characters were written meanwhile."""
        before = length(self.instrument)
        for _ in range(round(seconds * TICKS)):
            self.now += 1 / TICKS
            self.instrument.advance(self.now)
        return length(self.instrument) - before


def length(instrument: Instrument) -> int:
    return len(instrument.transcript) if instrument.transcript is not None else 0


def text(instrument: Instrument) -> str:
    return instrument.transcript.text() if instrument.transcript is not None else ""


def recording_of(instrument: Instrument) -> Recording:
    assert instrument.recording is not None
    return instrument.recording


def said(instrument: Instrument) -> list[str]:
    return [each.sentence for each in instrument.drain() if isinstance(each, Said)]


def recent(texts: Path) -> list[dict[str, object]]:
    path = texts / RECENT
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


# How fast it writes.


def test_it_writes_as_fast_as_asked_from_the_start(texts: Path) -> None:
    instrument = Instrument(texts, SamplingParams(temperature=0.0), speed=30.0)
    instrument.play(reciter(), "demo")
    clock = Clock(instrument)
    assert 58 <= clock.run(2) <= 60
    assert text(instrument).startswith(SONG + "to be")
    instrument.speed = 4.0
    assert 7 <= clock.run(2) <= 9


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("speed", [4.0, 15.0, 30.0, 100.0])
def test_what_was_written_is_told_with_the_length_that_the_text_has(
    empty: Instrument, speed: float, *, live: bool
) -> None:
    empty.play(reciter(), "live, step 0", live=live)
    empty.speed = speed
    empty.drain()
    clock = Clock(empty)
    for _ in range(10):
        new = clock.run(0.1)
        told = [each.length for each in empty.drain() if isinstance(each, Appended)]
        assert told == sorted(set(told))
        assert (told[-1] if told else length(empty) - new) == length(empty)
        assert abs(length(empty) - clock.now * speed) <= max(2, speed / 10)


def test_a_stalled_clock_is_not_made_up_for_in_one_go(instrument: Instrument) -> None:
    instrument.advance(0.0)
    instrument.advance(60.0)
    assert 0 < length(instrument) <= 8


def test_the_first_character_comes_at_once_and_alone_after_it_was_held(instrument: Instrument) -> None:
    instrument.speed, instrument.playing = 30.0, False
    for now in (0.0, 0.133, 0.266):
        instrument.advance(now)
    before = length(instrument)
    instrument.toggle()
    instrument.advance(0.3)
    assert length(instrument) == before + 1
    instrument.toggle()
    instrument.advance(0.433)
    instrument.toggle()
    instrument.advance(0.566)
    assert length(instrument) == before + 2, "nothing was due meanwhile"


def test_the_weights_of_a_live_run_and_fast_text_are_painted_less_often(instrument: Instrument) -> None:
    clock = Clock(instrument)

    def told() -> int:
        """How often characters are told of in a second."""
        instrument.drain()
        clock.run(1)
        return len([each for each in instrument.drain() if isinstance(each, Appended)])

    assert told() == pytest.approx(TICKS, abs=2)
    instrument.speed = 100.0
    assert told() == pytest.approx(TICKS / 3, abs=2)
    instrument.speed = 30.0
    instrument.play(scholar(), "live, step 0", live=True)
    assert told() == pytest.approx(TICKS / 2, abs=2)


def test_a_speed_beyond_all_is_as_many_as_there_is_time_for(texts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int | None, float]] = []
    instrument = Instrument(texts, SamplingParams(), speed=250.0)
    instrument.play(reciter(), "demo")
    monkeypatch.setattr(instrument, "write", lambda most, budget: asked.append((most, budget)))
    Clock(instrument).run(0.2)
    assert asked
    assert {most for most, _ in asked} == {None}
    assert {round(budget, 3) for _, budget in asked} == {0.024}


def test_hold_one_character_and_go_on(instrument: Instrument) -> None:
    clock = Clock(instrument)
    instrument.toggle()
    assert clock.run(1) == 0
    instrument.write_one()
    instrument.write_one()
    assert length(instrument) == 2
    assert not instrument.playing
    instrument.go_on()
    assert clock.run(1) > 20
    instrument.covered = True
    assert not instrument.at_work
    assert clock.run(1) == 0
    instrument.covered = False
    instrument.typing = True
    assert instrument.playing
    assert clock.run(1) == 0
    instrument.put_cursor_away()
    assert clock.run(1) > 20


def test_before_there_is_a_model_everything_is_harmless(empty: Instrument, texts: Path) -> None:
    Clock(empty).run(0.5)
    empty.write()
    empty.write_one()
    empty.toggle()
    empty.go_on()
    empty.restart_with_next_seed()
    empty.stop_at(["to"])
    empty.leave_replay()
    empty.move_cursor(0)
    empty.insert(0, "to")
    empty.set_params(temperature=0.5)
    assert not empty.switch_to("1")
    assert (empty.generator, empty.transcript, empty.branches, empty.recording) == (None, None, None, None)
    assert (empty.candidates(3), empty.all_candidates(0), empty.temperatures) == ((), None, [])
    assert (empty.replaying, empty.left_to_replay, empty.following, empty.from_passage) == (False, 0, False, False)
    assert (keep_text(empty, NOW), keep_recording(empty, NOW), export_branches(empty, NOW)) == (None, None, None)
    assert empty.origin == ModelOrigin()
    empty.close()
    assert empty.drain() == []
    assert not texts.exists()
    empty.play(scholar(), "demo")
    assert empty.params.temperature == 0.5
    assert empty.stops == "to"


# Its parameters.


def test_a_parameter_acts_on_the_next_character(instrument: Instrument) -> None:
    instrument.write()
    instrument.set_params(temperature=0.9)
    instrument.write()
    transcript = instrument.transcript
    assert transcript is not None
    assert [transcript[at].temperature for at in (0, 1)] == pytest.approx([0.8, 0.9])
    assert instrument.params.temperature == 0.9
    with pytest.raises(SettingError, match="temperature"):
        instrument.set_params(temperature=-1.0)
    assert instrument.params.temperature == 0.9
    instrument.play(scholar(3), "other")
    assert instrument.params.temperature == 0.9


# Where a text begins.


def test_a_model_begins_below_and_a_live_ones_weights_change(instrument: Instrument) -> None:
    (began,) = instrument.drain()
    assert instrument.transcript is not None
    assert began == Began(instrument.transcript, below=True, live=False)
    assert not instrument.following
    instrument.write(5)
    instrument.play(scholar(1), "live, step 0", live=True, origin=ModelOrigin("run", "/runs/run"))
    assert instrument.origin == ModelOrigin("run", "/runs/run")
    assert instrument.following
    instrument.write(3)
    before = text(instrument)
    instrument.update_weights(scholar(2), "live, step 1,204")
    assert text(instrument) == before
    transcript, generator = instrument.transcript, instrument.generator
    assert transcript is not None
    assert generator is not None
    assert generator.source == "live, step 1,204"
    told = instrument.drain()
    assert [type(each) for each in told] == [Appended, Began, Appended, Reweighted]
    assert told[1:] == [
        Began(told[1].transcript, below=True, live=True),
        Appended(3),
        Reweighted(transcript, "live, step 1,204"),
    ]
    assert instrument.following
    instrument.restart()
    assert instrument.drain() == [Began(instrument.transcript, below=False, live=True)]


def test_all_models_share_one_cache_of_states(instrument: Instrument) -> None:
    assert instrument.transcript is not None
    memory = instrument.transcript.memory
    instrument.write(5)
    instrument.play(scholar(1), "other")
    assert instrument.transcript.memory is memory
    instrument.write(5)
    instrument.replay(recording_of(instrument), model=scholar(2), source="another")
    assert instrument.transcript.memory is memory


def test_the_first_weights_of_a_run_may_be_the_first_model_of_all(empty: Instrument) -> None:
    empty.update_weights(scholar(), "live, step 0")
    assert empty.following
    empty.write(10)
    assert text(empty) == text_of(scholar(), 10)


def test_anew_takes_the_next_seed_and_keeps_the_text_by_itself(instrument: Instrument, texts: Path) -> None:
    instrument.write(5)
    written = text(instrument)
    instrument.restart_with_next_seed()
    assert instrument.params.seed == 2
    assert length(instrument) == 0
    (kept,) = recent(texts)
    assert (kept["text"], kept["seed"], kept["source"]) == (written, 1, "demo, step 5")
    instrument.restart()
    instrument.close()
    assert len(recent(texts)) == 1  # nothing was written since
    instrument.set_params(seed=SEEDS - 1)
    instrument.restart_with_next_seed()
    assert instrument.params.seed == 0


def test_every_way_to_another_text_keeps_the_one_before(instrument: Instrument, texts: Path) -> None:
    ways = {
        "play": lambda: instrument.play(scholar(1), "other"),
        "take over": lambda: instrument.take_over(TextGenerator(scholar(2)), ModelOrigin()),
        "prompt": lambda: instrument.restart(prompt="to"),
        "passage": lambda: instrument.begin_passage(Prompt(0, "be", "or"), "the song"),
        "replay": lambda: instrument.replay(recording_of(instrument)),
        "replay with another seed": lambda: instrument.replay_with_next_seed(recording_of(instrument)),
        "close": instrument.close,
    }
    for number, (name, way) in enumerate(ways.items(), 1):
        instrument.write(4)
        written = text(instrument)
        way()
        assert [each["text"] for each in recent(texts)][number - 1 :] == [written], name


def test_a_prompt_is_read_and_what_the_model_does_not_know_is_left_out(instrument: Instrument) -> None:
    instrument.restart(prompt="noZ\n")
    assert instrument.prompt == "noZ\n"
    assert text(instrument) == "no\n"
    generator = instrument.generator
    assert generator is not None
    assert (generator.prompt, generator.unknown) == ("noZ\n", "Z")
    instrument.play(reciter(SONG + "Z"), "other")
    assert text(instrument) == "noZ\n"


def test_a_prompt_that_would_take_long_to_read_is_cut_and_that_is_said(instrument: Instrument, texts: Path) -> None:
    prompt = "not\n" + "be " * 90_000
    instrument.restart(prompt=prompt)
    assert text(instrument) == instrument.prompt == prompt[-MAX_READ:]
    assert said(instrument) == ["Left out: all but the last 4,000 of 270,004 characters."]
    instrument.insert(length(instrument), "to " * 5_000)
    assert text(instrument) == prompt[-MAX_READ:] + ("to " * 5_000)[-MAX_READ:]
    assert said(instrument) == ["Left out: all but the last 4,000 of 15,000 characters."]
    instrument.restart(prompt="to" * MAX_READ)
    assert text(instrument) == "to" * (MAX_READ // 2)
    assert len(said(instrument)) == 1
    assert Instrument(texts, SamplingParams(), prompt="to" * MAX_READ).prompt == "to" * (MAX_READ // 2)
    instrument.restart(prompt="b" * MAX_READ)
    assert not said(instrument)


def test_a_passage_is_the_prompt_until_another_one_is(instrument: Instrument) -> None:
    passage = Prompt(3, "be or not", " to be")
    instrument.begin_passage(passage, "the song")
    assert (instrument.prompt, text(instrument)) == ("be or not", "be or not")
    assert instrument.from_passage
    assert (instrument.opening.passage, instrument.opening.passage_title) == (passage, "the song")
    instrument.restart_with_next_seed()
    assert instrument.from_passage
    instrument.restart(prompt="else")
    assert not instrument.from_passage


def test_a_text_written_elsewhere_goes_on_here(instrument: Instrument) -> None:
    instrument.playing = False
    generator = TextGenerator(scholar(4), prompt="to", params=SamplingParams(temperature=1.3, seed=9), source="other")
    generator.advance(most=10)
    instrument.drain()
    instrument.take_over(generator, ModelOrigin("kept", "/kept"))
    assert instrument.playing
    assert (instrument.generator, instrument.prompt) == (generator, "to")
    assert (instrument.params.temperature, instrument.params.seed) == (1.3, 9)
    assert instrument.origin.run == "kept"
    assert not instrument.following
    assert instrument.drain() == [Began(generator.transcript, below=True, live=False)]
    model = scholar(5)
    instrument.play(model, "live, step 3", live=True)
    instrument.take_over(TextGenerator(model), ModelOrigin("run", "/run"))
    assert instrument.following
    instrument.take_over(TextGenerator(scholar(5)), ModelOrigin())
    assert not instrument.following


# What is kept.


def test_a_text_is_kept_with_its_prompt_and_its_temperatures(texts: Path) -> None:
    instrument = Instrument(texts, SamplingParams(temperature=0.5), prompt="not")
    instrument.play(reciter(), "demo, step 3,000")
    assert keep_text(instrument, NOW) is None  # only a prompt
    instrument.write(3)
    instrument.set_params(temperature=0.6)
    instrument.write(3)
    kept = [keep_text(instrument, NOW), keep_text(instrument, NOW)]
    assert sorted(texts.glob("*.txt")) == sorted(each for each in kept if each)
    assert len(set(kept)) == 2
    path = kept[0]
    assert path is not None
    assert path.read_text() == text(instrument)
    about = json.loads(path.with_suffix(".json").read_text())
    assert about["prompt"] == "not"
    assert about["temperatures"] == [[3, 0.5], [6, pytest.approx(0.6)]]


def test_a_kept_text_names_its_run_and_every_change_of_weights(empty: Instrument, texts: Path) -> None:
    empty.play(reciter(), "live, step 0", live=True, origin=ModelOrigin("fox-1", "/runs/fox-1"))
    empty.write(3)
    empty.update_weights(reciter(), "live, step 1,200")
    empty.write(2)
    path = keep_text(empty, NOW)
    assert path is not None
    about = json.loads(path.with_suffix(".json").read_text())
    assert (about["run"], about["path"], about["seed"], about["prompt"]) == ("fox-1", "/runs/fox-1", 1, "")
    assert about["weights"] == [[0, "live, step 0", 0], [3, "live, step 1,200", 1200]]
    empty.restart_with_next_seed()
    assert recent(texts)[0]["weights"] == about["weights"]


def test_where_texts_cannot_be_written_playing_goes_on(instrument: Instrument, texts: Path) -> None:
    texts.write_text("in the way")
    instrument.write(3)
    for keep in (keep_text, keep_recording, export_branches):
        with pytest.raises(OSError):  # noqa: PT011 - which one it is depends on the system
            keep(instrument, NOW)
    instrument.restart_with_next_seed()
    assert (said(instrument), instrument.params.seed) == ([], 2)
