"""Where the keys of the main screen's commands stand in the line of keys."""

from collections.abc import Iterable, Mapping

from charplay.tui.command import Command

FIRST = ("training.train", "training.pause", "training.step", "training.stop", "branches.pick")
"""The commands at the left-hand end: the journey's, and what a cursor on the text is brought out for."""
LAST = ("branches.put_away", "panes.restore", "app.keys", "training.leave")
"""Those at the right-hand end, which are always shown: the help, and the ways out."""


def ranks(commands: Iterable[Command]) -> Mapping[str, int]:
    """Return where the keys of commands stand, by their ids.

    The first ones come first, then the panes' own, then what works everywhere, each as they are declared; below zero
    are the last ones, as in an index from the end.
    """
    own_before_everywhere = sorted(commands, key=lambda command: not command.place)
    left = dict.fromkeys([*FIRST, *(command.id for command in own_before_everywhere)])
    right = {name: at - len(LAST) for at, name in enumerate(LAST)}
    return {name: at for at, name in enumerate(left)} | right
