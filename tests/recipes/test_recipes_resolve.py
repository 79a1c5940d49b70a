"""`auto` becomes numbers that fit budget and text."""

from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from charplay.recipes.errors import RecipeError
from charplay.recipes.layers import ConfigLayer, compose, parse_settings
from charplay.recipes.network import memory_bytes, parameter_count, steps_per_epoch, training_characters, whole
from charplay.recipes.recipe import Recipe
from charplay.recipes.reference_hardware import CorpusSize, reference_speed
from charplay.recipes.resolve import MINIMUM, resolve
from charplay.recipes.specs import FieldSpec, specs

SHAKESPEARE = (1_115_394, 65)
TRAINING_DECIDES = {"device", "precision", "threads"}


def values_of(of: FieldSpec) -> st.SearchStrategy[Any]:
    """Values of a field's domain, in sizes that a person would mean."""
    if of.kind in {"int", "float"}:
        most = min(of.high if of.high is not None else 1e6, 1e6)
        low = of.low or 0
        numbers = (
            st.integers(int(low), int(most))
            if of.whole
            else st.floats(low, most, exclude_min=of.above, exclude_max=of.below)
        )
        return st.one_of(numbers, *map(st.just, of.choices + ("auto",) * of.auto))
    return st.sampled_from(of.choices) if of.kind == "choice" else st.booleans()


DRAWN = {of.name: values_of(of) for of in specs() if of.kind in {"int", "float", "choice", "bool"}}
BUDGET = st.sampled_from(["steps", "epochs", "minutes"])
RECIPES = st.tuples(st.fixed_dictionaries({}, optional=DRAWN), BUDGET)
TEXTS = st.tuples(st.integers(MINIMUM, 3_000_000), st.integers(1, 30_000))
SPEEDS = st.none() | st.dictionaries(st.integers(1, 8192), st.floats(1e-4, 1e4), min_size=1, max_size=4)


def resolved(*settings: str, text: tuple[int, int] = SHAKESPEARE, speed: dict[int, float] | None = None) -> Any:
    """A recipe; whatever was `auto` in it is a number."""
    return resolve(compose(parse_settings(settings))[0], *text, speed).recipe


@settings(max_examples=150)
@given(RECIPES, TEXTS, SPEEDS)
@example(({"minutes": 1e12, "batch_size": 1, "sequence_length": 1}, "minutes"), (200, 1), {202: 1e4})
def test_any_recipe_resolves_for_any_text(
    drawn: tuple[dict[str, Any], str], text: tuple[int, int], speed: dict[int, float] | None
) -> None:
    values, budget = drawn
    values = {
        name: value for name, value in values.items() if name == budget or name not in {"steps", "epochs", "minutes"}
    }
    try:
        recipe, _ = compose(ConfigLayer("drawn", values))
    except RecipeError:
        assume(False)
    before = recipe.model_dump()
    first = resolve(recipe, *text, speed)
    assert recipe.model_dump() == before
    assert resolve(recipe, *text, speed) == first
    assert resolve(first.recipe, *text, speed).recipe == first.recipe

    chosen = first.recipe.model_dump()
    assert {name for name, value in chosen.items() if value == "auto"} <= TRAINING_DECIDES
    assert Recipe.model_validate(chosen) == first.recipe
    assert steps_per_epoch(first.recipe, text[0]) >= 1
    assert memory_bytes(first.recipe, text[1], text[0]) > 4 * parameter_count(first.recipe, text[1])

    bent = {"sequence_length", "batch_size", "monitor"} | ({"embedding_size"} if recipe.input != "embedding" else set())
    given_by_hand = {name: value for name, value in before.items() if value != "auto" and name not in bent}
    assert given_by_hand.items() <= chosen.items()


@given(TEXTS, st.integers(1, 512), st.integers(1, 4096), st.sampled_from(["stream", "windows"]))
def test_sizes_shrink_only_where_the_text_is_too_short_and_say_so(
    text: tuple[int, int], batch: int, length: int, batching: str
) -> None:
    asked = compose(ConfigLayer("test", {"batch_size": batch, "sequence_length": length, "batching": batching}))[0]
    resolution = resolve(asked, *text)
    recipe: Any = resolution.recipe
    assert recipe.batch_size <= batch
    assert recipe.sequence_length <= length
    room = training_characters(asked, text[0]) - 1
    needed = length * batch if batching == "stream" else length + batch - 1
    assert bool(resolution.notes) == (needed > room) == ((recipe.batch_size, recipe.sequence_length) != (batch, length))


