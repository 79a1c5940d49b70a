"""A playground over a trainer that a test speaks for, with a text, a next run and a writer that are the test's own."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from spoken_trainer import Clock, SpokenTrainer

from charplay.playground.playground import Playground
from charplay.playground.preferences import Preferences
from charplay.playground.recipe_draft import RecipeDraft
from charplay.playground.run_state import RunState
from charplay.protocol.events import Published
from charplay.runs.home import Home
from charplay.runs.store import RunStore


@dataclass
class ChosenText:
    """A text that is here, or is not."""

    chosen: Any = None
    encoding: str = ""
    trouble: str = ""
    download: Any = None
    can_fetch: bool = True
    cancelled: int = 0

    def choose(self, name: str, *, ready: bool = True) -> None:
        self.chosen = SimpleNamespace(name=name, title=name.capitalize(), ready=ready)

    def fetch(self, *, to_train: bool = False) -> bool:
        if self.can_fetch and to_train:
            self.download = SimpleNamespace(entry=self.chosen)
        return self.can_fetch

    def cancel(self) -> None:
        self.cancelled += 1
        self.download = None

    def advance(self, now: float) -> list[object]:
        return []

    def use_cleaning(self, cleaning: object, limit: object) -> None:
        pass


@dataclass
class Follower:
    """Keeps what it was told, in place of a writer."""

    following: bool = False
    blocked_reason: str = ""
    wants: bool = False
    fault: Exception | None = None
    told: list[str] = field(default_factory=list)

    def follow(self, *, promised: bool = False) -> None:
        self.following = True
        self.told.append("follow, promised" if promised else "follow")

    def end(self, state: RunState) -> None:
        self.told.append(f"end {state.run}".rstrip())

    def play(self, path: Path, title: str) -> float | None:
        if self.fault:
            raise self.fault
        self.following = False
        self.told.append(f"play {title}")
        return 1.5

    def take(self, event: Published, state: RunState) -> None:
        if self.fault:
            raise self.fault
        self.told.append(f"take {event.step}")

    def wants_weights(self) -> bool:
        return self.wants


class Sitting:
    """The playground and all that a test holds in its hands of it."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.trainer = SpokenTrainer()
        self.clock = Clock()
        self.text = ChosenText()
        self.text.choose("fox")
        self.draft = RecipeDraft(home.presets, corpus="fox", characters=5000, vocabulary="\n abc")
        self.follower = Follower()
        self.playground = Playground(
            home, self.trainer, open_library=lambda: None, open_store=lambda: RunStore(home),  # type: ignore[arg-type,return-value]
            preferences=Preferences(), clock=self.clock,
        )  # fmt: skip
        self.playground.corpora = self.text  # type: ignore[assignment]
        self.playground.next_run.draft = self.draft
        self.playground.follower = self.follower  # type: ignore[assignment]

    def hear(self, *events: Any) -> list[object]:
        """Have the trainer tell events; what happened then, but for the events themselves."""
        self.trainer.tell(*events)
        return [each for each in self.playground.advance(self.clock.now) if each not in events]
