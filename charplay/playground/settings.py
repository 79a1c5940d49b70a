"""The settings: a TOML file in the home that people write and charplay only reads.

A variable of the environment, CHARPLAY_ and the setting's name in capitals, wins over the file for one start.
What was chosen last is another thing, the preferences: charplay writes those itself.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_type_hints

from charplay.fs.atomic import replace_bytes
from charplay.fs.regular_files import open_regular

MOST_BYTES = 1_000_000
"""A file of settings that is longer is none."""

OLD_MAP: Final = "0.1"
"""The version whose keys can be had instead."""

SWITCHES: Final = {"true": True, "1": True, "false": False, "0": False}
"""How a variable says yes or no; a file does it as TOML has it."""

Value = str | bool

ThemeName = Literal[
    "last", "dark", "light", "ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light", "catppuccin-frappe",
    "catppuccin-latte", "catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai", "nord",
    "rose-pine", "rose-pine-dawn", "rose-pine-moon", "solarized-dark", "solarized-light", "textual-dark",
    "textual-light", "tokyo-night",
]  # fmt: skip
"""The theme that was left, charplay's own two, and Textual's by their names."""


def _declare(help_: str, *, default: Any) -> Any:
    return field(default=default, metadata={"help": help_})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its type, its default and a sentence: the file, its faults and `charplay settings` follow."""

    unit: Literal["nats", "bits", "bits-per-byte", "perplexity"] = _declare(
        "The unit of every loss that is shown; with --json losses stay nats a character.", default="nats"
    )
    theme: ThemeName = _declare(  # noqa: RUF009  (the type is a Literal)
        "How the screen begins: as it was left, always in charplay's dark or light theme, or in another one.",
        default="last",
    )
    ascii: bool = _declare(
        "Whether the screen is drawn in ASCII alone, for terminals and fonts without lines and dots.", default=False
    )
    bell: bool = _declare("Whether the terminal rings when a run ends.", default=False)
    signs: bool = _declare(
        "Whether a run shows in the terminal's title, as its progress, and in a notice at the end when nobody looks.",
        default=True,
    )
    tour: bool = _declare("Whether five sentences above the keys show around, once, in a new home.", default=True)
    keys: Mapping[str, str] = field(default_factory=dict, metadata={"help": ""})
    """Of commands by their ids; whether there are such commands and keys only the screen knows."""
    key_map: Literal["", "0.1"] = field(default="", metadata={"help": ""})
    """Of which version the other keys are, as `keys = "0.1"`, or `map = "0.1"` in their table, says; empty: of this."""
    on_hangup: Literal["save", "detach"] = _declare(
        "What becomes of a run when its terminal goes: it is saved and ends, or it goes on by itself.", default="save"
    )


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """What a setting accepts: one of `choices`, as values of TOML."""

    name: str
    default: Value
    choices: tuple[Value, ...]
    help: str


def setting_specs() -> tuple[SettingSpec, ...]:
    """Return every setting, in the order of its declaration."""
    types, defaults = get_type_hints(Settings), Settings()
    helps = {one.name: one.metadata["help"] for one in fields(Settings)}
    return tuple(
        SettingSpec(name, getattr(defaults, name), get_args(types[name]) or (True, False), help_)
        for name, help_ in helps.items()
        if help_
    )


def read_settings(path: Path, environ: Mapping[str, str] = os.environ) -> tuple[Settings, tuple[str, ...]]:
    """Read the settings in a file and those of the environment; also return a sentence for each that is not taken.

    A setting that is wrong, or not there, has its default. No file is no fault.
    """
    found, broken = _read_file(path)
    set_here = {
        spec.name: SWITCHES.get(value, value) if isinstance(spec.default, bool) else value
        for spec in setting_specs()
        if (value := environ.get(variable(spec.name)))
    }
    taken: dict[str, Any] = {}
    for spec in setting_specs():
        for source in (found, set_here):
            if _accepts(spec, source.get(spec.name)):
                taken[spec.name] = source[spec.name]
    keys = {name: key for name, key in _flat(found.get("keys")) if isinstance(key, str)}
    key_map: Literal["", "0.1"] = OLD_MAP if OLD_MAP in (found.get("keys"), keys.pop("map", "")) else ""
    faults = (*broken, *(f"{path.name}: {fault}" for fault in _faults(found)))
    faults += tuple(f"in the environment, {fault}" for fault in _faults(set_here))
    return Settings(**taken, keys=keys, key_map=key_map), faults


