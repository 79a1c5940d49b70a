"""A home, and a trainer that does what a script says: no torch, no sleeping."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from scripted_trainer import ScriptedTrainer
from sitting import fox_home, keep_run
from textual.geometry import Size
from textual.pilot import Pilot

from charplay.corpora.library import Library
from charplay.playground.instrument import Instrument
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
    name, title, free, total = "cpu", "CPU, 2 threads", 4 << 30, 8 << 30


@pytest.fixture
def make_app(home: Home, trainer: ScriptedTrainer) -> Callable[..., CharplayApp]:
    def make(path: str | None = "fox", **over: object) -> CharplayApp:
        library = over.get("library") or Library(home.corpora, home.cache)
        measure = over.get("measure", lambda *_: 61.0)
        return CharplayApp(home, lambda: library, lambda: RunStore(home), trainer, lambda: [Device], measure, path)

    return make


@pytest.fixture
def kept_run(home: Home) -> Callable[..., Run]:
    """Makes a run that was kept, unfinished or finished."""

    def make(*, name: str = "kept-1", step: int = 500, finished: bool = False) -> Run:
        return keep_run(home, name, step=step, rows=range(100, step + 1, 100), finished=finished)

    return make


class Played:
    """An app under way with its pilot, its trainer, and a way to wait for something to become true."""

    def __init__(self, app: CharplayApp, pilot: Pilot[None], trainer: ScriptedTrainer) -> None:
        self.app = app
        self.pilot = pilot
        self.trainer = trainer
        self.main = app._main

    @property
    def instrument(self) -> Instrument:
        return self.main.playground.instrument

    def begin(self, prompt: str, temperature: float = 0.8) -> None:
        """Begin the text anew, with this prompt and at this temperature."""
        self.instrument.set_params(temperature=temperature)
        self.instrument.restart(prompt=prompt)
        self.main._after_command()

    def write(self, number: int, budget: float = 60.0) -> None:
        """Write so many characters, and show them."""
        self.instrument.write(number, budget)
        self.main.advance()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the screen go on until the condition holds, and show it; an AssertionError after a while."""
        for _ in range(600):
            if condition():
                break
            await asyncio.sleep(0.01)
        else:
            raise AssertionError("it never came true")
        if self.app.screen_stack:  # not where it was left
            await self.pilot.pause()

    async def ready(self) -> "Played":
        """The panes are filled and the chosen text was read."""
        await self.until(lambda: self.main.furnished and self.main.form.draft and self.main.playground.corpora.corpus)
        return self

    async def training(self) -> None:
        """Press `t` and have the run's first step behind it."""
        await self.press("t")
        await self.until(lambda: self.trainer.requests)
        self.trainer.put(self.trainer.started(), self.trainer.progress(100))
        await self.until(lambda: self.main.playground.runs.state.state == "training")

    def seen(self) -> str:
        """Everything on the screen, as text."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips(Size(width, height))
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@pytest.fixture
def play(
    make_app: Callable[..., CharplayApp], trainer: ScriptedTrainer
) -> Callable[..., AbstractAsyncContextManager[Played]]:
    @asynccontextmanager
    async def played(
        size: tuple[int, int] = (120, 40), *, writing: bool = False, **over: object
    ) -> AsyncIterator[Played]:
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
