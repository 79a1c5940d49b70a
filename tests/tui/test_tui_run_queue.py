"""The queue's dialog: each key acts on the queue at once, and the screen shows what has become of it."""

from played import Play, Played

from charplay.tui.dialogs.run_queue import EMPTY, RunQueueDialog


def seeds(it: Played) -> list[object]:
    return [run.request.recipe["seed"] for run in it.main.playground.queue.runs]


async def test_the_keys_of_the_queue(play: Play) -> None:
    async with play() as it:
        queue = it.main.playground.queue
        await it.until(lambda: not isinstance(it.main.playground.launcher.next_request(), str))
        queue.hold(held=True)
        for seed in ("1", "2", "3"):
            it.main.playground.draft.set("seed", seed)
            await it.press("Q")
            assert isinstance(it.screen, RunQueueDialog)
            await it.press("escape")
        await it.press("Q")
        assert seeds(it) == [1, 2, 3]
        dialog = it.screen
        assert "seed 3" in dialog._rows.render_line(2).text
        assert "space goes on" in str(dialog.query_one(".box").border_subtitle)
        await it.press("left")
        assert seeds(it) == [1, 3, 2]
        await it.press("left", "left", "left")
        assert seeds(it) == [3, 1, 2]
        await it.press("right", "d")
        assert seeds(it) == [1, 2]
        await it.press("space")
        assert not queue.held
        assert len(seeds(it)) == 1
        await it.press("E")
        assert not queue.runs
        assert EMPTY.format("Q") in str(dialog._fault.render())
