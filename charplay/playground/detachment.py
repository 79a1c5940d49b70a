"""Leaves the run under way to a process of its own, and takes it back where that does not begin."""

from typing import TYPE_CHECKING, Literal, Protocol

from charplay.playground.happenings import Detached, Said
from charplay.playground.jobs import BackgroundJob

if TYPE_CHECKING:
    from charplay.playground.run_context import RunContext
    from charplay.playground.run_launcher import RunLauncher
    from charplay.protocol.request import TrainRequest

REASON = "left to a process of its own"
"""Of the stop, for the log and whoever reads the run's events."""
NOT_HERE = "A run cannot be left on its own from here; `charplay train --detach` begins one so."


class StartHost(Protocol):
    """Starts processes that host a run."""

    @property
    def warning(self) -> str:
        """What is to be said before a run is left, as that the system will end it; empty where nothing is."""

    def start(self, request: "TrainRequest", *, paused: bool) -> int:
        """Start a process, wait until it has the run, and return its number. Raises what says why it has not."""


class Detachment:
    """One wish to leave the run: it is saved and stopped here, and begins there; or goes on here.

    The run's lock passes from one process to the other, so at no moment do two train it. Nothing is lost between: the
    run stands saved, and who would leave now would find it to be taken up.
    """

    def __init__(self, context: "RunContext", launcher: "RunLauncher") -> None:
        self._context, self._launcher = context, launcher
        self.host: StartHost | None = None
        """What starts processes; None where runs cannot be left, as in a program that is not charplay's own."""
        self.left: Detached | None = None
        """The run that was left, and the process that has it."""
        self._stage: Literal["", "saving", "starting"] = ""
        self._folder = ""
        """Of the run that is left."""
        self._paused = False
        self._starting: BackgroundJob[int] | None = None
        self._request: TrainRequest | None = None

    @property
    def outlives(self) -> Detached | None:
        """The run that goes on when this process leaves: one that was left, or another process's that is shown here."""
        from charplay.runs.errors import RunError

        runs = self._context.runs
        if self.left is not None or not (runs.remote and runs.state.busy and runs.state.folder):
            return self.left
        try:
            owner = self._context.store.find(runs.state.folder).owner
        except RunError:  # it was taken away meanwhile: there is nothing to come back to
            return None
        return None if owner is None else Detached(runs.state.run, owner.pid)

    @property
    def under_way(self) -> bool:
        """Whether a run is being left, and is not yet there or back."""
        return bool(self._stage)

    @property
    def warning(self) -> str:
        """What is to be said before."""
        return self.host.warning if self.host is not None else ""

    @property
    def disabled(self) -> str:
        """Why the run under way cannot be left now; empty where it can, or is in another process already."""
        runs = self._context.runs
        if self.host is None:
            return NOT_HERE
        if self._stage or (runs.state.busy and not runs.stoppable):
            return "The run stops already, and is being saved."
        return "" if runs.state.folder and runs.state.busy else "The run has not begun yet."

    def begin(self) -> str:
        """Begin to leave the run; return why that cannot be. `Detached` follows, or a sentence why it goes on here.

        A run of another process is on its own already: nothing is asked of it, and nothing follows.
        """
        runs = self._context.runs
        if runs.remote:
            return ""
        if reason := self.disabled:
            return reason
        self._folder, self._paused, self._stage = runs.state.folder, runs.paused, "saving"
        runs.stop(REASON)
        return ""

    def advance(self) -> list[object]:
        """Go on with it, and return what happened."""
        runs, starting = self._context.runs, self._starting
        if self._stage == "saving" and runs.state.folder != self._folder:
            return self._give_up()  # another one was begun in its place
        if self._stage == "saving" and not runs.busy:
            return self._hand_over() if runs.state.status == "stopped" else self._give_up()
        if starting is not None and starting.done:
            self._stage, self._starting = "", None
            if starting.result is not None:
                self.left = Detached(runs.state.run, starting.result)
                return [self.left]
            return self._take_back(str(starting.fault))
        return []

    def _hand_over(self) -> list[object]:
        """Have a process take the run up from the save that was just made."""
        from charplay.playground.run_requests import resumed_run
        from charplay.recipes.errors import RecipeError
        from charplay.runs.errors import RunError

        runs, host = self._context.runs, self.host
        assert host is not None
        try:
            run = self._context.store.find(runs.state.folder)
            request = self._request = resumed_run(self._context.home, run)
        except (RunError, RecipeError) as fault:
            self._stage = ""
            return [Said(f"The run is saved, and could not be left on its own: {fault}", warning=True)]
        paused = self._paused
        self._stage = "starting"
        self._starting = BackgroundJob(lambda _: host.start(request, paused=paused)).start()
        return [Said(f"{runs.state.run} is saved, and goes on in a process of its own in a moment")]

    def _give_up(self) -> list[object]:
        """There is nothing to leave any more: the run's end, or the next one's beginning, says so."""
        self._stage = ""
        return []

    def _take_back(self, fault: str) -> list[object]:
        runs, request = self._context.runs, self._request
        assert request is not None
        if not runs.busy:  # nobody began another one meanwhile
            self._launcher.start(request)
            if self._paused:
                runs.pause()
        return [Said(f"The run goes on here, since it could not be left on its own: {fault}", warning=True)]
