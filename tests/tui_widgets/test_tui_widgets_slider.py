from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App
from textual.events import MouseScrollDown

from charplay.playground.scales import Linear, Log
from charplay.tui.widgets.slider import Slider

UNEVEN = Linear(((0.0, 0.0), (0.2, 0.5), (0.7, 1.5), (1.0, 5.0)), 0.05)
SCALES = {"linear": Linear.between(-2, 7, 0.25), "uneven": UNEVEN, "log": Log(1e-6, 1.0), "speed": Log(1.0, 250.0)}
scales = pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)


@scales
@given(a=st.floats(0, 1), b=st.floats(0, 1))
def test_values_rise_along_the_track_and_stay_inside(scale: Linear, a: float, b: float) -> None:
    a, b = sorted((a, b))
    assert scale.low <= scale.value(a) <= scale.value(b) <= scale.high
    assert (scale.value(0), scale.value(1)) == (scale.low, scale.high)


@scales
@given(a=st.floats(0, 1), b=st.floats(0, 1))
def test_positions_rise_with_values(scale: Linear, a: float, b: float) -> None:
    low, high = sorted((scale.value(a), scale.value(b)))
    assert 0 <= scale.position(low) <= scale.position(high) <= 1


@scales
@given(position=st.floats(0, 1))
def test_a_value_is_found_again_where_it_lies(scale: Linear, position: float) -> None:
    value = scale.value(position)
    assert scale.value(scale.position(value)) == pytest.approx(value)


@scales
@given(position=st.floats(0, 1), steps=st.integers(-30, 30))
def test_a_step_moves_unless_at_a_bound(scale: Linear, position: float, steps: int) -> None:
    value = scale.value(position)
    further = scale.moved(value, steps)
    assert scale.low <= further <= scale.high
    if steps > 0:
        assert further > value or value == scale.high
    elif steps < 0:
        assert further < value or value == scale.low
    else:
        assert further == pytest.approx(value)


class Board(App[None]):
    def __init__(self, slider: Slider) -> None:
        super().__init__()
        self.slider = slider
        self.heard: list[Any] = []

    def compose(self) -> Iterator[Slider]:
        yield self.slider

    def on_slider_changed(self, message: Slider.Changed) -> None:
        self.heard.append(message.value)

    def key_q(self) -> None:
        self.heard.append("q")


def temperature() -> Slider:
    return Slider("temperature", 0.8, UNEVEN, value_width=4, id="temperature")


async def test_keys_move_it() -> None:
    app = Board(temperature())
    async with app.run_test(size=(50, 3)) as pilot:
        moves = {"right": 0.85, "left": 0.8, "shift+right": 1.3, "shift+left": 0.8}
        for key, value in moves.items():
            await pilot.press(key)
            assert app.slider.value == pytest.approx(value)


async def test_it_tells_only_what_the_user_did_and_only_changes() -> None:
    app = Board(temperature())
    async with app.run_test(size=(50, 3)) as pilot:
        app.slider.value = 4.9
        await pilot.press("shift+right", "shift+right")
        assert app.heard == [5.0]


@pytest.mark.parametrize(("value", "further", "back"), [(99.0, "right", "left"), (-0.4, "left", "right")])
async def test_it_shows_a_value_beyond_its_scale_and_moves_only_back_into_it(
    value: float, further: str, back: str
) -> None:
    app = Board(temperature())
    async with app.run_test(size=(50, 3)) as pilot:
        app.slider.value = value
        assert app.slider.value == value
        assert app.slider.render_line(0).text.rstrip().endswith(f" {value:.2f}")
        assert app.slider.render_line(0).cell_length == 50
        await pilot.press(further)
        assert (app.slider.value, app.heard) == (value, [])
        assert [each.message for each in app._notifications] == ["Temperature goes from 0.00 to 5.00 here."]
        await pilot.press(back)
        assert app.heard == [5.0 if value > 5 else 0.0]


@scales
@given(value=st.floats(1e-9, 1e9))
def test_every_value_is_shown_as_it_is(scale: Linear, value: float) -> None:
    slider = Slider("rate", value, scale, show=repr)
    assert slider._written_value().rstrip() == repr(value)


async def test_click_drag_and_wheel() -> None:
    app = Board(temperature())
    async with app.run_test(size=(50, 3)) as pilot:
        start, length = app.slider._track()
        await pilot.click(app.slider, offset=(start, 0))
        assert app.slider.value == 0.0
        await pilot.mouse_down(app.slider, offset=(start, 0))
        await pilot.hover(app.slider, offset=(start + length - 1, 0))
        await pilot.mouse_up(app.slider, offset=(start + length - 1, 0))
        assert app.slider.value == 5.0
        await pilot.hover(app.slider, offset=(start, 0))
        assert app.slider.value == 5.0
        await pilot._post_mouse_events([MouseScrollDown], app.slider, offset=(start, 0))
        assert app.slider.value == pytest.approx(4.95)


async def test_a_value_can_be_typed() -> None:
    app = Board(temperature())
    async with app.run_test(size=(50, 3)) as pilot:
        await pilot.press("equals_sign", "1", "x", "q", "2", "backspace", ".", "2", "5", "enter")
        assert app.slider.value == 1.25
        await pilot.press("equals_sign", "3", "escape", "equals_sign", "-", "enter", "equals_sign", "e", "enter")
        await pilot.press("equals_sign", *"6.5", "enter", "equals_sign", "enter")
        assert app.heard == [1.25]
        said = [each.message for each in app._notifications]
        assert said == ["- is no number.", "e is no number.", "Temperature goes from 0.00 to 5.00 here."]
        await pilot.press("equals_sign", *"1.23456")
        assert "1.23456" in app.slider.render_line(0).text
        await pilot.press("escape")
        await pilot.press("q")
        assert app.heard == [1.25, "q"]


@pytest.mark.parametrize("width", [16, 30, 80])
async def test_its_row_is_as_wide_as_it_is(width: int) -> None:
    app = Board(temperature())
    async with app.run_test(size=(width, 3)):
        row = app.slider.render_line(0)
        assert row.cell_length == width
        assert row.text.startswith("temp")
        assert "0.80" in row.text
