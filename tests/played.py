"""An app under way in a test, with all that the test holds in its hands of it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from scripted_trainer import ScriptedTrainer
from textual.geometry import Size
from textual.pilot import Pilot

from charplay.playground.instrument import Instrument
from charplay.tui.app import CharplayApp


class Played:
    """An app under way with its pilot, its trainer, and a way to wait for something to become true."""

    def __init__(self, app: CharplayApp, pilot: Pilot[None], trainer: ScriptedTrainer) -> None:
        self.app = app
        self.pilot = pilot
        self.trainer = trainer
        self.main = app._main

    @property
    def screen(self) -> Any:
        """The screen on top, of the kind that a test knows."""
        return self.app.screen

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
            raise AssertionError(f"it never came true; the screen shows:\n{self.seen()}")
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
        await self.until(lambda: self.main.playground.runs.state.status == "training")

    def seen(self) -> str:
        """Everything on the screen, as text."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips(Size(width, height))
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


Play = Callable[..., AbstractAsyncContextManager[Played]]
"""Opens an app of that `size`, in which text is written only if `writing`; the rest are options of `make_app`."""
