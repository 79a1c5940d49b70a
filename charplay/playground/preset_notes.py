"""What each preset is, in a few words, with the time that it takes on this machine."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from charplay.formatting.units import rough_duration
from charplay.recipes.device_dependent import likely_device, nearly_known
from charplay.recipes.errors import RecipeError
from charplay.recipes.layers import compose
from charplay.recipes.presets import Preset, read_preset
from charplay.recipes.reference_hardware import CorpusSize, expected_seconds
from charplay.recipes.resolve import resolve

if TYPE_CHECKING:
    from charplay.playground.recipe_draft import RecipeDraft

USUAL_VOCABULARY = 60
"""Distinct characters of a text that was not read."""


def preset_text(draft: "RecipeDraft") -> str:
    """Return the text that the draft's preset is meant for; empty for one that takes any."""
    try:
        return str(read_preset(draft.preset, draft.presets).layer.values.get("corpus", ""))
    except RecipeError:
        return ""


def preset_notes(draft: "RecipeDraft", sizes: Mapping[str, int]) -> dict[str, str]:
    """Return the title of each preset with its time where that does not stand there; of one that is broken, why.

    `sizes`: bytes of the texts by name, about their characters.
    """
    found = {}
    for name in draft.preset_names():
        try:
            preset = read_preset(name, draft.presets)
            seconds = _seconds(draft, preset, sizes)
        except RecipeError as fault:
            found[name] = str(fault)
        else:
            found[name] = preset.title + (f", {rough_duration(seconds)}" if seconds is not None else "")
    return found


def _seconds(draft: "RecipeDraft", preset: Preset, sizes: Mapping[str, int]) -> float | None:
    """Return how long a preset trains here on its own text, else on the chosen one; None where nobody knows."""
    recipe, _ = compose(preset.layer)
    if recipe.minutes is not None or not nearly_known(likely_device(recipe.device, draft.devices)):
        return None
    if recipe.corpus in {"", draft.corpus}:
        characters, vocabulary = draft.characters, draft.vocabulary_size
    else:
        characters, vocabulary = sizes.get(recipe.corpus, 0), USUAL_VOCABULARY
    characters = min(characters, recipe.limit or characters)
    if not characters:
        return None
    resolved = resolve(recipe, characters, vocabulary, draft.speed).recipe
    return expected_seconds(resolved, CorpusSize.of(resolved, characters, vocabulary), draft.speed)