def test_a_note_says_what_shrank() -> None:
    resolution = resolve(compose(parse_settings(["batch_size=32", "sequence_length=64"]))[0], 200, 30)
    assert resolution.notes == (
        "the text is short for these sizes: sequence_length 64 becomes 44 and batch_size 32 becomes 4",
    )


def test_under_200_characters_nothing_trains() -> None:
    with pytest.raises(RecipeError, match="the text has 199 of the 200 characters that training needs"):
        resolve(compose()[0], 199, 30)


@pytest.mark.parametrize(
    ("seconds", "hidden", "batch", "length", "rate", "dropout"),
    [
        (7, 128, 16, 48, 1e-2, 0),
        (10, 128, 16, 48, 1e-2, 0),
        (60, 192, 32, 64, 7.5e-3, 0),
        (148, 256, 32, 64, 6.2e-3, 0),
        (480, 320, 32, 80, 5.3e-3, 0.2),
        (1500, 384, 32, 96, 4.6e-3, 0.45),
    ],
)
def test_the_curves_go_through_what_was_tuned_by_hand(
    seconds: int, hidden: int, batch: int, length: int, rate: float, dropout: float
) -> None:
    recipe = resolved(f"minutes={seconds / 60}")
    assert (recipe.hidden_size, recipe.batch_size, recipe.sequence_length) == (hidden, batch, length)
    assert (recipe.learning_rate, recipe.output_dropout) == (rate, dropout)
    assert (recipe.num_layers, recipe.embedding_size) == (1, 64)


@pytest.mark.parametrize(("seconds", "rate"), [(10, 1e-2), (60, 1e-2), (148, 8.2e-3), (480, 7e-3)])
def test_muon_bears_the_highest_rate_in_larger_networks(seconds: int, rate: float) -> None:
    assert resolved(f"minutes={seconds / 60}", "optimizer=muon").learning_rate == rate


@given(st.floats(0.01, 1e4), st.floats(1, 100))
def test_more_time_never_makes_a_smaller_network(minutes: float, factor: float) -> None:
    less, more = (resolved(f"minutes={m}") for m in (minutes, minutes * factor))
    assert less.hidden_size <= more.hidden_size
    assert less.batch_size <= more.batch_size
    assert less.sequence_length <= more.sequence_length
    assert less.learning_rate >= more.learning_rate


@given(st.integers(MINIMUM, 10**8), st.sampled_from(["minutes=30", "steps=30000", "epochs=50"]))
def test_a_short_text_gets_a_small_network(characters: int, budget: str) -> None:
    recipe = resolved(budget, text=(characters, 60))
    assert recipe.hidden_size <= max(32, characters**0.5)


def test_a_text_read_many_times_asks_for_dropout() -> None:
    assert resolved("minutes=3", text=(50_000, 60)).output_dropout == 0.5
    assert resolved("minutes=3", text=(10**8, 60)).output_dropout == 0


@pytest.mark.parametrize(
    ("characters", "entering", "leaving"),
    [(10**8, 0.0, 0.0), (10**6, 0.05, 0.0), (300_000, 0.2, 0.0), (150_000, 0.3, 0.2), (10_000, 0.5, 0.5)],
)
def test_where_the_input_drops_the_output_does_so_later(characters: int, entering: float, leaving: float) -> None:
    recipe = resolved("minutes=3", "input_dropout=auto", text=(characters, 60))
    assert (recipe.input_dropout, recipe.output_dropout) == (entering, leaving)


@given(st.floats(1, 60))
def test_a_measured_speed_like_the_yardsticks_changes_nothing(minutes: float) -> None:
    """What a plain loop read on the yardstick's own cores: 85,000, 40,000 and 12,400 characters a second."""
    plain = resolved(f"minutes={minutes}")
    text = CorpusSize.of(plain, *SHAKESPEARE)
    speed = {
        size: read / reference_speed(plain, size, text)
        for size, read in {128: 85_000, 256: 40_000, 512: 12_400}.items()
    }
    measured = resolved(f"minutes={minutes}", speed=speed)
    assert abs(plain.hidden_size - measured.hidden_size) <= 32


