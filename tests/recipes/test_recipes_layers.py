"""Layers become one recipe, or every fault at once."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charplay.recipes.errors import RecipeError
from charplay.recipes.layers import DEFAULT_BUDGET, ConfigLayer, compose, parse_settings, resumed
from charplay.recipes.presets import load_preset, preset_names
from charplay.recipes.recipe import BUDGETS, Recipe
from charplay.recipes.specs import describe_domain, format_value, spec

FIELDS = st.sampled_from(tuple(Recipe.model_fields))
WORDS = st.sampled_from(
    ["auto", "none", "epoch", "windows", "stream", "last", "scalar", "yes", "gru", "lowercase", "3", "0.5", ""]
)
VALUES = st.one_of(WORDS, st.text(), st.integers(), st.floats(), st.none(), st.booleans())


def faults(*layers: ConfigLayer) -> Any:
    with pytest.raises(RecipeError) as caught:
        compose(*layers)
    return caught.value.faults


def outcome(*layers: ConfigLayer) -> tuple[Recipe | None, Any]:
    """The recipe, or what is wrong with it; any other exception is a bug."""
    try:
        return compose(*layers)[0], ()
    except RecipeError as error:
        return None, error.faults


def given_values(recipe: Recipe) -> dict[str, Any]:
    return recipe.model_dump(exclude_defaults=True)


@given(st.lists(st.dictionaries(FIELDS, VALUES), max_size=3))
@example([{"seed": 10**5000}])
@example([{"corpus": "\ud800", "steps": "nan", "minutes": float("inf")}])
def test_any_values_make_a_recipe_or_a_recipe_error(layers: list[dict[str, Any]]) -> None:
    recipe, told = outcome(*(ConfigLayer(f"layer {i}", values) for i, values in enumerate(layers)))
    if recipe:
        assert sum(getattr(recipe, name) is not None for name in BUDGETS) == 1
    else:
        assert all(told)
        assert told


@given(st.text(), st.text())
def test_any_setting_makes_a_recipe_or_a_recipe_error(name: str, value: str) -> None:
    recipe, told = outcome(ConfigLayer("--set", {name: value}))
    assert bool(recipe) != bool(told)
    assert (name in Recipe.model_fields) or told


def test_the_later_layer_wins() -> None:
    recipe, notes = compose(
        ConfigLayer("preset", {"hidden_size": 64, "cell": "gru"}), parse_settings(["hidden_size=128"])
    )
    assert (recipe.hidden_size, recipe.cell, notes) == (128, "gru", ())


def test_without_a_budget_it_is_quicks() -> None:
    assert given_values(compose()[0]) == dict(DEFAULT_BUDGET)
    assert load_preset("quick").values["minutes"] == DEFAULT_BUDGET["minutes"]


def test_a_budget_replaces_the_one_below() -> None:
    recipe, _ = compose(ConfigLayer("preset", {"epochs": 20}), parse_settings(["steps=50"]))
    assert (recipe.steps, recipe.epochs, recipe.minutes) == (50, None, None)


def test_a_budget_of_none_takes_nothing_away() -> None:
    recipe, _ = compose(ConfigLayer("preset", {"epochs": 20}), parse_settings(["minutes=none"]))
    assert recipe.epochs == 20


def test_two_budgets_in_one_layer_are_refused() -> None:
    assert faults(parse_settings(["steps=5", "minutes=1"])) == (
        "a run has one budget, leave only one of steps and minutes (--set)",
    )


def test_every_fault_is_told_at_once() -> None:
    told = faults(
        parse_settings(
            ["hidden=3", "cell=lstn", "cleaning=lowercase, asci", "hidden_size=9000", "stride=2", "scalar_scale=none"]
        )
    )
    assert told == (
        "there is no field 'hidden' (--set); the nearest is 'hidden_size'",
        f"{describe_domain(spec('cleaning'))}, not 'lowercase, asci' (--set); the nearest is ascii",
        "cell must be gru or lstm, not 'lstn' (--set); the nearest is lstm",
        "hidden_size must be auto or a whole number from 1 to 8,192, not '9000' (--set)",
        "stride is for windows; set batching=windows or leave stride out",
        "scalar_scale is for scalar input; set input=scalar or leave scalar_scale out",
    )


def test_rules_have_arguments_and_commas_inside_brackets_do_not_split() -> None:
    recipe, _ = compose(parse_settings(["cleaning=lowercase, rare(to=?, below=3), cut(5-9;1-3)"]))
    assert recipe.cleaning == ("lowercase", "rare(below=3, to=?)", "cut(1-3;5-9)")
    again, _ = compose(parse_settings([f"cleaning={format_value(recipe.cleaning)}"]))
    assert again == recipe == Recipe.model_validate_json(recipe.model_dump_json())
    assert resumed(recipe, parse_settings(["cleaning=lowercase,rare(3,?),cut(1-3;5-9)"])) == recipe


def test_wrong_arguments_of_a_rule_are_a_fault_of_their_own() -> None:
    told = faults(parse_settings(["cleaning=ascii, rare(below=1)", "cell=lstn"]))
    assert told == (
        "cleaning: rare: below must be a whole number from 2 to 1,000,000,000, not '1' (--set)",
        "cell must be gru or lstm, not 'lstn' (--set); the nearest is lstm",
    )
    assert faults(parse_settings(["cleaning=rarer(below=2)"]))[0].endswith("the nearest is rare")
    assert "cleaning has cut twice" in faults(parse_settings(["cleaning=cut(1-2), cut(3-4)"]))[0]


@pytest.mark.parametrize("setting", ["batching=window", "batchin=windows"])
def test_what_depends_on_a_misspelling_is_not_held_against_it(setting: str) -> None:
    assert len(faults(parse_settings([setting, "stride=2", "target=last"]))) == 1


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        (["stride=2"], ["batching=windows"]),
        (["window_limit=9"], ["batching=windows"]),
        (["shuffle=no"], ["batching=windows"]),
        (["target=last"], ["batching=windows"]),
        (["scalar_scale=none"], ["input=scalar"]),
        (["embedding_size=8", "input=one-hot"], ["input=embedding"]),
        (["embedding_size=none"], ["embedding_size=auto"]),
        (["dropout=0.2", "num_layers=1"], ["num_layers=2"]),
    ],
)
def test_a_contradiction_is_one_sentence_that_names_its_remedy(settings: list[str], remedy: list[str]) -> None:
    (fault,) = faults(parse_settings(settings))
    assert settings[0].partition("=")[0] in fault
    assert remedy[0].partition("=")[0] in fault
    compose(parse_settings(settings + remedy))


def test_a_higher_layer_that_changes_batching_resets_what_depends_on_it() -> None:
    recipe, notes = compose(load_preset("nietzsche-lstm"), parse_settings(["batching=stream"]))
    assert (recipe.stride, recipe.target) == (None, "every")
    assert notes == ("batching 'stream' (--set) resets stride and target",)


def test_a_layer_that_repeats_batching_resets_nothing() -> None:
    recipe, notes = compose(load_preset("nietzsche-lstm"), parse_settings(["batching=windows"]))
    assert (recipe.stride, notes) == (3, ())


def test_a_higher_layer_that_changes_the_input_resets_what_depends_on_it() -> None:
    recipe, notes = compose(load_preset("sonnets-many-to-one"), parse_settings(["input=one-hot"]))
    assert (recipe.embedding_size, len(notes)) == ("auto", 1)


def test_what_the_changing_layer_sets_itself_stays() -> None:
    recipe, notes = compose(load_preset("alice-2x350"), parse_settings(["input=embedding", "embedding_size=8"]))
    assert (recipe.embedding_size, recipe.scalar_scale) == (8, "vocabulary")
    assert "scalar_scale" in notes[0]


@pytest.mark.parametrize("name", preset_names())
def test_a_recipe_is_a_layer_of_itself(name: str) -> None:
    recipe, _ = compose(load_preset(name))
    assert compose(ConfigLayer("the run", recipe.model_dump())) == (recipe, ())
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe


def test_a_wrong_value_is_told_with_the_layer_that_it_stands_in() -> None:
    told = faults(ConfigLayer("preset mine", {"hidden_size": "many", "seed": "x"}), parse_settings(["seed=y"]))
    assert [("(preset mine)" in fault, "(--set)" in fault) for fault in told] == [(True, False), (False, True)]


@given(st.lists(st.dictionaries(FIELDS | st.text(), VALUES), min_size=1, max_size=3))
@example([{"steps": 1, "minutes": 2}])
@example([{"batching": "windows", "stride": 3}, {"batching": "stream"}])
@example([{"hidden": 3}])
def test_a_layer_without_a_source_is_told_as_one_with_it_but_for_that(layers: list[dict[str, Any]]) -> None:
    def told(source: str) -> Any:
        try:
            return compose(*(ConfigLayer(source, values) for values in layers))[1]
        except RecipeError as error:
            return error.faults

    assert told("") == tuple(each.replace(" (somewhere)", "") for each in told("somewhere"))


def test_settings_need_an_equals_sign() -> None:
    with pytest.raises(RecipeError) as caught:
        parse_settings(["steps", "cell=gru", "fast"])
    assert caught.value.faults == (
        "'steps' sets nothing; write FIELD=VALUE, as in hidden_size=256",
        "'fast' sets nothing; write FIELD=VALUE, as in hidden_size=256",
    )


def test_settings_take_hyphens_spaces_and_values_with_equals_signs() -> None:
    assert parse_settings(["batch-size = 4", "sample_prompt=a=b"]).values == {"batch_size": "4", "sample_prompt": "a=b"}


ASKED = compose(parse_settings(["steps=100", "hidden_size=auto", "cell=gru"]))[0]
RESOLVED = ASKED.model_copy(update={"hidden_size": 96})


def test_the_former_name_of_a_schedule_is_taken_and_no_longer_offered() -> None:
    """Runs and presets of older versions say `hold`."""
    recipe, _ = compose(parse_settings(["schedule=hold"]))
    assert recipe.schedule == Recipe(steps=1, schedule="hold").schedule == "wsd"
    assert resumed(recipe, parse_settings(["schedule=hold"])) == recipe
    assert "wsd" in spec("schedule").choices
    assert "hold" not in spec("schedule").choices


def test_a_run_goes_on_with_a_new_budget_and_live_values() -> None:
    recipe = resumed(ASKED, parse_settings(["epochs=3", "learning_rate=0.01"]))
    assert given_values(recipe) == {"cell": "gru", "epochs": 3.0, "learning_rate": 0.01}


def test_a_run_may_be_asked_for_what_it_is() -> None:
    assert resumed(ASKED, parse_settings(["cell=gru", "hidden_size=auto", "steps=100"])) == ASKED
    assert resumed(ASKED, parse_settings(["hidden_size=96"]), resolved=RESOLVED) == ASKED
    assert resumed(ASKED, ConfigLayer("nothing", {})) == ASKED


def test_a_live_value_may_be_asked_for_as_it_was_resolved() -> None:
    lower = resumed(ASKED, parse_settings(["learning_rate=0.001"]), resolved=RESOLVED)
    stands = RESOLVED.learning_rate
    assert resumed(lower, ConfigLayer("set", {"learning_rate": stands}), resolved=RESOLVED).learning_rate == stands


def test_a_run_that_goes_on_tells_everything_it_cannot_change() -> None:
    with pytest.raises(RecipeError) as caught:
        resumed(ASKED, parse_settings(["cell=lstm", "hidden_size=128", "lr=1", "seed=x", "steps=9"]), resolved=RESOLVED)
    assert caught.value.faults == (
        "there is no field 'lr' (--set); the nearest is 'learning_rate'",
        "seed must be a whole number from 0 to 9,223,372,036,854,775,807, not 'x' (--set)",
        "cell is gru in this run and cannot become lstm; leave it out, or start a new run",
        "hidden_size is 96 in this run and cannot become 128; leave it out, or start a new run",
    )


@pytest.mark.parametrize("setting", ["device=cuda:1", "device=cpu", "threads=3", "threads=auto"])
def test_a_run_may_go_on_elsewhere(setting: str) -> None:
    there = ASKED.model_copy(update={"device": "cuda:0", "threads": 2})
    name, _, value = setting.partition("=")
    recipe = resumed(there, parse_settings([setting]), resolved=there)
    assert str(getattr(recipe, name)) == value
    assert recipe.model_copy(update={name: getattr(there, name)}) == there


def test_a_run_does_not_go_on_with_another_precision() -> None:
    with pytest.raises(RecipeError, match="precision is auto in this run and cannot become float32"):
        resumed(ASKED, parse_settings(["precision=float32"]), resolved=RESOLVED)


def test_what_is_empty_is_told_as_none() -> None:
    with pytest.raises(RecipeError, match="cleaning is none in this run and cannot become lowercase"):
        resumed(ASKED, parse_settings(["cleaning=lowercase"]))


def test_a_run_takes_one_budget() -> None:
    with pytest.raises(RecipeError, match="a run has one budget"):
        resumed(ASKED, parse_settings(["steps=9", "minutes=2"]))
