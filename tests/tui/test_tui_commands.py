"""Every key that can be pressed stands in the help and in the palette, with a sentence."""

import pytest
from played import Play

from charplay.tui.dialogs.keys import KeysDialog, key_lines

WITHIN_TEXTUAL = {"super+c", "ctrl+insert", "ctrl+p"}
"""Copying what a mouse has marked; and the palette, which Textual opens by its own binding."""


@pytest.mark.parametrize("pane", "12345")
async def test_no_key_of_a_pane_is_left_out(play: Play, pane: str) -> None:
    async with play() as it:
        await it.press(pane)
        bindings = {key: found.binding for key, found in it.main.active_bindings.items() if key not in WITHIN_TEXTUAL}
        assert not [key for key, binding in bindings.items() if not binding.tooltip]
        palette = {offer.help for offer in it.app.offers(it.main)}
        await it.press("question_mark")
        assert isinstance(it.screen, KeysDialog)
        lines = [[text.strip() for text, _ in line] for line in key_lines(it.screen._sections, it.app.get_key_display)]
        helped = {(key, line[1]) for line in lines if len(line) == 2 for key in line[0].split()}
        for key, binding in bindings.items():
            if it.main.active_bindings[key].enabled and it.main.is_enabled(binding):
                assert (it.app.get_key_display(binding), binding.tooltip) in helped, key
                said = [each.tooltip for each in bindings.values() if each.action == binding.action]
                assert palette.intersection(said) or binding.action == "command_palette", key


async def test_ctrl_q_leaves_as_ctrl_c_does(play: Play) -> None:
    async with play() as it:
        await it.training()
        await it.press("ctrl+q")
        await it.until(lambda: "Training is under way" in it.seen())


async def test_a_key_of_several_is_shown_as_each_of_them() -> None:
    from charplay.tui.command import Command

    (_, line) = key_lines([("Here", [Command("x.up", "up,k", "up", "A line up")])], lambda binding: binding.key)
    assert line[0][0].split() == ["up", "k"]
