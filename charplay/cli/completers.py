"""What an option or an argument can be completed with: runs, presets, texts, fields, devices, files.

Nothing here writes, or makes a home: a person only pressed the tab key.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from charplay.runs.home import Home

CHECKPOINT_SUFFIX = ".safetensors"


class Candidate(NamedTuple):
    """A word that may stand at the cursor; one that ends with OPEN is gone on with, without a space."""

    value: str
    help: str = ""


OPEN = ("=", "/")
"""Ends of a candidate that is not yet a whole word: a field without its value, a folder."""


def files(_home: "Home", word: str) -> Iterator[Candidate]:
    """Every file and folder whose path begins with the word; hidden ones only where a dot is typed."""
    return _paths(word)


def folders(_home: "Home", word: str) -> Iterator[Candidate]:
    """Every folder whose path begins with the word."""
    return (found for found in _paths(word) if found.value.endswith("/"))


def runs(home: "Home", _word: str) -> Iterator[Candidate]:
    """Every run of the home."""
    from charplay.runs.store import RunStore

    return (Candidate(name) for name in RunStore(home).names())


def checkpoints(home: "Home", word: str) -> Iterator[Candidate]:
    """Every run, the demo, and checkpoint files."""
    from charplay.runs.naming import DEMO_NAME

    yield from runs(home, word)
    yield Candidate(DEMO_NAME, "comes with charplay")
    yield from (found for found in _paths(word) if found.value.endswith(("/", CHECKPOINT_SUFFIX)))


def presets(home: "Home", _word: str) -> Iterator[Candidate]:
    """Every preset with its title: charplay's own, and those of the home."""
    from charplay.recipes.errors import RecipeError
    from charplay.recipes.presets import preset_names, read_preset

    for name in preset_names(home.presets):
        with suppress(RecipeError):
            yield Candidate(name, read_preset(name, home.presets).title)


def texts(home: "Home", word: str) -> Iterator[Candidate]:
    """Every text that can be read now, and files and folders."""
    from charplay.corpora.library import Library

    yield from (Candidate(one.name, one.title) for one in Library(home.corpora, home.cache).entries() if one.ready)
    yield from _paths(word)


def classics(home: "Home", _word: str) -> Iterator[Candidate]:
    """Every classic of the catalog."""
    from charplay.corpora.library import Library

    entries = Library(home.corpora, home.cache).entries()
    return (Candidate(one.name, one.title) for one in entries if one.kind == "catalog")


def devices(_home: "Home", _word: str) -> Iterator[Candidate]:
    """What a network can be trained on here."""
    from charplay.training.device import list_devices

    found = list_devices()
    yield Candidate("auto")
    yield from (Candidate(device.name, device.title) for device in found)
    if len(found) > 1:
        yield Candidate("cuda")


def places(_home: "Home", _word: str) -> Iterator[Candidate]:
    """The words that `--prompt-from` knows."""
    return map(Candidate, ("random", "letter"))


def sort_orders(_home: "Home", _word: str) -> Iterator[Candidate]:
    """What a concordance can be sorted by."""
    from charplay.corpora.exploring.concordance import ORDERS

    return map(Candidate, ORDERS)


def x_axes(_home: "Home", _word: str) -> Iterator[Candidate]:
    """What a chart counts across."""
    from charplay.plotting.downsample import X_AXES

    return map(Candidate, X_AXES)


def quantities(_home: "Home", _word: str) -> Iterator[Candidate]:
    """What a chart shows upward."""
    from charplay.playground.chart_quantities import MEASURES

    return map(Candidate, MEASURES)


def settings(home: "Home", word: str) -> Iterator[Candidate]:
    """Every field of the recipe as FIELD=, and after that sign the words that it accepts."""
    from charplay.recipes.specs import specs

    name, equals, typed = word.partition("=")
    if not equals:
        yield from (Candidate(f"{field.name}=", field.help) for field in specs())
        return
    yield from (Candidate(f"{name}={value.value}", value.help) for value in _values(home, name, typed))


