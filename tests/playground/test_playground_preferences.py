"""What was chosen last is there at the next start, and is given back at the end."""

import pytest
from sitting import Sitting
from spoken_trainer import started

from charplay.playground.preferences import read_preferences, write_preferences
from charplay.playground.recipe_draft import RecipeDraft
from charplay.recipes.network import whole
from charplay.runs.home import Home


def test_what_is_chosen_is_remembered(sitting: Sitting, home: Home) -> None:
    draft = sitting.playground.draft
    assert draft is not None
    assert draft.set("preset", "tiny") == draft.set("hidden_size", "48") == ""
    (home.corpora / "other.txt").write_text("another text. " * 40)
    sitting.corpora.choose("other", "cp1252")
    kept = sitting.playground.remember()
    assert (kept.preset, kept.form, kept.corpus, kept.encoding) == ("tiny", {"hidden_size": "48"}, "other", "cp1252")
    again = Sitting(home)
    again.playground.preferences = kept
    again.playground.begin()
    again.quiet()
    assert again.playground.draft is not None
    assert again.playground.draft.asked.hidden_size == 48
    assert again.corpora.chosen is not None
    assert (again.corpora.chosen.name, again.corpora.encoding) == ("other", "cp1252")


def test_before_anything_is_chosen_what_was_remembered_stays(home: Home) -> None:
    sitting = Sitting(home)
    sitting.playground.preferences.form = {"hidden_size": "48"}
    kept = sitting.playground.remember()
    assert (kept.corpus, kept.form) == ("fox", {"hidden_size": "48"})


def test_a_draft_that_cannot_be_used_any_more_is_the_default(home: Home) -> None:
    assert RecipeDraft.restored(home.presets, "quick", {"hidden_size": "many"}).values == {}
    assert RecipeDraft.restored(home.presets, "quick", {"hidden_size": 32, "gone": 1}).values == {"hidden_size": "32"}


def test_the_next_runs_sizes_follow_the_processor_that_a_run_measured(home: Home) -> None:
    sitting = Sitting(home).begin()
    draft = sitting.draft
    draft.values["minutes"] = "20"
    draft.settle()
    ruled = draft.resolved
    sitting.playground.launcher.train()
    sitting.hear(started(speed={"1024": 99.0}, device="cuda:0, A card, float32"))
    sitting.hear(started(speed=None))
    assert draft.resolved == ruled, "a card's speed says nothing of the processor"
    sitting.hear(started(speed={"128": 0.01, "256": 0.01}))
    assert draft.resolved is not None
    assert ruled is not None
    assert whole(draft.resolved, "sequence_length") < whole(ruled, "sequence_length")
    slow = draft.resolved
    write_preferences(home.settings, sitting.playground.remember())
    again = Sitting(home)
    again.playground.preferences, _ = read_preferences(home.settings)
    again.begin()
    again.quiet()
    assert again.draft.resolved == slow
    again.draft.use_devices(["cpu", "cuda:0"])
    assert again.draft.resolved is not None
    assert whole(again.draft.resolved, "sequence_length") == whole(ruled, "sequence_length"), (
        "what a card is like only it says"
    )
    again.draft.use_devices(["cpu"])
    again.draft.use_speed({})
    assert again.draft.resolved == ruled


@pytest.mark.parametrize("kept", [{"x": 1.0}, {"0": 1.0}, {"128": "fast"}, {"128": -1}, {"128": None}])
def test_a_speed_that_is_none_is_not_taken(home: Home, kept: dict[str, object]) -> None:
    draft = RecipeDraft(home.presets)
    draft.use_speed(kept)
    assert draft.speed == {}


def test_devices_are_found_in_the_background_and_known_to_the_draft(home: Home) -> None:
    class Device:
        name, title, free, total, threads = "cuda:3", "A GPU", 4 << 30, 8 << 30, 1

    sitting = Sitting(home)
    sitting.playground.next_run._list_devices = lambda: [Device()]
    sitting.playground.begin()
    sitting.quiet()
    assert sitting.playground.draft is not None
    assert sitting.playground.draft.choices("device") == ("auto", "cuda:3")
    assert [device.title for device in sitting.playground.next_run.devices] == ["A GPU"]
    assert sitting.playground.draft.threads == 1
