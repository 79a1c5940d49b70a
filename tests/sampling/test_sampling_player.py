"""The player and its tape: looking changes nothing, going back and replaying are exact to the bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling_models import make_model

from charplay.recipes.listing import names
from charplay.sampling import tape as tape_module
from charplay.sampling.player import Player
from charplay.sampling.settings import Sampling

CELLS = names("sampling/cells")
PLAIN = Sampling(temperature=1.0, seed=3)
BUSY = Sampling(
    temperature=1.3, top_k=9, top_p=0.9, min_p=0.01, repetition_penalty=1.4, bias=(("a", -1.0), ("?", 2.0)), seed=3
)


@pytest.fixture
def short_memory(monkeypatch):
    """Few states are kept, so that going back must recompute."""
    monkeypatch.setattr(tape_module, "RECENT", 10)


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
    states = [player.tape.state_at(0, model)]
    for t in range(3):
        states.append(model.step(states[-1], player.tape[t].id)[0])
    while len(states) <= 300:
        states.append(model.step(states[-1], player.next().id)[0])
    for position in (0, 1, 2, 63, 64, 65, 128, 200, 299, 300):
        assert np.array_equal(player.tape.state_at(position, model), states[position])


@given(st.integers(0, 300), st.integers(0, 300))
@settings(max_examples=15, deadline=None)
def test_going_back_and_on_again_writes_the_same(one, other):
    player = Player(make_model(), settings=BUSY)
    written = player.advance(most=300)
    for position in (one, min(one, other)):
        player.rewind(position)
        assert player.text == "".join(character.character for character in written[:position])
        assert player.advance(most=300 - len(player.tape)) == written[position:] or position == 300
    assert [player.tape[t] for t in range(300)] == written


def test_a_ride_is_recorded_and_plays_again():
    player = Player(make_model(), settings=PLAIN)
    for temperature in np.linspace(0, 3, 150):
        player.settings = Sampling(temperature=float(temperature), seed=8)
        player.next()
    again = Player(make_model())
    for t in range(150):
        again.settings = player.tape.settings_at(t)
        assert again.next() == player.tape[t]
