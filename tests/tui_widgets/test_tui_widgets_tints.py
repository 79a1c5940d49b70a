"""The colours of a text, and the bars of a preview."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual.color import Color

from charplay.tui.presentation.tints import (
    COPIED,
    HOTTEST,
    LEFT_OUT,
    MOST_BITS,
    PLAIN,
    palette,
    probability_tint,
    surprise_tint,
    tint,
)
from charplay.tui.widgets.surprisal_bars import means


@pytest.mark.parametrize("dark", [True, False])
def test_tints_differ_from_step_to_step_and_are_neutral_at_one(dark):
    foreground = Color.parse("#d8dbe2" if dark else "#24272e")
    styles = palette(foreground, dark=dark)
    for kind in ([tint(step / 10) for step in range(21)], [surprise_tint(bits) for bits in range(9)],
                 [probability_tint(step / 20) for step in range(21)]):  # fmt: skip
        assert len({str(styles[number]) for number in kind}) == len(kind)
        assert all(styles[number + COPIED] == styles[number] + Style(underline=True) for number in kind)
    assert len(styles) == 2 * COPIED
    assert styles[tint(1.0)].color == foreground.rich_color
    assert tint(0.0) < tint(0.5) < tint(1.0) < tint(1.5) < tint(HOTTEST) == tint(5.0) < surprise_tint(0.0)
    assert surprise_tint(MOST_BITS) == surprise_tint(99.0) < probability_tint(0.0) < probability_tint(1.0) < COPIED
    assert surprise_tint(float("nan")) == probability_tint(float("nan")) == PLAIN
    assert tint(0.0) > LEFT_OUT


@given(st.lists(st.floats(0, 20) | st.just(np.nan), max_size=50), st.integers(1, 30))
def test_a_column_shows_the_mean_of_its_stretch(bits, columns):
    bits = np.array(bits, float)
    found = means(bits, columns)
    assert len(found) == columns
    if len(bits) >= columns:
        borders = [at * len(bits) // columns for at in range(columns + 1)]
        for at in range(columns):
            known = [each for each in bits[borders[at] : borders[at + 1]] if not np.isnan(each)]
            assert np.isnan(found[at]) if not known else found[at] == pytest.approx(np.mean(known), abs=1e-9)
    elif len(bits):
        shown = {each for each in found.round(6) if not np.isnan(each)}
        assert shown == {each for each in bits.round(6) if not np.isnan(each)}
