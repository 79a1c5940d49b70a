"""Columns advance as lone generators do."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from sampling_models import make_model

from charplay.fs.registry import entry_names
from charplay.sampling.batched import BatchedGenerators
from charplay.sampling.distribution import distribution, distributions, draw, draw_each
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams

TEMPERATURES = [0.0, 0.2, 0.5, 0.8, 1.0, 1.5, 2.0, 5.0]
COLUMNS = [SamplingParams(temperature=one, seed=7) for one in TEMPERATURES]
FILTERED = [SamplingParams(temperature=1.2, top_k=5, repetition_penalty=1.3, seed=7), *COLUMNS[:3]]


@pytest.mark.parametrize("cell", entry_names("sampling/cells"))
@pytest.mark.parametrize("columns", [COLUMNS, FILTERED])
def test_every_column_is_a_lone_player(cell: str, columns: list[SamplingParams]) -> None:
    model = make_model(cell=cell, num_layers=2, hidden_size=33, dtype=np.float64)
    generators = [TextGenerator(model, prompt="abc", params=one) for one in columns]
    together = BatchedGenerators(generators)
    for _ in range(150):
        written = together.next()
        assert written == [generator.transcript[len(generator.transcript) - 1] for generator in generators]
    for generator, ride in zip(generators, columns, strict=True):
        lone = TextGenerator(model, prompt="abc", params=ride)
        lone.advance(most=150)
        assert generator.text == lone.text
        for name in ("probability", "surprise", "entropy"):
            found, expected = generator.transcript.column(name), lone.transcript.column(name)
            np.testing.assert_allclose(found.astype(float), expected.astype(float), atol=1e-9)
        np.testing.assert_allclose(generator.state, lone.state, atol=1e-12)
        generator.rewind(100)
        generator.advance(most=53)
        assert generator.text == lone.text


def test_several_models_and_single_precision() -> None:
    one, other = make_model(scale=2.0), make_model(seed=1)
    models = [one, other, one, make_model("\nxyz", cell="gru"), other]
    generators = [TextGenerator(model, params=COLUMNS[3]) for model in models]
    together = BatchedGenerators(generators)
    for _ in range(300):
        together.next()
    for generator, model in zip(generators, models, strict=True):
        lone = TextGenerator(model, params=COLUMNS[3])
        lone.advance(most=300)
        assert generator.text == lone.text
    assert BatchedGenerators([]).next() == []


def test_a_group_of_one_is_the_player_itself_to_the_bit() -> None:
    generator, lone = (TextGenerator(make_model(), params=COLUMNS[4]) for _ in range(2))
    together = BatchedGenerators([generator])
    for _ in range(50):
        assert together.next() == [lone.next()]
    assert np.array_equal(generator.state, lone.state)


STRANGE = st.floats(width=32, allow_nan=True, allow_infinity=True)


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.tuples(
            arrays(np.float32, (n, 9), elements=STRANGE | st.floats(-9, 9, width=32)),
            st.lists(st.sampled_from([0.0, 1e-300, 0.3, 1.0, 7.7, 1e30]), min_size=n, max_size=n),
        )
    )
)
@example((np.array([[np.inf] + [-np.inf] * 8, [-np.inf] * 9], np.float32), [0.0, 0.0]))
def test_distributions_together_are_each_alone(found: tuple[NDArray[np.float32], list[float]]) -> None:
    logits, temperatures = found
    with np.errstate(all="raise", under="ignore"):
        together = distributions(logits, temperatures)
    for number, temperature in enumerate(temperatures):
        alone = distribution(logits[number], SamplingParams(temperature=temperature))
        assert np.array_equal(together.raw[number], alone.raw)
        assert np.array_equal(together.filtered[number], alone.filtered)
        np.testing.assert_allclose(together.logs[number], alone.logs, rtol=1e-14, atol=1e-15)


def test_distributions_together_are_each_alone_in_large_vocabularies() -> None:
    logits = np.random.default_rng(0).normal(size=(3, 5000))
    for row, raw in zip(logits, distributions(logits, [0.1, 1.0, 2.0]).raw, strict=True):
        assert np.array_equal(raw, distribution(row, SamplingParams()).raw)


WEIGHTS = arrays(np.float64, (3, 9), elements=st.sampled_from([0.0, 1e-300, 1e-9, 0.1, 1.0, 3.0]))


@given(WEIGHTS.filter(lambda found: found.any(axis=1).all()), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_draws_together_are_each_alone(weights: NDArray[np.float64], luck: list[float]) -> None:
    cumulative = weights.cumsum(axis=1)
    assert draw_each(cumulative, luck).tolist() == [draw(row, u) for row, u in zip(cumulative, luck, strict=True)]


@given(
    st.lists(st.tuples(st.sampled_from(["next", "swap", "rewind", "write", "hot"]), st.integers(0, 60)), max_size=20)
)
@settings(max_examples=30, deadline=None)
def test_between_two_characters_each_does_as_it_likes(deeds: list[tuple[str, int]]) -> None:
    models = [make_model(dtype=np.float64), make_model(seed=1, dtype=np.float64)]
    generators, lone = ([TextGenerator(models[0], params=COLUMNS[5 - n]) for n in range(3)] for _ in range(2))
    together = BatchedGenerators(generators)
    for deed, number in deeds:
        together.next()
        for generator in lone:
            generator.next()
        for generator in (generators[number % 3], lone[number % 3]):
            if deed == "next":
                generator.next()
            elif deed == "swap":
                generator.swap_model(models[number % 2], "")
            elif deed == "rewind":
                generator.rewind(number % (len(generator.transcript) + 1))
            elif deed == "write":
                generator.write("abc")
            else:
                generator.params = FILTERED[number % 4]
    together.next()
    for generator, alone in zip(generators, lone, strict=True):
        alone.next()
        assert generator.text == alone.text
