"""The queue of runs: the next one begins when the one before has ended; what waits outlives the sitting."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from charplay.errors import CharplayError
from charplay.formatting.units import plural
from charplay.fs.atomic import replace_bytes
from charplay.fs.paths import new_path
from charplay.playground.happenings import Said
from charplay.protocol.events import Event, Failed, Finished, Started, Stopped

if TYPE_CHECKING:
    from charplay.playground.run_context import RunContext
    from charplay.playground.run_launcher import RunLauncher
    from charplay.protocol.request import TrainRequest


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run that waits."""

    request: "TrainRequest"
    fault: str = ""
    """Why it could not be begun; it waits until a person begins it."""

    @property
    def title(self) -> str:
        """Its network, its text and its budget in a few words: "lstm 1x128 on fox, 3 minutes, seed 1".

        A ? stands for what the start chooses.
        """
        from charplay.playground.budget_syntax import budget_of
        from charplay.recipes.recipe import Recipe
        from charplay.recipes.specs import format_value

        recipe = Recipe.model_validate(self.request.recipe)
        unit, amount = budget_of(recipe)
        budget = f"{format_value(amount)} {unit.removesuffix('s') if amount == 1 else unit}"
        shape = f" {recipe.num_layers}x{recipe.hidden_size}".replace("auto", "?").replace(" ?x?", "")
        return f"{recipe.cell}{shape} on {recipe.corpus}, {budget}, seed {recipe.seed}"


class RunQueue:
    """Runs in the order in which they are to begin. Every change is on the disk when its method returns.

    It holds after a stop, and at the start of a sitting that finds runs in it, until a person lets it go on.
    """

    def __init__(self, context: "RunContext", launcher: "RunLauncher") -> None:
        self._context, self._launcher = context, launcher
        self._begun: QueuedRun | None = None
        """The one that was started and has no folder yet."""
        self.runs: list[QueuedRun] = []
        self.held = False

    def load(self) -> Said | None:
        """Read what an earlier sitting left, and hold it; return what there is to say."""
        try:
            found = json.loads(self._context.home.queue.read_bytes())
            self.runs = [_decode(each, str(self._context.home.root)) for each in found["runs"]]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, CharplayError):
            return self._put_aside()
        self.held = bool(self.runs)
        if not self.held:
            return None
        wait = "waits" if len(self.runs) == 1 else "wait"
        return Said(f"{plural(len(self.runs), 'run')} {wait} in the queue, which holds: Q shows it", passing=True)

    def _put_aside(self) -> Said:
        """Rename a file that cannot be read, which the next change would write over."""
        path = self._context.home.queue
        aside = new_path(path.parent, "queue", ".unreadable.json")
        with suppress(OSError):
            path.replace(aside)
        return Said(f"The queue of runs could not be read; its file is kept as {aside.name}.", warning=True)

    def add(self) -> str:
        """Queue the next run as it is in the form; return why that cannot be. Where nothing trains, it begins.

        The one that was queued last is not queued twice.
        """
        request = self._launcher.next_request()
        if isinstance(request, str):
            return request
        if not (self.runs and self.runs[-1].request == request):
            self.runs.append(QueuedRun(request))
        return self._changed()

    def move(self, at: int, by: int) -> str:
        """Move a run by so many places, as far as there are; return why it could not be kept so."""
        self.runs.insert(max(0, at + by), self.runs.pop(at))
        return self._changed()

    def drop(self, at: int) -> str:
        """Take a run off the queue."""
        del self.runs[at]
        return self._changed()

    def empty(self) -> str:
        """Take every run off."""
        self.runs.clear()
        return self._changed()

    def hold(self, *, held: bool) -> str:
        """Begin no more runs, or go on with them."""
        self.held = held
        return self._changed()

    def retry(self, at: int) -> str:
        """Have a run that could not be begun wait again as the others do."""
        self.runs[at] = QueuedRun(self.runs[at].request)
        return self._changed()

    def hear(self, event: Event) -> list[Said]:
        """Go on with the next run where one has ended; return what there is to say."""
        if not isinstance(event, Started | Finished | Failed | Stopped) or not (self.runs or self._begun):
            return []
        begun, self._begun = self._begun, None
        said = ""
        if isinstance(event, Failed) and begun is not None:
            self.runs.append(QueuedRun(begun.request, fault=event.message))
        elif isinstance(event, Stopped):
            self.runs[:0] = [begun] if begun is not None else []
            self.held = self.held or not self._context.runs.busy
            said = "The queue holds: Q shows it" if self.held else ""
        said = self._changed() or said
        return [Said(said, passing=True)] if said else []

    def _changed(self) -> str:
        """Begin what can begin, and keep the rest; return why it could not be kept."""
        self._begin()
        waiting = [*([self._begun] if self._begun else []), *self.runs]
        try:
            replace_bytes(self._context.home.queue, json.dumps({"runs": [*map(_encode, waiting)]}, indent=2).encode())
        except OSError as fault:
            return f"The queue could not be kept ({fault.strerror}); it lasts until you leave."
        return ""

    def _begin(self) -> None:
        """Start the first run that can be, where nothing trains."""
        at = next((i for i, run in enumerate(self.runs) if not run.fault), None)
        runs = self._context.runs
        if at is None or self.held or runs.busy or runs.closed:
            return
        self._begun = self.runs.pop(at)
        self._launcher.start(self._begun.request)


def _encode(run: QueuedRun) -> dict[str, object]:
    from charplay.protocol.codec import encode_request

    return {"request": encode_request(run.request), "fault": run.fault}


def _decode(found: Mapping[str, object], home: str) -> QueuedRun:
    """Return a run as it was kept, for this home, which may lie elsewhere now. ValueError for no usable recipe."""
    from charplay.protocol.codec import decode_request

    run = QueuedRun(replace(decode_request(found["request"]), home=home), str(found.get("fault", "")))
    assert run.title  # it checks the recipe
    return run