def variable(name: str) -> str:
    """Return the variable of the environment that gives a setting."""
    return f"CHARPLAY_{name.upper()}"


def template() -> str:
    """Return a file of settings in which everything is explained and nothing is set."""
    head = (
        "# Settings of charplay. It reads this file when it starts, and never changes it.\n"
        "# To set something, take the # before its name away. `charplay settings` says what holds.\n"
        "# For one start a variable does the same and wins: CHARPLAY_THEME=dark charplay\n"
    )
    foot = (
        "\n# Keys of commands, by their ids; several with commas between them. The help (?) shows what holds.\n"
        f'# map = "{OLD_MAP}" brings back those that charplay {OLD_MAP} had; keys = "{OLD_MAP}" alone does the same.\n'
        f'# [keys]\n# map = "{OLD_MAP}"\n# writing.anew = "ctrl+n"\n'
    )
    choices = (
        f"\n# {spec.help}\n# One of: {', '.join(map(written, spec.choices))}\n# {spec.name} = {written(spec.default)}\n"
        for spec in setting_specs()
    )
    return "".join((head, *choices, foot))


def write_template(path: Path) -> None:
    """Write the file in which every setting is explained. FileExistsError where there is one: it is a person's."""
    if path.exists() or path.is_symlink():
        raise FileExistsError(path)
    replace_bytes(path, template().encode())


def written(value: Value) -> str:
    """Return a value as it is written in TOML."""
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def _read_file(path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    try:
        with open_regular(path) as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return {}, ()
    except OSError as error:
        return {}, (f"{path} cannot be read ({error.strerror}); every setting has its default.",)
    try:
        return _parse(data), ()
    except (ValueError, RecursionError) as error:
        reason = str(error) if type(error).__name__ == "TOMLDecodeError" else "it is no text of that kind"
        return {}, (f"{path.name} is not TOML: {reason}; every setting has its default.",)


def _parse(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise ValueError
    import tomllib

    return tomllib.loads(data.decode("utf-8-sig"))


def _accepts(spec: SettingSpec, value: object) -> bool:
    """Whether a setting takes a value; 1 is not true, though Python holds them to be equal."""
    return type(value) is type(spec.default) and value in spec.choices


def _faults(found: Mapping[str, object]) -> Iterator[str]:
    specs = {spec.name: spec for spec in setting_specs()}
    for name, value in found.items():
        if name == "keys":
            yield from _key_faults(value)
        elif name not in specs:
            yield f"there is no setting {name!r}; the nearest is {_nearest(name, specs)}."
        elif not _accepts(specs[name], value):
            choices = [written(choice) for choice in specs[name].choices]
            default = written(specs[name].default)
            yield (
                f"{name} is one of {', '.join(choices)}, not {_shown(value)}; "
                f"the nearest is {_nearest(_shown(value), choices)}, and {default} holds now."
            )


def _key_faults(keys: object) -> Iterator[str]:
    if keys == OLD_MAP:
        return
    if not isinstance(keys, dict) or not all(isinstance(key, str) for _, key in _flat(keys)):
        yield (
            'keys is a table of keys by the commands\' ids, such as [keys] and below it "chart.write" = "W"; '
            f'or "{OLD_MAP}", for the keys of charplay {OLD_MAP}.'
        )
    elif keys.get("map", OLD_MAP) != OLD_MAP:
        yield f'map in the table of keys is "{OLD_MAP}", for the keys of charplay {OLD_MAP}, or is not there.'


def _flat(table: object, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the entries of a table by their whole names: a name with a dot that is not quoted is a table in TOML."""
    if isinstance(table, dict):
        for name, value in table.items():
            yield from _flat(value, f"{before}{name}.") if isinstance(value, dict) else ((before + name, value),)


def _nearest(word: str, known: "Mapping[str, object] | list[str]") -> str:
    from charplay.recipes.specs import closest_match

    return closest_match(word, known)


def _shown(value: object) -> str:
    shown = written(value) if isinstance(value, str | bool) else str(value)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"
