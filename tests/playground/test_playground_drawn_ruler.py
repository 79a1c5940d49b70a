"""Which text's ruler the chart draws, and when it is measured."""

import math
from dataclasses import replace
from math import floor

import pytest
from sitting import FOX, Sitting, keep_run
from spoken_trainer import started

from charplay.corpora.corpus import from_text
from charplay.corpora.ruler.reference_losses import measure_references
from charplay.playground.drawn_ruler import SETTLE_SECONDS
from charplay.playground.happenings import RulerMeasured
from charplay.playground.ruler import demo_loss, split_text
from charplay.protocol.events import Evaluated, Finished
from charplay.runs.home import Home
from charplay.runs.store import RunStore

HELD_OUT = 0.1


def settle(sitting: Sitting) -> list[object]:
    """The text stays the same for as long as it must, and what is measured then is there; what happened."""
    before = len(sitting.happened)
    sitting.advance(SETTLE_SECONDS + 0.01)
    sitting.quiet()
    return sitting.happened[before:]


def labels(sitting: Sitting) -> list[str]:
    return [line.label for line in sitting.playground.ruler.lines]


def loss_of(sitting: Sitting, label: str) -> float:
    return next(line.loss for line in sitting.playground.ruler.lines if line.label == label)


def other_text(sitting: Sitting) -> str:
    """Another text among the texts, of two letters."""
    (sitting.home.corpora / "other.txt").write_text("ab" * 300)
    return "other"


def test_blind_guessing_is_known_at_once_and_the_rest_when_it_was_measured(sitting: Sitting) -> None:
    assert labels(sitting) == ["blind guessing"]
    assert sitting.playground.ruler.describe(2.0) == ""
    assert RulerMeasured() in settle(sitting)
    text = from_text("fox", FOX)
    losses = measure_references(text, floor(len(FOX) * (1 - HELD_OUT)))
    assert loss_of(sitting, "letter frequencies") == losses.frequencies
    assert loss_of(sitting, "2-gram") == losses.ngram["2"]
    assert loss_of(sitting, "blind guessing") == pytest.approx(math.log(len(text.vocabulary)))
    assert sitting.playground.ruler.describe(2.0).startswith("2.00 nats: about 7 choices a character; better than ")


def test_nothing_is_measured_before_the_text_was_drawn_for_a_while(sitting: Sitting) -> None:
    sitting.draft.set("validation_fraction", "0.2")
    sitting.advance(SETTLE_SECONDS + 0.01)
    assert len(sitting.playground.jobs) == 0
    sitting.advance(SETTLE_SECONDS / 2)
    sitting.draft.set("validation_fraction", "0.3")
    sitting.advance(SETTLE_SECONDS / 2 + 0.01)
    assert len(sitting.playground.jobs) == 0
    sitting.advance(SETTLE_SECONDS + 0.01)
    assert len(sitting.playground.jobs) == 1


