"""The screen as it watches a training session: what the trainer tells is handed to the panes."""

import logging
from typing import TYPE_CHECKING

from charplay.formatting.sanitize import sanitize
from charplay.playground.happenings import PlayWanted
from charplay.playground.run_controller import RunController
from charplay.playground.weight_follower import WeightFollower
from charplay.protocol.events import Changed, Event, Failed, Finished, Published, Started, Stopped, Warned
from charplay.tui.screens.layout import Layout
from charplay.tui.textual_patches.backpressure import set_visible_interval

if TYPE_CHECKING:
    from charplay.playground.playground import Playground

TICK, UNSEEN_TICK = 0.1, 5.0
"""Seconds between two looks into the trainer's mailbox; while nobody sees the screen, a run that waits for its turn has
it all the same."""
TICKS_A_PAINT = 5


class WatchingScreen(Layout):
    """The panes around one training session. Asks nothing of it but its weights."""

    def __init__(self, playground: "Playground", session: RunController) -> None:
        super().__init__(playground)
        self.session = session
        self.source: WeightFollower
        self._state = "idle"
        self._ticks = 0
        self._untold: list[Event] = []

    def begin(self) -> None:
        """With every pane in its place: look into the mailbox from now on."""
        self.source = WeightFollower(self.text)
        set_visible_interval(self, TICK, self._tick)
        self.set_interval(UNSEEN_TICK, self._tick)

    def _tick(self) -> None:
        self.advance()
        told = self.session.drain()
        for event in told:
            self.hear(event)
        self._untold += told
        self._ticks += 1
        live = self.session.live
        if live.state != self._state or self._ticks % TICKS_A_PAINT == 0:
            self._paint()
        if live.folder and live.busy and self.source.wants_weights():
            self.session.publish()

    def hear(self, event: Event) -> None:
        """What an event has to say beyond numbers."""
        match event:
            case Started():
                announcements = self.playground.announcements
                announcements.offer = ""
                self.take(announcements.say(event.notes))
                announcements.trouble = ""
                self.playground.run_list.refresh()
            case Changed(field="undo"):
                self.say(f"The last change is taken back: training goes on from step {event.step:,}")
            case Warned():
                self.say(event.message, warning=True)
            case Published():
                self._show_weights(event)
            case Stopped(run=str() as run):
                self.source.end(self.session.live)
                self._say_stopped(run, event.step)
            case Finished():
                self.say(f"{event.run} is done: 3 and r extend it, t starts another")
                if self.source.following:
                    self.play(event.run)  # the best of its checkpoints, which need not be the last
            case Failed():
                self.source.end(self.session.live)
                self.say(event.message, warning=True)
                logging.getLogger("charplay").error(sanitize(f"{event.message}\n{event.cause}", "\n"))

    def _say_stopped(self, run: str, step: int) -> None:
        saved = self.session.live.saved_step
        if saved == step:
            self.say(f"{run} is saved: u takes it up again, t starts another")
        else:
            self.say(f"{run} could not be saved: u takes it up again from step {saved or 0:,}", warning=True)

    def take(self, happening: object) -> None:
        """What has happened, and what a command wants of the panes."""
        super().take(happening)
        if isinstance(happening, PlayWanted):
            self.play(happening.run)

    def play(self, run: str) -> None:
        """Let a run's checkpoint write; where it cannot, say why."""
        from charplay.runs.checkpoint import CheckpointError
        from charplay.runs.shelf import RunError
        from charplay.sampling.errors import ModelError

        try:
            loss = self.source.play(self.playground.store.checkpoint(run), run)
        except (RunError, CheckpointError, ModelError) as fault:
            self.complain(str(fault))
        else:
            if run == "demo" and loss is not None:
                self.training.set_level("demo", loss)

    def _paint(self) -> None:
        """Numbers that run are shown twice a second, a new state at once."""
        live, chosen = self.session.live, self.playground.corpora.chosen
        if self._untold:
            self.training.take(self._untold, live)
            self._untold = []
        self.status.show(live, self.form.draft, chosen.title if chosen else "")
        if live.state != self._state:
            self._state = live.state
            self.refresh_bindings()
            if not live.busy:
                self.playground.run_list.refresh()

    def _show_weights(self, event: Published) -> None:
        """New weights write on; while they cannot (not finite, say) the ones before stay in their place."""
        from charplay.runs.shelf import RunError
        from charplay.sampling.errors import ModelError

        mute = ""
        try:
            self.source.take(event, self.session.live)
        except (ModelError, RunError) as fault:
            mute = f"The live run cannot write: {fault}"
        if self.source.following and mute != self.source.blocked_reason:
            self.source.blocked_reason = mute
            self.say(mute or "The live run writes again", warning=bool(mute))
