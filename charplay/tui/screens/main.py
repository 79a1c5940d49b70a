"""The main screen: what the panes ask is done here, by other panes."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import events, on

from charplay.playground.preferences import Preferences
from charplay.tui.dialogs.choice import Choice, ChoiceDialog
from charplay.tui.panes.fields import Device
from charplay.tui.panes.form import FormPane
from charplay.tui.panes.runs import RunsPane
from charplay.tui.screens.corpora import CorporaScreen

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus
    from charplay.playground.playground import Playground
    from charplay.recipes.recipe import Recipe
    from charplay.tui.dialogs.network_summary import Measure


class MainScreen(CorporaScreen):
    """All panes, filled with what was chosen last."""

    def __init__(
        self, playground: "Playground", list_devices: Callable[[], Sequence[Device]], measure: "Measure",
        path: str | None,
    ) -> None:  # fmt: skip
        super().__init__(playground, list_devices)
        self._open_library = playground.open_library
        self._time_epoch = measure
        self._settings = playground.preferences
        self._path = path

    @on(events.Mount)
    def _begin(self) -> None:
        self.call_after_refresh(self._first)

    async def _first(self) -> None:
        """After the first paint something writes; what else is read from the disk comes after it."""
        with self.app.batch_update():
            await self.furnish()
            self.play("demo")
            self.playground.instrument.write()
            self.advance()
        self.call_after_refresh(self._fill)

    async def _fill(self) -> None:
        with self.app.batch_update():
            await self.unfold()
            self.form.begin(self._settings.preset, self._settings.form)
            chosen = (self._path, "") if self._path else (self._settings.corpus, self._settings.encoding)
            self.corpus.begin(self._open_library(), *chosen)
            self.runs.begin(self.playground.store)
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
        self.playground.remember_writing()
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
        return self._time_epoch(recipe, corpus, watch)

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

    @on(RunsPane.Listed)
    def _offer_unfinished(self) -> None:
        """Offer, once, the run that was not finished."""
        said = self.playground.launcher.offer(self.runs.unfinished)
        if said is not None:
            self.say(said.sentence, warning=said.warning)

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
        self.playground.launcher.forget(message.name)
        self.show()
        self.say(f"{message.name} is deleted")

    @on(RunsPane.Overlay)
    def _overlay(self, message: RunsPane.Overlay) -> None:
        if not self.playground.chart.overlay(message.name, message.curves):
            self.complain("Four runs are on the chart; take one off first.")
        self.show()
