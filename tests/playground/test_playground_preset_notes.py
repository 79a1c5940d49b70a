"""What presets say of themselves: in one line, with a time that follows text and machine."""

import re
from pathlib import Path

import pytest

from charplay.corpora.corpus import from_text
from charplay.fs.registry import entry_names
from charplay.playground.preset_notes import preset_notes, preset_text
from charplay.playground.recipe_draft import RecipeDraft
from charplay.playground.recipe_rows import BUDGET
from charplay.recipes.presets import SHIPPED, read_preset

LONGEST_TIME = len(", 11.6 d")
ROOM = 44
"""Cells of a note in the list of presets at 80 columns."""
SIZES = {"alice": 150_000, "nietzsche": 600_000, "sonnets": 95_000, "tiny-shakespeare": 1_115_394}


@pytest.fixture
def draft(tmp_path: Path) -> RecipeDraft:
    draft = RecipeDraft(tmp_path)
    draft.read_corpus("fox", from_text("fox", "the quick brown fox jumps over the lazy dog\n" * 500))
    return draft


def minutes(draft: RecipeDraft, preset: str) -> float:
    found = re.search(r", ([0-9.]+) (s|min|h)$", preset_notes(draft, SIZES)[preset])
    assert found
    return float(found[1]) * {"s": 1 / 60, "min": 1, "h": 60}[found[2]]


@pytest.mark.parametrize("name", entry_names(SHIPPED))
def test_a_title_fits_with_its_time(name: str) -> None:
    preset = read_preset(name)
    timed = "minutes" not in preset.layer.values
    assert len(preset.title) + timed * LONGEST_TIME <= ROOM
    assert preset.title != name


def test_the_time_is_that_of_its_own_text_here(draft: RecipeDraft) -> None:
    usual = minutes(draft, "alice-256")
    assert 40 < usual < 200
    draft.use_speed({"128": 4.0, "256": 4.0, "512": 4.0})
    assert minutes(draft, "alice-256") == pytest.approx(usual / 4, rel=0.1)
    assert "min" not in preset_notes(draft, {})["alice-256"]


def test_a_budget_in_minutes_and_another_device_have_no_time_of_their_own(draft: RecipeDraft) -> None:
    assert preset_notes(draft, SIZES)["quick"] == read_preset("quick").title
    draft.use_devices(("cuda:0", "cpu"))
    assert preset_notes(draft, SIZES)["alice-256"] == read_preset("alice-256").title


def test_a_broken_preset_says_why(draft: RecipeDraft) -> None:
    (draft.presets / "mine.toml").write_text("hidden_size = ")
    assert "cannot be read" in preset_notes(draft, SIZES)["mine"]


def test_the_forms_own_time_follows_epochs_and_steps(draft: RecipeDraft) -> None:
    draft.set("hidden_size", "128")
    draft.set("num_layers", "1")
    assert not draft.set(BUDGET, "20 epochs")
    once = draft.seconds()
    assert not draft.set(BUDGET, "40 epochs")
    assert once is not None
    assert draft.seconds() == pytest.approx(2 * once)


def test_which_text_a_preset_is_meant_for(draft: RecipeDraft) -> None:
    assert preset_text(draft) == ""
    draft.set("preset", "alice-256")
    assert preset_text(draft) == "alice"
