"""Keys that a person has set: the key does it, the old one no more, and help, palette and line of keys say so."""

from pathlib import Path

import pytest
from played import Play
from textual.binding import Binding, BindingsMap

from charplay.playground.settings import Settings, read_settings
from charplay.runs.home import Home
from charplay.tui.keymap import command_ids, keymap_of, read_keymap, unknown_ids
from charplay.tui.screens.main import CONTROLLERS
from charplay.tui.textual_patches.keymap import patch_keymap


def test_a_table_of_keys_is_read_with_and_without_quotes(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('bell = true\n[keys]\nchart.write = "W"\n"runs.export" = "ctrl+e,x"\n')
    found, faults = read_settings(path)
    assert (found.keys, faults) == ({"chart.write": "W", "runs.export": "ctrl+e,x"}, ())


@pytest.mark.parametrize("lines", ['keys = "0.1"', '[keys]\nmap = "0.1"\n'])
def test_the_old_map_is_asked_for_alone_or_beside_keys_of_ones_own(tmp_path: Path, lines: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(lines)
    found, faults = read_settings(path)
    assert (found.keys, found.key_map, faults) == ({}, "0.1", ())


@pytest.mark.parametrize("lines", ['keys = "0.3"', '[keys]\nmap = "0.3"\n'])
def test_a_map_that_there_is_not_is_one_sentence(tmp_path: Path, lines: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(lines)
    found, (fault,) = read_settings(path)
    assert (found.keys, found.key_map) == ({}, "")
    assert '"0.1", for the keys of charplay 0.1' in fault


def test_keys_of_ones_own_win_over_the_old_map() -> None:
    found, faults = keymap_of(Settings(keys={"writing.anew": "N", "chart.unit": "c"}, key_map="0.1"))
    assert faults == []
    assert (found["writing.anew"], found["chart.unit"], found["branches.cursor"]) == ("N", "c", "c")
    assert keymap_of(Settings()) == ({}, [])
    patch_keymap()
    bindings = BindingsMap([Binding("b", "x", id="branches.cursor"), Binding("U", "y", id="chart.unit")])
    bindings.apply_keymap(found)
    assert [each.id for each in bindings.key_to_bindings["c"]] == ["chart.unit", "branches.cursor"]


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
    home.user_settings.write_text('[keys]\nruns.export = "Z"\ntraining.train = "ctrl+t"\nruns.exprt = "y"\n')
    async with play((120, 40)) as it:
        await it.until(lambda: "there is no command 'runs.exprt'; the nearest is runs.export." in it.seen())
        await it.press("3")
        await it.until(lambda: it.seen().splitlines()[-1].startswith(" ^t train"))
        keys = {offer.id: offer.key for offer in it.app.offers(it.main)}
        assert (keys["runs.export"], keys["training.train"], keys["runs.play"]) == ("Z", "^t", "⏎")
        assert {"runs.export"} == {each.binding.id for key, each in it.main.active_bindings.items() if key == "Z"}
        await it.press("1")  # its old key means what it meant in another pane
        assert it.main.active_bindings["e"].binding.id == "corpora.encode"
        await it.press("t")
        assert not it.trainer.requests
        await it.press("question_mark")
        await it.until(lambda: "^t" in it.seen())
        await it.press("escape", "ctrl+t")
        await it.until(lambda: it.trainer.requests)


async def test_the_old_map_works_and_every_sentence_names_its_keys(play: Play, home: Home) -> None:
    home.user_settings.write_text('[keys]\nmap = "0.1"\nplayback.rides = "J"\n')
    async with play((120, 40)) as it:
        await it.press("5")
        await it.until(lambda: "c rewind  i type  g branches" in it.seen().splitlines()[-1])
        await it.press("3", "l")  # neither the new key nor a letter that moves
        await it.until(lambda: "a single checkpoint" in it.seen())
        await it.press("4", "c")
        await it.until(lambda: "3 and o lay one there" in it.seen())
        keys = {offer.id: offer.key for offer in it.app.offers(it.main)}
        assert (keys["playback.rides"], keys["form.keep"]) == ("J", "k")
        await it.press("question_mark")
        titles = [title for title, _ in it.screen._sections]
        moved = dict(it.screen._sections)["Other keys than in charplay 0.1"]
        assert titles[-1] == "Other keys than in charplay 0.1"
        assert [each.id for each in moved] == ["playback.rides"]


async def test_the_help_ends_with_what_has_moved(play: Play) -> None:
    async with play((120, 40)) as it:
        await it.press("question_mark", "end")
        await it.until(lambda: "was a: Replay this text's ride" in it.seen() or "was b: Change between" in it.seen())
        moved = dict(it.screen._sections)["Other keys than in charplay 0.1"]
        assert {"branches.cursor", "chart.whole", "app.brightness"} <= {each.id for each in moved}
        assert "list.up" not in {each.id for each in moved}
