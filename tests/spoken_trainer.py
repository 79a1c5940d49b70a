"""A trainer that a test speaks for: no thread, no torch, no sleeping."""

from collections.abc import Iterable

from charplay.protocol.commands import Command, PublishWeights
from charplay.protocol.events import Event, Progress, Row, Started
from charplay.protocol.request import TrainRequest
from charplay.recipes.recipe import Recipe
from charplay.recipes.resolve import resolve

REQUEST = TrainRequest(home="/")


class SpokenTrainer:
    """A `TrainerClient` whose events are the test's, and whose commands are kept for looking at."""

    def __init__(self) -> None:
        self.alive = self.outlives = False
        self.requests: list[TrainRequest] = []
        self.commands: list[Command] = []
        self._events: list[Event] = []

    def start(self, request: TrainRequest) -> bool:
        if self.alive:
            return False
        self.alive = True
        self.requests.append(request)
        return True

    def send(self, command: Command) -> None:
        self.commands.append(command)

    def drain(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def tell(self, *events: Event) -> None:
        self._events += events

    @property
    def asked(self) -> list[Command]:
        """The commands, but for those that ask for weights."""
        return [command for command in self.commands if not isinstance(command, PublishWeights)]


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


RECIPE = resolve(Recipe.model_validate({"hidden_size": 12, "num_layers": 1, "steps": 3000}), 5000, 28).recipe


def started(*, step: int = 0, run: str = "r-1", folder: str = "/runs/r-1", **over: object) -> Started:
    values: dict[str, object] = {
        "recipe": RECIPE.model_dump(), "parameters": 1234, "corpus": "fox", "characters": 5000, "vocabulary_size": 28,
        "unigram_entropy": 2.75, "total_steps": 3000, "device": "cpu, 2 threads", **over,
    }  # fmt: skip
    return Started(step=step, run=run, folder=folder, **values)  # type: ignore[arg-type]


def row(step: int, **values: float) -> Row:
    return Row(step=step, epoch=step / 500, seconds=step / 20, **values)


def progress(step: int, rows: Iterable[Row] = ()) -> Progress:
    return Progress(step=step, seconds=step / 20, rows=tuple(rows) or (row(step, train_loss=2.0),), epoch=step / 500,
                    total_steps=3000, done=step / 3000, chars_per_second=41_000.0, seconds_left=9.0)  # fmt: skip
