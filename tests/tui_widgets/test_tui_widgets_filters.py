"""The filters beside the temperature: sliders, and a bias that is typed."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual.app import App
from textual.events import Key, Paste

from charplay.formatting.sanitize import sanitize
from charplay.sampling.params import SamplingParams
from charplay.tui.panes.sampling_filters import MOST_K, BiasEntry, SamplingFilters
from charplay.tui.widgets.slider import Slider

VALUES = st.fixed_dictionaries(
    {},
    optional={
        "repetition_penalty": st.floats(-1, 1e6),
        "repetition_window": st.floats(0, 1e6),
        "bias": st.text(max_size=12) | st.sampled_from(["e=1.5", "qz=-inf space=2", "e=", "a=1e9"]),
        "top_k": st.floats(0, 1e6),
        "top_p": st.floats(0, 1e6),
        "min_p": st.floats(0, 1e6),
    },
)


async def test_whatever_was_remembered_makes_settings_that_hold() -> None:
    async with App().run_test():

        @given(VALUES)
        @example({"top_k": 999.5})
        def check(values: dict[str, Any]) -> None:
            filters, again = SamplingFilters(), SamplingFilters()
            filters.set(values)
            once = filters.applied(SamplingParams())
            again.set(filters.values)
            assert again.applied(SamplingParams()) == once
            shown = SamplingFilters()
            shown.show(once)
            assert shown.applied(SamplingParams()) == once

        check()


SETTINGS = st.builds(
    SamplingParams,
    temperature=st.floats(0, 50), repetition_penalty=st.floats(0.01, 100), repetition_window=st.integers(1, 10**6),
    top_k=st.none() | st.integers(1, 10**6).filter(lambda k: k != MOST_K), top_p=st.none() | st.floats(0.001, 0.999),
    min_p=st.none() | st.floats(0.001, 1),
)  # fmt: skip


async def test_settings_that_were_made_elsewhere_are_shown_as_they_are_and_kept() -> None:
    async with App().run_test():

        @given(SETTINGS)
        def check(settings: SamplingParams) -> None:
            filters = SamplingFilters()
            filters.show(settings)
            assert filters.applied(settings) == settings
            if settings.top_k is not None:
                assert filters.top_k._written_value().strip() == f"{settings.top_k}"
            assert filters.repetition_window._written_value().strip() == f"{settings.repetition_window}"

        check()


def test_they_are_off_at_first() -> None:
    assert not SamplingFilters().active_labels
    assert SamplingFilters().applied(SamplingParams(temperature=0.3, seed=5)) == SamplingParams(temperature=0.3, seed=5)


class Stage(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.filters = SamplingFilters()
        self.heard: list[Any] = []

    def compose(self) -> Iterator[SamplingFilters]:
        yield self.filters

    def on_bias_entry_taken(self, message: BiasEntry.Taken) -> None:
        self.heard.append(self.filters.bias.bias)

    def on_bias_entry_left(self, message: BiasEntry.Left) -> None:
        self.heard.append("left")


@pytest.mark.parametrize("width", [56, 68, 76, 100])
async def test_all_six_stand_in_two_rows_in_their_order_and_none_is_cut(width: int) -> None:
    stage = Stage()
    async with stage.run_test(size=(width, 4)):
        shown = [*stage.filters.query(Slider), stage.filters.bias]
        assert {each.region.y for each in shown} == {0, 1}
        assert all(each.region.right <= width and each.region.width >= 10 for each in shown)
        places = {each: (each.region.y, each.region.x) for each in shown}
        named = stage.filters
        order = [
            named.repetition_penalty, named.repetition_window, named.bias, named.top_k, named.top_p, named.min_p
        ]  # fmt: skip
        assert sorted(order, key=lambda each: places[each]) == order
        if width >= 68:
            assert all(each.label in each._written_label() for each in stage.filters.query(Slider))


async def test_a_bias_acts_as_it_is_typed_and_the_last_sound_one_holds() -> None:
    stage = Stage()
    async with stage.run_test(size=(80, 4)) as pilot:
        stage.filters.bias.focus()
        await pilot.press(*"qz=-inf")
        assert stage.filters.bias.bias == (("q", -math.inf), ("z", -math.inf))
        await pilot.press("space", *"e=")
        assert stage.filters.bias.has_class("-wrong")
        assert "e=1.5" in stage.filters.bias.trouble
        assert stage.filters.bias.bias == (("q", -math.inf), ("z", -math.inf))
        await pilot.press("2", "enter", "escape")
        assert not stage.filters.bias.trouble
        assert stage.heard[-3:] == [(("q", -math.inf), ("z", -math.inf), ("e", 2.0)), "left", "left"]
        assert stage.filters.applied(SamplingParams()).bias == stage.filters.bias.bias


@pytest.mark.timeout(30)
@pytest.mark.parametrize("character", ["\u0301", "\t", "\n", "\\", "\x1b", "\u093f", "\u200d", "\u00a0", "é"])
async def test_a_bias_may_be_one_of_any_character(character: str) -> None:
    stage = Stage()
    async with stage.run_test(size=(80, 4)) as pilot:
        stage.filters.bias.focus()
        await pilot.pause()
        stage.post_message(Paste(character))
        await pilot.press(*"=2", "space", *"e=1")
        field = stage.filters.bias
        assert sanitize(field.value) == field.value
        assert field.bias == ((character, 2.0), ("e", 1.0))
        kept, settings = stage.filters.values, stage.filters.applied(SamplingParams())
        field.begin("")
        stage.filters.set(kept)
        assert field.bias == settings.bias
        field.begin("")
        stage.filters.show(settings)
        assert field.bias == settings.bias


@pytest.mark.timeout(30)
async def test_what_is_typed_into_the_bias_is_shown_harmlessly() -> None:
    stage = Stage()
    async with stage.run_test(size=(80, 4)) as pilot:
        stage.filters.bias.focus()
        for typed in "e\u0301=1":
            stage.post_message(Key(typed, typed))
            await pilot.pause()
        assert stage.filters.bias.value == r"e\u{301}=1"
        assert stage.filters.bias.bias == (("e", 1.0), ("\u0301", 1.0))
        stage.filters.bias.value = "\x1b]0;t\x07=1"
        await pilot.pause()
        assert stage.filters.bias.value.isprintable()
        assert stage.filters.bias.bias[0] == ("\x1b", 1.0)