def test_a_faster_machine_gets_a_larger_network_for_the_same_minutes_only() -> None:
    fast = {256: 25.0}
    assert resolved("minutes=3", speed=fast).hidden_size > 1.5 * resolved("minutes=3").hidden_size
    assert resolved("steps=3000", speed=fast) == resolved("steps=3000")
    assert resolved("epochs=3", speed=fast) == resolved("epochs=3")


def test_budgets_that_read_as_much_build_as_much() -> None:
    """Three minutes of 256 units read about 7 million characters on the yardstick's cores."""
    sizes = {resolved(budget).hidden_size for budget in ("minutes=3", "steps=3500", "epochs=7")}
    assert max(sizes) - min(sizes) <= 32


@pytest.mark.parametrize(
    "budget", ["steps=1", "steps=3000", "steps=100000", "epochs=3", "minutes=0.2", "minutes=3", "minutes=60"]
)
def test_rows_and_evaluations_come_in_readable_numbers(budget: str) -> None:
    recipe = resolved(budget)
    if recipe.steps:
        total = recipe.steps
        assert min(total, 750) <= total / recipe.log_every <= 1500
        assert min(total, 3) <= total / recipe.evaluate_every <= 41
    assert recipe.evaluate_every % recipe.log_every == 0
    assert recipe.save_every == recipe.evaluate_every


def test_evaluations_take_a_small_share_of_a_short_run() -> None:
    recipe = resolved("minutes=1")
    read = recipe.evaluate_every * recipe.batch_size * recipe.sequence_length
    assert 0.06 * read >= 111_540 / 3


def test_rows_asked_for_set_the_beat_of_evaluations() -> None:
    recipe = resolved("steps=1000", "log_every=30")
    assert (recipe.log_every, recipe.evaluate_every % 30) == (30, 0)
    assert resolved("steps=1000", "evaluate_every=epoch").save_every == "epoch"


def test_dropout_between_layers_asks_for_two() -> None:
    assert resolved("dropout=0.2").num_layers == 2
    assert resolved("num_layers=3").hidden_size < resolved("num_layers=1").hidden_size


@pytest.mark.parametrize(
    ("minutes", "layers", "hidden", "shares"),
    [(10, 1, 320, (0.15, 0.0, 0.0)), (40, 2, 256, (0.2, 0.2, 0.2)), (120, 2, 320, (0.25, 0.25, 0.25))],
)
def test_a_text_read_over_and_over_asks_for_two_layers_where_there_may_be_dropout_between(
    minutes: int, layers: int, hidden: int, shares: tuple[float, float, float]
) -> None:
    recipe = resolved(f"minutes={minutes}", "optimizer=muon", "input_dropout=auto", "dropout=auto")
    assert (recipe.num_layers, recipe.hidden_size) == (layers, hidden)
    assert (recipe.input_dropout, recipe.dropout, recipe.output_dropout) == shares
    assert resolved(f"minutes={minutes}").num_layers == 1
    assert resolved(f"minutes={minutes}", "dropout=auto", "num_layers=1").dropout == 0
    assert resolved(f"minutes={minutes}", "dropout=auto", "num_layers=3").num_layers == 3


def test_two_layers_are_narrower_by_what_the_second_costs() -> None:
    one, two = (whole(resolved("minutes=40", f"num_layers={n}"), "hidden_size") for n in (1, 2))
    assert two == pytest.approx(one / 2 ** (2 / 3), abs=32)


def test_where_nothing_is_held_out_the_training_loss_decides() -> None:
    resolution = resolve(compose(parse_settings(["validation_fraction=0"]))[0], *SHAKESPEARE)
    assert resolution.recipe.monitor == "train_loss"
    assert resolution.notes == ("nothing is held out, so the training loss decides what is best",)


def test_scalar_input_with_many_characters_is_answered_with_advice() -> None:
    resolution = resolve(compose(parse_settings(["input=scalar"]))[0], 1_000_000, 20_000)
    assert resolution.notes == ("scalar input puts 20,000 characters into one number; an embedding learns far better",)


@pytest.mark.parametrize(("characters", "width"), [(2, 8), (27, 32), (65, 64), (5000, 64)])
def test_an_embedding_is_as_wide_as_its_characters_need(characters: int, width: int) -> None:
    assert resolved(text=(10**6, characters)).embedding_size == width
