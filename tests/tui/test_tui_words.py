"""One key explains the words where the focus is: in a pane, while a row is typed, and in a dialog."""

from typing import Any

import pytest
from played import Play

from charplay.tui.dialogs.reader import ReaderDialog


async def explained(it: Any) -> list[str]:
    """Press the key, and return the first words that are explained."""
    await it.press("f1")
    assert isinstance(it.screen, ReaderDialog)
    heads = [text for line in it.screen._lines for text, tone in line if tone == "accent"]
    await it.press("f1")  # explains itself no further
    await it.press("escape")
    assert not it.screen.has_class("words")
    return heads


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_key_explains_what_has_the_focus(play: Play, size: tuple[int, int]) -> None:
    async with play(size) as it:
        await it.ready()
        await it.press("2")
        fields = it.main.form._fields
        fields.cursor = fields.names.index("hidden_size")
        await it.pilot.pause()
        assert (await explained(it))[0] == "hidden size"
        await it.press("enter")
        assert it.app.focused is it.main.form._editor
        assert (await explained(it))[0] == "hidden size"
        await it.press("escape", "4")
        assert "nats" in await explained(it)
        await it.press("5")
        it.main.set_focus(it.main.text.controls.query("Slider").first())
        await it.pilot.pause()
        assert (await explained(it))[0] == "temperature"


async def test_it_works_in_a_dialog_too(play: Play) -> None:
    async with play() as it:
        await it.ready()
        await it.press("question_mark")
        below = it.screen
        found = await explained(it)
        assert it.screen is below
        assert {"prompt", "temperature"} & set(found)


async def test_where_no_word_stands_all_are_there(play: Play) -> None:
    async with play() as it:
        await it.ready()
        await it.press("f1")
        said = "\n".join("".join(text for text, _ in line) for line in it.screen._lines)
        assert "perplexity: e to the loss in nats" in said
