"""The main screen: filled after its first paint, so that something writes before anything else is read."""

from typing import TYPE_CHECKING

from textual import events, on

from charplay.tui.screens.layout import Layout

if TYPE_CHECKING:
    from charplay.playground.playground import Playground


class MainScreen(Layout):
    """All panes, filled with what was chosen last."""

    def __init__(self, playground: "Playground", path: str | None) -> None:
        """`path`: of a text to begin with."""
        super().__init__(playground)
        self._path = path

    @on(events.Mount)
    def _begin(self) -> None:
        self.call_after_refresh(self._first)

    async def _first(self) -> None:
        """After the first paint something writes; what else is read from the disk comes after it."""
        with self.app.batch_update():
            await self.furnish()
            fault = self.playground.play("demo")
            self.playground.instrument.write()
            self.advance()
            if fault:
                self.note(fault, warning=True)
        self.call_after_refresh(self._fill)

    async def _fill(self) -> None:
        with self.app.batch_update():
            await self.unfold()
            self.playground.begin(self._path)
            self.say("[ ] temperature   t trains a network of your own while the demo writes")
            self.advance()
