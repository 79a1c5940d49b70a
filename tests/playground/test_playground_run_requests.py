"""The command line and the screen ask for a run in one way."""

from pathlib import Path

import pytest
from sitting import ASKED, keep_run

from charplay.corpora.errors import CorpusError
from charplay.playground.run_requests import added_budget, new_run, resumed_run
from charplay.protocol.request import TrainRequest
from charplay.recipes.errors import RecipeError
from charplay.recipes.layers import ConfigLayer
from charplay.runs.home import Home


def test_a_new_run_is_asked_for_with_every_field_and_its_text_s_own_name(home: Home) -> None:
    request = new_run(home, ASKED, "fox", name="mine", source="/x.safetensors", encoding="latin-1")
    assert request == TrainRequest(
        home=str(home.root), recipe={**ASKED.model_dump(), "corpus": "fox"}, name="mine", source="/x.safetensors",
        encoding="latin-1",
    )  # fmt: skip


def test_another_text_for_the_test_is_asked_for_by_its_own_name(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "letters.txt"
    path.write_text("to whom it may concern")
    (home.corpora / "hare.txt").write_text("the hare")
    for named, own in (("HARE", "hare"), (str(path), str(path)), ("", "")):
        asked = ASKED.model_copy(update={"held_out_corpus": named})
        assert new_run(home, asked, "fox").recipe["held_out_corpus"] == own
    with pytest.raises(CorpusError, match="held_out_corpus: There is no text called 'hedgehog'"):
        new_run(home, ASKED.model_copy(update={"held_out_corpus": "hedgehog"}), "fox")
    with pytest.raises(RecipeError, match="held_out_corpus is none in this run and cannot become hare"):
        resumed_run(home, keep_run(home), ConfigLayer("", {"held_out_corpus": "Hare"}))


def test_a_run_goes_on_as_it_was_asked_for(home: Home) -> None:
    run = keep_run(home)
    request = resumed_run(home, run)
    assert request == TrainRequest(home=str(home.root), recipe=ASKED.model_dump(), resume=str(run.folder))


def test_more_of_a_budget_counts_from_where_the_run_stands(home: Home) -> None:
    request = resumed_run(home, keep_run(home, finished=True), added_budget("2 epochs"), added=True)
    assert (request.recipe["epochs"], request.recipe["steps"], request.added) == (2.0, None, True)


def test_a_number_alone_counts_what_the_runs_own_budget_counts() -> None:
    assert added_budget("500", ASKED).values == {"steps": "500"}
    assert added_budget("500").values == {"minutes": "500"}
    assert added_budget("90s", ASKED).values == {"minutes": "1.5"}


@pytest.mark.parametrize("amount", ["", "soon", "3 parsecs", "-3 minutes"])
def test_what_is_no_budget_is_answered(amount: str) -> None:
    with pytest.raises(ValueError, match="write a number"):
        added_budget(amount)


def test_an_amount_that_no_run_can_have_is_refused(home: Home) -> None:
    with pytest.raises(RecipeError):
        resumed_run(home, keep_run(home), added_budget("0 minutes"), added=True)


def test_another_device_and_live_values_may_be_named(home: Home) -> None:
    layers = (ConfigLayer("", {"device": "cuda:7"}), ConfigLayer("--set", {"learning_rate": "0.02", "dropout": "0.5"}))
    request = resumed_run(home, keep_run(home), *layers)
    assert request.recipe["device"] == "cuda:7"
    assert request.live == {"learning_rate": 0.02, "dropout": 0.5}


def test_a_shape_cannot_change(home: Home) -> None:
    with pytest.raises(RecipeError, match="hidden_size is 12 in this run and cannot become 13"):
        resumed_run(home, keep_run(home), ConfigLayer("", {"hidden_size": "13"}))


def test_a_finished_run_goes_on_only_with_more_budget(home: Home) -> None:
    run = keep_run(home, finished=True)
    with pytest.raises(RecipeError, match="kept-1 is finished and goes on only with more budget"):
        resumed_run(home, run, ConfigLayer("", {"dropout": "0.5"}))
    assert resumed_run(home, run).resume == str(run.folder), "it tells its end once more"
    assert resumed_run(home, run, ConfigLayer("", {"dropout": "0.5", "steps": "2000"})).recipe["steps"] == 2000
