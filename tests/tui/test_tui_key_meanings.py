"""The map of keys as a whole: no key twice in one place, and a letter means the same wherever it works."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from string import ascii_letters
from typing import Any

import pytest
from textual.screen import Screen

import charplay.tui
from charplay.tui.app_commands import APP_COMMANDS, SCREEN_COMMANDS
from charplay.tui.command import Command
from charplay.tui.dialogs.cleaning import CleaningDialog
from charplay.tui.dialogs.comparison import ComparisonScreen
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.keys import declared
from charplay.tui.keymap import command_ids
from charplay.tui.old_keys import OLD_KEYS, moved, told
from charplay.tui.screens.main import CONTROLLERS
from charplay.tui.widgets.cursor_text import CursorText
from charplay.tui.widgets.growing_text import GrowingText
from charplay.tui.widgets.row_list import RowList
from charplay.tui.widgets.slider import Slider
from charplay.tui.widgets.table_view import TableList
from charplay.tui.widgets.text_map import TextMapView
from charplay.tui.widgets.text_page import TextPage

MEANINGS: Mapping[str, Mapping[str, set[str]]] = {
    "a": {"begin anew, or again": {"runs.again", "writing.anew", "comparison.anew"}},
    "c": {
        "lay beside: compare": {
            "runs.overlay", "chart.differences", "playback.side_by_side", "branches.compare", "comparison.checkpoints",
            "score.others", "explorer.other",
        },
    },
    "d": {"take away": {"runs.delete", "chart.clear", "branches.forget", "queue.drop"}},
    "e": {
        "edit, or type": {
            "corpora.encode", "form.edit", "run_list.note", "training.values", "branches.type", "live.edit",
            "cleaning.arguments", "explorer.arguments", "comparison.temperatures", "score.typed",
        },
    },
    "f": {"follow": {"training.follow"}, "fold": {"explorer.case"}},
    "g": {"what was generated": {"branches.show_all", "score.generated"}},
    "h": {"to the left": {"form.less", "live.less", "samples.back", "chart.read_back", "map.left"}},
    "i": {
        "what is known of it": {
            "run_list.details", "form.network", "chart.worth", "analysis.score", "explorer.around",
        },
    },
    "j": {"down": {"list.down", "table.down", "page.down", "map.down"}},
    "k": {"up": {"list.up", "table.up", "page.up", "map.up"}},
    "l": {"to the right": {"form.more", "live.more", "samples.on", "chart.read_on", "map.right"}},
    "m": {
        "more of it, or less": {"form.all_fields", "writing.filters", "chart.recent"},
        "mark": {"explorer.mark"},
    },
    "o": {"open": {"corpora.open", "score.file"}, "the original of a copy": {"analysis.copied"}},
    "r": {"take up again": {"runs.resume"}, "at random": {"prompts.passage", "explorer.random"}},
    "s": {"step": {"training.step"}, "sort": {"explorer.sort"}},
    "u": {"take up": {"training.take_up"}, "unit": {"explorer.unit"}},
    "v": {
        "view a text": {"corpora.view", "run_list.samples", "chart.samples"},
        "how a text is viewed": {"analysis.tint", "explorer.tint"},
    },
    "w": {
        "write to a file": {
            "corpora.write", "form.keep", "runs.export", "chart.write", "writing.keep", "branches.export",
            "comparison.keep", "explorer.write", "dialog.write",
        },
    },
    "x": {"stop": {"training.stop", "score.stop"}, "cut": {"explorer.cut"}},
    "y": {
        "copy": {
            "corpora.copy", "form.copy", "run_list.copy", "chart.copy", "writing.copy", "comparison.copy",
            "explorer.copy", "dialog.copy",
        },
    },
    "z": {"take back": {"training.undo", "live.undo", "explorer.take_back"}},
    "G": {"gauges": {"panes.gauges"}, "guess": {"explorer.shannon"}},
    "H": {"hold": {"prompts.stop_texts"}, "held out": {"score.corpus"}},
    "P": {"prompt": {"writing.prompt", "explorer.prompt"}},
    "R": {"rename": {"run_list.rename", "branches.rename"}},
    "S": {"sort": {"run_list.sort", "explorer.reverse"}},
    "X": {"what runs across": {"chart.across"}, "stop a run": {"runs.stop"}},
    "T": {"take up a text": {"branches.take_up"}, "make a text": {"explorer.as_text"}},
}  # fmt: skip
"""What a letter does, each meaning with its commands. A letter that one command alone has needs no word."""
MOST_MEANINGS = 2

PANES: Mapping[str, type] = {
    "corpus": RowList,
    "form": RowList,
    "runs": RowList,
    "training": Slider,
    "text": CursorText,
}
"""What has the focus in each pane and has keys of its own."""
FOCUSED: Mapping[type, tuple[type, ...]] = {
    ExplorerScreen: (TextPage, TableList, TextMapView),
    ComparisonScreen: (GrowingText,),
    CleaningDialog: (TableList,),
}
"""What may have the focus in a dialog; else a list."""


def every_class() -> Iterator[type[Any]]:
    for found in pkgutil.walk_packages(charplay.tui.__path__, "charplay.tui."):
        for each in vars(importlib.import_module(found.name)).values():
            if isinstance(each, type) and each.__module__ == found.name:
                yield each


def commands_of(kind: type) -> list[Command]:
    """What a class and its bases declare, each once."""
    return list({each.id: each for each in declared(kind)}.values())


def every_command() -> dict[str, Command]:
    found = [each for kind in every_class() for each in commands_of(kind)]
    return {each.id: each for each in [*found, *SCREEN_COMMANDS, *APP_COMMANDS]}


def contexts() -> Iterator[tuple[str, list[Command]]]:
    """Every place in which keys work together, with all commands there."""
    commands = [command for kind in CONTROLLERS for command in kind.commands]
    everywhere = [*(each for each in commands if not each.place), *SCREEN_COMMANDS, *APP_COMMANDS]
    for pane, focused in PANES.items():
        yield pane, [*(each for each in commands if each.place == pane), *everywhere, *commands_of(focused)]
    for kind in every_class():
        if issubclass(kind, Screen) and commands_of(kind):
            for widget in FOCUSED.get(kind, (RowList,)):
                yield f"{kind.__name__} {widget.__name__}", [*commands_of(kind), *commands_of(widget), *APP_COMMANDS]


def twice(commands: Iterable[Command]) -> list[str]:
    """The keys that more than one command has; one that passes its key on gives way by itself."""
    found = Counter(key for each in commands if not each.passes for key in each.key.split(","))
    return [key for key, number in found.items() if number > 1]


def by_old_keys(commands: Iterable[Command]) -> list[Command]:
    return [replace(each, key=OLD_KEYS.get(each.id, each.key)) for each in commands]


def test_no_key_means_two_things_in_one_place() -> None:
    found = {place: twice(commands) for place, commands in contexts()}
    assert len(found) > 20
    assert {place: keys for place, keys in found.items() if keys} == {}


def test_the_old_map_is_whole_and_as_free_of_conflicts() -> None:
    assert set(OLD_KEYS) <= set(command_ids())
    assert [name for name, key in OLD_KEYS.items() if every_command()[name].key == key] == []
    found = {place: twice(by_old_keys(commands)) for place, commands in contexts()}
    assert {place: keys for place, keys in found.items() if keys} == {}


def test_a_key_that_is_there_twice_is_found() -> None:
    one, other = Command("x.one", "a,b", "", ""), Command("x.other", "b", "", "")
    assert twice([one, other]) == ["b"]
    assert twice([one, replace(other, passes=True)]) == []


def having(letter: str) -> set[str]:
    return {name for name, each in every_command().items() if letter in each.key.split(",")}


@pytest.mark.parametrize("letter", ascii_letters)
def test_a_letter_means_the_same_wherever_it_works(letter: str) -> None:
    meanings = MEANINGS.get(letter, {})
    assert len(meanings) <= MOST_MEANINGS
    listed = [name for names in meanings.values() for name in names]
    assert sorted(listed) == sorted(having(letter)) or (not listed and len(having(letter)) <= 1)


@pytest.mark.parametrize("letter", "yw")
def test_every_pane_and_dialog_copies_and_writes(letter: str) -> None:
    places = {place: {key for each in commands for key in each.key.split(",")} for place, commands in contexts()}
    assert [place for place, keys in places.items() if letter not in keys] == []


@pytest.mark.parametrize("letter", "hjkl")
def test_the_letters_that_move_never_do_in_the_written_text(letter: str) -> None:
    written = [commands for place, commands in contexts() if place in {"text", "ComparisonScreen GrowingText"}]
    assert len(written) == 2
    assert [each.id for commands in written for each in commands if letter in each.key.split(",")] == []


def test_no_answer_of_a_question_lies_on_a_letter_that_moves_in_its_list() -> None:
    from charplay.tui.dialogs.choice import Choice

    assert Choice("", "keep it", key="n").key == "n"
    for letter in "hjkl":
        with pytest.raises(ValueError, match="moves"):
            Choice("", "", key=letter)


def test_what_has_only_got_a_further_key_has_not_moved() -> None:
    one = Command("list.up", "up,k", "up", "One up")
    other = Command("writing.anew", "a", "anew", "Begin a new text")
    third = Command("scroll.up", "up", "up", "A line up")
    assert [(command.id, old) for command, old in moved([one, other, third])] == [
        ("writing.anew", "n"),
        ("scroll.up", "↑ k"),
    ]
    assert [each.help for each in told([other])] == ["was n: Begin a new text"]
    assert told([replace(other, key="n")]) == []  # by the old map
