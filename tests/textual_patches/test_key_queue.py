"""A key meets the screen as the one before has left it, however fast both were typed."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.binding import Binding
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from charplay.tui.textual_patches import key_queue
from charplay.tui.textual_patches.key_queue import KeyHandled
from charplay.tui.textual_patches.patched_app import PatchedApp


class Asked(ModalScreen[str]):
    """A dialog with a field, which answers on enter."""

    def compose(self) -> Iterator[Any]:
        yield Input()

    def on_input_submitted(self, event: Any) -> None:
        self.dismiss(event.value)


class Opens(Static, can_focus=True):
    """Opens a dialog, by a message to the app as panes do; counts the keys that went to it."""

    BINDINGS = [Binding("o", "open", "open"), Binding("x", "count", "count")]  # noqa: RUF012

    class Wanted(Message):
        """Open it."""

    def __init__(self) -> None:
        super().__init__()
        self.counted = 0

    def action_open(self) -> None:
        self.post_message(self.Wanted())

    def action_count(self) -> None:
        self.counted += 1


def stage(base: Any) -> Any:
    class Stage(base):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.pane = Opens()
            self.answers: list[Any] = []

        def compose(self) -> Iterator[Any]:
            yield self.pane

        def on_opens_wanted(self) -> None:
            self.push_screen(Asked(), self.answers.append)

    return Stage()


def key(name: Any) -> Any:
    return events.Key(name, name if len(name) == 1 else None)


async def until(holds: Any, turns: int = 600) -> None:
    for _ in range(turns):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


ROUND = ["o", "x", "y", "enter", "x"]


async def test_keys_for_a_dialog_that_opens_reach_it_and_none_of_them_the_pane_beneath() -> None:
    app = stage(PatchedApp)
    async with app.run_test():
        for name in ROUND * 5:
            app.post_message(key(name))
        await until(lambda: app.pane.counted == 5)
        assert app.answers == ["xy"] * 5
        await until(lambda: app.key_queue.empty)


async def test_without_the_queue_they_do_not() -> None:
    """The control."""
    app = stage(App)
    async with app.run_test():
        for name in ROUND:
            app.post_message(key(name))
        await asyncio.sleep(0.5)
        assert app.answers != ["xy"]


async def test_keys_that_came_before_there_is_a_screen_to_meet_wait_for_it() -> None:
    class Late(PatchedApp):
        ready = False

        @property
        def key_target(self) -> Any:
            return super().key_target if self.ready else None

    app = stage(Late)
    async with app.run_test():
        for name in ROUND:
            app.post_message(key(name))
        await asyncio.sleep(0.1)
        assert app.pane.counted == 0
        app.ready = True
        await until(lambda: app.pane.counted == 1)
        assert app.answers == ["xy"]


async def test_a_key_whose_marker_is_lost_holds_the_next_one_up_for_a_moment_only() -> None:
    app = stage(PatchedApp)
    async with app.run_test():
        app.key_queue.follow(KeyHandled(), Static())  # nobody will ever hear of it
        app.post_message(key("x"))
        await until(lambda: app.pane.counted)


async def test_a_key_that_takes_for_ever_holds_the_next_one_up_for_so_many_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(key_queue, "MAX_LOOKS", 5)
    app = stage(PatchedApp)
    async with app.run_test():
        app.key_queue.follow(KeyHandled(), app.pane)
        monkeypatch.setattr(app.key_queue, "arrived", lambda _: None)
        app.post_message(key("x"))
        assert not app.pane.counted
        await until(lambda: app.pane.counted)


async def test_nothing_looks_after_keys_while_none_waits() -> None:
    app = stage(PatchedApp)
    async with app.run_test():
        assert app.key_queue._timer is None
        for name in "xx":
            app.post_message(key(name))
        await until(lambda: app.pane.counted == 2)
        await until(lambda: app.key_queue._timer is None or not app.key_queue._timer._active.is_set())


async def test_keys_after_the_end_are_nobodys() -> None:
    app = stage(PatchedApp)
    async with app.run_test():
        app.exit()
        for name in ROUND:
            app.post_message(key(name))
    assert app.return_code == 0


@pytest.mark.parametrize("times", [1, 2])
async def test_pastes_wait_their_turn_too(times: Any) -> None:
    app = stage(PatchedApp)
    async with app.run_test():
        app.post_message(key("o"))
        for _ in range(times):
            app.post_message(events.Paste("pasted "))
        app.post_message(key("enter"))
        await until(lambda: app.answers)
        assert app.answers == ["pasted " * times]
