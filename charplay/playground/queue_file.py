"""The file of the queue, which every sitting of a home reads and changes."""

import json
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from charplay.errors import CharplayError
from charplay.fs.atomic import replace_bytes
from charplay.fs.locked import locked

if TYPE_CHECKING:
    from charplay.protocol.request import TrainRequest


@dataclass(frozen=True, slots=True)
class Sitting:
    """A process that has begun a run of the queue."""

    pid: int
    host: str

    @classmethod
    def ours(cls) -> "Sitting":
        """Return that of this process."""
        return cls(os.getpid(), socket.gethostname())

    @property
    def over(self) -> bool:
        """Whether the process is known to be gone; of one on another machine nothing is known."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:  # another user's process has its number by now
            return True
        return False


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run that waits."""

    request: "TrainRequest"
    fault: str = ""
    """Why it could not be begun; it waits until a person begins it."""
    begun: Sitting | None = None
    """Whoever has begun it, until it has a folder."""
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    """By which every sitting knows it."""

    @property
    def trouble(self) -> str:
        """Why it does not begin by itself; empty where it does."""
        begun = self.begun
        return self.fault or (f"being begun by process {begun.pid} on {begun.host}" if begun is not None else "")

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


class QueueFileError(CharplayError):
    """The file cannot be read as a queue."""


@dataclass(frozen=True, slots=True)
class QueueFile:
    """Keeps the queue of a home at `path`."""

    path: Path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep the other sittings from changing it meanwhile. Where the home takes no lock they are not noticed."""
        with ExitStack() as held:
            with suppress(OSError):
                held.enter_context(locked(self.path.with_suffix(".lock")))
            yield

    def read(self) -> list[QueuedRun]:
        """Return the runs in their order; none where there is no file. OSError, QueueFileError.

        What a process had begun that is gone waits again.
        """
        try:
            found = json.loads(self.path.read_bytes())
            return [_decode(each, str(self.path.parent), str(at)) for at, each in enumerate(found["runs"])]
        except FileNotFoundError:
            return []
        except (ValueError, KeyError, TypeError, CharplayError) as fault:
            raise QueueFileError(f"{self.path} is no queue of runs: {fault}") from None

    def write(self, runs: list[QueuedRun]) -> None:
        """Write the runs. OSError: the file before stays."""
        replace_bytes(self.path, json.dumps({"runs": [*map(_encode, runs)]}, indent=2).encode())


def _encode(run: QueuedRun) -> dict[str, object]:
    from charplay.protocol.codec import encode_request

    begun = {"pid": run.begun.pid, "host": run.begun.host} if run.begun is not None else None
    return {"id": run.id, "request": encode_request(run.request), "fault": run.fault, "begun": begun}


def _decode(found: Mapping[str, object], home: str, place: str) -> QueuedRun:
    """Return a run as it was kept, for this home, which may lie elsewhere now. ValueError for no usable recipe.

    One that was kept before runs had ids is known by its place.
    """
    from charplay.protocol.codec import decode_request

    request = replace(decode_request(found["request"]), home=home)
    fault, known = str(found.get("fault", "")), str(found.get("id", place))
    run = QueuedRun(request, fault, _begun(found.get("begun")), known)
    assert run.title  # it checks the recipe
    return run


def _begun(found: object) -> Sitting | None:
    with suppress(KeyError, ValueError, TypeError):
        if isinstance(found, Mapping):
            sitting = Sitting(int(found["pid"]), str(found["host"]))
            return None if sitting.over else sitting
    return None
