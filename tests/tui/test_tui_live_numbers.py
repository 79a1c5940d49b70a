"""The newest values of the live run, as words."""

import math
import re

import pytest

from charplay.formatting.loss_units import NATS
from charplay.playground.run_marks import with_mark
from charplay.playground.run_state import RunState
from charplay.protocol.events import Changed
from charplay.tui.panes.live_strip import _parts


@pytest.mark.parametrize("worthless", [math.nan, math.inf])
def test_the_strip_has_words_for_what_is_no_number(worthless: float) -> None:
    state = RunState(val_loss=worthless, val_accuracy=worthless, learning_rate=worthless)
    told = "  ".join(_parts(state, NATS))
    assert not re.search(r"\b(nan|inf)\b", told)
    assert told.startswith("val no number" if math.isnan(worthless) else "val infinite")


def test_the_strip_says_a_loss_that_ran_away_in_short() -> None:
    assert _parts(RunState(train_loss=1e30), NATS)[:2] == ["train 1e+30 nats", "1.44e+30 bits"]


def test_a_mark_says_none_as_a_person_writes_it() -> None:
    assert with_mark([], Changed(step=3, field="clip_norm", old=1.0, new=None)) == [(3, "clip norm none")]
