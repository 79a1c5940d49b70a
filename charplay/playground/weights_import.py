"""Weights of another program become a run: it plays, and another may start from it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from charplay.fs.regular_files import open_regular
from charplay.runs.plain_layers import PlainNetwork, WeightsError

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.recipes.recipe import Recipe
    from charplay.runs.checkpoint import CorpusOrigin
    from charplay.runs.home import Home
    from charplay.runs.run import Run

ASSUMED_CHARACTERS = 100_000
"""Of a text that is not here: only what a further training would take follows from it."""


def vocabulary_file(weights: Path) -> Path:
    """Return where the vocabulary lies beside exported weights."""
    return weights.with_suffix(".json")


def read_vocabulary(path: Path) -> list[str]:
    """Read the characters in the order of their ids.

    The JSON is `{"vocabulary": "abc"}` as an export writes it, a list of characters, or an object of ids by character.
    Raises WeightsError with the reason.
    """
    try:
        with open_regular(path) as file:
            value = json.loads(file.read())
    except OSError as error:
        hint = "name the text that was learned with --text"
        raise WeightsError(f"{path} cannot be read ({error.strerror}); {hint}") from None
    except (ValueError, RecursionError):
        raise WeightsError(f"{path} is not JSON; it should list the characters in the order of their ids") from None
    if isinstance(value, dict) and isinstance(value.get("vocabulary"), str):
        value = list(value["vocabulary"])
    if isinstance(value, dict) and sorted(map(str, value.values())) == sorted(map(str, range(len(value)))):
        value = sorted(value, key=lambda character: int(value[character]))
    if not isinstance(value, list) or not all(isinstance(each, str) and len(each) == 1 for each in value):
        raise WeightsError(f"{path} lists no characters; write them as a list, or as an object of ids by character")
    if len(set(value)) != len(value):
        raise WeightsError(f"{path} lists a character twice; each has one id")
    return value


def import_run(
    home: "Home",
    network: PlainNetwork,
    characters: Sequence[str],
    *,
    title: str,
    corpus: "Corpus | None" = None,
    cleaning: Sequence[str] = (),
    scalar_scale: str | None = None,
    name: str | None = None,
) -> "Run":
    """Make a finished run of a network; `characters` are in the order of its ids, `title` says where it comes from.

    `scalar_scale`, as in a recipe, says which number enters a network with scalar input: its weights do not tell.
    Raises WeightsError where there are more or fewer characters than the network knows, RecipeError where it is larger
    than any recipe's or the scale is none, RunError for its name.
    """
    from charplay.runs.checkpoint import Checkpoint
    from charplay.runs.metadata import FINAL_FIELDS
    from charplay.runs.run import Run

    if len(characters) != network.vocabulary_size:
        raise WeightsError(
            f"the weights know {network.vocabulary_size} characters and there are {len(characters)}; "
            "name the text that they learned, with the cleaning that it had"
        )
    vocabulary, origin = "".join(sorted(characters)), _origin(corpus, title)
    asked, resolved = _recipes(network, origin, cleaning, scalar_scale)
    checkpoint = Checkpoint(
        tensors=network.in_order_of(characters), recipe=resolved, vocabulary=vocabulary, corpus=origin,
        step=0, epoch=0.0, seconds=0.0,
    )  # fmt: skip
    run = Run.create(
        home.checkpoints, asked=asked, resolved=resolved, corpus=origin, vocabulary=vocabulary,
        facts={"imported": title}, name=name,
    )  # fmt: skip
    lock = run.lock()
    try:
        run.write_latest(checkpoint)
        run.finish(dict.fromkeys(FINAL_FIELDS) | {"step": 0, "steps": 0, "seconds": 0.0})
    finally:
        lock.release()
    return run


def _origin(corpus: "Corpus | None", title: str) -> "CorpusOrigin":
    from charplay.runs.checkpoint import CorpusOrigin

    if corpus is None:
        return CorpusOrigin(title, "", "", 0)
    return CorpusOrigin(corpus.name, corpus.path, corpus.sha256, len(corpus))


def _recipes(
    network: PlainNetwork, origin: "CorpusOrigin", cleaning: Sequence[str], scalar_scale: str | None
) -> "tuple[Recipe, Recipe]":
    """Return the recipe of the network as it would be asked for, and the resolved one."""
    from charplay.recipes.layers import ConfigLayer, compose
    from charplay.recipes.resolve import resolve

    told = {"embedding_size": network.embedding_size, "scalar_scale": scalar_scale}
    values = {
        "corpus": origin.name if origin.characters else "", "cleaning": tuple(cleaning), "cell": network.cell,
        "input": network.input, "hidden_size": network.hidden_size, "num_layers": network.num_layers, "minutes": 3.0,
    }  # fmt: skip
    asked, _ = compose(ConfigLayer("", values | {name: value for name, value in told.items() if value is not None}))
    return asked, resolve(asked, origin.characters or ASSUMED_CHARACTERS, network.vocabulary_size).recipe
