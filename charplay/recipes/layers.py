"""A recipe from layers: defaults, a preset, the run that goes on, `--set`, flags. The later one wins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from pydantic import ValidationError

from charplay.fs.entry_calls import ArgumentError, split_list
from charplay.recipes.contradictions import contradictions
from charplay.recipes.errors import RecipeError
from charplay.recipes.recipe import BUDGETS, LIVE, Recipe
from charplay.recipes.specs import FieldSpec, closest_match, describe_domain, format_value, spec

DEFAULT_BUDGET: Mapping[str, object] = {"minutes": 3.0}
"""What a recipe gets that names no budget: the same as the preset `quick`."""

LOCATION_FIELDS = ("device", "threads")
"""Fields that say where a run is trained: it may go on elsewhere."""

DEPENDENT_FIELDS: Mapping[str, tuple[str, ...]] = {
    "batching": ("stride", "window_limit", "target", "shuffle"),
    "input": ("scalar_scale", "embedding_size"),
}
"""Fields that may lose their sense when the field above them is changed."""


@dataclass(frozen=True, slots=True)
class ConfigLayer:
    """Values of some fields, as numbers or as text.

    `source` says where they come from, as in "preset quick"; it is empty where whoever is told sees that.
    """

    source: str
    values: Mapping[str, object]


def parse_settings(settings: Iterable[str], source: str = "--set") -> ConfigLayer:
    """The layer of settings written as FIELD=VALUE; RecipeError names every one that is not.

    A field that is set twice takes the later value.
    """
    pairs = [setting.partition("=") for setting in settings]
    faults = [
        f"{name!r} sets nothing; write FIELD=VALUE, as in hidden_size=256" for name, equals, _ in pairs if not equals
    ]
    if faults:
        raise RecipeError(*faults)
    return ConfigLayer(source, {name.strip().replace("-", "_"): value.strip() for name, _, value in pairs})


def compose(*layers: ConfigLayer) -> tuple[Recipe, tuple[str, ...]]:
    """The recipe of these layers over the defaults, and notes on what a layer reset.

    A layer that names a budget replaces the one below. Raises RecipeError with every fault at once: unknown fields,
    values outside their domain, two budgets in one layer, contradictions.
    """
    faults: dict[str, str] = {}
    notes: list[str] = []
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    for layer in layers:
        known, unknown = _check_names(layer)
        faults |= unknown
        notes += _reset_dependents(values, known, layer.source)
        values = _overlay(known, values)
        sources |= dict.fromkeys(known, layer.source)
    if not _budgets(values):
        values |= DEFAULT_BUDGET
    recipe, wrong = _validate(values, sources)
    faults |= wrong
    # A misspelt field stands for the one it resembles: what depends on that one cannot be judged.
    sentences = [*faults.values(), *contradictions(recipe, {_closest_field(name) for name in faults})]
    if sentences:
        raise RecipeError(*sentences)
    return recipe, tuple(notes)


def resumed(asked: Recipe, *layers: ConfigLayer, resolved: Recipe | None = None) -> Recipe:
    """The asked recipe of a run that goes on under `layers`: a new budget, new live values, another device.

    A value may be repeated, as it was asked or as it was `resolved`. Raises RecipeError with every fault at once;
    anything else that differs is one.
    """
    known: dict[str, object] = {}
    faults: dict[str, str] = {}
    sources: dict[str, str] = {}
    for layer in layers:
        new, unknown = _check_names(layer)
        faults |= unknown
        known = _overlay(new, known)
        sources |= dict.fromkeys(new, layer.source)
    wanted, wrong = _validate(_overlay(known, asked.model_dump()), sources)
    faults |= wrong
    update: dict[str, object] = {name: getattr(wanted, name) for name in BUDGETS} if _budgets(known) else {}
    for name in (name for name in known if name not in BUDGETS and name not in wrong):
        value, current = getattr(wanted, name), getattr(resolved or asked, name)
        if value == getattr(asked, name):
            continue
        if name in (*LIVE, *LOCATION_FIELDS):
            update[name] = value
        elif value != current:
            kept, asked_for = (format_value(one) or "none" for one in (current, value))
            faults[name] = (
                f"{name} is {kept} in this run and cannot become {asked_for}; leave it out, or start a new run"
            )
    if faults:
        raise RecipeError(*faults.values())
    return asked.model_copy(update=update)


def altered(recipe: Recipe, name: str, value: object) -> Recipe:
    """A resolved recipe with one live field set; `value` may be text, as for `--set`. RecipeError where that fails."""
    if name not in LIVE:
        raise RecipeError(f"{name} cannot change during training; {', '.join(LIVE[:-1])} and {LIVE[-1]} can")
    changed, faults = _validate({**recipe.model_dump(), name: value}, {})
    if faults or getattr(changed, name) == "auto":
        raise RecipeError(_value_fault(replace(spec(name), auto=False), value))
    if clashes := contradictions(changed):
        raise RecipeError(*clashes)
    return changed


def _check_names(layer: ConfigLayer) -> tuple[dict[str, object], dict[str, str]]:
    """A layer's values of known fields; and its faults that need no look at the values, by field."""
    known = {name: value for name, value in layer.values.items() if name in Recipe.model_fields}
    faults = {
        name: f"there is no field {name!r}{_source_suffix(layer.source)}; the nearest is {_closest_field(name)!r}"
        for name in layer.values
        if name not in known
    }
    named = _budgets(known)
    if len(named) > 1:
        faults[named[0]] = (
            f"a run has one budget, leave only one of {' and '.join(named)}{_source_suffix(layer.source)}"
        )
    return known, faults


