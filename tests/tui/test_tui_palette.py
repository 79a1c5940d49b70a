"""The palette: it lists every command, finds it by what people call it, goes to its pane, says why it is of no use."""

import pytest
from played import Play

from charplay.tui.app_commands import APP_COMMANDS, SCREEN_COMMANDS
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.file_picker import FilePicker
from charplay.tui.presentation.command_search import Offer
from charplay.tui.presentation.synonyms import SYNONYMS
from charplay.tui.screens.main import CONTROLLERS

COMMANDS = [command for each in CONTROLLERS for command in each.commands]


def found(word: str, offers: list[Offer]) -> list[str]:
    """The ids of what a search finds, the best first."""
    ranked = sorted(((offer.relevance(word), offer) for offer in offers), key=lambda each: -each[0])
    return [offer.id for score, offer in ranked if score > 0]


def offers() -> list[Offer]:
    return [Offer(each.id, each.label, each.help, each.key, lambda: None, each.place) for each in COMMANDS] + [
        Offer(each.id, each.label, each.help, each.key, lambda: None) for each in (*SCREEN_COMMANDS, *APP_COMMANDS)
    ]


def test_a_synonym_is_of_a_command_that_there_is() -> None:
    assert not SYNONYMS.keys() - {offer.id for offer in offers()}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("save", {"training.save", "writing.keep", "chart.write"}),
        ("sample", {"chart.samples", "run_list.samples", "writing.write"}),
        ("character", {"corpora.view", "branches.pick", "form.network"}),
        ("vocab", {"corpora.view", "form.network"}),
        ("export", {"runs.export", "writing.keep", "chart.write"}),
        ("network", {"form.network"}),
        ("stop", {"training.stop", "prompts.stop_texts"}),
        ("epoch", {"chart.across", "chart.samples", "run_list.samples"}),
        ("theme", {"app.brightness"}),
        ("glossary", {"app.words"}),
        ("learning rate", {"training.values"}),
        ("CHECKPOINT", {"runs.play", "runs.export"}),
        ("runs delete", {"runs.delete"}),
    ],
)
def test_what_people_call_a_command_finds_it(word: str, meant: set[str]) -> None:
    assert meant <= set(found(word, offers()))


def test_a_name_is_found_before_a_sentence_and_every_word_must_be_there() -> None:
    assert found("stop", offers())[0] == "training.stop"
    assert found("network", offers())[0] == "form.network"
    assert found("delete elephant", offers()) == []
    assert found("", offers()) == []


@pytest.mark.parametrize("pane", "12345")
async def test_every_command_of_every_pane_is_offered_from_each_of_them(play: Play, pane: str) -> None:
    async with play() as it:
        await it.press(pane)
        listed = [offer.id for offer in it.app.offers(it.main)]
        assert {each.id for each in (*COMMANDS, *SCREEN_COMMANDS, *APP_COMMANDS)} - {"app.palette"} <= set(listed)
        assert len(set(listed)) == len(listed)


async def test_what_cannot_be_used_now_says_why(play: Play) -> None:
    async with play((120, 60)) as it:
        reasons = {offer.id: offer.reason for offer in it.app.offers(it.main)}
        assert reasons["training.pause"]
        assert not reasons["training.train"]
        await it.press("ctrl+p", *"pause")
        await it.until(lambda: "Pause   p" in it.seen() and reasons["training.pause"] in it.seen())
        await it.press("escape", "escape")
        await it.training()
        assert not {offer.id: offer.reason for offer in it.app.offers(it.main)}["training.pause"]


async def test_a_command_of_another_pane_goes_there_first(play: Play) -> None:
    async with play((80, 24)) as it:
        await it.press("5", "ctrl+p", *"open a file")
        await it.until(lambda: "Open a file   o   Corpus" in it.seen())
        await it.press("enter")
        await it.until(lambda: isinstance(it.screen, FilePicker))
        assert it.main._is_within("corpus")


async def test_the_palette_shows_every_key_as_it_is(play: Play) -> None:
    async with play((120, 60)) as it:
        await it.press("1", "v")
        await it.until(lambda: isinstance(it.screen, ExplorerScreen))
        await it.press("ctrl+p")
        await it.until(lambda: "Go to   :" in it.seen())
        await it.press("escape", "escape", "ctrl+p", *"cooler")
        await it.until(lambda: "Cooler   [" in it.seen() and "Step" not in it.seen())


async def test_letters_of_a_name_find_it_where_no_word_begins_so(play: Play) -> None:
    async with play((120, 60)) as it:
        await it.press("ctrl+p", *"ovrly")
        await it.until(lambda: "Overlay   c   Runs" in it.seen())
