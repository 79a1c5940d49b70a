"""The presets that ship, and a person's own."""

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charplay.recipes.errors import RecipeError
from charplay.recipes.layers import compose, parse_settings
from charplay.recipes.network import examples_per_epoch, layer_table, parameter_count
from charplay.recipes.presets import load_preset, preset_names, read_preset, save_preset
from charplay.recipes.recipe import BUDGETS
from charplay.recipes.resolve import resolve

# characters, distinct characters, windows of an epoch, parameters of the layers that have any
CLASSICS = {
    "alice-2x350": (163_817, 60, 163_717, (492_800, 981_400, 21_060)),
    "alice-256": (144_408, 45, 144_308, (264_192, 11_565)),
    "shakespeare-16": (1_115_394, 36, 200_000, (84_480, 4_644)),
    "nietzsche-lstm": (600_893, 57, 200_285, (95_232, 7_353)),
    "nietzsche-gru": (600_893, 57, 200_285, (71_424, 7_353)),
    "sonnets-many-to-one": (95_650, 27, 95_610, (1_728, 33_024, 1_755)),
    "sonnets-many-to-many": (95_650, 27, 95_610, (1_728, 328_704, 6_939)),
}
TOTALS = {
    "alice-2x350": 1_495_260,
    "alice-256": 275_757,
    "shakespeare-16": 89_124,
    "nietzsche-lstm": 102_585,
    "nietzsche-gru": 78_777,
    "sonnets-many-to-one": 36_507,
    "sonnets-many-to-many": 337_371,
}


@pytest.mark.parametrize("name", CLASSICS)
def test_a_classic_is_built_to_the_unit(name: str) -> None:
    characters, vocabulary_size, examples, parameters = CLASSICS[name]
    recipe = resolve(compose(load_preset(name))[0], characters, vocabulary_size).recipe
    assert examples_per_epoch(recipe, characters) == examples
    assert tuple(row.parameters for row in layer_table(recipe, vocabulary_size) if row.parameters) == parameters
    assert parameter_count(recipe, vocabulary_size) == TOTALS[name]


@pytest.mark.parametrize("name", CLASSICS)
def test_a_classic_leaves_nothing_to_choose_but_the_rows(name: str) -> None:
    characters, vocabulary_size, _, _ = CLASSICS[name]
    recipe = compose(load_preset(name))[0]
    resolution = resolve(recipe, characters, vocabulary_size)
    left = {"log_every", "device", "precision", "threads"} | (
        {"embedding_size"} if recipe.input != "embedding" else set()
    )
    assert {field for field, value in recipe.model_dump().items() if value == "auto"} == left
    assert resolution.notes == ()


@pytest.mark.parametrize("name", CLASSICS)
def test_a_classic_trains_and_writes_as_its_row_says(name: str) -> None:
    recipe = compose(load_preset(name))[0]
    assert (recipe.validation_fraction, recipe.monitor, recipe.keep) == (0, "train_loss", "every-improvement")
    assert (recipe.initialization, recipe.schedule, recipe.warmup) == ("glorot-orthogonal", "constant", 0)
    assert (recipe.clip_norm, recipe.sample_every) == (None, "epoch")
    assert recipe.shuffle == (name != "shakespeare-16")
    assert recipe.clip_value == (1.0 if name == "shakespeare-16" else None)
    assert recipe.batch_size == (32 if name == "shakespeare-16" else 128)
    assert recipe.epochs == (10 if name.startswith(("sonnets", "shakespeare")) else 20)
    expected = ("rmsprop", 0.01) if name.startswith("nietzsche") else ("adam", 0.001)
    assert (recipe.optimizer, recipe.learning_rate) == expected


@pytest.mark.parametrize("name", preset_names())
def test_a_shipped_preset_is_a_sound_recipe(name: str) -> None:
    preset = read_preset(name)
    recipe, notes = compose(preset.layer)
    assert notes == ()
    assert sum(getattr(recipe, budget) is not None for budget in BUDGETS) == 1
    assert preset.title != name
    assert preset.about
    assert resolve(recipe, 1_000_000, 60).notes == ()


def test_charplays_own_presets_are_there() -> None:
    assert {"quick", "quality", "tiny", "gpu", *CLASSICS} == set(preset_names())


def test_an_unknown_preset_is_answered_with_the_nearest() -> None:
    with pytest.raises(RecipeError, match="no preset 'alice256'; the nearest is alice-256"):
        load_preset("alice256")


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "clip_norm": st.sampled_from(["none", "0.5"]),
        "cleaning": st.lists(st.sampled_from(["lowercase", "ascii"])),
        "sample_prompt": st.text(),
        "corpus": st.text(st.characters(codec="utf-8")),
        "learning_rate": st.floats(1e-9, 100),
        "sample_temperatures": st.lists(st.floats(0, 5)),
        "shuffle": st.just(True),
        "steps": st.integers(0, 10**12),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=st.sampled_from(preset_names()), changes=CHANGES)
def test_a_saved_preset_is_the_same_recipe(tmp_path: Path, base: str, changes: dict[str, Any]) -> None:
    layer = load_preset(base)
    recipe, _ = compose(layer, type(layer)("test", changes))
    path = save_preset(tmp_path, "mine", recipe, title="my own")
    assert compose(load_preset("mine", tmp_path)) == (recipe, ())
    assert read_preset("mine", tmp_path).title == "my own"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_own_presets_stand_after_the_shipped_ones(tmp_path: Path) -> None:
    assert preset_names(tmp_path / "missing") == preset_names()
    save_preset(tmp_path / "presets", "mine", compose(parse_settings(["cell=gru"]))[0])
    assert preset_names(tmp_path / "presets") == (*preset_names(), "mine")
    assert tomllib.loads((tmp_path / "presets" / "mine.toml").read_text()) == {"cell": "gru", "minutes": 3.0}


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "Mine", "a" * 65, "line\nbreak", "quick"])
def test_a_name_that_cannot_be_used_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecipeError, match=r"another name|cannot name"):
        save_preset(tmp_path, name, compose()[0])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"minutes = = 3", b"\xff\xfe"])
def test_a_broken_file_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.toml").write_bytes(content)
    with pytest.raises(RecipeError, match="preset broken cannot be read"):
        load_preset("broken", tmp_path)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_one_sentence_and_nobody_waits_for_it(tmp_path: Path, make: Callable[..., Any]) -> None:
    make(tmp_path / "pipe.toml")
    with pytest.raises(RecipeError, match=r"the preset pipe cannot be read \(a (pipe|folder|device), not a file\)"):
        load_preset("pipe", tmp_path)


def test_a_failed_save_leaves_the_old_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_preset(tmp_path, "mine", compose(parse_settings(["cell=gru"]))[0])
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        save_preset(tmp_path, "mine", compose()[0])
    assert load_preset("mine", tmp_path).values["cell"] == "gru"
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.toml"]
