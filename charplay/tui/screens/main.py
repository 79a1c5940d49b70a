"""The main screen: what the panes ask is done here, by other panes."""

from typing import TYPE_CHECKING

from textual import events, on

from charplay.formatting.sanitize import sanitize
from charplay.playground.preferences import Preferences
from charplay.tui.screens.playing import PlayingScreen
from charplay.tui.screens.reading import ReadingScreen

if TYPE_CHECKING:
    from charplay.playground.playground import Playground
    from charplay.playground.run_controller import RunController
    from charplay.tui.panes.text import TextPane
    from charplay.tui.panes.training import TrainingPane


class MainScreen(PlayingScreen, ReadingScreen):
    """All panes, filled with what was chosen last."""

    def __init__(self, playground: "Playground", session: "RunController", path: str | None) -> None:
        """`path`: of a text to begin with."""
        super().__init__(playground, session)
        playground.find_generator = lambda: self.text.generator if self.furnished else None
        self._path = path

    @on(events.Mount)
    def _begin(self) -> None:
        self.call_after_refresh(self._first)

    async def _first(self) -> None:
        """After the first paint something writes; what else is read from the disk comes after it."""
        chosen = self.playground.preferences
        with self.app.batch_update():
            await self.furnish()
            filters = {name: getattr(chosen, name) for name in self.text.filters.values}
            self.text.begin(chosen.prompt, chosen.temperature, chosen.speed, filters, chosen.stops)
            self.text.columns = chosen.columns
            self.begin()
            self.play("demo")
            self.text.write_at_once()
        self.call_after_refresh(self._fill)

    async def _fill(self) -> None:
        with self.app.batch_update():
            await self.unfold()
            self.playground.begin(self._path)
            self.say("[ ] temperature   t trains a network of your own while the demo writes")
            self.advance()

    def remember(self) -> Preferences:
        """What the next start shall find again."""
        kept = self.playground.remember()
        if not self.furnished:
            return kept
        text = self.text
        now = {"prompt": text.prompt, "temperature": text.temperature, "speed": text.speed, **text.filters.values}
        now |= {"stops": text.stops, "columns": text.columns}
        for name, value in now.items():
            setattr(kept, name, value)
        return kept

    def _on_training_pane_moved(self, message: "TrainingPane.Moved") -> None:
        self.session.change(message.field, message.value)

    def _on_training_pane_values(self) -> None:
        from charplay.tui.dialogs.live_hyperparameters import LiveHyperparametersDialog

        session = self.session
        self.app.push_screen(LiveHyperparametersDialog(lambda: session.live, session.change, session.undo))

    def _on_text_pane_notice(self, message: "TextPane.Notice") -> None:
        self.notify(sanitize(message.text, " "), markup=False)

    def _on_training_pane_overlaid(self, message: "TrainingPane.Overlaid") -> None:
        self.runs.overlaid = message.markers
