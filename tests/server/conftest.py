"""Hosts whose trainer the test speaks for, in folders whose paths are short enough for sockets."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hosted import Hosted

from charplay.runs.home import Home


@pytest.fixture
def sockets() -> Iterator[Path]:
    """An empty folder with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="cp", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.fixture
def host(sockets: Path) -> Iterator[Callable[..., Hosted]]:
    """Makes hosts, which end with the test."""
    made: list[Hosted] = []

    def make(**options: Any) -> Hosted:
        made.append(Hosted(sockets, **options))
        return made[-1]

    yield make
    for each in made:
        each.host.close()
