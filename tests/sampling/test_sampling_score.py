"""The score of a text is that of foretelling it character by character."""

import math
from itertools import pairwise

import numpy as np
import pytest
from sampling_models import TEXT, make_model

from charplay.sampling.distribution import distribution
from charplay.sampling.score import BLOCK, score
from charplay.sampling.settings import Sampling


def text(length, seed=0):
    return "".join(np.random.default_rng(seed).choice(list(TEXT), length))


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("length", [2, BLOCK, BLOCK + 1, BLOCK + 2, 3 * BLOCK - 5])
def test_it_is_one_pass_from_the_zero_state(cell, length):
    model = make_model(cell=cell, num_layers=2, dtype=np.float64)
    ids = model.vocabulary.encode(text(length)).tolist()
    state, expected = model.zero_state(), []
    for one, following in pairwise(ids):
        state, logits = model.step(state, one)
        expected.append(-distribution(logits, Sampling()).logs[following])
    found = score(model, text(length))
    assert (found.characters, found.skipped) == (length, 0)
    np.testing.assert_allclose(found.surprises, expected, atol=1e-10)
    assert found.nats == pytest.approx(np.mean(expected))
    assert found.bits == pytest.approx(np.mean(expected) / math.log(2))


def test_unknown_characters_are_skipped_and_counted():
    model = make_model()
    plain, spoilt = score(model, "abcabc"), score(model, "?abX?caébc")
    assert (spoilt.characters, spoilt.skipped) == (6, 4)
    assert np.array_equal(plain.surprises, spoilt.surprises)


@pytest.mark.parametrize("short", ["", "a", "?"])
def test_nothing_foretold_is_no_number(short):
    found = score(make_model(), short)
    assert len(found.surprises) == 0
    assert math.isnan(found.nats)
    assert math.isnan(found.bits)


def test_an_untrained_model_without_weights_knows_nothing():
    found = score(make_model(scale=0.0), text(500))
    assert found.nats == pytest.approx(math.log(len(TEXT)), abs=1e-6)


def test_the_watch_sees_it_advance_and_may_stop_it():
    model, shares = make_model(), []
    whole = score(model, text(1000), lambda share: shares.append(share) or True)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    part = score(model, text(1000), lambda share: share < 0.5)
    assert part.characters == 2 * BLOCK + 1
    assert np.array_equal(part.surprises, whole.surprises[: 2 * BLOCK])
