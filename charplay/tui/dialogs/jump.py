"""A letter over every row, slider and pane in sight; the letter's key goes there."""

from collections.abc import Callable, Iterator
from functools import partial
from string import ascii_uppercase
from typing import Any, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.geometry import Offset
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from charplay.tui.textual_patches.safe_dismiss import dismiss_once
from charplay.tui.widgets.row_list import RowList

LETTERS = "asdfghjklqwertyuiopzxcvbnm" + ascii_uppercase
"""The row on which the fingers lie comes first."""


class Target(NamedTuple):
    """Something that can be gone to."""

    place: Offset
    """Where it stands on the screen."""
    go: Callable[[], object]


def targets_of(screen: Screen[Any]) -> Iterator[Target]:
    """Yield what takes the focus on a screen, of lists each row in sight."""
    for widget in screen.focus_chain:
        left, top = widget.content_region.offset
        if isinstance(widget, RowList):
            for line, row in enumerate(widget.rows_in_sight()):
                if widget.stands(row):
                    yield Target(Offset(left, top + line), partial(widget.go_to, row))
        elif widget.content_region:
            yield Target(Offset(left, top), partial(screen.set_focus, widget))


def lettered(targets: Iterator[Target]) -> dict[str, Target]:
    """Give each target a letter, from the top down; those beyond the last letter get none."""
    return dict(zip(LETTERS, sorted(targets, key=lambda target: (target.place.y, target.place.x)), strict=False))


class JumpScreen(ModalScreen[Target]):
    """Shows the letters over the screen beneath; any other key leaves."""

    covers_text = False
    DEFAULT_CSS = """
    JumpScreen {
        background: transparent;
        & > .letter {
            position: absolute;
            width: 2;
            background: $accent;
            color: $background;
            text-style: bold;
            &:ansi { background: ansi_default; color: ansi_default; text-style: bold reverse; }
        }
    }
    """

    def __init__(self, targets: dict[str, Target]) -> None:
        super().__init__()
        self._targets = targets

    def compose(self) -> ComposeResult:
        """A letter at each place."""
        for letter, target in self._targets.items():
            shown = Static(f" {letter}", classes="letter", markup=False)
            shown.styles.offset = target.place - (1, 0)  # over the edge, so that names stay whole
            yield shown

    def on_key(self, event: events.Key) -> None:
        """Leave, with the target where the key is its letter."""
        event.stop()
        event.prevent_default()
        dismiss_once(self, self.dismiss, self._targets.get(event.character or ""))
