"""Columns advance as lone players do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sampling_models import make_model

from charplay.recipes.listing import names
from charplay.sampling.columns import Columns
from charplay.sampling.distribution import distribution, distributions, draw, draw_each
from charplay.sampling.player import Player
from charplay.sampling.settings import Sampling

TEMPERATURES = [0.0, 0.2, 0.5, 0.8, 1.0, 1.5, 2.0, 5.0]
COLUMNS = [Sampling(temperature=one, seed=7) for one in TEMPERATURES]
FILTERED = [Sampling(temperature=1.2, top_k=5, repetition_penalty=1.3, seed=7), *COLUMNS[:3]]


@pytest.mark.parametrize("cell", names("sampling/cells"))
@pytest.mark.parametrize("columns", [COLUMNS, FILTERED])
def test_every_column_is_a_lone_player(cell, columns):
    model = make_model(cell=cell, num_layers=2, hidden_size=33, dtype=np.float64)
    players = [Player(model, prompt="abc", settings=one) for one in columns]
    together = Columns(players)
    for _ in range(150):
        written = together.next()
        assert written == [player.tape[len(player.tape) - 1] for player in players]
    for player, ride in zip(players, columns, strict=True):
        lone = Player(model, prompt="abc", settings=ride)
        lone.advance(most=150)
        assert player.text == lone.text
        for name in ("probability", "surprise", "entropy"):
            np.testing.assert_allclose(player.tape.column(name), lone.tape.column(name), atol=1e-9)
        np.testing.assert_allclose(player.state, lone.state, atol=1e-12)
        player.rewind(100)
        player.advance(most=53)
        assert player.text == lone.text


def test_several_models_and_single_precision():
    one, other = make_model(scale=2.0), make_model(seed=1)
    models = [one, other, one, make_model("\nxyz", cell="gru"), other]
    players = [Player(model, settings=COLUMNS[3]) for model in models]
    together = Columns(players)
    for _ in range(300):
        together.next()
    for player, model in zip(players, models, strict=True):
        lone = Player(model, settings=COLUMNS[3])
        lone.advance(most=300)
        assert player.text == lone.text
    assert Columns([]).next() == []


def test_a_group_of_one_is_the_player_itself_to_the_bit():
    player, lone = (Player(make_model(), settings=COLUMNS[4]) for _ in range(2))
    together = Columns([player])
    for _ in range(50):
        assert together.next() == [lone.next()]
    assert np.array_equal(player.state, lone.state)


STRANGE = st.floats(width=32, allow_nan=True, allow_infinity=True)


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.tuples(
            arrays(np.float32, (n, 9), elements=STRANGE | st.floats(-9, 9, width=32)),
            st.lists(st.sampled_from([0.0, 1e-300, 0.3, 1.0, 7.7, 1e30]), min_size=n, max_size=n),
        )
    )
)
def test_distributions_together_are_each_alone(found):
    logits, temperatures = found
    with np.errstate(all="raise", under="ignore"):
        together = distributions(logits, temperatures)
    for number, temperature in enumerate(temperatures):
        alone = distribution(logits[number], Sampling(temperature=temperature))
        assert np.array_equal(together.raw[number], alone.raw)
        assert np.array_equal(together.filtered[number], alone.filtered)
        np.testing.assert_allclose(together.logs[number], alone.logs, rtol=1e-14, atol=1e-15)


def test_distributions_together_are_each_alone_in_large_vocabularies():
    logits = np.random.default_rng(0).normal(size=(3, 5000))
    for row, raw in zip(logits, distributions(logits, [0.1, 1.0, 2.0]).raw, strict=True):
        assert np.array_equal(raw, distribution(row, Sampling()).raw)


WEIGHTS = arrays(np.float64, (3, 9), elements=st.sampled_from([0.0, 1e-300, 1e-9, 0.1, 1.0, 3.0]))


@given(WEIGHTS.filter(lambda found: found.any(axis=1).all()), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_draws_together_are_each_alone(weights, luck):
    assert draw_each(weights, luck).tolist() == [draw(row, u) for row, u in zip(weights, luck, strict=True)]


@given(
    st.lists(st.tuples(st.sampled_from(["next", "swap", "rewind", "write", "hot"]), st.integers(0, 60)), max_size=20)
)
@settings(max_examples=30, deadline=None)
def test_between_two_characters_each_does_as_it_likes(deeds):
    models = [make_model(dtype=np.float64), make_model(seed=1, dtype=np.float64)]
    players, lone = ([Player(models[0], settings=COLUMNS[5 - n]) for n in range(3)] for _ in range(2))
    together = Columns(players)
    for deed, number in deeds:
        together.next()
        for player in lone:
            player.next()
        for player in (players[number % 3], lone[number % 3]):
            if deed == "next":
                player.next()
            elif deed == "swap":
                player.swap(models[number % 2], "")
            elif deed == "rewind":
                player.rewind(number % (len(player.tape) + 1))
            elif deed == "write":
                player.write("abc")
            else:
                player.settings = FILTERED[number % 4]
    together.next()
    for player, alone in zip(players, lone, strict=True):
        alone.next()
        assert player.text == alone.text
