"""What all controllers have in common, what they may ask of the screen, and the table of their commands."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from charplay.playground.key_references import name_keys
from charplay.tui.command import Command

if TYPE_CHECKING:
    from textual.screen import Screen

    from charplay.playground.arrangement import Sight
    from charplay.playground.playground import Playground

Answer = TypeVar("Answer")


class Ui(Protocol):
    """What a controller may ask of whatever shows the playground."""

    def note(self, sentence: str, *, warning: bool = False) -> None:
        """Say something for a while."""

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Say something until something else is said."""

    def open_dialog(self, dialog: "Screen[Answer]", then: "Callable[[Answer | None], object] | None" = None) -> None:
        """Open a dialog; `then` gets its answer, None where it was left without one."""

    def go_to(self, place: str) -> None:
        """Go to a pane, or to a row of one, which is opened where it was closed."""

    def selected(self, place: str) -> str:
        """Name what the cursor of a pane's list stands on; empty where there is nothing."""

    def sight(self) -> "Sight":
        """Return which pane is in use, how many cells are seen of each, and whether a dialog is over them."""

    def key(self, name: str) -> str:
        """Return the key of a command by its id, as people write it; the first one of several."""

    def shown(self, place: str) -> str:
        """Return what a pane shows as text, also the rows that one would scroll to."""

    def copy(self, text: str) -> None:
        """Put text on the clipboard."""

    def leave(self) -> None:
        """Leave charplay; what trains is saved first."""


class Controller:
    """The commands of one theme, each a method of the name that its id ends with.

    Built from the playground and a `Ui` alone, so that a test can run every command without an app.
    """

    commands: ClassVar[Sequence[Command]] = ()

    def __init__(self, playground: "Playground", ui: Ui) -> None:
        self.playground = playground
        self.ui = ui

    def disabled(self, command: Command) -> str:
        """Return the reason why a command cannot be used now, as a sentence; empty where it can."""
        return ""

    def label(self, command: Command) -> str:
        """Return what the line of keys calls a command just now."""
        return command.label

    def hear(self, happening: object) -> None:
        """Take note of what happened in the playground."""

    def _copy(self, text: str) -> None:
        self.ui.copy(text)
        self.ui.note(f"Copied {len(text):,} characters.")


class CommandTable:
    """The commands of several controllers by their ids."""

    def __init__(self, controllers: Iterable[Controller], ui: Ui) -> None:
        self.controllers = tuple(controllers)
        self._ui = ui
        self._found = {command.id: (each, command) for each in self.controllers for command in each.commands}

    def __iter__(self) -> Iterator[Command]:
        return (command for _, command in self._found.values())

    def __getitem__(self, name: str) -> Command:
        return self._found[name][1]

    def find(self, name: str) -> Command | None:
        """Return the command of an id; None where there is none."""
        return self._found[name][1] if name in self._found else None

    def disabled(self, name: str) -> str:
        """Return why a command cannot be used now; empty where it can."""
        controller, command = self._found[name]
        return controller.disabled(command)

    def reason(self, name: str) -> str:
        """Return the same as a person reads it, with their keys; the screen asks for that far less often."""
        return name_keys(self.disabled(name), self._ui.key)

    def label(self, name: str) -> str:
        """Return what a command is called just now."""
        controller, command = self._found[name]
        return controller.label(command)

    def run(self, name: str) -> None:
        """Carry a command out, or say why that cannot be now."""
        controller, command = self._found[name]
        if reason := self.reason(name):
            self._ui.note(reason, warning=True)
        else:
            getattr(controller, command.method)()

    def hear(self, happening: object) -> None:
        """Tell every controller what happened."""
        for controller in self.controllers:
            controller.hear(happening)
