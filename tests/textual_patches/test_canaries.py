"""Each fails when Textual changes beneath a patch: what the patch leans on moved, or what it works around was mended.

What to do then: read the file's section in docs/TEXTUAL.md; where upstream was mended, delete the patch.
"""

import ast
import asyncio
import contextvars
import gc
import importlib.util
import inspect
import io
import re
import sys
import threading
import tomllib
import weakref
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import _styles_cache, binding, constants, events
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
from textual._context import active_message_pump
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.color import Color
from textual.command import CommandPalette
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.drivers.headless_driver import HeadlessDriver
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Region
from textual.messages import Update
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

import charplay.tui.textual_patches as patches
from charplay.tui.textual_patches import covered_screens, styles_cache
from charplay.tui.textual_patches.fast_paint import FastWidget
from charplay.tui.textual_patches.terminal_modes import KITTY_KEYS_ON

ROOT = Path(__file__).parents[2]
MODULES = {path.stem for path in Path(patches.__file__).parent.glob("*.py")} - {"__init__"}
PLAIN = {"selectable_event", "signals"}
"""Lean on nothing of Textual's."""


def parameters(function: Any) -> Any:
    return list(inspect.signature(function).parameters)


async def until(holds: Any) -> None:
    for _ in range(600):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


# All of them


def test_textual_is_held_to_the_releases_that_were_tried() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "textual>=8.2.8,<8.3" in project["dependencies"]
    assert (8, 2, 8) <= tuple(map(int, version("textual").split("."))) < (8, 3)


def test_every_patch_has_a_canary_and_a_section_with_its_text_for_upstream() -> None:
    tests = [node.name for node in ast.walk(ast.parse(Path(__file__).read_text()))
             if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]  # fmt: skip
    assert {name for name in MODULES - PLAIN if not any(test.startswith(f"test_{name}_") for test in tests)} == set()
    sections = re.split(r"^## ", (ROOT / "docs" / "TEXTUAL.md").read_text(), flags=re.MULTILINE)[1:]
    files = [set(re.findall(r"`(\w+)\.py`", section.partition("\n")[0])) for section in sections]
    assert sorted(name for each in files for name in each) == sorted(MODULES)
    assert [section for section in sections if "**Buys**" not in section or "**Upstream**" not in section] == []
    texts = [path.read_text() for path in Path(patches.__file__).parent.glob("*.py")]
    cited = [re.search(r"docs/TEXTUAL\.md \(([\w ]+)\)", text) for text in texts]
    titles = {section.partition(":")[0].lower() for section in sections}
    assert {found[1] for found in cited if found} <= titles


# driver, key_reader, terminal_modes


def test_driver_base_asks_for_four_methods_and_offers_the_rest() -> None:
    assert Driver.__abstractmethods__ == {"write", "start_application_mode", "disable_input", "stop_application_mode"}
    assert parameters(Driver.__init__) == ["self", "app", "debug", "mouse", "size"]
    for method in ("close", "suspend_application_mode", "resume_application_mode", "process_message", "send_message"):
        assert callable(getattr(Driver, method))
    assert issubclass(Driver.SignalResume, events.Event)


def test_driver_of_textual_still_waits_for_a_terminal_that_does_not_read() -> None:
    thread = WriterThread(io.StringIO())  # never started: nothing is taken
    writer = threading.Thread(target=lambda: [thread.write("x") for _ in range(100)], daemon=True)
    writer.start()
    writer.join(0.5)
    assert writer.is_alive()
    while writer.is_alive():
        thread._queue.get()
    assert not hasattr(Driver, "behind")


def test_key_reader_of_textual_still_looks_ten_times_a_second() -> None:
    assert "selector.select(0.1)" in inspect.getsource(LinuxDriver.run_input_thread)


def test_key_reader_finds_the_parser_it_knows() -> None:
    parser = XTermParser(False)
    assert [getattr(message, "key", None) for message in parser.feed("a\x1b[A")] == ["a", "up"]
    assert list(parser.feed("\x1b")) == []
    assert list(parser.tick()) == []
    parser._timeout_time = 0.0
    assert [getattr(message, "key", None) for message in parser.tick()] == ["escape"]
    assert 0 < constants.ESCAPE_DELAY < 1


def test_terminal_modes_of_textual_still_ask_for_every_movement() -> None:
    """That all its other modes are ours is a test of the driver's."""
    assert "\\x1b[?1003h" in inspect.getsource(LinuxDriver._enable_mouse_support)
    assert f"\x1b[>{0b00001 | 0b01000 | 0b10000}u" == KITTY_KEYS_ON
    assert isinstance(constants.DISABLE_KITTY_KEY, bool)


# patched_app


def test_patched_app_replaces_methods_that_are_still_there() -> None:
    assert parameters(App._display) == ["self", "screen", "renderable"]
    assert parameters(App._handle_exception) == ["self", "error"]
    assert parameters(App.on_event) == ["self", "event"]
    assert inspect.iscoroutinefunction(App.on_event)
    assert parameters(App.get_driver_class) == ["self"]
    assert isinstance(App.clipboard, property)
    assert hasattr(constants, "DRIVER")


