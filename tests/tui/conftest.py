"""A home, and a trainer that does what a script says: no torch, no sleeping."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from played import Play, Played
from scripted_trainer import ScriptedTrainer
from sitting import fox_home, keep_run

from charplay.corpora.library import Library
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.runs.store import RunStore
from charplay.tui.app import CharplayApp

settings.register_profile("tui", deadline=None)  # how long an example takes is the machine's affair
settings.load_profile("tui")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return fox_home(tmp_path / "home")


@pytest.fixture
def trainer(home: Home) -> ScriptedTrainer:
    return ScriptedTrainer(home)


class Device:
    name, title, free, total, threads = "cpu", "CPU, 2 threads", 4 << 30, 8 << 30, 2


@pytest.fixture
def make_app(home: Home, trainer: ScriptedTrainer) -> Callable[..., CharplayApp]:
    def make(path: str | None = "fox", **over: Any) -> CharplayApp:
        library = over.get("library") or Library(home.corpora, home.cache)
        measure = over.get("measure", lambda *_: 61.0)
        return CharplayApp(home, lambda: library, lambda: RunStore(home), trainer, lambda: [Device()], measure, path,
                           over.get("attach", lambda local: local))  # fmt: skip

    return make


@pytest.fixture
def kept_run(home: Home) -> Callable[..., Run]:
    """Makes a run that was kept, unfinished or finished."""

    def make(*, name: str = "kept-1", step: int = 500, finished: bool = False) -> Run:
        return keep_run(home, name, step=step, rows=range(100, step + 1, 100), finished=finished)

    return make


@pytest.fixture
def play(make_app: Callable[..., CharplayApp], trainer: ScriptedTrainer) -> Play:
    @asynccontextmanager
    async def played(size: tuple[int, int] = (120, 40), *, writing: bool = False, **over: Any) -> AsyncIterator[Played]:
        app = make_app(**over)
        async with app.run_test(size=size) as pilot:
            it = await Played(app, pilot, trainer).ready()
            # Where text is written beside it, what a key did is not all that changes.
            it.instrument.playing = writing
            it.main.text.post_message(
                it.main.text.Touched()
            )  # at once, not at a later tick, which would say it over what a test waits for
            yield it
            app.playground.runs.close("asked", 2.0)
            await it.until(lambda: not app.playground.runs.closing)

    return played
