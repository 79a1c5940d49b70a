"""Entries of a registry with arguments, as a person writes them in a list: `cut(120-480), rare(below=5, to=drop)`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

from charplay.fs.registry import entry_names, load_entry

_ITEM = re.compile(r"(?:[^,()]|\([^()]*\)?|\))+")
_CALL = re.compile(r"\s*([^()\s]+)\s*(?:\(([^()]*)\))?\s*")


class UnknownEntryError(ValueError):
    """No entry of the folder has that name."""


class ArgumentError(ValueError):
    """An entry is there, and was given what it does not take; the message is a sentence without its full stop."""


@dataclass(frozen=True)
class Parameter:
    """One argument that an entry takes."""

    name: str
    read: Callable[[str], str]
    """Returns a value as it is written; ValueError says what it must be, as in "a whole number"."""
    default: str | None = None
    """None where it must be given; it is then written without its name. An empty one is not written."""


@dataclass(frozen=True)
class EntryCall:
    """An entry with its arguments; `str()` writes all of them, as `parse_entry` reads them back."""

    name: str
    arguments: Mapping[str, str]
    module: ModuleType

    def __str__(self) -> str:
        written = [
            value if parameter.default is None else f"{parameter.name}={value}"
            for parameter in parameters_of(self.module)
            if (value := self.arguments[parameter.name])
        ]
        return f"{self.name}({', '.join(written)})" if written else self.name


def split_list(text: str) -> list[str]:
    """Split a list at its commas, but not at those inside brackets; empty items are left out."""
    return [item.strip() for item in _ITEM.findall(text) if item.strip()]


def parameters_of(module: ModuleType) -> Sequence[Parameter]:
    """Return the arguments that an entry takes; most take none."""
    found: Sequence[Parameter] = getattr(module, "PARAMETERS", ())
    return found


@lru_cache(maxsize=256)
def parse_entry(folder: str, text: str) -> EntryCall:
    """Read a name, and its arguments in brackets where there are any. Raises UnknownEntryError, ArgumentError."""
    written = _CALL.fullmatch(text)
    name = written[1] if written else text.partition("(")[0].strip()
    if name not in entry_names(folder):
        raise UnknownEntryError(f"not one of {', '.join(entry_names(folder))}")
    module = load_entry(folder, name)
    if written is None:
        raise ArgumentError(f"{text} has brackets that do not fit; write {name}, or {_example(name, module)}")
    return EntryCall(name, _bind(name, split_list(written[2] or ""), module), module)


def _bind(name: str, written: Sequence[str], module: ModuleType) -> dict[str, str]:
    """Return the value of every parameter: those without a name are in the parameters' order."""
    parameters = {parameter.name: parameter for parameter in parameters_of(module)}
    given: dict[str, str] = {}
    for place, argument in enumerate(written):
        key, equals, value = argument.partition("=")
        key, value = (key.strip(), value.strip()) if equals else (dict(enumerate(parameters)).get(place, ""), argument)
        if key not in parameters or key in given:
            takes = f"it takes {' and '.join(parameters)}" if parameters else "it takes none"
            raise ArgumentError(f"{name} cannot have the argument {argument!r}; {takes}")
        try:
            given[key] = parameters[key].read(value)
        except ValueError as fault:
            raise ArgumentError(f"{name}: {key} must be {fault}, not {value!r}") from None
    for parameter in parameters.values():
        if parameter.default is None and parameter.name not in given:
            raise ArgumentError(f"{name} needs {parameter.name}, as in {_example(name, module)}")
        given.setdefault(parameter.name, parameter.default or "")
    return given


def _example(name: str, module: ModuleType) -> str:
    return str(getattr(module, "EXAMPLE", name))
