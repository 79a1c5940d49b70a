"""An instrument that a model plays which shows a wrong state at once."""

from pathlib import Path

import pytest
from scripted_models import scholar

from charplay.playground.instrument import Instrument
from charplay.sampling.params import SamplingParams


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """The folder of generated texts."""
    return tmp_path / "texts"


@pytest.fixture
def empty(texts: Path) -> Instrument:
    """Nothing writes yet."""
    return Instrument(texts, SamplingParams())


@pytest.fixture
def instrument(empty: Instrument) -> Instrument:
    """A scholar writes, and nothing is written yet."""
    empty.play(scholar(), "demo, step 5")
    return empty
