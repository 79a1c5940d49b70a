"""A playground over a trainer that a test speaks for, and a `Ui` that keeps what it was asked."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sitting import Sitting, fox_home
from textual.keys import format_key

from charplay.playground.arrangement import Sight
from charplay.tui.controllers.base import CommandTable, Controller
from charplay.tui.screens.main import CONTROLLERS


class RecordingUi:
    """What a controller asked of the screen, in order."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bool]] = []
        self.noted: list[tuple[str, bool]] = []
        self.dialogs: list[tuple[Any, Callable[[Any], object]]] = []
        self.cursors: dict[str, str] = {}
        self.places: list[str] = []
        self.copied: list[str] = []
        self.left = 0
        self.under_a_dialog = False
        self.seen = Sight("text", {"choose": 48, "watch": 72, "form": 14, "runs": 11, "training": 14, "text": 22})

    def note(self, sentence: str, *, warning: bool = False) -> None:
        self.noted.append((sentence, warning))

    def say(self, sentence: str, *, warning: bool = False) -> None:
        self.said.append((sentence, warning))

    def open_dialog(self, dialog: Any, then: Callable[[Any], object] | None = None) -> None:
        self.dialogs.append((dialog, then or (lambda _: None)))

    def go_to(self, place: str) -> None:
        self.places.append(place)

    def selected(self, place: str) -> str:
        return self.cursors.get(place, "")

    def sight(self) -> Sight:
        return replace(self.seen, covered=self.under_a_dialog)

    def key(self, name: str) -> str:
        return format_key(next(each.key for kind in CONTROLLERS for each in kind.commands if each.id == name))

    def shown(self, place: str) -> str:
        return f"what {place} shows"

    def copy(self, text: str) -> None:
        self.copied.append(text)

    def leave(self) -> None:
        self.left += 1

    def answer(self, answer: Any, kind: type = object) -> Any:
        """Answer the dialog that was opened last, which is returned."""
        dialog, then = self.dialogs.pop()
        assert isinstance(dialog, kind)
        then(answer)
        return dialog


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    """The fox is chosen; nothing writes yet."""
    return Sitting(fox_home(tmp_path / "home")).begin_writing().begin()


@pytest.fixture
def ui() -> RecordingUi:
    return RecordingUi()


@pytest.fixture
def table(sitting: Sitting, ui: RecordingUi) -> Callable[[type[Controller]], CommandTable]:
    """Makes a table of one controller's commands."""
    return lambda kind: CommandTable([kind(sitting.playground, ui)], ui)
