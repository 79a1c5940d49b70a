"""What a person gives a network goes through the cleaning of its run first; a ride is replayed as it was given then."""

import json
from pathlib import Path

import pytest
from scripted_models import SONG, reciter, scholar

from charplay.playground.checkpoints import LoadedModel
from charplay.playground.comparison import Comparison
from charplay.playground.happenings import Said
from charplay.playground.instrument import Instrument
from charplay.playground.recordings import read_ride
from charplay.playground.saved_texts import ModelOrigin
from charplay.sampling.generator import TextGenerator
from charplay.sampling.model import CharModel
from charplay.sampling.params import SamplingParams
from charplay.sampling.prompts import Prompt
from charplay.sampling.recording import Recording

LOWERED = "Lowercased as in training."
PLAYED = SamplingParams(temperature=0.9, seed=4)


def lower(salt: int = 0) -> CharModel:
    """One that learned the song in small letters."""
    return scholar(salt, SONG, ("lowercase",))


@pytest.fixture
def small(texts: Path) -> Instrument:
    """A scholar of small letters writes."""
    instrument = Instrument(texts, PLAYED)
    instrument.play(lower(), "lower")
    return instrument


def text(instrument: Instrument) -> str:
    return transcript_text(instrument.generator)


def transcript_text(generator: TextGenerator | None) -> str:
    assert generator is not None
    return generator.text


def said(instrument: Instrument) -> list[str]:
    return [each.sentence for each in instrument.drain() if isinstance(each, Said)]


def test_a_prompt_is_cleaned_and_only_what_is_unknown_even_so_is_left_out(small: Instrument) -> None:
    small.restart(prompt="To Be, Not")
    assert text(small) == "to be not"
    assert small.generator is not None
    assert (small.generator.prompt, small.generator.unknown) == ("to be, not", ",")
    assert said(small) == [f"{LOWERED} Left out, unknown to the network: ,"]
    small.restart_with_next_seed()
    assert (text(small), said(small)) == ("to be not", [])
    small.restart(prompt="to be")
    assert (text(small), said(small)) == ("to be", [])


def test_the_prompt_stays_as_it_was_typed_for_a_network_that_knows_more(small: Instrument) -> None:
    small.restart(prompt="To Be")
    small.write(5)
    first = small.branches.current if small.branches else ""
    small.restart_with_next_seed()
    small.write(5)
    small.switch_to(first)
    assert small.prompt == "To Be"
    small.play(reciter(SONG + "TB"), "all")
    assert text(small) == "To Be"
    said(small)
    small.play(lower(), "lower")
    assert (text(small), said(small)) == ("to be", [LOWERED])


def test_a_text_typed_in_is_cleaned_and_what_is_picked_is_not(small: Instrument) -> None:
    small.restart(prompt="to be")
    small.insert(5, " OR Z")
    assert text(small) == "to be or "
    assert said(small) == [f"{LOWERED} Left out, unknown to the network: z"]
    small.insert(0, "NOT")
    assert text(small) == "not"
    assert small.generator is not None
    kinds = [small.generator.transcript[at].kind for at in range(3)]
    assert kinds == ["typed"] * 3


def test_a_picked_character_is_one_of_the_networks_own(texts: Path) -> None:
    instrument = Instrument(texts, PLAYED)
    instrument.play(scholar(0, SONG + "T", ("lowercase",)), "odd")
    assert instrument.transcript is not None
    instrument.pick(instrument.transcript, 0, "T")
    assert text(instrument) == "T"


def test_a_passage_of_another_text_is_cleaned_too(small: Instrument) -> None:
    passage = Prompt(3, "Be or Not", " to be")
    small.begin_passage(passage, "the song")
    assert (small.prompt, text(small), small.from_passage) == ("Be or Not", "be or not", True)
    assert said(small) == [LOWERED]


def test_it_holds_where_the_network_writes_the_cleaned_stop_text(texts: Path) -> None:
    instrument = Instrument(texts, SamplingParams(temperature=0.0))
    instrument.play(reciter(SONG, cleaning=("lowercase",)), "lower")
    instrument.stop_at(["Not To"])
    assert said(instrument) == ["Holds at not to, lowercased as in training."]
    instrument.write(60)
    assert text(instrument) == SONG[: SONG.index("not to") + 6]
    assert instrument.stops == "Not To"
    said(instrument)
    instrument.play(reciter(), "all")
    assert said(instrument) == []


def test_texts_side_by_side_begin_with_the_prompt_as_each_network_reads_it(texts: Path) -> None:
    origin = ModelOrigin("a run", "/run")
    comparison = Comparison(LoadedModel(lower(), "lower", origin), "To be", PLAYED, speed=30.0)
    assert {each.text for each in comparison.generators} == {"to be"}
    assert (comparison.prompt, comparison.prompt_note) == ("To be", "lowercased as in training")
    everything = LoadedModel(scholar(0, SONG + "T"), "all", origin)
    comparison.compare([everything, LoadedModel(lower(1), "lower", origin)], [0.8])
    assert [each.text for each in comparison.generators] == ["To be", "to be"]
    instrument = Instrument(texts, PLAYED, prompt="To be")
    instrument.take_over(*comparison.column(1))
    assert (text(instrument), instrument.prompt) == ("to be", "To be")
    comparison.compare([everything], [0.8])
    assert comparison.prompt_note == ""


# Rides.


def old_ride(path: Path) -> Path:
    """A ride as it was kept before prompts were cleaned: its prompt is what was typed."""
    values: dict[str, object] = {
        "temperature": 0.9, "top_k": None, "top_p": None, "min_p": None, "repetition_penalty": 1.0,
        "repetition_window": 64, "bias": [], "seed": 4,
    }  # fmt: skip
    ride = {"format": 1, "prompt": "To Be", "length": 12, "settings": [[0, values]], "written": [[4, "typed", "or"]]}
    path.write_text(json.dumps(ride))
    return path


def test_a_ride_made_before_replays_exactly_as_it_did(small: Instrument, tmp_path: Path) -> None:
    alone = TextGenerator(lower(), prompt="To Be", params=PLAYED)  # which leaves out T and B
    alone.advance(most=4)
    alone.write("or")
    alone.advance(most=6)
    assert alone.text.startswith("o e")
    small.replay(read_ride(old_ride(tmp_path / "old.ride.json")))
    small.write(100)
    assert text(small) == alone.text
    small.restart()
    assert text(small) == "to be"


def test_a_ride_made_now_replays_exactly(small: Instrument) -> None:
    small.restart(prompt="To Be")
    small.write(7)
    small.insert(len(text(small)), " OR")
    small.write(7)
    written, ride = text(small), small.recording
    assert ride is not None
    small.replay(Recording.from_json(ride.to_json()))
    small.write(100)
    assert text(small) == written
    assert small.prompt == "To Be"
    assert written.startswith("to be")
