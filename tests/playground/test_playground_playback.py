"""The generation loop: stop texts, replays, and how an instrument leaves them."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_models import SONG, reciter, scholar, text_of

from charplay.playground.happenings import Said
from charplay.playground.instrument import Instrument
from charplay.playground.playback import Playback
from charplay.playground.recordings import kept_rides, read_ride
from charplay.playground.text_files import keep_recording
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams
from charplay.sampling.recording import Recording
from charplay.sampling.stop_sequences import format_stop_texts, parse_stop_texts
from charplay.sampling.transcript import Transcript

LETTERS = st.sampled_from(sorted(set(SONG)))


def text(instrument: Instrument) -> str:
    return transcript_of(instrument).text()


def transcript_of(instrument: Instrument) -> Transcript:
    assert instrument.transcript is not None
    return instrument.transcript


def recording_of(instrument: Instrument) -> Recording:
    assert instrument.recording is not None
    return instrument.recording


def heats_of(transcript: Transcript) -> list[float]:
    """The temperatures of what follows the prompt."""
    return [each.temperature for each in map(transcript.__getitem__, range(len(transcript))) if each.kind != "prompt"]


def temperatures(instrument: Instrument) -> list[float]:
    return heats_of(transcript_of(instrument))


def said(instrument: Instrument) -> list[str]:
    return [each.sentence for each in instrument.drain() if isinstance(each, Said)]


# The loop.


@given(st.lists(st.text(LETTERS, min_size=1, max_size=3), max_size=3), st.integers(1, 60))
def test_it_ends_exactly_where_the_text_first_ends_with_a_stop_text(stops: list[str], most: int) -> None:
    playback, alone = Playback(TextGenerator(scholar()), stops), text_of(scholar(), 300)
    at = 0
    for _ in range(5):
        drawn = "".join(each.character for each in playback.draw(most))
        assert drawn == alone[at : at + len(drawn)]
        at += len(drawn)
        ended = any(alone[:at].endswith(each) for each in stops)
        assert playback.end == ("stop" if ended else "")
        assert ended or len(drawn) == most
        for end in range(at - len(drawn) + 1, at):
            assert not any(alone[:end].endswith(each) for each in stops)


def test_what_was_written_before_it_watches_does_not_count() -> None:
    generator = TextGenerator(reciter(), params=SamplingParams(temperature=0.0))
    generator.advance(most=4)  # "to b"
    playback = Playback(generator, ["be"])
    assert "".join(each.character for each in playback.draw(50)) == "e or not to be"
    playback.stop_at(["is"])
    assert "".join(each.character for each in playback.draw(50)) == "\nthat is"
    playback.stop_at([])
    assert len(playback.draw(100)) == 100


def test_a_budget_bounds_a_draw_and_at_least_one_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr("charplay.playground.playback.time", SimpleNamespace(perf_counter=lambda: float(next(clock))))
    playback = Playback(TextGenerator(scholar()))
    assert len(playback.draw(None, 5.0)) == 5
    assert len(playback.draw(None, 0.0)) == 1
    assert len(playback.draw(3, 50.0)) == 3
    assert text_of(scholar(), 9) == playback.generator.text


def test_iterating_is_drawing_without_a_budget() -> None:
    playback = Playback(TextGenerator(scholar()), ["zz"])
    assert "".join(each.character for each in islice(playback, 80)) == text_of(scholar(), 80)
    assert playback.end == ""


@given(
    st.integers(0, 30),
    st.lists(
        st.tuples(st.sampled_from([0.2, 1.0, 1.7]), st.integers(1, 12), st.text("to beZ", max_size=3)), max_size=4
    ),
    st.integers(1, 30),
)
def test_a_recording_is_replayed_exactly_whatever_the_portions(
    number: int, pieces: list[tuple[float, int, str]], most: int
) -> None:
    generator = TextGenerator(scholar(), prompt="to ", params=SamplingParams(temperature=0.5))
    generator.advance(most=number) if number else None
    for temperature, more, typed in pieces:
        generator.params = generator.params.replaced(temperature=temperature)
        generator.advance(most=more)
        generator.write(typed)
    recording = Recording.of(generator.transcript)
    written, heats = generator.text, heats_of(generator.transcript)
    again = Playback(TextGenerator(scholar(), params=SamplingParams(temperature=0.1)))
    again.replay(recording)
    assert again.left == recording.length
    for _ in range(1000):
        left, drawn = again.left, again.draw(most)
        if again.end:
            break
        assert (again.left, len(drawn)) == (left - len(drawn), min(most, left))
    assert again.end == "replayed"
    assert not again.replaying
    assert again.left == 0
    assert again.generator.text == written
    assert heats_of(again.generator.transcript) == heats
    assert len(again.draw(7)) == 7  # and on by hand


def test_another_seed_is_replayed_at_the_same_temperatures() -> None:
    generator = TextGenerator(scholar())
    generator.advance(most=30)
    playback = Playback(TextGenerator(scholar()))
    playback.replay(Recording.of(generator.transcript), seed=5)
    playback.draw()
    assert playback.generator.text != generator.text
    assert playback.generator.params.seed == 5
    assert len(playback.generator.text) == 30


def test_a_stop_text_ends_a_replay_for_a_while() -> None:
    generator = TextGenerator(reciter(), params=SamplingParams(temperature=0.0))
    generator.advance(most=len(SONG))
    playback = Playback(TextGenerator(reciter()), ["not"])
    playback.replay(Recording.of(generator.transcript))
    assert "".join(each.character for each in playback.draw()) == "to be or not"
    assert (playback.end, playback.replaying) == ("stop", True)
    playback.draw()
    assert (playback.end, playback.generator.text) == ("replayed", SONG)


# The instrument's.


@pytest.fixture
def ridden(texts: Path) -> Instrument:
    """A text was written at three temperatures."""
    instrument = Instrument(texts, SamplingParams(), prompt="to ")
    instrument.play(scholar(), "demo")
    for temperature in (0.8, 0.4, 1.8):
        instrument.set_params(temperature=temperature)
        instrument.write(20)
    assert set(temperatures(instrument)) == {0.8, 0.4, 1.8}
    return instrument


def test_a_ride_is_replayed_exactly_and_then_the_writing_holds(ridden: Instrument) -> None:
    before, heats, generator = text(ridden), temperatures(ridden), ridden.generator
    ridden.playing = False
    ridden.drain()
    ridden.replay(recording_of(ridden))
    assert ridden.playing
    assert (ridden.replaying, ridden.left_to_replay) == (True, 60)
    ridden.write(30)
    assert before.startswith(text(ridden))
    assert ridden.left_to_replay == 30
    assert ridden.params.temperature == temperatures(ridden)[-1] == 0.4
    ridden.write(1000)
    assert (text(ridden), temperatures(ridden)) == (before, heats)
    assert said(ridden) == ["The ride is over: <writing.write> writes on."]
    assert not ridden.playing
    ridden.write(5)  # by hand, at the last temperature
    assert len(text(ridden)) == len(before) + 5
    assert ridden.generator is generator
    assert temperatures(ridden)[-1] == heats[-1] == ridden.params.temperature


def test_another_seed_and_another_model_are_ridden_at_the_same_temperatures(ridden: Instrument) -> None:
    before, heats = text(ridden), temperatures(ridden)
    ridden.replay_with_next_seed(recording_of(ridden))
    ridden.write(1000)
    assert temperatures(ridden) == heats
    assert text(ridden) != before
    assert (ridden.params.seed, ridden.prompt) == (2, "to ")
    ridden.replay(recording_of(ridden), model=scholar(6), source="kept-1, step 500")
    ridden.write(1000)
    assert temperatures(ridden) == heats
    assert ridden.prompt == "to "
    assert ridden.generator is not None
    assert ridden.generator.source == "kept-1, step 500"


LEAVES: dict[str, Callable[[Instrument], object]] = {
    "parameter": lambda it: it.set_params(temperature=it.params.temperature - 0.05),
    "filter": lambda it: it.set_params(top_k=3),
    "escape": lambda it: it.leave_replay(),
    "typed at the end": lambda it: it.insert(len(text(it)), "and "),
    "one character instead of the last": lambda it: it.insert(len(text(it)) - 1, "e"),  # it is as long as before
    "anew": lambda it: it.restart_with_next_seed(),
    "prompt": lambda it: it.restart(prompt="or"),
    "another branch": lambda it: it.switch_to("1"),
}


@pytest.mark.parametrize("leave", LEAVES)
def test_a_ride_can_be_left_at_any_character(ridden: Instrument, leave: str) -> None:
    before = text(ridden)
    ridden.replay(recording_of(ridden))
    ridden.write(30)
    LEAVES[leave](ridden)
    assert ridden.replaying == (leave == "typed at the end")  # seen at the next character
    stands, heat = text(ridden), ridden.params.temperature
    ridden.write(100)
    assert not ridden.replaying
    assert len(text(ridden)) == len(stands) + 100
    assert set(temperatures(ridden)[-100:]) == {heat}
    assert leave == "another branch" or not text(ridden).startswith(before)
    assert ridden.playing


def test_the_same_parameters_once_more_and_another_speed_leave_no_ride(ridden: Instrument) -> None:
    ridden.replay(recording_of(ridden))
    ridden.write(10)
    ridden.params = ridden.params.replaced()
    ridden.speed = 3.0
    ridden.move_cursor(2)
    ridden.put_cursor_away()
    ridden.update_weights(scholar(), "live, step 2")
    assert ridden.replaying
    ridden.write(5)
    assert ridden.left_to_replay == 45


def test_every_parameter_changes_with_the_ride(ridden: Instrument) -> None:
    changes = ((0, SamplingParams(temperature=0.5)), (10, SamplingParams(temperature=1.1, top_k=3, min_p=0.2)))
    ridden.replay(Recording("", 20, changes))
    ridden.write(10)
    assert ridden.params == changes[0][1]
    ridden.write(1)
    assert ridden.params == changes[1][1]


def test_a_ride_is_kept_and_read_again(ridden: Instrument, texts: Path) -> None:
    from datetime import UTC, datetime

    recording, before = recording_of(ridden), text(ridden)
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    paths = [keep_recording(ridden, now), keep_recording(ridden, now)]
    assert sorted(kept_rides(texts)) == sorted(each for each in paths if each)
    assert len(set(paths)) == 2
    assert paths[0] is not None
    assert read_ride(paths[0]) == recording
    ridden.restart_with_next_seed()
    assert ridden.recording is None
    assert keep_recording(ridden, now) is None
    ridden.replay(read_ride(paths[0]))
    ridden.write(1000)
    assert text(ridden) == before


def test_it_holds_where_the_text_ends_with_a_stop_text(texts: Path) -> None:
    instrument = Instrument(texts, SamplingParams())
    instrument.play(scholar(), "demo")
    alone = text_of(scholar(), 3000)
    instrument.stop_at(parse_stop_texts(r"zzz|to|o\n"))
    assert instrument.stops == r"zzz|to|o\n"
    instrument.write(2000)
    assert not instrument.playing
    assert said(instrument) == ["Held at a stop text: <writing.write> writes on, <prompts.stop_texts> changes them."]
    drawn = text(instrument)
    assert drawn == alone[: len(drawn)]
    assert drawn.endswith(("to", "o\n"))
    assert "to" not in drawn[:-1]
    assert "o\n" not in drawn[:-1]
    instrument.toggle()
    instrument.write(2000)
    assert not instrument.playing
    assert len(text(instrument)) > len(drawn)
    instrument.play(scholar(2), "other")
    instrument.write(2000)
    assert text(instrument).endswith(("to", "o\n"))
    instrument.stop_at(())
    assert instrument.stops == ""
    before = len(text(instrument))
    instrument.write(500)
    assert len(text(instrument)) == before + 500


def test_another_text_and_another_branch_are_watched_afresh(texts: Path) -> None:
    instrument = Instrument(texts, SamplingParams(temperature=0.0))
    instrument.play(reciter(), "demo")
    instrument.stop_at(["to be"])
    instrument.write(3)  # "to "
    instrument.play(reciter("be or not to be "), "other")
    instrument.write(100)
    assert text(instrument) == "be or not to be"
    instrument.restart()
    instrument.go_on()
    instrument.write(13)  # "be or not to "
    instrument.insert(12, " ")
    instrument.write(2)  # what stands on the branch was not drawn on it
    assert instrument.playing


@given(st.lists(st.text(min_size=1).filter(lambda each: "|" not in each)))
def test_stop_texts_are_read_as_they_are_written(stops: list[str]) -> None:
    assert parse_stop_texts(format_stop_texts(stops)) == tuple(stops)
