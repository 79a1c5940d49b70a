"""The losses of many windows at once are those of each alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling_models import make_model

from charplay.corpora.errors import Cancelled
from charplay.corpora.exploring.text_map import Windows
from charplay.corpora.progress import Progress
from charplay.sampling.model import CharModel
from charplay.sampling.score import score
from charplay.sampling.surprisal import RUN_UP
from charplay.sampling.window_losses import TOGETHER, NetworkLosses

LETTERS = "abcdef \n"


def naive(model: CharModel, text: str, start: int, stop: int) -> float:
    """Return the mean nats of the window's characters that the model knows, by a score of its own."""
    before = max(0, start - RUN_UP)
    found = score(model, text[before:stop])
    inside = found.surprises[found.places >= start - before]
    return float(inside.mean())


def losses(model: CharModel, text: str, windows: list[tuple[int, int]]) -> np.ndarray:
    starts, stops = np.array(windows, np.int64).T
    return NetworkLosses(model, lambda start, stop: text[start:stop]).nats(Windows(starts, stops), Progress())


@settings(max_examples=20, deadline=None)
@given(st.text(LETTERS + "XY", min_size=600, max_size=900), st.lists(st.integers(0, 850), min_size=1, max_size=5))
def test_windows_side_by_side_are_what_each_is_alone(text: str, starts: list[int]) -> None:
    model = make_model(LETTERS, scale=0.8, hidden_size=12, cleaning=("lowercase",))
    windows = [(start, min(start + 60, len(text))) for start in starts if start + 5 < len(text)] or [(0, 60)]
    found = losses(model, text, windows)
    known = [text[start:stop].lower().translate(str.maketrans("", "", "xy")) for start, stop in windows]
    for (start, stop), letters, figure in zip(windows, known, found, strict=True):
        if 2 * len(letters) < stop - start:
            assert np.isnan(figure)
        elif letters and start:
            assert figure == pytest.approx(naive(model, text, start, stop), rel=1e-4)


def test_more_windows_than_are_read_together_keep_their_order() -> None:
    text = "abcabdabe\n" * 200
    model = make_model(LETTERS, scale=0.8, hidden_size=12)
    windows = [(start, start + 20) for start in range(0, 1900, 20)]
    assert len(windows) > TOGETHER
    expected = [naive(model, text, *window) for window in windows]
    np.testing.assert_allclose(losses(model, text, windows), expected, rtol=1e-4)


def test_a_window_of_characters_that_the_model_does_not_know_has_no_figure() -> None:
    model = make_model(LETTERS, hidden_size=12)
    found = losses(model, "abc" * 20 + "\u4e2d" * 60, [(0, 60), (60, 120), (30, 80)])
    assert np.isnan(found).tolist() == [False, True, False]


def test_a_reading_can_be_cancelled() -> None:
    model = make_model(LETTERS, hidden_size=12)
    reader = NetworkLosses(model, lambda start, stop: "a" * (stop - start))
    with pytest.raises(Cancelled):
        reader.nats(Windows(np.array([0]), np.array([200])), Progress(lambda share: share < 0.5))
