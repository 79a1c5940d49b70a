"""Keys that a person has set: the key does it, the old one no more, and help, palette and line of keys say so."""

from pathlib import Path

import pytest
from played import Play
from textual.binding import Binding, BindingsMap

from charplay.playground.settings import read_settings
from charplay.runs.home import Home
from charplay.tui.keymap import command_ids, read_keymap, unknown_ids
from charplay.tui.screens.main import CONTROLLERS
from charplay.tui.textual_patches.keymap import patch_keymap


def test_a_table_of_keys_is_read_with_and_without_quotes(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('bell = true\n[keys]\nchart.write = "W"\n"runs.export" = "ctrl+e,x"\n')
    found, faults = read_settings(path)
    assert (found.keys, faults) == ({"chart.write": "W", "runs.export": "ctrl+e,x"}, ())


@pytest.mark.parametrize("line", ["keys = 1", "[keys]\nchart.write = 1", "keys = ['a']"])
def test_what_is_no_table_of_keys_is_one_sentence(tmp_path: Path, line: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(line)
    found, (fault,) = read_settings(path)
    assert not found.keys
    assert "keys is a table" in fault


@pytest.mark.parametrize(
    ("key", "taken"),
    [("W", "W"), ("?", "question_mark"), ("ctrl+e, x", "ctrl+e,x"), ("f5", "f5"), (",", "comma"), ("slash", "slash")],
)
def test_a_key_is_taken_as_people_write_it(key: str, taken: str) -> None:
    assert read_keymap({"chart.write": key}) == ({"chart.write": taken}, [])


@pytest.mark.parametrize(("key", "near"), [("entr", "enter"), ("ctl+e", "ctrl+e"), ("pagedwn", "pagedown"), ("", "")])
def test_a_wrong_key_is_one_sentence_with_the_nearest_right_one(key: str, near: str) -> None:
    taken, (fault,) = read_keymap({"chart.write": key})
    assert not taken
    assert "chart.write: there is no key" in fault
    assert near in fault


def test_a_wrong_id_is_one_sentence_with_the_nearest_right_one() -> None:
    assert unknown_ids({"chart.write": "W"}) == []
    (fault,) = unknown_ids({"chart.wright": "W"})
    assert fault == "there is no command 'chart.wright'; the nearest is chart.write."


def test_every_kind_of_command_has_an_id_that_can_be_rebound() -> None:
    known = set(command_ids())
    assert {command.id for each in CONTROLLERS for command in each.commands} < known
    assert {"app.leave", "app.keys", "explorer.search", "list.up", "choice.answer", "dialog.close"} < known


def test_a_map_moves_what_it_names_and_nothing_else() -> None:
    patch_keymap()
    one, other, third = Binding("e", "a", id="a"), Binding("e", "b", id="b"), Binding("x,up", "c", id="c")
    bindings = BindingsMap([one, other, third])
    bindings.apply_keymap({"a": "x,y", "c": "z"})
    found = {key: [each.id for each in all_] for key, all_ in bindings.key_to_bindings.items()}
    assert found == {"e": ["b"], "x": ["a"], "y": ["a"], "z": ["c"]}


async def test_a_set_key_does_it_and_everything_says_so(play: Play, home: Home) -> None:
    home.user_settings.write_text('[keys]\nruns.export = "X"\ntraining.train = "ctrl+t"\nruns.exprt = "y"\n')
    async with play((120, 40)) as it:
        await it.until(lambda: "there is no command 'runs.exprt'; the nearest is runs.export." in it.seen())
        await it.press("3")
        await it.until(lambda: it.seen().splitlines()[-1].startswith(" ^t train"))
        keys = {offer.id: offer.key for offer in it.app.offers(it.main)}
        assert (keys["runs.export"], keys["training.train"], keys["runs.play"]) == ("X", "^t", "⏎")
        assert {"runs.export"} == {each.binding.id for key, each in it.main.active_bindings.items() if key == "X"}
        await it.press("1")  # its old key means what it meant in another pane
        assert it.main.active_bindings["e"].binding.id == "corpora.encode"
        await it.press("t")
        assert not it.trainer.requests
        await it.press("question_mark")
        await it.until(lambda: "^t" in it.seen())
        await it.press("escape", "ctrl+t")
        await it.until(lambda: it.trainer.requests)
