"""The player and its tape: looking changes nothing, going back and replaying are exact to the bit."""

import time
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling_models import TEXT, make_model, network, random_tensors

from charplay.corpora.vocabulary import Vocabulary
from charplay.recipes.listing import names
from charplay.sampling import segment as segment_module
from charplay.sampling.distribution import distribution
from charplay.sampling.errors import TapeError
from charplay.sampling.model import CharModel
from charplay.sampling.player import REREAD, Player
from charplay.sampling.settings import Sampling

CELLS = names("sampling/cells")
PLAIN = Sampling(temperature=1.0, seed=3)
BUSY = Sampling(
    temperature=1.3, top_k=9, top_p=0.9, min_p=0.01, repetition_penalty=1.4, bias=(("a", -1.0), ("?", 2.0)), seed=3
)


@pytest.fixture
def short_memory(monkeypatch):
    """Few states are kept, so that going back must recompute."""
    monkeypatch.setattr(segment_module, "RECENT", 10)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("ride", [PLAIN, BUSY])
def test_the_same_seed_writes_the_same_and_another_seed_another(cell, ride):
    model = make_model(cell=cell)
    first = [Player(model, settings=ride).advance(most=200) for _ in range(2)]
    assert first[0] == first[1]
    assert first[0] != Player(model, settings=Sampling(temperature=1.0, seed=4)).advance(most=200)


@given(
    st.lists(
        st.tuples(st.sampled_from(["look", "tape", "next", "write", "back", "hot"]), st.integers(0, 300)), max_size=40
    )
)
@settings(max_examples=60, deadline=None)
def test_looking_never_changes_what_comes_next(deeds):
    model = make_model()
    looked, blind = Player(model, settings=PLAIN), Player(model, settings=PLAIN)
    for deed, number in deeds:
        if deed == "look":
            looked.rivals(number % 7 + 1)
        elif deed == "tape":
            assert looked.text == blind.text
        for player in (looked, blind):
            if deed == "next":
                player.advance(most=number % 20 + 1)
            elif deed == "write":
                player.write("abc?"[: number % 5])
            elif deed == "back":
                player.rewind(number % (len(player.tape) + 1))
            elif deed == "hot":
                player.settings = Sampling(temperature=number / 100, seed=number)
    assert looked.advance(most=20) == blind.advance(most=20)
    assert looked.text == blind.text


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
def test_every_state_is_recomputed_to_the_bit(short_memory, cell, layers):
    model = make_model(cell=cell, num_layers=layers, hidden_size=33)
    player = Player(model, settings=PLAIN, prompt="abc")
    states = [player.tape.state_at(0)]
    for t in range(3):
        states.append(model.step(states[-1], player.tape[t].id)[0])
    while len(states) <= 300:
        states.append(model.step(states[-1], player.next().id)[0])
    for position in (0, 1, 2, 63, 64, 65, 128, 200, 299, 300):
        assert np.array_equal(player.tape.state_at(position), states[position])


@given(st.integers(0, 100), st.integers(0, 100))
@settings(max_examples=15, deadline=None)
def test_going_back_and_on_again_writes_the_same(one, other):
    player = Player(make_model(), settings=BUSY)
    written = player.advance(most=100)
    for position in (one, min(one, other)):
        player.rewind(position)
        assert player.text == "".join(character.character for character in written[:position])
        assert player.advance(most=100 - len(player.tape)) == written[position:] or position == 100
    assert [player.tape[t] for t in range(100)] == written


def test_a_ride_is_recorded_and_plays_again():
    player = Player(make_model(), settings=PLAIN)
    for temperature in np.linspace(0, 3, 150):
        player.settings = Sampling(temperature=float(temperature), seed=8)
        player.next()
    again = Player(make_model())
    for t in range(150):
        again.settings = player.tape.settings_at(t)
        assert again.next() == player.tape[t]


def test_a_prompt_is_read_and_its_unknown_characters_left_out():
    model = make_model()
    player = Player(model, prompt="a?b\té?c", settings=PLAIN)
    assert (player.text, player.prompt, player.unknown) == ("abc", "a?b\té?c", "?\té")
    assert [player.tape[t].kind for t in range(3)] == ["prompt"] * 3
    drawn = player.advance(most=50)
    assert {written.kind for written in drawn} == {"drawn"}
    plain = Player(model, prompt="abc", settings=PLAIN)
    assert plain.advance(most=50) == drawn
    state, logits = model.feed(model.zero_state(), model.vocabulary.encode("abc").tolist())
    assert np.array_equal(plain.tape.state_at(3), state)
    assert [rival.raw for rival in Player(model, prompt="abc").rivals(3)] == sorted(
        distribution(logits, PLAIN).raw, reverse=True
    )[:3]


