"""The chart and what stands under it, as runs come and go."""

from charplay.messages.events import Finished, Sampled
from charplay.tui.screens.lines import Lines


def steps(it):
    return it.main.training._history.points("train_loss")[0]


async def test_a_run_that_is_taken_up_has_its_own_curve_and_no_other(play, kept_run):
    run = kept_run()
    async with play() as it:
        await it.training()
        await it.until(lambda: len(steps(it)) and it.main.training._history.points("train_loss")[1].max() > 2.5)
        await it.press("x")
        await it.until(lambda: it.main.session.live.state == "stopped")
        it.main.resume("kept-1")
        await it.until(lambda: len(it.trainer.requests) == 2)
        run.append_metrics([{"step": 600, "epoch": 1.2, "seconds": 30.0, "train_loss": 9.0}])  # past the save
        it.trainer.put(it.trainer.started(step=500))
        await it.until(lambda: set(steps(it)) == {100, 200, 300, 400, 500})
        x, y = it.main.training._history.points("train_loss", "characters")
        assert x[-1] == 500 * run.resolved.batch_size * run.resolved.sequence_length
        assert set(y) == {2.0}


async def test_an_earlier_run_on_the_chart_counts_its_characters(play, kept_run):
    run = kept_run(finished=True)
    async with play() as it:
        await it.until(lambda: it.main.runs.number() > 0)
        await it.press("3", "o")
        await it.until(lambda: it.main.training.overlaid)
        x, _ = it.main.training._overlays["kept-1"].points("train_loss", "characters")
        assert x[-1] == 500 * run.resolved.batch_size * run.resolved.sequence_length


async def test_the_learning_rate_can_be_moved_only_while_something_trains(play):
    async with play() as it:
        training = it.main.training
        await it.press("4", "right")
        assert training.chart.has_focus
        assert not training.strip.rate.display
        await it.training()
        await it.until(lambda: training.strip.rate.has_focus)
        it.trainer.put(Finished(step=100, run=it.trainer.run.name, checkpoint="x", train_loss=1.2, val_loss=1.5,
                                val_loss_cold=1.6, steps=100))  # fmt: skip
        await it.until(lambda: training.chart.has_focus)
        assert not training.strip.rate.display


async def test_the_newest_round_of_samples_can_be_read(play):
    def sampled(step, **over):
        return Sampled(step=step, epoch=step / 500, **{"temperature": 0.5, "prompt": "the ", "text": "fox", **over})

    async with play() as it:
        await it.press("4", "e")
        await it.until(lambda: "No sample was written yet" in it.seen())
        await it.training()
        it.trainer.put(sampled(100, text="long ago"), sampled(200, text="a \x1b[31mdog\nbarks", truth="lazy dog"),
                       sampled(200, temperature=1.0, text="a cat"))  # fmt: skip
        await it.until(lambda: len(it.main.training._samples) == 2)
        await it.press("e")
        assert isinstance(it.app.screen, Lines)
        await it.until(lambda: "a cat" in it.seen())
        for told in ("step 200", "epoch 0.40", "temperature 0.5", "temperature 1", "barks", "lazy dog", "the "):
            assert told in it.seen()
        assert "long ago" not in it.seen()
        assert "\x1b" not in it.seen()
