"""Commands: what a person can do, each declared once with its key, its name and its sentence.

The key bindings, the line of keys, the command palette, the help and the tests are all made from these declarations.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a person can do."""

    id: str
    """"training.pause": the file of a controller, and its method that does it."""
    key: str
    """In Textual's names; several with commas between them."""
    label: str
    """A word or two for the line of keys and the palette."""
    help: str
    """A sentence for the help."""
    place: str = ""
    """The id of the pane in which the key works; empty: everywhere on the main screen."""
    footer: bool = False
    """Whether the line of keys shows it."""
    hides: bool = False
    """Whether the line of keys leaves it out while it cannot be used."""
    first: bool = False
    """Whether its key works inside text fields, too."""
    passes: bool = False
    """Whether its key is left to whoever comes next while the command cannot be used; else the reason is said."""
    action: str = ""
    """The Textual action of the widget that has the key; empty where a controller carries the command out."""

    @property
    def method(self) -> str:
        """The name of the controller's method."""
        return self.id.rpartition(".")[2]

    @property
    def binding(self) -> Binding:
        """The binding for Textual, under the command's id, so that a key map may change its key."""
        action = self.action or f"run_command('{self.id}')"
        return Binding(
            self.key, action, self.label, show=self.footer, tooltip=self.help, priority=self.first, id=self.id
        )


Bindings = list[Binding | tuple[str, str] | tuple[str, str, str]]
"""What Textual takes as a class's BINDINGS."""


def bindings(commands: Iterable[Command]) -> Bindings:
    """Make a class's BINDINGS of commands."""
    return [command.binding for command in commands]
