"""What a run's events mean beyond the run: for what is said, for the log, and for the network that writes."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from charplay.formatting.sanitize import sanitize
from charplay.playground.announcements import sentence
from charplay.playground.happenings import Said
from charplay.protocol.events import Commanded, Event, Failed, Finished, Published, Saved, Started, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.playground.run_context import RunContext
    from charplay.playground.weight_follower import WeightFollower


class RunListener:
    """Hears the events of runs, once the controller has taken them in."""

    def __init__(self, context: "RunContext") -> None:
        self._context = context

    def hear(self, event: Event) -> list[Said]:
        """Act on an event, and return what there is to say of it."""
        said = (self._take_note(event), sentence(event, self._context.runs.state), self._play_on(event))
        return [each for each in said if each is not None]

    def _take_note(self, event: Event) -> Said | None:
        runs, announcements = self._context.runs, self._context.announcements
        match event:
            case Started():
                announcements.offer = announcements.kept_text = ""
                if event.speed is not None and event.device.startswith("cpu") and self._context.draft is not None:
                    self._context.draft.use_speed(event.speed)
                said = announcements.say(event.notes)
                announcements.trouble = ""
                return said
            case Saved() if runs.save_asked:
                runs.save_asked = False
                return Said(f"Step {event.step:,} is saved.", passing=True)
            case Commanded():
                return Said(f"{event.by}: {event.command}", passing=True)
            case Failed():
                logging.getLogger("charplay").error(sanitize(f"{event.message}\n{event.cause}", "\n"))
        return None

    def _play_on(self, event: Event) -> Said | None:
        """Give what writes the weights that it should write with now."""
        follower = self._context.follower
        if follower is None:
            return None
        match event:
            case Published():
                return self._take_weights(follower, event)
            case Stopped(run=str()) | Failed():
                follower.end(self._context.runs.state)
            case Finished() if follower.following:
                # The best of its checkpoints, which need not be the last.
                fault = self.play(event.run)
                return Said(fault, warning=True, passing=True) if fault else None
        return None

    def _take_weights(self, follower: "WeightFollower", event: Published) -> Said | None:
        """New weights write on; while they cannot (not finite, say) the ones before stay in their place."""
        from charplay.runs.errors import RunError
        from charplay.sampling.errors import ModelError

        reason = ""
        try:
            follower.take(event, self._context.runs.state)
        except (ModelError, RunError) as fault:
            reason = f"The live run cannot write: {fault}"
        if not follower.following or reason == follower.blocked_reason:
            return None
        follower.blocked_reason = reason
        return Said(reason or "The live run writes again", warning=bool(reason))

    def play(self, name: str) -> str:
        """Let a run's checkpoint write; return why it cannot, empty where it does."""
        return self._play(lambda: self._context.store.checkpoint(name), name)

    def play_checkpoint(self, path: Path, run: str) -> str:
        """Let one of a run's checkpoints write; return why it cannot, empty where it does."""
        return self._play(lambda: path, run)

    def _play(self, find: "Callable[[], Path]", run: str) -> str:
        from charplay.runs.checkpoint import CheckpointError
        from charplay.runs.errors import RunError
        from charplay.sampling.errors import ModelError

        follower = self._context.follower
        if follower is None:
            return ""
        try:
            follower.play(find(), run)
        except (RunError, CheckpointError, ModelError) as fault:
            return str(fault)
        return ""

    def ask_for_weights(self) -> None:
        """Ask the run under way for its weights, where what writes wants new ones."""
        runs, follower = self._context.runs, self._context.follower
        if follower is not None and runs.state.folder and runs.state.busy and follower.wants_weights():
            runs.publish()
