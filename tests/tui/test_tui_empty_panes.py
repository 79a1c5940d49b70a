"""A new home: no pane is empty without a word of what to do next."""

import pytest
from played import Play

from charplay.runs.errors import RunError
from charplay.runs.home import Home
from charplay.runs.store import RunStore


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_chart_and_runs_of_a_new_home_say_what_to_do(play: Play, size: tuple[int, int], home: Home) -> None:
    home.user_settings.write_text('[keys]\n"training.train" = "ctrl+n"\n')
    async with play(size) as it:
        await it.until(lambda: "^n trains a network, and its curves are drawn here." in it.seen())
        await it.press("3")
        await it.until(lambda: "^n trains a network of your own." in it.seen())


async def test_they_are_silent_once_there_is_a_run(play: Play) -> None:
    async with play() as it:
        await it.training()
        await it.until(lambda: "curves are drawn here" not in it.seen())


async def test_without_a_model_it_stands_above_the_keys_why_and_what_writes(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: RunStore, name: str) -> None:
        raise RunError(f"{name} is damaged")

    monkeypatch.setattr(RunStore, "checkpoint", broken)
    async with play((80, 24)) as it:
        await it.until(lambda: "Nothing writes: 3 and ⏎ play a run, t trains one" in it.seen())
        assert "demo is damaged" in it.seen()
        assert "while the demo writes" not in it.seen()
