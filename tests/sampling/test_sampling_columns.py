"""Columns advance as lone players do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sampling_models import make_model

from charplay.recipes.listing import names
from charplay.sampling.columns import advance_together
from charplay.sampling.distribution import distribution, distributions
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
    for _ in range(150):
        written = advance_together(players)
        assert written == [player.tape[len(player.tape) - 1] for player in players]
    for player, settings in zip(players, columns, strict=True):
        lone = Player(model, prompt="abc", settings=settings)
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
    for _ in range(300):
        advance_together(players)
    for player, model in zip(players, models, strict=True):
        lone = Player(model, settings=COLUMNS[3])
        lone.advance(most=300)
        assert player.text == lone.text
    assert advance_together([]) == []


def test_a_group_of_one_is_the_player_itself_to_the_bit():
    player, lone = (Player(make_model(), settings=COLUMNS[4]) for _ in range(2))
    for _ in range(50):
        assert advance_together([player]) == [lone.next()]
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
def test_distributions_together_are_each_alone_to_the_bit(found):
    logits, temperatures = found
    with np.errstate(all="raise", under="ignore"):
        together = distributions(logits, temperatures)
    for row, temperature, one in zip(logits, temperatures, together, strict=True):
        alone = distribution(row, Sampling(temperature=temperature))
        assert all(np.array_equal(mine, theirs) for mine, theirs in zip(one, alone, strict=True))


def test_distributions_together_are_each_alone_in_large_vocabularies():
    logits = np.random.default_rng(0).normal(size=(3, 5000))
    for row, one in zip(logits, distributions(logits, [0.1, 1.0, 2.0]), strict=True):
        assert np.array_equal(one.raw, distribution(row, Sampling()).raw)
