"""A text that is looked into anywhere: every place has one surprise."""

import numpy as np
import pytest
from sampling_models import TEXT, make_model

from charplay.sampling.score import score
from charplay.sampling.surprisal import BLOCK, RUN_UP, SurprisalReader


def text(length: int, seed: int = 0) -> str:
    return "".join(np.random.default_rng(seed).choice([*TEXT, "?"], length))


@pytest.mark.parametrize("length", [0, 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7])
def test_a_block_is_scored_after_a_run_up_and_ends_where_the_text_does(length: int) -> None:
    model, whole = make_model(dtype=np.float64), text(length)
    surprises = SurprisalReader(model, lambda start, stop: whole[start:stop])
    for number in range(-(-length // BLOCK) + 1):
        start = number * BLOCK
        before = max(0, start - RUN_UP)
        expected = score(model, whole[before : start + BLOCK]).along(start + BLOCK - before)[start - before :]
        np.testing.assert_array_equal(surprises.block(number), expected)
    if length:
        np.testing.assert_allclose(surprises.block(0)[:length], score(model, whole).along(length)[:BLOCK], atol=1e-9)


def test_only_what_is_looked_at_is_read() -> None:
    asked = []
    surprises = SurprisalReader(make_model(), lambda start, stop: asked.append((start, stop)) or text(stop - start))
    surprises.block(1_000_000)
    assert asked == [(1_000_000 * BLOCK - RUN_UP, 1_000_001 * BLOCK)]
