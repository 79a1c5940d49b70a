"""The keys of charplay 0.1, by the commands' ids: `keys = "0.1"` in the settings brings them back.

Only what has another key since stands here. The table of what moved, in the help and in docs/KEYS.md, is made of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from textual.keys import format_key

from charplay.tui.command import Command

OLD_KEYS: Mapping[str, str] = {
    "analysis.score": "h",
    "app.brightness": "b",
    "branches.cursor": "c",
    "branches.export": "e",
    "branches.rename": "r",
    "branches.type": "i",
    "chart.across": "a",
    "chart.clear": "c",
    "chart.differences": "d",
    "chart.logarithmic": "g",
    "chart.read_back": "less_than_sign",
    "chart.read_on": "greater_than_sign",
    "chart.recent": "r",
    "chart.samples": "e",
    "chart.upward": "v",
    "chart.whole": "h",
    "chart.worth": "n",
    "comparison.anew": "n",
    "comparison.checkpoints": "r",
    "explorer.around": "a",
    "explorer.other": "o",
    "explorer.prompt": "p",
    "explorer.tab_chars": "2,c",
    "form.edit": "enter",
    "form.keep": "k",
    "form.less": "left",
    "form.more": "right",
    "form.network": "n",
    "list.down": "down",
    "list.up": "up",
    "live.edit": "enter",
    "live.less": "left",
    "live.more": "right",
    "network.measure": "m",
    "playback.rides": "a",
    "playback.side_by_side": "l",
    "prompts.stop_texts": "d",
    "run_list.along": "l",
    "run_list.note": "n",
    "runs.export": "e",
    "runs.overlay": "o",
    "samples.back": "left",
    "samples.on": "right",
    "score.corpus": "c",
    "score.others": "a",
    "score.typed": "p",
    "scroll.down": "down,j",
    "scroll.up": "up,k",
    "table.down": "down",
    "table.up": "up",
    "training.values": "l",
    "writing.anew": "n",
    "writing.prompt": "e",
}
"""In Textual's names, as `Command.key`."""


def moved(commands: Iterable[Command]) -> Iterator[tuple[Command, str]]:
    """Yield the commands that have lost a key they had, each with its old keys as people write them.

    One that has only got a further key is none: hands find it where it was.
    """
    for command in commands:
        old = OLD_KEYS.get(command.id, command.key).split(",")
        if not set(old) <= set(command.key.split(",")):
            yield command, " ".join(map(format_key, old))


def told(commands: Iterable[Command]) -> list[Command]:
    """Return the commands that moved, each with a sentence that begins with its old key."""
    return [replace(command, help=f"was {old}: {command.help}") for command, old in moved(commands)]
