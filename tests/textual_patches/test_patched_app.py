"""The app that the patches are built into: which driver it takes, what it sends, and what breaks it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from textual import constants, events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.drivers.web_driver import WebDriver
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from charplay.formatting.sanitize import sanitize
from charplay.tui.textual_patches.cell_diff import DiffedUpdate
from charplay.tui.textual_patches.driver import TerminalDriver
from charplay.tui.textual_patches.patched_app import PatchedApp


async def until(holds: Any) -> None:
    for _ in range(600):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


@pytest.mark.parametrize(
    ("named", "driver"),
    [
        (None, TerminalDriver),
        ("", TerminalDriver),
        ("textual.drivers.web_driver:WebDriver", WebDriver),
        ("textual.drivers.linux_driver:LinuxDriver", LinuxDriver),
    ],
)
def test_the_driver_is_charplays_unless_another_is_named(
    monkeypatch: pytest.MonkeyPatch, named: Any, driver: Any
) -> None:
    monkeypatch.setattr(constants, "DRIVER", named)
    assert PatchedApp().driver_class is driver


async def test_without_a_terminal_of_its_own_it_has_none() -> None:
    app = PatchedApp()
    assert app.terminal is None
    async with app.run_test():
        assert app.terminal is None
        assert not app.backpressure.holding


class Shown(PatchedApp):
    """An app with a label and a field that shows what it holds as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.label, self.field = Static("a"), Input()

    def compose(self) -> Iterator[Any]:
        yield self.label
        yield self.field


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What Textual was given to send."""
    sent = []
    monkeypatch.setattr(App, "_display", lambda _app, _screen, frame: sent.append(frame) if frame else None)
    return sent


async def test_every_frame_is_cut_down_to_what_changed_and_another_size_draws_everything(frames: Any) -> None:
    app = Shown()

    async def sent() -> Any:
        await until(lambda: frames)
        assert [type(frame) for frame in frames if not isinstance(frame, DiffedUpdate)] == []
        text = "".join(frame.render_segments(app.console) for frame in frames)
        frames.clear()
        return text

    async with app.run_test(size=(40, 10)) as pilot:
        app.set_focus(None)  # whose cursor blinks
        await pilot.pause()
        await sent()
        app.label.update("b")
        assert len(await sent()) < 100
        await pilot.resize_terminal(42, 10)
        assert len(await sent()) > 400


async def test_outside_text_reaches_an_ordinary_field_as_plain_glyphs_and_one_with_escapes_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, hostile = Shown(), "a\x1b]0;t\x07b"
    async with app.run_test():
        assert app.text_for(app.field, hostile) == sanitize(hostile)
        app.post_message(events.Paste(hostile))
        await until(lambda: app.field.value)
        assert app.field.value == sanitize(hostile)
        monkeypatch.setattr(Shown, "SHOWS_ESCAPES", (Input,))
        app.copy_to_clipboard(hostile)
        assert app.clipboard == hostile
        app.set_focus(None)
        assert app.clipboard == sanitize(hostile)


class Falls(ModalScreen[None]):
    """A screen whose worker trips when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.trip = asyncio.Event()

    def on_mount(self) -> None:
        self.run_worker(self.fall())

    async def fall(self) -> None:
        await self.trip.wait()
        raise LookupError("nothing is here")


async def test_what_trips_while_it_is_taken_away_is_logged_and_nothing_else_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app, falls = Shown(), Falls()
    async with app.run_test():
        await app.push_screen(falls)
        falls.dismiss()
        while not falls._pruning:
            await asyncio.sleep(0)
        falls.trip.set()
        await until(lambda: "nothing is here" in caplog.text)
        assert app.is_running
        assert app.return_code is None


async def broken(app: Any, act: Any) -> None:
    """Run an app that is broken by what is done in it."""
    async with app.run_test():
        await act()
        await until(lambda: not app.is_running)


async def test_what_trips_while_it_is_shown_breaks_the_app(caplog: pytest.LogCaptureFixture) -> None:
    app, falls = Shown(), Falls()

    async def act() -> None:
        await app.push_screen(falls)
        falls.trip.set()

    with pytest.raises(Exception, match="nothing is here"):
        await broken(app, act)
    assert app.return_code == 1
    assert not caplog.text


async def test_what_trips_in_the_app_itself_breaks_it() -> None:
    app = Shown()

    async def act() -> None:
        app.call_later(lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        await broken(app, act)
    assert app.return_code == 1
