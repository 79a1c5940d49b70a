"""Weights for other programs, and from them: `charplay runs export --as torch` and `charplay runs import`."""

import json as jsons
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from charplay.cli.errors import UsageError
from charplay.cli.output import print_json, print_note, print_safe
from charplay.cli.recipe_options import JsonOption

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from charplay.runs.store import RunStore

FORMS = ("torch",)
"""What `--as` takes."""


def export_weights(store: "RunStore", run: str, form: str, target: Path | None, *, overwrite: bool, json: bool) -> None:
    """Write a run's weights as plain layers of torch, and beside them the vocabulary as JSON."""
    from charplay.playground.weights_import import vocabulary_file
    from charplay.runs.checkpoint import read_checkpoint
    from charplay.runs.plain_layers import plain_layers
    from charplay.runs.store import write_export

    if form not in FORMS:
        raise UsageError(f"--as takes {' or '.join(FORMS)}, not {form!r}")
    if target is None:
        raise UsageError("name where to: FILE, or a folder")
    source = store.checkpoint(run)
    checkpoint = read_checkpoint(source)
    tensors = plain_layers(checkpoint)  # refuses before torch is loaded
    from charplay.training.state_dict_file import pack_state_dict

    target = target.absolute()
    path = target / f"{source.parent.name}.pt" if target.is_dir() else target
    described = {
        "vocabulary": checkpoint.vocabulary,
        "cell": checkpoint.recipe.cell,
        "embedding_size": tensors["embedding.weight"].shape[1],
        "hidden_size": checkpoint.recipe.hidden_size,
        "num_layers": checkpoint.recipe.num_layers,
    }
    beside = vocabulary_file(path)
    if beside == path:
        raise UsageError(f"{path.name} is the vocabulary's name; give the weights another, as in weights.pt")
    write_export(beside, (jsons.dumps(described, indent=1) + "\n").encode(), overwrite=overwrite)
    write_export(path, pack_state_dict(tensors), overwrite=overwrite)
    if json:
        print_json({"weights": str(path), "vocabulary": str(beside)})
        return
    print_safe(str(path))
    print_note(f"the characters in the order of their ids are in {beside}")


def import_weights(
    context: typer.Context,
    weights: Annotated[
        Path, typer.Argument(metavar="FILE", help="A state dict of torch, or a model of Keras: .pt, .h5, .keras.")
    ],
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="The text that was learned: its sorted characters.")
    ] = None,
    cleaning: Annotated[
        str | None, typer.Option("--cleaning", metavar="RULES", help="With --text: how it was cleaned, as lowercase.")
    ] = None,
    vocabulary: Annotated[
        Path | None,
        typer.Option("--vocabulary", metavar="JSON", help="The characters by their ids; FILE's own .json without."),
    ] = None,
    scalar_scale: Annotated[
        str | None,
        typer.Option(
            "--scalar-scale", metavar="SCALE", help="If a number enters: id / vocabulary's size, or none: the bare id."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="The new run's name.")] = None,
    json: JsonOption = False,
) -> None:
    """Make a run of weights that another program learned; only tensors are taken, and nothing in the file is run."""
    from charplay.fs.paths import user_path
    from charplay.playground.home import open_home, open_library
    from charplay.playground.weights_import import import_run, read_vocabulary, vocabulary_file
    from charplay.runs.plain_layers import read_plain_layers

    if text is not None and vocabulary is not None:
        raise UsageError("--text and --vocabulary say the same thing; leave one out")
    if cleaning is not None and text is None:
        raise UsageError("--cleaning is for --text; name the text that was learned")
    rules = tuple(rule.strip() for rule in (cleaning or "").split(",") if rule.strip())
    corpus, path = None, user_path(weights)
    home = open_home(context.obj)
    if text is not None:
        library = open_library(context.obj)
        corpus = library.open(library.find(text), cleaning=rules)
        characters = list(corpus.vocabulary.characters)
    else:
        characters = read_vocabulary(user_path(vocabulary) if vocabulary else vocabulary_file(path))
    network = read_plain_layers(_read_weights(path))
    run = import_run(
        home, network, characters, title=path.stem, corpus=corpus, cleaning=rules, scalar_scale=scalar_scale, name=name
    )
    if json:
        print_json({"run": run.name, "folder": str(run.folder)})
    else:
        print_safe(
            f"{run.name}: `charplay sample {run.name}` writes with it, `charplay train --from {run.name}` goes on"
        )


def _read_weights(path: Path) -> "dict[str, NDArray[Any]]":
    """Read a file of Keras or else of torch, which is only loaded for its own."""
    from charplay.runs.keras_file import is_keras_file
    from charplay.runs.keras_process import read_keras_apart

    if is_keras_file(path):
        return read_keras_apart(path)
    from charplay.training.state_dict_file import read_state_dict

    return read_state_dict(path)
