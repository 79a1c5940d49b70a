"""The main screen: what the panes ask is done here, by other panes."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import events, on

from charplay.formatting.sanitize import sanitize
from charplay.playground.local_trainer import OpenTraining
from charplay.playground.preferences import Preferences
from charplay.tui.dialogs.choice import Choice, ChoiceDialog
from charplay.tui.panes.fields import Device
from charplay.tui.panes.form import FormPane
from charplay.tui.panes.runs import RunsPane
from charplay.tui.screens.playing import PlayingScreen
from charplay.tui.screens.reading import ReadingScreen

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus, Library
    from charplay.recipes.recipe import Recipe
    from charplay.runs.home import Home
    from charplay.runs.store import RunStore
    from charplay.tui.dialogs.network_summary import Measure
    from charplay.tui.panes.text import TextPane
    from charplay.tui.panes.training import TrainingPane


class MainScreen(PlayingScreen, ReadingScreen):
    """All panes, filled with what was chosen last."""

    def __init__(
        self, home: "Home", open_library: "Callable[[], Library]", open_shelf: "Callable[[], RunStore]",
        open_training: OpenTraining, list_devices: Callable[[], Sequence[Device]], measure: "Measure",
        settings: Preferences, path: str | None,
    ) -> None:  # fmt: skip
        super().__init__(home, open_training, list_devices)
        self._open_library = open_library
        self._open_shelf = open_shelf
        self._measure = measure
        self._settings = settings
        self._path = path
        self._offered = False

    @on(events.Mount)
    def _begin(self) -> None:
        self.call_after_refresh(self._first)

    async def _first(self) -> None:
        """After the first paint something writes; what else is read from the disk comes after it."""
        chosen = self._settings
        with self.app.batch_update():
            await self.furnish()
            filters = {name: getattr(chosen, name) for name in self.text.filters.values}
            self.text.begin(chosen.prompt, chosen.temperature, chosen.speed, filters, chosen.stops)
            self.text.columns = chosen.columns
            self.begin(self._open_shelf())
            self.play("demo")
            self.text.write_at_once()
        self.call_after_refresh(self._fill)

    async def _fill(self) -> None:
        with self.app.batch_update():
            await self.unfold()
            self.form.begin(self._settings.preset, self._settings.form)
            chosen = (self._path, "") if self._path else (self._settings.corpus, self._settings.encoding)
            self.corpus.begin(self._open_library(), *chosen)
            self.runs.begin(self._shelf)
            self.say("[ ] temperature   t trains a network of your own while the demo writes")

    def remember(self) -> Preferences:
        """What the next start shall find again."""
        draft, chosen = self.form.draft, self.corpus.chosen
        if not self.furnished:
            return self._settings
        if draft is not None:
            self._settings.preset, self._settings.form = draft.preset, dict(draft.values)
        if chosen is not None:
            self._settings.corpus, self._settings.encoding = chosen.name, self.corpus.encoding
        text = self.text
        now = {"prompt": text.prompt, "temperature": text.temperature, "speed": text.speed, **text.filters.values}
        now |= {"stops": text.stops, "columns": text.columns}
        for name, value in now.items():
            setattr(self._settings, name, value)
        return self._settings

    @on(FormPane.Network)
    def _inside(self) -> None:
        from charplay.tui.dialogs.network_summary import NetworkDialog

        draft, corpus = self.form.draft, self.corpus.corpus
        if draft is None or draft.resolved is None or corpus is None:
            self.complain("The text was not read yet; choose one that is here.")
        else:
            self.app.push_screen(NetworkDialog(draft.resolved, corpus, self._timed))

    def _timed(self, recipe: "Recipe", corpus: "Corpus", watch: Callable[[float], bool]) -> float:
        if self.session.busy:
            raise RuntimeError("a run is under way, and would slow them down; its own speed stands at the top")
        return self._measure(recipe, corpus, watch)

    @on(FormPane.Begin)
    def _choose_beginning(self) -> None:
        answers = [Choice("", "fresh weights", key="0")]
        for run in self.runs.playable():
            shape = f"{run.cell} {run.num_layers}x{run.hidden_size}, step {run.step:,}, {run.corpus}"
            answers.append(Choice(run.name, run.name, shape))
        question = ChoiceDialog("start from", "Whose weights does the next run take over?", answers)
        self.app.push_screen(question, self._begin_from)

    def _begin_from(self, name: str | None) -> None:
        from charplay.playground.warm_start import WarmStart
        from charplay.runs.checkpoint import CheckpointError, read_header
        from charplay.runs.store import RunError

        if not name:
            if name is not None:
                self.form.begin_from(None)
            return
        try:
            path = self._shelf.checkpoint(name)
            header = read_header(path)
        except (RunError, CheckpointError) as fault:
            self.complain(str(fault))
        else:
            self.form.begin_from(WarmStart(name, str(path), header.recipe, header.vocabulary))

    def _on_training_pane_moved(self, message: "TrainingPane.Moved") -> None:
        self.session.change(message.field, message.value)

    def _on_training_pane_values(self) -> None:
        from charplay.tui.dialogs.live_hyperparameters import LiveHyperparametersDialog

        session = self.session
        self.app.push_screen(LiveHyperparametersDialog(lambda: session.live, session.change, session.undo))

    def _on_text_pane_notice(self, message: "TextPane.Notice") -> None:
        self.notify(sanitize(message.text, " "), markup=False)

    @on(RunsPane.Listed)
    def _offer_unfinished(self) -> None:
        """Offer, once, the run that was not finished."""
        waiting = self.runs.unfinished
        if waiting is not None and not self._offered and not self.session.busy:
            where = f"from step {waiting.step:,}"
            self._offer = f"{waiting.name} is not finished: u takes it up again {where}, t starts another"
            self.say_notes(self._notes)
        self._offered = True

    @on(RunsPane.Play)
    def _play_run(self, message: RunsPane.Play) -> None:
        self.play(message.name)

    @on(RunsPane.Again)
    def _again(self, message: RunsPane.Again) -> None:
        self.form.fill(message.asked)
        chosen = self.corpus.chosen.name if self.corpus.chosen else ""
        if (chosen, self.corpus.encoding) != (message.corpus, message.encoding):
            self.corpus.choose(message.corpus, message.encoding)
        self.action_show("form")

    @on(RunsPane.Resume)
    def _resume(self, message: RunsPane.Resume) -> None:
        if self.session.busy:
            self.complain("A run is under way; stop it first: x")
        else:
            self.resume(message.name, message.more)

    @on(RunsPane.Deleted)
    def _deleted(self, message: RunsPane.Deleted) -> None:
        """What is gone is not on the chart, nor offered any more."""
        self.training.take_off(message.name)
        if self._offer.startswith(f"{message.name} "):
            self._offer = ""
        self.say(f"{message.name} is deleted")

    @on(RunsPane.Overlay)
    def _overlay(self, message: RunsPane.Overlay) -> None:
        if not self.training.overlay(message.name, message.history):
            self.complain("Four runs are on the chart; take one off first.")

    def _on_training_pane_overlaid(self, message: "TrainingPane.Overlaid") -> None:
        self.runs.overlaid = message.markers
