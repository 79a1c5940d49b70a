"""What a person answers is taken or refused in a sentence, and escape goes back one step."""

from typing import Any

import pytest
from played import Play, Played
from textual.app import App
from textual.widgets import Static

from charplay.playground.preferences import MOST_PLACES, Preferences
from charplay.runs.home import Home
from charplay.tui.dialogs.choice import ChoiceDialog
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.file_picker import FilePicker
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.widgets.line_entry import LineEntry


def noted(it: Played) -> list[str]:
    """What was noted over a dialog."""
    return [each.message for each in it.app._notifications]


class Asking(App[None]):
    """Asks for one text."""

    def __init__(self, **how: Any) -> None:
        super().__init__()
        self.dialog = TextInputDialog("A title", "A sentence.", **how)
        self.answers: list[str | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)

    @property
    def fault(self) -> str:
        return str(self.dialog.query_one(".fault", Static).content)


async def test_no_text_at_all_is_refused_in_a_sentence_where_one_is_needed() -> None:
    app = Asking()
    async with app.run_test(size=(60, 20)) as pilot:
        assert app.fault == ""
        await pilot.press("enter")
        assert app.fault == "Type something first; esc leaves."
        await pilot.press("x")
        assert app.fault == ""
        await pilot.press("enter")
        assert app.answers == ["x"]


async def test_no_text_at_all_is_an_answer_where_it_may_be_one() -> None:
    app = Asking(value="before", check=lambda _: "")
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("ctrl+u", "enter")
        assert app.answers == [""]


async def test_what_is_refused_says_why_when_it_is_entered() -> None:
    app = Asking(check=lambda text: "that will not do" if text != "good" else "")
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("enter")
        assert app.fault == "that will not do"
        await pilot.press(*"good", "enter")
        assert app.answers == ["good"]


async def test_hold_at_is_emptied(play: Play) -> None:
    async with play(writing=True) as it:
        await it.press("5", "H", ".", "enter")
        assert it.instrument.stops == "."
        await it.press("H", "ctrl+u", "enter")
        assert it.screen is it.main
        assert it.instrument.stops == ""
        assert "It holds at no text now." in it.seen()


async def test_hold_at_keeps_what_no_terminal_shows(play: Play) -> None:
    stops = ("\t", "e\u0301", "a|b", "\\n", "\n\n")
    async with play() as it:
        it.instrument.stop_at(stops)
        await it.press("5", "H", "enter")
        assert it.app.screen is it.main
        assert it.instrument._stops == stops


async def test_escape_goes_back_one_question(play: Play) -> None:
    async with play() as it:
        it.write(20)
        await it.press("5", "A", "o")
        await it.until(lambda: "Open a ride" in it.seen())
        await it.press("f")
        await it.until(lambda: "The file of a ride" in it.seen())
        await it.press("escape")
        await it.until(lambda: "a file elsewhere" in it.seen())
        await it.press("escape")
        await it.until(lambda: "replay this ride exactly" in it.seen())
        await it.press("c")
        await it.until(lambda: "Replay on" in it.seen())
        await it.press("escape")
        await it.until(lambda: "replay this ride exactly" in it.seen())
        await it.press("escape")
        assert it.app.screen is it.main


@pytest.mark.parametrize("field", ["limit", "clip_norm", "patience"])
async def test_a_field_that_may_have_no_value_is_emptied(play: Play, field: str) -> None:
    async with play() as it:
        await it.press("2", "m")
        draft = it.main.form.draft
        it.main.form._fields.cursor = it.main.form._fields.names.index(field)
        await it.press("enter", "ctrl+u", *"300", "enter")
        assert getattr(draft.asked, field) is not None
        await it.press("enter", "ctrl+u", "enter")
        assert getattr(draft.asked, field) is None
        assert draft.shown(field)[0] in {"none", ""}


async def test_an_answer_that_comes_when_the_screen_is_gone_is_taken_and_not_shown(play: Play) -> None:
    answers: list[str | None] = []
    async with play() as it:
        screen = it.main
    screen._answered(answers.append, "yes")
    assert answers == ["yes"]


async def test_a_branch_is_never_called_nothing(play: Play) -> None:
    async with play() as it:
        it.write(20)
        await it.press("5", "g", "R", "ctrl+u", "enter")
        await it.until(lambda: "a branch has a name" in it.seen())
        await it.press("escape", "escape")
        assert it.screen is it.main