def _overlay(over: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    """Values with others over them, whose budget replaces the one below."""
    below = dict.fromkeys(BUDGETS) if _budgets(over) else {}
    return {**values, **below, **over}


def _closest_field(name: str) -> str:
    return name if name in Recipe.model_fields else closest_match(name, Recipe.model_fields)


def _budgets(values: Mapping[str, object]) -> list[str]:
    """The budgets that are named: `none` names nothing."""
    return [name for name in BUDGETS if str(values.get(name)).strip().lower() not in {"none", ""}]


def _reset_dependents(values: dict[str, object], known: Mapping[str, object], source: str) -> list[str]:
    """Take out of `values` what loses its sense under a layer of these `known` values; notes say so."""
    notes = []
    for field, dependents in DEPENDENT_FIELDS.items():
        if field not in known or known[field] == values.get(field, spec(field).default):
            continue
        lost = [name for name in dependents if values.pop(name, spec(name).default) != spec(name).default]
        gone = [name for name in lost if name not in known]
        if gone:
            notes.append(f"{field} {_quote(known[field])}{_source_suffix(source)} resets {' and '.join(gone)}")
    return notes


def _validate(values: Mapping[str, object], sources: Mapping[str, str]) -> tuple[Recipe, dict[str, str]]:
    """The recipe of the values that are valid, and one sentence for each field whose value, from its source, is not."""
    try:
        return Recipe.model_validate(values), {}
    except ValidationError as error:
        wrong: dict[str, object] = {}
        for fault in error.errors(include_url=False):
            wrong.setdefault(str(fault["loc"][0]), fault.get("ctx", {}).get("error"))
    sound = {name: value for name, value in values.items() if name not in wrong}
    return Recipe.model_validate(sound), {
        name: f"{name}: {reason}{_source_suffix(sources.get(name))}"
        if isinstance(reason, ArgumentError)
        else _value_fault(spec(name), values[name], sources.get(name))
        for name, reason in wrong.items()
    }


def _source_suffix(source: str | None) -> str:
    return f" ({source})" if source else ""


def _value_fault(field: FieldSpec, value: object, source: str | None = None) -> str:
    """Why the value is wrong, with its source, and the nearest name where the field takes names."""
    words = field.choices + ("auto",) * field.auto
    items = split_list(value) if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
    names = [item.partition("(")[0].strip() for item in items if isinstance(item, str)]
    misspelt = next((name for name in names if name not in words), "")
    word = misspelt.strip("-+.0123456789").lower()
    meant = word and (field.choices or get_close_matches(word, words))  # 1e3 and nan are meant as numbers, not as auto
    hint = f"; the nearest is {closest_match(misspelt, words)}" if meant else ""
    return f"{describe_domain(field)}, not {_quote(value)}{_source_suffix(source)}{hint}"


def _quote(value: object) -> str:
    """A value for a sentence: in full where that is short."""
    if isinstance(value, int) and value.bit_length() > 64:
        return "so large a number"
    text = repr(value) if isinstance(value, str) else format_value(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