@pytest.mark.parametrize("prompt", ["", "???"])
def test_without_a_prompt_it_starts_as_a_line_does(prompt):
    model = make_model()
    player = Player(model, prompt=prompt, settings=PLAIN)
    assert len(player.tape) == 0
    newline = int(model.vocabulary.encode("\n")[0])
    assert np.array_equal(player.tape.state_at(0), model.step(model.zero_state(), newline)[0])
    without = make_model("abc")
    assert not Player(without).tape.state_at(0).any()


def test_a_record_says_how_its_character_came_about():
    model = make_model(scale=2.0)
    player = Player(model, settings=BUSY, source="here")
    for _ in range(100):
        rivals = {rival.character: rival for rival in player.rivals(len(model.characters))}
        written = player.next()
        rival = rivals[written.character]
        assert (written.source, written.temperature, written.probability) == ("here", 1.3, rival.filtered)
        assert written.surprise == pytest.approx(-np.log2(rival.raw))
        assert written.rank == 1 + sum(other.raw > rival.raw for other in rivals.values())
        assert model.characters[written.id] == written.character
        assert player.tape[len(player.tape) - 1] == written
        assert list(rivals.values()) == sorted(rivals.values(), key=lambda one: -one.raw)


def test_frequencies_on_the_tape_are_those_of_softmax():
    """A model whose logits never change: its output bias is all there is."""
    recipe, vocabulary = network(hidden_size=1, embedding_size=1), Vocabulary.of(TEXT)
    tensors = random_tensors(recipe, len(vocabulary), scale=0.0)
    bias = tensors["output.bias"] = np.linspace(0, 2, len(vocabulary), dtype=np.float32)
    player = Player(CharModel.load(tensors, recipe, vocabulary), settings=Sampling(temperature=0.5, seed=2))
    player.advance(most=10_000)
    counts = np.bincount(player.tape.column("id"), minlength=len(bias))
    weights = np.exp(bias.astype(float) / 0.5)
    assert chi_square(counts, weights / weights.sum())
    assert not chi_square(np.roll(counts, 1), weights / weights.sum())
    assert not chi_square(counts, weights**2 / (weights**2).sum())


def chi_square(counts, probabilities):
    """Whether counts of 17 symbols are fair; 47.6 is exceeded once in 10,000 times at 17 - 1 degrees of freedom."""
    expected = probabilities * counts.sum()
    return ((counts - expected) ** 2 / expected).sum() < 47.6


def test_what_one_writes_oneself_is_read_on_from():
    model = make_model()
    player = Player(model, prompt="ab", settings=PLAIN)
    assert player.write("c?d") == "?"
    assert player.text == "abcd"
    assert [player.tape[t].kind for t in range(4)] == ["prompt", "prompt", "typed", "typed"]
    read = Player(model, prompt="abcd", settings=PLAIN)
    assert player.advance(most=30) == read.advance(most=30)


def test_settings_act_on_the_very_next_character():
    player = Player(make_model(scale=2.0), settings=Sampling(temperature=5))
    for _ in range(50):
        player.advance(most=3)
        player.settings = Sampling(temperature=0)
        favourite = player.rivals(1)[0]
        written = player.next()
        assert (written.character, written.probability, written.rank) == (favourite.character, 1, 1)
        player.settings = Sampling(temperature=5)


def test_other_weights_take_over_the_state():
    before, after = make_model(), make_model(seed=1)
    player = Player(before, settings=PLAIN, source="before")
    player.advance(most=100)
    state = player.tape.state_at(100)
    player.swap(after, "after")
    assert player.tape.state_at(100) is state
    written = player.next()
    assert written.source == player.tape[100].source == player.source == "after"
    assert player.tape[99].source == "before"
    assert player.tape.stretches == ((0, "before"), (100, "after"))
    assert np.array_equal(player.tape.state_at(101), after.step(state, written.id)[0])


@pytest.mark.parametrize(
    ("text", "fields"), [(TEXT, {"cell": "gru"}), (TEXT, {"hidden_size": 9}), (TEXT + "xyz", {}), ("\nxyz", {})]
)
def test_another_network_reads_the_last_characters_again(text, fields):
    player = Player(make_model(), settings=BUSY)
    player.advance(most=REREAD + 50)
    other = make_model(text, **fields)
    known, _ = other.vocabulary.split(player.text[-REREAD:])
    ids = other.vocabulary.encode(known).tolist()
    player.swap(other, "other")
    state, _ = other.feed(other.zero_state(), ids)
    assert np.array_equal(player.tape.state_at(len(player.tape)), state)
    text_before = player.text
    written = player.advance(most=80)
    assert player.text == text_before + "".join(one.character for one in written)
    player.rewind(len(text_before))
    assert player.advance(most=80) == written
    with pytest.raises(TapeError, match=f"another network.* {len(text_before)} is"):
        player.rewind(len(text_before) - 1)