def live_settings(home: "Home", word: str) -> Iterator[Candidate]:
    """Every field that may change while a run trains, as `settings` completes it."""
    from charplay.recipes.recipe import LIVE

    return (found for found in settings(home, word) if found.value.partition("=")[0] in LIVE)


def commands(_home: "Home", _word: str) -> Iterator[Candidate]:
    """What a run that trains on its own can be told."""
    from charplay.cli.control import WORDS

    return map(Candidate, WORDS)


def fields(_home: "Home", _word: str) -> Iterator[Candidate]:
    """Every field of the recipe."""
    from charplay.recipes.specs import specs

    return (Candidate(field.name, field.help) for field in specs())


def cleaning(home: "Home", word: str) -> Iterable[Candidate]:
    """Every cleaning rule, after the last comma."""
    return _values(home, "cleaning", word)


def scalar_scales(home: "Home", word: str) -> Iterable[Candidate]:
    """What a character's id is divided by, where it enters as a number."""
    return _values(home, "scalar_scale", word)


def _values(home: "Home", name: str, typed: str) -> Iterable[Candidate]:
    """What can follow FIELD=; of a list, what can follow its last comma."""
    from charplay.fs.entry_calls import split_list
    from charplay.recipes.recipe import Recipe
    from charplay.recipes.specs import spec

    if name in VALUES:
        return VALUES[name](home, typed)
    if name not in Recipe.model_fields:
        return ()
    field = spec(name)
    if field.kind == "list":
        before, comma, _ = typed.rpartition(",")
        given = [item.partition("(")[0] for item in split_list(before)]
        if before.count("(") > before.count(")"):  # what an entry takes in its brackets is not its name
            return ()
        return (Candidate(before + comma + choice) for choice in field.choices if choice not in given)
    words = ["auto"] * field.auto + ["none"] * field.optional + ["yes", "no"] * (field.kind == "bool")
    return map(Candidate, [*words, *field.choices])


def forms(_home: "Home", _word: str) -> Iterator[Candidate]:
    """Every form that weights are exported in."""
    yield Candidate("torch", "a state dict for plain nn.LSTM or nn.GRU")


def parts(_home: "Home", _word: str) -> Iterator[Candidate]:
    """Every part of a text that can be scored."""
    yield Candidate("test", "what test_fraction or held_out_corpus kept from training")
    yield Candidate("held-out", "what validation_fraction held out")


def _paths(word: str) -> Iterator[Candidate]:
    start = word.rpartition("/")[2]
    folder = word.removesuffix(start)
    try:
        with os.scandir(Path(folder or os.curdir).expanduser()) as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries)
    except (OSError, ValueError, RuntimeError):  # no such folder, no such user, a NUL
        return
    for name, is_folder in found:
        # A line end or a stray byte in a name would be read as another answer.
        if name.startswith(start) and name.isprintable() and (start or name[0] != "."):
            yield Candidate(f"{folder}{name}{'/' * is_folder}")


Completer = Callable[["Home", str], Iterable[Candidate]]

VALUES: dict[str, Completer] = {"corpus": texts, "held_out_corpus": texts, "device": devices}
"""Fields of the recipe whose values are no fixed list of words."""

COMPLETERS: dict[str, Completer] = {
    "across": x_axes,
    "by": fields,
    "checkpoint": checkpoints,
    "classic": classics,
    "corpus": texts,
    "device": devices,
    "assignments": live_settings,
    "cleaning": cleaning,
    "file": files,
    "form": forms,
    "home": folders,
    "other": texts,
    "output": folders,
    "overlay": runs,
    "own_run": runs,
    "part": parts,
    "path": files,
    "paths": files,
    "preset": presets,
    "prompt_from": places,
    "resume": runs,
    "ride": files,
    "run": checkpoints,
    "runs": checkpoints,
    "save_ride": files,
    "scalar_scale": scalar_scales,
    "settings": settings,
    "sort": sort_orders,
    "source": checkpoints,
    "target": files,
    "text": texts,
    "upward": quantities,
    "vocabulary": files,
    "weights": files,
    "word": commands,
}
"""Name of a verb's parameter -> what completes it; any other takes what nobody can foresee, such as a number."""
