"""What a person can do on the main screen, place by place: the sections of the help, and what the palette offers."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from textual.binding import Binding

from charplay.tui.app_commands import APP_COMMANDS, SCREEN_COMMANDS
from charplay.tui.command import Command
from charplay.tui.controllers.base import CommandTable
from charplay.tui.widgets.row_list import RowList
from charplay.tui.widgets.slider import Slider

if TYPE_CHECKING:
    from charplay.tui.presentation.command_search import Offer

TITLES = {"corpus": "Corpus", "form": "Next run", "runs": "Runs", "training": "Loss", "text": "Text", "writing": "Text"}
"""What the places of commands are called."""
WITHIN = {"writing": "text"}
"""Places inside a pane, and that pane."""


class CommandGuide:
    """Tells what can be done where, what is in use first."""

    def __init__(self, commands: CommandTable, is_within: Callable[[str], bool]) -> None:
        """`is_within`: whether the focus is in a place."""
        self._commands = commands
        self._is_within = is_within

    def sections(self) -> list[tuple[str, Sequence[Command]]]:
        """Return every command under the name of its place, for the help."""
        from charplay.tui.widgets.cursor_text import CursorText
        from charplay.tui.widgets.growing_text import GrowingText

        places: list[tuple[str, str, Sequence[Command]]] = [
            ("", "Everywhere", [*self._at(""), *SCREEN_COMMANDS, *APP_COMMANDS]),
            *((place, TITLES[place], self._at(place)) for place in ("corpus", "form", "runs", "training", "text")),
            ("text", "Text, with the cursor out", [*self._at("writing"), *CursorText.commands]),
            ("text", "In the written text", GrowingText.commands),
            ("", "In every list", RowList.commands),
            ("", "On every slider", Slider.commands),
        ]
        return [(title, found) for _, title, found in sorted(places, key=lambda each: not self._in_use(each[0]))]

    def offers(
        self, rebind: Callable[[Command], Command], display: Callable[[Binding], str], run: Callable[[Command], object]
    ) -> "Iterator[Offer]":
        """Return every controller's command for the palette.

        `rebind` gives it the key that a person has set, `display` writes a key, `run` carries a command out.
        """
        from charplay.tui.presentation.command_search import Offer

        def offer(command: Command) -> Offer:
            name, key = command.id, display(Binding(rebind(command).key.partition(",")[0], ""))
            title, reason = TITLES.get(command.place, ""), self._commands.reason(name)
            return Offer(name, self._commands.label(name), command.help, key, lambda: run(command), title, reason)

        return map(offer, sorted(self._commands, key=lambda each: not self._in_use(each.place)))

    def _in_use(self, place: str) -> bool:
        return bool(place) and self._is_within(WITHIN.get(place, place))

    def _at(self, place: str) -> list[Command]:
        return [command for command in self._commands if command.place == place]
