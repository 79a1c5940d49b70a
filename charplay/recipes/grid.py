"""A grid of settings: every combination of the values that some fields are to take."""

from collections.abc import Iterable, Mapping
from itertools import product

from charplay.fs.entry_calls import split_list
from charplay.recipes.layers import parse_settings
from charplay.recipes.recipe import Recipe
from charplay.recipes.specs import spec

WHOLE_KINDS = {"list", "text"}
"""Kinds of fields whose value may have commas itself, so that it is one value."""


def split_settings(settings: Iterable[str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Split settings into those of one value and those of several, "hidden_size=128,256"; each by field.

    A value that is named twice counts once. Raises RecipeError for what is no FIELD=VALUE.
    """
    single, several = dict[str, str](), dict[str, tuple[str, ...]]()
    for name, written in parse_settings(settings).values.items():
        values = tuple(dict.fromkeys(split_list(str(written))))
        if len(values) > 1 and not (name in Recipe.model_fields and spec(name).kind in WHOLE_KINDS):
            several[name] = values
        else:
            single[name] = str(written)
    return single, several


def grid(axes: Mapping[str, tuple[str, ...]]) -> list[dict[str, str]]:
    """Return every combination of the fields' values; the last field changes fastest. Without a field it is one."""
    return [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