def test_a_measured_text_is_taken_from_the_cache(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(sitting)
    lines = sitting.playground.ruler.lines
    monkeypatch.setattr("charplay.corpora.ruler.reference_cache.measure_references", None)
    again = Sitting(sitting.home).begin()
    settle(again)
    assert again.playground.ruler.lines == lines


def test_the_lines_are_of_the_text_that_is_chosen_and_none_while_it_is_read(sitting: Sitting) -> None:
    settle(sitting)
    sitting.corpora.choose(other_text(sitting))
    sitting.advance()
    assert labels(sitting) in ([], ["blind guessing"])
    sitting.quiet()
    assert loss_of(sitting, "blind guessing") == pytest.approx(math.log(2))
    settle(sitting)
    assert loss_of(sitting, "2-gram") < 0.1


def test_a_measurement_ends_when_another_text_is_drawn(sitting: Sitting) -> None:
    sitting.advance(SETTLE_SECONDS + 0.01)
    sitting.corpora.choose(other_text(sitting))
    sitting.quiet()
    assert labels(sitting) == ["blind guessing"]
    assert loss_of(sitting, "blind guessing") == pytest.approx(math.log(2))


def test_another_split_has_another_ruler_and_none_where_nothing_is_held_out(sitting: Sitting) -> None:
    settle(sitting)
    before = loss_of(sitting, "2-gram")
    sitting.draft.set("validation_fraction", "0.4")
    sitting.advance()
    settle(sitting)
    assert loss_of(sitting, "2-gram") != before
    sitting.draft.set("validation_fraction", "0")
    sitting.advance()
    settle(sitting)
    assert labels(sitting) == ["blind guessing"]
    assert sitting.playground.ruler.describe(2.0) == ""


def test_the_figures_are_those_of_the_cleaned_text(sitting: Sitting) -> None:
    settle(sitting)
    sitting.draft.set("validation_fraction", "0.3")
    sitting.draft.set("limit", "1000")
    sitting.draft.set("validation_fraction", "0.2")
    sitting.quiet()
    settle(sitting)
    corpus = sitting.corpora.corpus
    assert corpus is not None
    assert len(corpus) == 1000
    kept = list((sitting.home.cache / "reference-losses").iterdir())
    losses = measure_references(corpus, 800)
    assert loss_of(sitting, "2-gram") == losses.ngram["2"]
    assert len(kept) == 2, "the whole text, and its beginning"


def test_once_a_run_has_begun_the_lines_are_of_its_text(sitting: Sitting) -> None:
    run = keep_run(sitting.home, "own", finished=True)
    keep_run(sitting.home, "best", finished=True)
    sitting.playground.launcher.train()
    sitting.hear(started(run="own", folder=str(run.folder), vocabulary_size=28))
    assert loss_of(sitting, "blind guessing") == pytest.approx(math.log(28))
    settle(sitting)
    assert "your best run best" in labels(sitting)
    assert "your best run own" not in labels(sitting)
    lines = sitting.playground.ruler.lines
    sitting.corpora.choose(other_text(sitting))
    sitting.quiet()
    settle(sitting)
    assert sitting.playground.ruler.lines == lines


def test_the_losses_are_compared_on_the_characters_that_they_count(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charplay.recipes.resolve.EVALUATED_CHARACTERS", 60)
    text, trained = from_text("fox", FOX), floor(len(FOX) * (1 - HELD_OUT))

    def expected(count: int) -> float | None:
        return measure_references(text, trained, held_out=count).frequencies

    sitting.advance()
    settle(sitting)
    assert loss_of(sitting, "letter frequencies") == expected(60)
    run = keep_run(sitting.home, "own")
    sitting.playground.launcher.train()
    sitting.hear(started(run="own", folder=str(run.folder)))
    settle(sitting)
    assert loss_of(sitting, "letter frequencies") == expected(60), "of an evaluation"
    sitting.hear(
        Finished(
            run="own", checkpoint="x", train_loss=1.2, val_loss=1.5, val_loss_cold=1.6, steps=9, held_out_characters=80
        )
    )
    settle(sitting)
    assert loss_of(sitting, "letter frequencies") == expected(80) != expected(60), "of the closing one"


def test_of_a_run_whose_text_is_gone_only_blind_guessing_is_known(sitting: Sitting) -> None:
    run = keep_run(sitting.home, "own")
    sitting.playground.launcher.train()
    sitting.hear(started(run="own", folder=str(run.folder), vocabulary_size=28))
    (sitting.home.corpora / "fox.txt").unlink()
    settle(sitting)
    assert labels(sitting) == ["blind guessing"]


def test_the_chart_says_what_was_passed_first_and_then_what_comes_next(sitting: Sitting) -> None:
    chart = sitting.playground.chart
    settle(sitting)
    passed = loss_of(sitting, "letter frequencies")
    assert [each.y for each in chart.references()] == sorted((each.y for each in chart.references()), reverse=True)
    assert chart.worth == ""
    sitting.playground.launcher.train()
    run = keep_run(sitting.home, "own")
    sitting.hear(started(run="own", folder=str(run.folder)))
    settle(sitting)
    loss = passed - 0.01
    sitting.hear(Evaluated(step=1, seconds=1.0, epoch=0.1, val_loss=loss, val_accuracy=0.1, best=True))
    first, second, *_ = chart.references()
    assert first.text == "letter frequencies"
    assert second.y < loss
    assert f"better than letter frequencies ({passed:.2f}), next " in chart.worth
    while chart.quantity != "accuracy":
        chart.next_quantity()
    assert chart.worth == ""


def test_the_demo_is_a_line_of_its_own_text_and_split_only(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    run = keep_run(home)
    monkeypatch.setattr("charplay.runs.store.DEMO", run.best)
    store, text = RunStore(home), split_text(run.corpus, run.resolved)
    assert demo_loss(store, text) == 2.1
    assert demo_loss(store, replace(text, sha256="0" * 64)) is None
    assert demo_loss(store, replace(text, trained=text.trained - 1)) is None
    assert demo_loss(store, replace(text, held_out=3)) is None
    monkeypatch.setattr("charplay.runs.store.DEMO", home.root / "nothing")
    assert demo_loss(store, text) is None
