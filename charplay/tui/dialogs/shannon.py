"""Shannon's game over the explorer: what is typed is a guess at the next character."""

from typing import TYPE_CHECKING

from rich.cells import chop_cells
from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.presentation.shannon_table import shannon_rows, standing
from charplay.tui.textual_patches.backpressure import Ticker

if TYPE_CHECKING:
    from charplay.playground.shannon.game import ShannonGame

LOOK_SECONDS = 0.1
"""Between two looks whether the text is counted."""
LINES = 6
"""Of the text before the character to be guessed."""
SHOWN = 8
"""Found characters that are listed."""


class ShannonDialog(Dialog[None]):
    """Draws a game; every character that is typed is a guess."""

    commands = (
        Command("shannon.line_end", "enter", "line end", "Guess a line end; after a round, the next one", footer=True,
                action="line_end"),
        Command("shannon.give_up", "tab", "see it", "See the character; it counts as given up", footer=True,
                action="give_up"),
    )  # fmt: skip
    BINDINGS = bindings(commands)
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    ShannonDialog {
        & #known { height: 6; margin-bottom: 1; }
        & #tried { height: 1; color: $accent; }
        & #turns { height: auto; color: $foreground-muted; }
        & #standing { height: auto; margin-top: 1; }
    }
    """

    def __init__(self, game: "ShannonGame") -> None:
        super().__init__()
        self._game = game
        self._known = Static("The 5-gram counts the text ...", id="known", markup=False)
        self._tried = Static("", id="tried", markup=False)
        self._turns = Static("", id="turns", markup=False)
        self._standing = Static("", id="standing", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the text, the wrong guesses, who found what, and how good everybody is."""
        with self.box(f"Guess   {self._game.source}", "type a guess   enter line end   tab see it   esc leave"):
            yield self._known
            yield self._tried
            yield self._turns
            yield self._standing

    def on_mount(self) -> None:
        """Wait for the first round."""
        self._ticker = Ticker(self, LOOK_SECONDS, 1, self._tick)

    def on_unmount(self) -> None:
        """Keep what was played."""
        self._game.close()

    def _tick(self, _ticks: int) -> None:
        if self._game.advance():
            self._show()
        elif self._game.fault:
            self._known.update(sanitize(self._game.fault, " "))

    @on(events.Key)
    def _type(self, event: events.Key) -> None:
        character = event.character
        if character is not None and character.isprintable() and event.key != "enter":
            event.stop()
            event.prevent_default()
            self._guess(character)

    def _guess(self, character: str) -> None:
        if self._game.round is not None:
            self._show(self._game.round.guess(character))

    def action_line_end(self) -> None:
        """Guess a line end, or begin the next round."""
        if self._game.round is not None and self._game.round.done:
            self._show(self._game.go_on())
        else:
            self._guess("\n")

    def action_give_up(self) -> None:
        """See the character."""
        if self._game.round is not None:
            self._game.round.give_up()
            self._show()

    def _show(self, said: str = "") -> None:
        played = self._game.round
        if played is None:
            return
        self._known.update("\n".join(self._newest_lines(played.known + ("" if played.done else "▌"))))
        over = "The round is over: enter goes on, esc leaves." if played.done else ""
        wrong = f"not {'  '.join(sanitize(one) if one != ' ' else '␣' for one in played.tried)}" if played.tried else ""
        self._tried.update(said or over or wrong)
        self._turns.update("\n".join(shannon_rows(played, SHOWN)))
        self._standing.update(standing(played, self._game.guesses()))

    def _newest_lines(self, known: str) -> list[str]:
        """Return the end of the text, cut into lines that fit."""
        width = max(20, self._known.size.width)
        lines = sanitize(known, "↵\n").split("\n")
        return [row for line in lines for row in chop_cells(line, width)][-LINES:]
