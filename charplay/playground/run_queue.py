"""The queue of runs: the next one begins when the one before has ended; what waits outlives the sitting."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from charplay.formatting.units import plural
from charplay.fs.paths import new_path
from charplay.playground.happenings import Said
from charplay.playground.queue_file import QueuedRun, QueueFile, QueueFileError, Sitting
from charplay.protocol.events import Event, Failed, Finished, Started, Stopped

if TYPE_CHECKING:
    from charplay.playground.run_context import RunContext
    from charplay.playground.run_launcher import RunLauncher


class RunQueue:
    """Runs in the order in which they are to begin. Every change is on the disk when its method returns.

    It holds after a stop, and at the start of a sitting that finds runs in it, until a person lets it go on. Sittings
    of the same home share it: each change is made to what the file has by then, and a run is begun by one of them.
    """

    def __init__(self, context: "RunContext", launcher: "RunLauncher") -> None:
        self._context, self._launcher = context, launcher
        self._begun: QueuedRun | None = None
        """The one that this sitting has started and that has no folder yet."""
        self._unkept = False
        """Whether the disk refused what stands here."""
        self.runs: list[QueuedRun] = []
        self.held = False

    def load(self) -> Said | None:
        """Read what an earlier sitting left, and hold it; return what there is to say."""
        try:
            self.runs = self._file.read()
        except (OSError, QueueFileError):
            return self._put_aside()
        self.held = bool(self.runs)
        if not self.held:
            return None
        wait = "waits" if len(self.runs) == 1 else "wait"
        return Said(
            f"{plural(len(self.runs), 'run')} {wait} in the queue, which holds: <training.queue> shows it", passing=True
        )

    @property
    def _file(self) -> QueueFile:
        return QueueFile(self._context.home.queue)

    def _put_aside(self) -> Said:
        """Rename a file that cannot be read, which the next change would write over."""
        path = self._context.home.queue
        aside = new_path(path.parent, "queue", ".unreadable.json")
        with suppress(OSError):
            path.replace(aside)
        return Said(f"The queue of runs could not be read; its file is kept as {aside.name}.", warning=True)

    def look(self) -> None:
        """Learn what other sittings have queued, begun and dropped; not where that would lose what was not kept."""
        if self._unkept:
            return
        with suppress(OSError, QueueFileError):
            self.runs = self._others(self._file.read())

    def _others(self, runs: list[QueuedRun]) -> list[QueuedRun]:
        """Return the runs but the one that this sitting has begun."""
        return [run for run in runs if self._begun is None or run.id != self._begun.id]

    def add(self) -> str:
        """Queue the next run as it is in the form; return why that cannot be. Where nothing trains, it begins.

        The one that was queued last is not queued twice.
        """
        request = self._launcher.next_request()
        if isinstance(request, str):
            return request

        def added() -> None:
            if not (self.runs and self.runs[-1].request == request):
                self.runs.append(QueuedRun(request))

        return self._change(added)

    def move(self, at: int, by: int) -> str:
        """Move a run by so many places, as far as there are; return why it could not be kept so."""
        return self._change_one(at, lambda now: self.runs.insert(max(0, now + by), self.runs.pop(now)))

    def drop(self, at: int) -> str:
        """Take a run off the queue."""

        def dropped(now: int) -> None:
            del self.runs[now]

        return self._change_one(at, dropped)

    def empty(self) -> str:
        """Take every run off."""

        def emptied() -> None:
            self.runs = []

        return self._change(emptied)

    def hold(self, *, held: bool) -> str:
        """Begin no more runs, or go on with them."""
        self.held = held
        return self._change()

    def retry(self, at: int) -> str:
        """Have a run that could not be begun wait again as the others do."""
        return self._change_one(at, lambda now: self.runs.insert(now, QueuedRun(self.runs.pop(now).request)))

    def hear(self, event: Event) -> list[Said]:
        """Go on with the next run where one has ended; return what there is to say."""
        if not isinstance(event, Started | Finished | Failed | Stopped) or not (self.runs or self._begun):
            return []
        begun, said = self._begun, ""

        def ended() -> None:
            self._begun = None
            if isinstance(event, Failed) and begun is not None:
                self.runs.append(replace(begun, fault=event.message, begun=None))
            elif isinstance(event, Stopped) and begun is not None:
                self.runs.insert(0, replace(begun, begun=None))

        if isinstance(event, Stopped):
            self.held = self.held or not self._context.runs.busy
            said = "The queue holds: <training.queue> shows it" if self.held else ""
        said = self._change(ended) or said
        return [Said(said, passing=True)] if said else []

    def _change_one(self, at: int, change: Callable[[int], object]) -> str:
        """Change the run that is shown at a place, wherever it is by now; nothing where it is gone."""
        wanted = self.runs[at].id

        def change_it() -> None:
            now = next((i for i, run in enumerate(self.runs) if run.id == wanted), None)
            if now is not None:
                change(now)

        return self._change(change_it)

    def _change(self, change: Callable[[], object] = lambda: None) -> str:
        """Change what waits, begin what can begin, and keep the rest; return why it could not be kept."""
        fault, before = "", self._begun
        with self._file.alone():
            self.look()
            change()
            self._claim()
            try:
                self._file.write([*([self._begun] if self._begun else []), *self.runs])
            except OSError as error:
                fault = f"The queue could not be kept ({error.strerror}); it lasts until you leave."
        self._unkept = bool(fault)
        if self._begun is not None and self._begun is not before:
            self._launcher.start(self._begun.request)
        return fault

    def _claim(self) -> None:
        """Take the first run that can begin, where nothing trains."""
        at = next((i for i, run in enumerate(self.runs) if not run.trouble), None)
        runs = self._context.runs
        if at is None or self.held or runs.busy or runs.closed:
            return
        self._begun = replace(self.runs.pop(at), begun=Sitting.ours())
