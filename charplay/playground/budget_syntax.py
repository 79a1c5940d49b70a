"""Budgets as a person writes them: "3 minutes", "90 s", "1h30m", "2 epochs", "5,000 steps"."""

import re
from collections.abc import Mapping

from charplay.recipes.recipe import BUDGETS, Recipe
from charplay.recipes.specs import format_value

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d[\d_]*)(?:\.\d*)?|\.\d+"
_PARTS = re.compile(rf"\s*({NUMBER})(e\d+)?\s*([a-z]*)", re.IGNORECASE)
_SECONDS = {1: ("s", "sec", "second"), 60: ("m", "min", "minute"), 3600: ("h", "hr", "hour")}
_TIMES = {f"{word}{plural}": seconds for seconds, words in _SECONDS.items() for word in words for plural in ("", "s")}
FAULT = "write a number and steps, epochs or a time, as in 5000 steps, 2 epochs, 3 minutes, 90 s or 1.5 h"


def budget_layer(text: str, unit: str = "minutes") -> dict[str, str]:
    """Return a budget as a layer's one value; ValueError with a sentence where it is none.

    A number alone counts `unit`, a field of the recipe. Seconds, minutes and hours may be written by their first
    letter and together, as in 1h30m; steps and epochs need two, so that 90s is never taken for steps.
    """
    parts = _parts(text)
    if len(parts) == 1 and (counted := _counted(parts[0][1], unit)):
        return {counted: parts[0][0]}
    if not parts or any(word not in _TIMES for _, word in parts):
        raise ValueError(FAULT)
    return {"minutes": format_value(round(sum(float(number) * _TIMES[word] for number, word in parts) / 60, 6))}


def take_added(values: Mapping[str, object]) -> tuple[dict[str, object], bool]:
    """Return values of fields without the + of a budget written "+N", and whether one was: it adds to what was done."""
    added = {name for name, value in values.items() if str(value).startswith("+")}
    return {name: str(value)[1:] if name in added else value for name, value in values.items()}, bool(added)


def budget_of(recipe: Recipe) -> tuple[str, float]:
    """Return the one budget of a composed recipe: its unit, a field of the recipe, and its amount."""
    return next((unit, amount) for unit in BUDGETS if (amount := getattr(recipe, unit)) is not None)


def _parts(text: str) -> list[tuple[str, str]]:
    """Numbers with the words after them; none where something else stands there too."""
    found, end = [], 0
    for part in _PARTS.finditer(text):
        if part.start() != end:
            return []
        found.append((part[1].replace(",", "").replace("_", "") + (part[2] or ""), part[3].lower()))
        end = part.end()
    return found if not text[end:].strip() else []


def _counted(word: str, unit: str) -> str:
    """The field that a word names by at least two of its letters, or its only one; empty where it is a time."""
    if not word:
        return unit
    return next((field for field in ("steps", "epochs") if len(word) > 1 and field.startswith(word)), "")