async def test_a_folder_that_cannot_be_read_says_so(play: Play, monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    (home.corpora / "shut").mkdir()
    monkeypatch.chdir(home.corpora)
    async with play() as it:
        await it.press("1", "o")
        await it.until(lambda: isinstance(it.screen, FilePicker))
        (home.corpora / "shut").rmdir()
        await it.press("home", "down", "down", "enter")
        assert noted(it) == ["shut cannot be read: No such file or directory"]


# Escape, and the reader.


async def read(it: Any) -> ExplorerScreen:
    await it.press("1", "v")
    await it.until(lambda: isinstance(it.screen, ExplorerScreen) and "goes on to say" in it.seen())
    viewer: ExplorerScreen = it.screen
    return viewer


async def test_escape_in_the_readers_search_leaves_the_field_and_the_place(play: Play) -> None:
    async with play() as it:
        viewer = await read(it)
        await it.press("pagedown", "slash", *"lazy")
        place = viewer.page.place
        assert place > 0
        await it.press("escape")
        assert it.screen is viewer
        assert not viewer.query_one(LineEntry).display
        assert viewer.page.has_focus
        assert viewer.page.place == place
        await it.press("escape")
        assert it.app.screen is it.main


async def test_a_place_once_read_is_found_again(play: Play) -> None:
    async with play() as it:
        viewer = await read(it)
        await it.press("pagedown", "pagedown")
        place = viewer.page.place
        await it.press("escape", "v")
        await it.until(lambda: isinstance(it.screen, ExplorerScreen) and it.screen is not viewer)
        assert it.screen.page.place == place > 0
        await it.press("escape", "q")
        await it.until(lambda: it.app._exit)
    async with play() as it:  # at the next start, too
        assert (await read(it)).page.place == place


def test_places_are_remembered_within_bounds() -> None:
    kept = Preferences(places={"fox": "nonsense", "hare": -3})
    assert kept.place("fox") == kept.place("hare") == kept.place("none") == 0
    for number in range(MOST_PLACES + 5):
        kept.keep_place(f"text {number}", number)
        kept.keep_place("fox", 7)
    assert len(kept.places) == MOST_PLACES
    assert (kept.place("fox"), kept.place("text 0"), kept.place(f"text {MOST_PLACES + 4}")) == (7, 0, MOST_PLACES + 4)


async def test_a_search_for_nothing_or_in_vain_or_around_says_so(play: Play) -> None:
    async with play() as it:
        viewer = await read(it)
        await it.press("n")
        assert "Nothing is searched yet: / asks for what." in it.seen()
        await it.press("slash", *"zebra", "enter")
        await it.until(lambda: '"zebra" does not occur.' in it.seen())
        await it.press("slash", *"lazy", "enter")
        await it.until(lambda: "1 of 70 hits" in it.seen())
        viewer.explorer.read_from(5385)
        await it.press("n")
        assert '"lazy" does not occur after this; from the beginning.' in it.seen()


async def test_a_preset_without_a_name_is_refused_in_a_sentence(play: Play) -> None:
    async with play() as it:
        await it.press("2", "w", "enter")
        await it.until(lambda: "cannot name a preset" in it.seen())
        await it.press("escape")
        assert not isinstance(it.screen, ChoiceDialog)
        assert it.screen is it.main


# What is said above the keys.


async def test_what_is_typed_is_answered_though_a_note_stands(play: Play) -> None:
    async with play() as it:
        await it.press("5")
        it.main.note("Left out, unknown to the network: T")
        await it.press("e", *"Z9")
        await it.until(lambda: "unknown to the network: 9" in it.seen() and "enter writes it" in it.seen())
        assert "Left out" not in it.seen()
        it.main.note("Something newer")
        await it.pilot.pause()
        assert "Something newer" in it.seen()
        await it.press("8")
        await it.until(lambda: "network: 9 8" in it.seen())
        await it.press("escape")


async def test_a_note_stands_while_what_a_pane_says_by_itself_goes_on(play: Play) -> None:
    async with play() as it:
        it.instrument.playing = True
        it.main.advance()
        it.main.note("Copied 300 characters.")
        await it.press("space")
        assert not it.instrument.playing
        assert "Copied 300 characters." in it.seen()