async def test_patched_app_finds_its_driver() -> None:
    app: App[None] = App()
    assert app._driver is None
    async with app.run_test():
        assert isinstance(app._driver, HeadlessDriver)


# cell_diff


def frame(text: Any) -> Any:
    strip = Strip([Segment(text, Style(bold=True))])
    return ChopsUpdate([{0: strip}], [(0, 0, len(text))], [[len(text)]])


def test_cell_diff_reads_frames_that_are_still_made_so() -> None:
    assert parameters(ChopsUpdate.__init__) == ["self", "chops", "spans", "chop_ends"]
    assert parameters(LayoutUpdate.__init__) == ["self", "strips", "region"]
    for kind in (ChopsUpdate, LayoutUpdate):
        assert issubclass(kind, CompositorUpdate)
        assert parameters(kind.render_segments) == ["self", "console"]


def test_cell_diff_is_not_done_by_textual() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor")
    first, second = (frame("a long line, of which one character changes " + last) for last in "ab")
    assert len(first.render_segments(console)) - 5 < len(second.render_segments(console))


@pytest.mark.parametrize("kind", [ChopsUpdate, LayoutUpdate])
async def test_cell_diff_meets_both_kinds_of_frames(monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    frames: list[Any] = []
    monkeypatch.setattr(App, "_display", lambda _app, _screen, each: frames.append(each))

    class Labelled(App[None]):
        def compose(self) -> Iterator[Any]:
            yield Static("a", id="label")

    app = Labelled()
    async with app.run_test():
        app.query_one(Static).update("b")
        app.refresh(layout=True)
        await until(lambda: any(isinstance(each, kind) for each in frames))


# row_compositor


class Asked(Static):
    """Keeps the rows that it is asked for."""

    DEFAULT_CSS = "Asked { height: 10; }"

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []

    def render_lines(self, crop: Any) -> Any:
        self.asked.append(crop)
        return super().render_lines(crop)


async def test_row_compositor_is_not_textuals_own() -> None:
    class One(App[None]):
        def compose(self) -> Iterator[Any]:
            yield Asked()

    app = One()
    async with app.run_test(size=(40, 12)):
        widget, compositor = app.query_one(Asked), app.screen._compositor
        assert type(compositor) is Compositor
        widget.asked.clear()
        widget.refresh(Region(0, 3, 5, 1))
        compositor.update_widgets({widget})
        compositor.render_partial_update()
        assert [crop.height for crop in widget.asked] == [10], "of which one was painted"


def test_row_compositor_replaces_a_method_that_is_still_asked() -> None:
    assert parameters(Compositor._get_renders) == ["self", "crop"]
    assert "self._get_renders(crop)" in inspect.getsource(Compositor._render_chops)
    assert "self._render_chops(" in inspect.getsource(Compositor.render_partial_update)
    assert isinstance(Compositor.visible_widgets, property)


# covered_screens


async def test_covered_screens_of_textual_still_pass_on_again_what_they_have_passed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "in self.app._background_screens" in inspect.getsource(vars(Screen)["is_current"].fget)
    monkeypatch.setattr(Screen, "_compositor_refresh", covered_screens._textuals)
    app: App[None] = App()
    async with app.run_test() as pilot:
        await app.mount(told := Static("first"))
        app.push_screen(Screen())
        await pilot.pause(0.1)
        beneath = app.screen_stack[0]
        assert app._background_screens == [beneath], "though nothing of it is seen"
        told.update("second")
        await pilot.pause(0.2)
        assert beneath._repaint_required
        assert beneath._repaint_regions


# keymap


def test_keymap_of_textual_still_takes_a_key_from_bindings_that_it_does_not_name() -> None:
    spec = importlib.util.spec_from_file_location("fresh_binding", binding.__file__)
    assert spec
    assert spec.loader
    fresh = importlib.util.module_from_spec(spec)
    sys.modules["fresh_binding"] = fresh  # its dataclasses look there
    spec.loader.exec_module(fresh)
    bindings = fresh.BindingsMap([fresh.Binding("e", "a", id="a"), fresh.Binding("e", "b", id="b")])
    bindings.apply_keymap({"a": "x"})
    assert "e" not in bindings.key_to_bindings


# styles_cache


@pytest.fixture
def fresh() -> Any:
    """Textual's module as it comes, whatever was patched in this process."""
    spec = importlib.util.spec_from_file_location("fresh_styles_cache", _styles_cache.__file__)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_styles_cache_of_textual_still_keeps_what_it_was_called_on(fresh: Any) -> None:
    """Textualize/textual#6665."""
    cache = fresh.StylesCache()
    cache.get_inner_outer(Color.parse("red"), Color.parse("blue"))
    kept = weakref.ref(cache)
    del cache
    gc.collect()
    assert kept() is not None


@pytest.mark.parametrize("background", ["#102030", "rgba(10, 20, 30, 0.5)", "transparent"])
def test_styles_cache_remembers_what_textual_would_compute(fresh: Any, background: Any) -> None:
    base, over = Color.parse("#405060"), Color.parse(background)
    assert styles_cache._inner_outer(base, over) == fresh.StylesCache().get_inner_outer(base, over)
    assert "self.get_inner_outer(base_background, background)" in inspect.getsource(_styles_cache)


# backpressure


async def test_backpressure_holds_the_painting_by_a_public_way(monkeypatch: pytest.MonkeyPatch) -> None:
    frames: list[Any] = []

    class Labelled(App[None]):
        def compose(self) -> Iterator[Any]:
            yield Static("a")

    app = Labelled()
    async with app.run_test():
        monkeypatch.setattr(Labelled, "_display", lambda _app, _screen, each: frames.append(each))
        with app.batch_update():
            app.query_one(Static).update("b")
            await asyncio.sleep(0.2)
            assert not frames
        app.refresh()
        await until(lambda: frames)


def test_backpressure_is_unknown_to_textual() -> None:
    assert not [name for name in dir(Driver) if re.search(r"behind|pending|backlog|drain", name)]


# key_queue


def test_key_queue_tells_keys_that_come_from_those_that_were_sent_on() -> None:
    key = events.Key("a", "a")
    assert not key.is_forwarded
    key._set_forwarded()
    assert key.is_forwarded
    assert events.Key.bubble
    assert parameters(events.Paste.__init__) == ["self", "text"]


def test_key_queue_of_textual_still_sends_a_key_at_once() -> None:
    """That keys get lost then is a control of the queue's own tests."""
    assert "forward_target._forward_event(event)" in inspect.getsource(App.on_event)
    assert "_forward_event" in vars(Screen)


# safe_dismiss, palette, late_errors


async def test_safe_dismiss_is_not_textuals_own() -> None:
    """Textualize/textual#2575."""
    app: App[None] = App()
    async with app.run_test():
        below, above = ModalScreen[None](), ModalScreen[None]()
        await app.push_screen(below)
        await app.push_screen(above)
        assert (below.is_active, above.is_active) == (False, True)
        below.dismiss()
        assert app.screen is below, "which asked to be left"


async def test_safe_dismiss_can_answer_with_nothing_to_wait_for() -> None:
    await AwaitComplete()


async def test_palette_of_textual_still_breaks_in_a_tiny_window() -> None:
    assert parameters(CommandPalette._action_command_list) == ["self", "action"]
    app: App[None] = App()
    with pytest.raises(KeyError):
        await press_in_palette(app)


async def press_in_palette(app: Any) -> None:
    async with app.run_test(size=(40, 3)) as pilot:
        await app.push_screen(CommandPalette())
        await pilot.pause(0.3)
        await pilot.press("down", "pagedown", "pageup", "up", "down", "pagedown")


def test_late_errors_finds_whose_handler_runs_and_what_is_on_its_way_out() -> None:
    assert isinstance(active_message_pump, contextvars.ContextVar)
    assert Widget()._pruning is False
    assert "_pruning = True" in inspect.getsource(App._prune)


async def test_late_errors_of_textual_still_break_the_app() -> None:
    app: App[None] = App()
    dialog = ModalScreen[None]()

    async def fall() -> None:
        while not dialog._pruning:
            await asyncio.sleep(0)
        raise LookupError("nothing is here")

    async def leave(_: Pilot[Any]) -> None:
        await app.push_screen(dialog)
        dialog.run_worker(fall())
        await asyncio.sleep(0)
        dialog.dismiss()
        await until(lambda: app._exception)

    await app.run_async(headless=True, auto_pilot=leave)
    assert app.return_code == 1


# fast_paint


def test_fast_paint_replaces_methods_that_are_still_there() -> None:
    assert parameters(Widget.render_lines) == ["self", "crop"]
    assert parameters(Widget.notify_style_update) == ["self"]
    assert parameters(Widget.get_line_filters) == ["self"]
    assert parameters(Widget._check_refresh) == ["self"]


async def test_fast_paint_asks_for_its_paint_at_once_and_textual_still_does_later() -> None:
    class Fast(FastWidget):
        def render_line(self, y: int) -> Strip:
            return Strip([Segment(" ")])

    class Stage(App[None]):
        def compose(self) -> Iterator[Widget]:
            yield Static("as Textual has it")
            yield Fast()

    app = Stage()
    async with app.run_test() as pilot:
        await pilot.pause()
        asked: list[object] = []
        post = app.screen.post_message

        def note(message: Any) -> bool:
            asked.extend([message.widget] if isinstance(message, Update) else [])
            return post(message)

        app.screen.post_message = note  # type: ignore[method-assign]
        static, fast = app.query_one(Static), app.query_one(Fast)
        static.refresh()
        fast.refresh()
        assert asked == [fast]
        await until(lambda: static in asked)
        assert asked == [fast, static], "and once"