def fresh_model(**fields):
    """A model that nobody else holds: let go by its player, it is gone."""
    return make_model.__wrapped__(**fields)


def test_under_weights_that_are_gone_only_the_last_characters_can_be_returned_to(short_memory):
    player = Player(fresh_model(), settings=PLAIN, source="0")
    written = player.advance(most=200)
    kept = {t: player.tape.state_at(t) for t in range(201)}
    for step in range(1, 4):
        player.swap(fresh_model(seed=step), str(step))
    assert player.tape.reach == 191
    for t in range(191, 201):
        assert player.tape.state_at(t) is kept[t]
    with pytest.raises(TapeError, match="191"):
        player.rewind(190)
    player.rewind(195)
    assert player.text == "".join(one.character for one in written[:195])
    player.advance(most=100)
    assert player.tape.stretches == ((0, "0"), (195, "3"))
    assert player.tape.reach == 195
    player.rewind(195)


@pytest.mark.parametrize("position", [-1, 11])
def test_there_is_no_going_where_nothing_stands(position):
    player = Player(make_model())
    player.advance(most=10)
    with pytest.raises(TapeError, match="no position"):
        player.rewind(position)


def held(*tapes):
    """Bytes of all states that some tapes remember."""
    segments = {id(segment): segment for tape in tapes for segment in tape._segments}.values()
    states = {id(state): state for segment in segments for state in segment.states.values()}
    return sum(state.nbytes for state in states.values())


@given(st.lists(st.integers(0, 400), min_size=1, max_size=6))
@settings(max_examples=10, deadline=None)
def test_states_are_exact_with_little_memory(positions):
    with pytest.MonkeyPatch.context() as patch:
        model = make_model()
        patch.setattr(segment_module, "RECENT", 10)
        patch.setattr(segment_module, "MEMORY", 2 * 4 * model.zero_state().nbytes)
        player = Player(model, settings=PLAIN)
        whole = player.advance(most=400)
        for position in positions:
            player.rewind(min(position, len(player.tape)))
            player.advance(most=100)
            assert held(player.tape) <= segment_module.MEMORY + model.zero_state().nbytes
        length = len(player.tape)
        assert [player.tape[t] for t in range(min(400, length))] == whole[:length]


def test_a_budget_ends_and_a_count_ends():
    player = Player(make_model())
    assert len(player.advance(0.0, 100)) == 1
    assert len(player.advance(60.0, 100)) == 100
    assert player.advance(1.0, 0) == []
    begin = time.process_time()
    assert max(len(player.advance(0.02)) for _ in range(10)) > 10  # the machine may have no time for one of them
    assert time.process_time() - begin < 1
    with pytest.raises(ValueError, match="budget"):
        player.advance()


def test_starting_anew():
    player = Player(make_model(), prompt="ab?", settings=PLAIN)
    first, tape = player.advance(most=30), player.tape
    player.restart()
    assert player.tape is not tape
    assert player.advance(most=30) == first
    player.restart(seed=99)
    assert player.settings.seed == 99
    assert player.text == "ab"
    assert player.advance(most=30) != first
    player.restart(prompt="d")
    assert (player.text, player.unknown) == ("d", "")


def test_it_writes_without_end():
    player = Player(make_model())
    assert "".join(written.character for written in islice(player, 70)) == player.text


def test_a_long_text_stays_light():
    """100,000 characters: their records, and the states of two layers of 512."""
    model = make_model(hidden_size=1)
    player = Player(model)
    player.advance(most=3)
    tape, written = player.tape, player.tape[0]
    state = make_model(hidden_size=512, num_layers=2).zero_state()
    for _ in range(100_000):
        tape.append(written, player.settings, state)
    assert sum(segment.rows.nbytes for segment in tape._segments) < 8e6
    kept = [state for segment in tape._segments for state in segment.states.values()]
    assert sum(state.nbytes for state in kept) <= segment_module.MEMORY + state.nbytes
    assert tape.text(50_000, 50_003) == written.character * 3
    assert tape.column("surprise").shape == (100_003,)
    for wrong in (-1, 100_003):
        with pytest.raises(IndexError):
            tape[wrong]
        with pytest.raises(IndexError):
            tape.settings_at(wrong)
