"""A ride plays again: from a file, on the same model or another, with the same seed or another."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling_models import make_model

from charplay.sampling import recording as ride_module
from charplay.sampling.errors import SettingError
from charplay.sampling.generator import TextGenerator
from charplay.sampling.model import CharModel
from charplay.sampling.params import SamplingParams
from charplay.sampling.recording import Recording, replay
from charplay.sampling.segment import GeneratedChar
from charplay.sampling.transcript import PromptInfo

SETTINGS = st.builds(
    SamplingParams,
    temperature=st.floats(0, 5),
    top_k=st.none() | st.integers(1, 20),
    top_p=st.none() | st.floats(0.1, 1),
    min_p=st.none() | st.floats(0, 1),
    repetition_penalty=st.floats(0.5, 2),
    repetition_window=st.integers(1, 100),
    bias=st.lists(st.tuples(st.sampled_from("abcé"), st.floats(-5, 5) | st.just(-math.inf)), max_size=3).map(tuple),
    seed=st.integers(0, 2**63 - 1),
)
DEEDS = st.lists(st.one_of(SETTINGS, st.integers(1, 20), st.sampled_from(["a", "b c", "?"])), max_size=12)


def ridden(deeds: list[SamplingParams | str | int], prompt: str = "", model: CharModel | None = None) -> TextGenerator:
    generator = TextGenerator(model or make_model(), prompt=prompt)
    for number, deed in enumerate(deeds):
        if isinstance(deed, SamplingParams):
            generator.params = deed
        elif isinstance(deed, int):
            generator.advance(most=deed)
        else:
            generator.write(deed, "picked" if number % 2 else "typed")
    return generator


def records(generator: TextGenerator) -> list[GeneratedChar]:
    return [generator.transcript[t] for t in range(len(generator.transcript))]


@given(DEEDS, st.sampled_from(["", "abc", "a?b", "???"]))
@settings(max_examples=60, deadline=None)
def test_it_writes_the_same_again_through_a_file(deeds: list[SamplingParams | str | int], prompt: str) -> None:
    generator = ridden(deeds, prompt)
    ride = Recording.of(generator.transcript)
    assert Recording.from_json(ride.to_json()) == ride
    json.loads(ride.to_json(), parse_constant=pytest.fail)
    again = TextGenerator(make_model(), prompt="something else")
    after = list(replay(again, Recording.from_json(ride.to_json().encode())))
    assert again.text == generator.text
    drawn = [written for written in records(generator) if written.kind != "prompt"]
    assert after == drawn
    assert [one for one in records(again) if one.kind != "prompt"] == drawn
    if ride.length:
        assert again.params == generator.transcript.params_at(len(generator.transcript) - 1)


@given(st.sampled_from(["", "abc", "a?b", "???", "?ab?c?"]), st.data())
@settings(max_examples=60, deadline=None)
def test_a_branch_writes_the_same_again_wherever_it_left(prompt: str, data: st.DataObject) -> None:
    model = make_model("\nabc")
    generator = ridden([12], prompt, model)
    generator.rewind(data.draw(st.integers(0, len(generator.transcript))))
    generator.write(data.draw(st.sampled_from(["", "c", "ab"])), "typed")
    generator.advance(most=9)
    again = TextGenerator(model, prompt="something else")
    list(replay(again, Recording.of(generator.transcript)))
    assert (records(again), again.prompt) == (records(generator), generator.prompt)
    known, _ = generator.model.vocabulary.split(generator.prompt)
    assert generator.text.startswith(known)
    assert [record.kind for record in records(generator)].count("prompt") == len(known)


def test_the_beginning_of_a_branch_names_no_character_that_it_does_not_have() -> None:
    assert PromptInfo("abXcdY", "XY").until(3) == ("abXc", "X")
    assert PromptInfo("abXcdY", "XY").until(4) == ("abXcdY", "XY")
    assert PromptInfo("Xab", "X").until(0) == ("X", "X")


def test_it_plays_on_another_model_and_with_another_seed() -> None:
    hot, cold = SamplingParams(temperature=3.0, seed=5), SamplingParams(temperature=0.2, seed=5)
    generator = ridden([cold, 30, "abc", hot, 30], "abc")
    ride = Recording.of(generator.transcript)
    for again in (TextGenerator(make_model(seed=1)), TextGenerator(make_model("\nabxyz", cell="gru"))):
        new = list(replay(again, ride))
        text = "".join(one.character for one in new)
        expected = ridden([cold, 30, "abc", hot, 30], "abc", again.model)
        assert text == expected.text[len(expected.text) - len(new) :]
        assert text != generator.text[3:]
    other = TextGenerator(make_model())
    list(replay(other, ride, seed=6))
    assert other.params == SamplingParams(temperature=3.0, seed=6)
    assert other.text[33:36] == "abc"
    assert other.text != generator.text
    assert [other.transcript[t].temperature for t in (3, 40)] == [0.2, 3.0]


def test_where_it_ends_the_last_settings_stay() -> None:
    generator = ridden([SamplingParams(temperature=2.0), 5])
    again = TextGenerator(make_model())
    playing = replay(again, Recording.of(generator.transcript))
    assert len(list(playing)) == 5
    assert again.params.temperature == 2.0
    again.next()


def good() -> dict[str, Any]:
    return Recording.of(ridden([3]).transcript).plain()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": 2}, "format 1"),
        ({"prompt": 3}, "prompt"),
        ({"length": -1}, "length"),
        ({"length": True}, "length"),
        ({"length": 10**12}, "length"),
        ({"more": 1}, "a ride has"),
        ({"settings": {}}, "list"),
        ({"settings": []}, "begin at 0"),
        ({"settings": [[1, {}]]}, "settings are"),
        ({"settings": [[0, {"temperature": 1}]]}, "settings are"),
        ({"settings": [[0, 5]]}, "object"),
        ({"settings": [[0]]}, "2 parts"),
        ({"settings": [7]}, "2 parts"),
        ({"written": [[0, "drawn", "a"]]}, "typed or picked"),
        ({"written": [[0, "typed", ""]]}, "fits"),
        ({"written": [[0, "typed", "abcd"]]}, "fits"),
        ({"written": [[3, "typed", "a"]]}, "within it"),
        ({"written": [[0, "typed", "ab"], [1, "typed", "a"]]}, "overlap"),
        ({"written": [[1, "typed", "a"], [0, "typed", "a"]]}, "rise"),
    ],
)
def test_bad_rides_are_refused_with_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        Recording.from_plain(good() | change)


@pytest.mark.parametrize(
    "bad",
    [
        {"temperature": "hot"},
        {"temperature": None},
        {"temperature": -1},
        {"temperature": True},
        {"temperature": 10**400},
        {"seed": 1.5},
        {"seed": -1},
        {"top_k": 2.0},
        {"top_k": 0},
        {"top_p": []},
        {"bias": None},
        {"bias": [["a"]]},
        {"bias": [["ab", 1]]},
        {"bias": [["a", "b"]]},
        {"bias": [["a", 1e300]]},
        {"loudness": 3},
    ],
)
def test_bad_settings_are_refused_with_a_sentence(bad: dict[str, Any]) -> None:
    plain = good()
    plain["settings"][0][1] |= bad
    with pytest.raises(SettingError):
        Recording.from_json(json.dumps(plain))


@pytest.mark.parametrize("data", ["", "{", "[]", "null", "NaN", b"\xff\xfe\xff", "[" * 100_000, "1" * 5000])
def test_what_is_no_ride_is_refused(data: str | bytes) -> None:
    with pytest.raises(SettingError):
        Recording.from_json(data)


def test_a_file_that_is_too_large_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ride_module, "LARGEST", 10)
    with pytest.raises(SettingError, match="at most 10 bytes"):
        Recording.from_json(json.dumps(good()))
