"""The generator and its transcript: looking changes nothing, going back and replaying are exact to the bit."""

import time
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sampling_models import TEXT, make_model, network, random_tensors

from charplay.corpora.vocabulary import Vocabulary
from charplay.fs.registry import entry_names
from charplay.sampling import segment as segment_module
from charplay.sampling.distribution import distribution
from charplay.sampling.errors import TranscriptError
from charplay.sampling.generator import REREAD, TextGenerator
from charplay.sampling.model import CharModel
from charplay.sampling.params import SamplingParams
from charplay.sampling.transcript import Transcript

CELLS = entry_names("sampling/cells")
PLAIN = SamplingParams(temperature=1.0, seed=3)
BUSY = SamplingParams(
    temperature=1.3, top_k=9, top_p=0.9, min_p=0.01, repetition_penalty=1.4, bias=(("a", -1.0), ("?", 2.0)), seed=3
)


@pytest.fixture
def short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few states are kept, so that going back must recompute."""
    monkeypatch.setattr(segment_module, "RECENT", 10)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("ride", [PLAIN, BUSY])
def test_the_same_seed_writes_the_same_and_another_seed_another(cell: str, ride: SamplingParams) -> None:
    model = make_model(cell=cell)
    first = [TextGenerator(model, params=ride).advance(most=200) for _ in range(2)]
    assert first[0] == first[1]
    assert first[0] != TextGenerator(model, params=SamplingParams(temperature=1.0, seed=4)).advance(most=200)


@given(
    st.lists(
        st.tuples(st.sampled_from(["look", "tape", "next", "write", "back", "hot"]), st.integers(0, 300)), max_size=40
    )
)
@settings(max_examples=60, deadline=None)
def test_looking_never_changes_what_comes_next(deeds: list[tuple[str, int]]) -> None:
    model = make_model()
    looked, blind = TextGenerator(model, params=PLAIN), TextGenerator(model, params=PLAIN)
    for deed, number in deeds:
        if deed == "look":
            looked.candidates(number % 7 + 1)
        elif deed == "tape":
            assert looked.text == blind.text
        for generator in (looked, blind):
            if deed == "next":
                generator.advance(most=number % 20 + 1)
            elif deed == "write":
                generator.write("abc?"[: number % 5])
            elif deed == "back":
                generator.rewind(number % (len(generator.transcript) + 1))
            elif deed == "hot":
                generator.params = SamplingParams(temperature=number / 100, seed=number)
    assert looked.advance(most=20) == blind.advance(most=20)
    assert looked.text == blind.text


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
def test_every_state_is_recomputed_to_the_bit(short_memory: None, cell: str, layers: int) -> None:
    model = make_model(cell=cell, num_layers=layers, hidden_size=33)
    generator = TextGenerator(model, params=PLAIN, prompt="abc")
    states = [generator.transcript.state_at(0)]
    for t in range(3):
        states.append(model.step(states[-1], generator.transcript[t].id)[0])
    while len(states) <= 300:
        states.append(model.step(states[-1], generator.next().id)[0])
    for position in (0, 1, 2, 63, 64, 65, 128, 200, 299, 300):
        assert np.array_equal(generator.transcript.state_at(position), states[position])


@given(st.integers(0, 100), st.integers(0, 100))
@settings(max_examples=15, deadline=None)
def test_going_back_and_on_again_writes_the_same(one: int, other: int) -> None:
    generator = TextGenerator(make_model(), params=BUSY)
    written = generator.advance(most=100)
    for position in (one, min(one, other)):
        generator.rewind(position)
        assert generator.text == "".join(character.character for character in written[:position])
        assert generator.advance(most=100 - len(generator.transcript)) == written[position:] or position == 100
    assert [generator.transcript[t] for t in range(100)] == written


def test_a_ride_is_recorded_and_plays_again() -> None:
    generator = TextGenerator(make_model(), params=PLAIN)
    for temperature in np.linspace(0, 3, 150):
        generator.params = SamplingParams(temperature=float(temperature), seed=8)
        generator.next()
    again = TextGenerator(make_model())
    for t in range(150):
        again.params = generator.transcript.params_at(t)
        assert again.next() == generator.transcript[t]


def test_a_prompt_is_read_and_its_unknown_characters_left_out() -> None:
    model = make_model()
    generator = TextGenerator(model, prompt="a?b\té?c", params=PLAIN)
    assert (generator.text, generator.prompt, generator.unknown) == ("abc", "a?b\té?c", "?\té")
    assert [generator.transcript[t].kind for t in range(3)] == ["prompt"] * 3
    drawn = generator.advance(most=50)
    assert {written.kind for written in drawn} == {"drawn"}
    plain = TextGenerator(model, prompt="abc", params=PLAIN)
    assert plain.advance(most=50) == drawn
    state, logits = model.feed(model.zero_state(), model.vocabulary.encode("abc").tolist())
    assert np.array_equal(plain.transcript.state_at(3), state)
    assert [candidate.raw for candidate in TextGenerator(model, prompt="abc").candidates(3)] == sorted(
        distribution(logits, PLAIN).raw, reverse=True
    )[:3]


@pytest.mark.parametrize("prompt", ["", "???"])
def test_without_a_prompt_it_starts_as_a_line_does(prompt: str) -> None:
    model = make_model()
    generator = TextGenerator(model, prompt=prompt, params=PLAIN)
    assert len(generator.transcript) == 0
    newline = int(model.vocabulary.encode("\n")[0])
    assert np.array_equal(generator.transcript.state_at(0), model.step(model.zero_state(), newline)[0])
    without = make_model("abc")
    assert not TextGenerator(without).transcript.state_at(0).any()


def test_a_record_says_how_its_character_came_about() -> None:
    model = make_model(scale=2.0)
    generator = TextGenerator(model, params=BUSY, source="here")
    for _ in range(100):
        candidates = {candidate.character: candidate for candidate in generator.candidates(len(model.characters))}
        written = generator.next()
        candidate = candidates[written.character]
        assert (written.source, written.temperature, written.probability) == ("here", 1.3, candidate.filtered)
        assert written.surprise == pytest.approx(-np.log2(candidate.raw))
        assert written.rank == 1 + sum(other.raw > candidate.raw for other in candidates.values())
        assert model.characters[written.id] == written.character
        assert generator.transcript[len(generator.transcript) - 1] == written
        assert list(candidates.values()) == sorted(candidates.values(), key=lambda one: -one.raw)


def test_frequencies_on_the_tape_are_those_of_softmax() -> None:
    """A model whose logits never change: its output bias is all there is."""
    recipe, vocabulary = network(hidden_size=1, embedding_size=1), Vocabulary.of(TEXT)
    tensors = random_tensors(recipe, len(vocabulary), scale=0.0)
    bias = tensors["output.bias"] = np.linspace(0, 2, len(vocabulary), dtype=np.float32)
    generator = TextGenerator(
        CharModel.load(tensors, recipe, vocabulary), params=SamplingParams(temperature=0.5, seed=2)
    )
    generator.advance(most=10_000)
    counts = np.bincount(generator.transcript.column("id"), minlength=len(bias))
    weights = np.exp(bias.astype(float) / 0.5)
    assert chi_square(counts, weights / weights.sum())
    assert not chi_square(np.roll(counts, 1), weights / weights.sum())
    assert not chi_square(counts, weights**2 / (weights**2).sum())


def chi_square(counts: NDArray[np.int64], probabilities: NDArray[np.float64]) -> bool:
    """Whether counts of 17 symbols are fair; 47.6 is exceeded once in 10,000 times at 17 - 1 degrees of freedom."""
    expected = probabilities * counts.sum()
    return bool(((counts - expected) ** 2 / expected).sum() < 47.6)


def test_what_one_writes_oneself_is_read_on_from() -> None:
    model = make_model()
    generator = TextGenerator(model, prompt="ab", params=PLAIN)
    assert generator.write("c?d") == "?"
    assert generator.text == "abcd"
    assert [generator.transcript[t].kind for t in range(4)] == ["prompt", "prompt", "typed", "typed"]
    read = TextGenerator(model, prompt="abcd", params=PLAIN)
    assert generator.advance(most=30) == read.advance(most=30)


def test_settings_act_on_the_very_next_character() -> None:
    generator = TextGenerator(make_model(scale=2.0), params=SamplingParams(temperature=5))
    for _ in range(50):
        generator.advance(most=3)
        generator.params = SamplingParams(temperature=0)
        favourite = generator.candidates(1)[0]
        written = generator.next()
        assert (written.character, written.probability, written.rank) == (favourite.character, 1, 1)
        generator.params = SamplingParams(temperature=5)


def test_other_weights_take_over_the_state() -> None:
    before, after = make_model(), make_model(seed=1)
    generator = TextGenerator(before, params=PLAIN, source="before")
    generator.advance(most=100)
    state = generator.transcript.state_at(100)
    generator.swap_model(after, "after")
    assert generator.transcript.state_at(100) is state
    written = generator.next()
    assert written.source == generator.transcript[100].source == generator.source == "after"
    assert generator.transcript[99].source == "before"
    assert generator.transcript.weights_spans == ((0, "before"), (100, "after"))
    assert np.array_equal(generator.transcript.state_at(101), after.step(state, written.id)[0])


@pytest.mark.parametrize(
    ("text", "fields"), [(TEXT, {"cell": "gru"}), (TEXT, {"hidden_size": 9}), (TEXT + "xyz", {}), ("\nxyz", {})]
)
def test_another_network_reads_the_last_characters_again(text: str, fields: dict[str, Any]) -> None:
    generator = TextGenerator(make_model(), params=BUSY)
    generator.advance(most=REREAD + 50)
    other = make_model(text, **fields)
    known, _ = other.vocabulary.split(generator.text[-REREAD:])
    ids = other.vocabulary.encode(known).tolist()
    generator.swap_model(other, "other")
    state, _ = other.feed(other.zero_state(), ids)
    assert np.array_equal(generator.transcript.state_at(len(generator.transcript)), state)
    text_before = generator.text
    written = generator.advance(most=80)
    assert generator.text == text_before + "".join(one.character for one in written)
    generator.rewind(len(text_before))
    assert generator.advance(most=80) == written
    with pytest.raises(TranscriptError, match=f"another network.* {len(text_before)} is"):
        generator.rewind(len(text_before) - 1)


def fresh_model(**fields: Any) -> CharModel:
    """A model that nobody else holds: let go by its generator, it is gone."""
    return make_model.__wrapped__(**fields)


def test_under_weights_that_are_gone_only_the_last_characters_can_be_returned_to(short_memory: None) -> None:
    generator = TextGenerator(fresh_model(), params=PLAIN, source="0")
    written = generator.advance(most=200)
    kept = {t: generator.transcript.state_at(t) for t in range(201)}
    for step in range(1, 4):
        generator.swap_model(fresh_model(seed=step), str(step))
    assert generator.transcript.reach == 191
    for t in range(191, 201):
        assert generator.transcript.state_at(t) is kept[t]
    with pytest.raises(TranscriptError, match="191"):
        generator.rewind(190)
    generator.rewind(195)
    assert generator.text == "".join(one.character for one in written[:195])
    generator.advance(most=100)
    assert generator.transcript.weights_spans == ((0, "0"), (195, "3"))
    assert generator.transcript.reach == 195
    generator.rewind(195)


@pytest.mark.parametrize("position", [-1, 11])
def test_there_is_no_going_where_nothing_stands(position: int) -> None:
    generator = TextGenerator(make_model())
    generator.advance(most=10)
    with pytest.raises(TranscriptError, match="no position"):
        generator.rewind(position)


def held(*transcripts: Transcript) -> int:
    """Bytes of all states that some transcripts remember."""
    segments = {id(segment): segment for transcript in transcripts for segment in transcript._segments}.values()
    states = {id(state): state for segment in segments for state in segment.states.values()}
    return sum(state.nbytes for state in states.values())


@given(st.lists(st.integers(0, 400), min_size=1, max_size=6))
@settings(max_examples=10, deadline=None)
def test_states_are_exact_with_little_memory(positions: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        model = make_model()
        patch.setattr(segment_module, "RECENT", 10)
        patch.setattr(segment_module, "MEMORY", 2 * 4 * model.zero_state().nbytes)
        generator = TextGenerator(model, params=PLAIN)
        whole = generator.advance(most=400)
        for position in positions:
            generator.rewind(min(position, len(generator.transcript)))
            generator.advance(most=100)
            assert held(generator.transcript) <= segment_module.MEMORY + model.zero_state().nbytes
        length = len(generator.transcript)
        assert [generator.transcript[t] for t in range(min(400, length))] == whole[:length]


def test_a_budget_ends_and_a_count_ends() -> None:
    generator = TextGenerator(make_model())
    assert len(generator.advance(0.0, 100)) == 1
    assert len(generator.advance(60.0, 100)) == 100
    assert generator.advance(1.0, 0) == []
    begin = time.process_time()
    assert max(len(generator.advance(0.02)) for _ in range(10)) > 10  # the machine may have no time for one of them
    assert time.process_time() - begin < 1
    with pytest.raises(ValueError, match="budget"):
        generator.advance()


def test_starting_anew() -> None:
    generator = TextGenerator(make_model(), prompt="ab?", params=PLAIN)
    first, transcript = generator.advance(most=30), generator.transcript
    generator.restart()
    assert generator.transcript is not transcript
    assert generator.advance(most=30) == first
    generator.restart(seed=99)
    assert generator.params.seed == 99
    assert generator.text == "ab"
    assert generator.advance(most=30) != first
    generator.restart(prompt="d")
    assert (generator.text, generator.unknown) == ("d", "")


def test_it_writes_without_end() -> None:
    generator = TextGenerator(make_model())
    assert "".join(written.character for written in islice(generator, 70)) == generator.text


def test_a_long_text_stays_light() -> None:
    """100,000 characters: their records, and the states of two layers of 512."""
    model = make_model(hidden_size=1)
    generator = TextGenerator(model)
    generator.advance(most=3)
    transcript, written = generator.transcript, generator.transcript[0]
    state = make_model(hidden_size=512, num_layers=2).zero_state()
    for _ in range(100_000):
        transcript.append(written, generator.params, state)
    assert sum(segment.rows.nbytes for segment in transcript._segments) < 8e6
    kept = [state for segment in transcript._segments for state in segment.states.values()]
    assert sum(state.nbytes for state in kept) <= segment_module.MEMORY + state.nbytes
    assert transcript.text(50_000, 50_003) == written.character * 3
    assert transcript.column("surprise").shape == (100_003,)
    for wrong in (-1, 100_003):
        with pytest.raises(IndexError):
            transcript[wrong]
        with pytest.raises(IndexError):
            transcript.params_at(wrong)


def test_another_network_reads_the_text_again_cleaned_as_its_own_was() -> None:
    lower = make_model(text="abc ", cleaning=("lowercase",))
    generator = TextGenerator(make_model(text="ABC "), prompt="ABBA CAB")
    generator.swap_model(lower, "lower")
    alone = TextGenerator(lower, prompt="abba cab")
    assert np.array_equal(generator.state, alone.state)
