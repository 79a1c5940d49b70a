"""A home with one text, and a sitting that was begun there."""

from pathlib import Path

import pytest
from playground_sitting import VERSE, Sitting

from charplay.runs.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    (home.corpora / "fox.txt").write_text(VERSE * 70)
    return home


@pytest.fixture
def sitting(home: Home) -> Sitting:
    """One that was begun, with the fox chosen and read."""
    made = Sitting(home)
    made.playground.begin()
    made.quiet()
    made.happened.clear()
    return made
