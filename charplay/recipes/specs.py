"""What a field of the recipe accepts, as plain data: the form, `--set` and the docs are drawn from it."""

import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import AfterValidator
from pydantic.fields import FieldInfo

from charplay.fs.registry import entry_names
from charplay.recipes.recipe import EntryName, Recipe

Kind = Literal["int", "float", "choice", "list", "text", "bool"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field: `low` and `high` bound a number, or each number of a list.

    `choices` are the names to choose from; for a number, the words that may stand in its place ("epoch").
    """

    name: str
    group: str
    kind: Kind
    help: str
    unit: str
    default: object
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    above: bool = False
    """`low` itself is not allowed."""
    below: bool = False
    """`high` itself is not allowed."""
    whole: bool = False
    """Numbers are whole."""
    patterned: bool = False
    """A text of a certain shape, which `help` describes."""
    auto: bool = False
    """`auto` leaves the choice to charplay."""
    optional: bool = False
    """`none` is allowed."""
    live: bool = False
    """May be changed while training."""
    start: float | None = None
    """The first number that the arrows give where the value is a word; None where it is never one."""


def _flatten(annotation: Any) -> Iterator[Any]:
    """The leaves of an annotation and all that is attached to them: types, literals' values, bounds, validators."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, FieldInfo):
        yield from annotation.metadata
    elif origin is Literal:
        yield from arguments
    elif origin in (Annotated, Union, types.UnionType, tuple):
        yield from [tuple] if origin is tuple else []
        for argument in arguments:
            yield from _flatten(argument)
    else:
        yield annotation


def _kind(parts: list[Any], choices: tuple[str, ...]) -> Kind:
    for kind, type_ in (("list", tuple), ("bool", bool), ("int", int), ("float", float)):
        if type_ in parts:
            return kind  # type: ignore[return-value]  # mypy widens the tuple's names to str
    return "choice" if choices else "text"


def _make_spec(name: str, field: FieldInfo) -> FieldSpec:
    parts = [*_flatten(field.annotation), *field.metadata]
    extra: dict[str, Any] = dict(field.json_schema_extra)  # type: ignore[arg-type]  # every declaration has a mapping
    words = tuple(part for part in parts if isinstance(part, str) and part != "auto")
    listed = (part.func for part in parts if isinstance(part, AfterValidator))
    choices = words + tuple(
        found for rule in listed if isinstance(rule, EntryName) for found in entry_names(rule.folder)
    )
    bounds: dict[str, Any] = {}
    for part in parts:
        match part:
            case annotated_types.Ge(ge=low):
                bounds |= {"low": low}
            case annotated_types.Gt(gt=low):
                bounds |= {"low": low, "above": True}
            case annotated_types.Le(le=high):
                bounds |= {"high": high}
            case annotated_types.Lt(lt=high):
                bounds |= {"high": high, "below": True}
    return FieldSpec(
        name,
        extra["group"],
        _kind(parts, choices),
        field.description or "",
        extra["unit"],
        field.default,
        choices=choices,
        **bounds,
        whole=int in parts,
        patterned=any(getattr(part, "pattern", None) for part in parts),
        auto="auto" in parts,
        optional=type(None) in parts or None in parts,
        live=extra["live"],
        start=extra["start"],
    )


@cache
def specs() -> tuple[FieldSpec, ...]:
    """Every field, in the order of its declaration."""
    return tuple(_make_spec(name, field) for name, field in Recipe.model_fields.items())


@cache
def spec(name: str) -> FieldSpec:
    """The field called `name`; KeyError where there is none."""
    return _make_spec(name, Recipe.model_fields[name])


def closest_match(word: str, known: Iterable[str]) -> str:
    """The name of `known` (at least one) that `word` resembles most; initials count too: lr is learning_rate."""
    plain = word.strip().lower().replace("-", "_")

    def likeness(name: str) -> float:
        initials = "".join(part[0] for part in name.split("_"))
        if len(initials) > 1 and plain == initials:
            return 1.0
        return SequenceMatcher(None, plain, name.replace("-", "_")).ratio()

    return max(known, key=likeness)


def _numbers(field: FieldSpec) -> str:
    number = "{} whole number{}" if field.whole else "{} number{}"
    number = number.format("", "s").strip() if field.kind == "list" else number.format("a", "")
    low = "" if field.low is None else f" {'above' if field.above else 'from'} {field.low:,}"
    if field.high is None:
        return f"{number}{low}{'' if field.above or not low else ' up'}"
    high, below = (field.high - 1, False) if field.whole and field.below else (field.high, field.below)
    joint = " and at most" if field.above else " to"
    return f"{number}{low}{' to below' if below else joint} {high:,}"


def _alternatives(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def domain(field: FieldSpec) -> str:
    """What the field accepts: "auto or a whole number from 1 to 8,192"."""
    if field.kind == "list":
        return f"a list, with commas, of {_alternatives(field.choices) if field.choices else _numbers(field)}"
    words = [*(["auto"] if field.auto else []), *(["none"] if field.optional else []), *field.choices]
    match field.kind:
        case "int" | "float":
            words.append(_numbers(field))
        case "bool":
            words += ["yes", "no"]
        case "text":
            words.append(field.help if field.patterned else "a text")
        case _:
            pass
    return _alternatives(words)


def describe_domain(field: FieldSpec) -> str:
    """The domain as a sentence without its full stop: "hidden_size must be auto or a whole number from 1 to 8,192"."""
    return f"{field.name} must be {domain(field)}"


def format_value(value: object) -> str:
    """A value as a person writes it, and as `--set` reads it: none, yes, "lowercase, ascii"."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case tuple() | list():
            return ", ".join(format_value(item) for item in value)
        case float():
            return f"{value:.15g}" if float(f"{value:.15g}") == value else repr(value)
        case _:
            return str(value)
