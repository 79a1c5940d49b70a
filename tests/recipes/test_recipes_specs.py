"""Every field's declaration, as the form and `--set` see it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.fs.registry import entry_names
from charplay.recipes.layers import ConfigLayer, compose
from charplay.recipes.recipe import BUDGETS, Recipe
from charplay.recipes.specs import FieldSpec, closest_match, describe_domain, format_value, spec, specs

NAMES = tuple(Recipe.model_fields)


def test_specs_stand_in_the_order_of_the_declaration() -> None:
    assert tuple(of.name for of in specs()) == NAMES


def test_every_field_is_fully_declared() -> None:
    for of in specs():
        assert of.group
        assert of.help
        assert of.kind != "choice" or of.choices


@pytest.mark.parametrize("of", specs(), ids=NAMES)
def test_the_edges_of_a_domain_are_what_the_recipe_accepts(of: FieldSpec) -> None:
    """The spec is read from the declaration; here the two are held against each other at every bound."""

    def accepted(value: str | float | None) -> Any:
        recipe = Recipe.model_validate({of.name: (value,) if of.kind == "list" else value})
        return getattr(recipe, of.name)

    for bound, outside, strict in ((of.low, -1, of.above), (of.high, 1, of.below)):
        if bound is None:
            continue
        number = int(bound) if of.whole else bound
        if strict:
            with pytest.raises(ValueError, match=of.name):
                accepted(number)
        else:
            accepted(number)
            with pytest.raises(ValueError, match=of.name):
                accepted(number + outside)
    for word in of.choices + ("auto",) * of.auto:
        accepted("cut(1-2)" if word == "cut" else word)  # which needs its ranges
    if not of.auto and of.kind != "text":
        with pytest.raises(ValueError, match=of.name):
            accepted("auto")
    if of.optional:
        assert accepted(None) is None
    elif of.kind != "list":
        with pytest.raises(ValueError, match=of.name):
            accepted(None)


@pytest.mark.parametrize("of", [of for of in specs() if of.kind in {"int", "float"} and of.name not in BUDGETS])
def test_a_number_that_may_be_a_word_says_where_the_arrows_start(of: FieldSpec) -> None:
    wordy = of.auto or of.optional or bool(of.choices)
    assert wordy == (of.start is not None)
    if wordy:
        sizes = {"batching": "windows", "num_layers": 2, of.name: of.start}
        assert getattr(compose(ConfigLayer("test", sizes))[0], of.name) == of.start


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hidden_size", "hidden_size must be auto or a whole number from 1 to 8,192"),
        ("stride", "stride must be none or a whole number from 1 to 1,000,000,000,000"),
        ("validation_fraction", "validation_fraction must be a number from 0 to 0.5"),
        ("dropout", "dropout must be auto or a number from 0 to below 1"),
        ("learning_rate", "learning_rate must be auto or a number above 0 and at most 100"),
        ("clip_norm", "clip_norm must be none or a number above 0"),
        ("save_every", "save_every must be auto, epoch or a whole number from 1 to 1,000,000,000,000"),
        ("seed", "seed must be a whole number from 0 to 9,223,372,036,854,775,807"),
        ("batching", "batching must be stream or windows"),
        ("shuffle", "shuffle must be yes or no"),
        ("device", "device must be auto, cpu, cuda or cuda:N"),
        ("sample_temperatures", "sample_temperatures must be a list, with commas, of numbers from 0 to 5"),
    ],
)
def test_a_domain_is_a_sentence(name: str, words: str) -> None:
    assert describe_domain(spec(name)) == words


@pytest.mark.parametrize("name", ["cell", "optimizer", "schedule", "cleaning"])
def test_listed_choices_are_the_files_of_a_folder(name: str) -> None:
    folder = "corpora/cleaning" if name == "cleaning" else f"training/{name}s"
    assert spec(name).choices == entry_names(folder)
    assert spec(name).choices


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("hidden", "hidden_size"),
        ("lr", "learning_rate"),
        ("LR", "learning_rate"),
        ("batch-size", "batch_size"),
        ("epoch", "epochs"),
    ],
)
def test_a_misspelt_field_is_answered_with_the_nearest(word: str, meant: str) -> None:
    assert closest_match(word, NAMES) == meant


def test_live_fields_and_none_others_say_so() -> None:
    assert {of.name for of in specs() if of.live} == {
        *("input_dropout", "dropout", "output_dropout", "weight_drop"),
        *("sequence_length", "batch_size"),
        *("learning_rate", "weight_decay", "clip_norm", "clip_value"),
    }


@given(st.data())
def test_what_is_written_reads_back(data: st.DataObject) -> None:
    """A value written for a person means the same to `--set`."""
    of = data.draw(st.sampled_from([of for of in specs() if of.kind in {"int", "float"} and not of.above]))
    high = min(of.high if of.high is not None else 1e9, 1e9)
    number = st.integers(int(of.low or 0), int(high)) if of.whole else st.floats(of.low, high, exclude_max=of.below)
    value = data.draw(number)
    if of.whole and of.below:
        value = min(value, int(high) - 1)
    below = {"batching": "windows", "num_layers": 2}
    assert getattr(compose(ConfigLayer("test", below | {of.name: format_value(value)}))[0], of.name) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (True, "yes"),
        (False, "no"),
        (("lowercase", "ascii"), "lowercase, ascii"),
        (0.1, "0.1"),
        (1e-08, "1e-08"),
        (20.0, "20"),
    ],
)
def test_values_are_written_as_a_person_writes_them(value: bool | tuple[str, str] | float | None, text: str) -> None:
    assert format_value(value) == text
