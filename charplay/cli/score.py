"""`charplay score`: how well a model foresees a text."""

from pathlib import Path
from typing import Annotated

import typer

from charplay.cli.asking import JsonOption
from charplay.cli.output import say, say_json, tell_person


def score(
    context: typer.Context,
    checkpoint: Annotated[str, typer.Argument(metavar="CHECKPOINT", help="A checkpoint file, a run, or `demo`.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A text file.")],
    json: JsonOption = False,
) -> None:
    """Measure a text under a model, in nats and bits a character."""
    from charplay.cli.house import open_shelf
    from charplay.corpora.reading import read_file
    from charplay.formatting.units import plural
    from charplay.fs.paths import place
    from charplay.playground.checkpoints import open_checkpoint
    from charplay.sampling.score import score as measure

    opened = open_checkpoint(open_shelf(context.obj), checkpoint)
    reading = read_file(place(file))
    for note in reading.notes:
        tell_person(note)
    result = measure(opened.model, reading.text)
    if json:
        say_json(
            {
                "characters": result.characters,
                "nats": result.nats,
                "bits": result.bits,
                "skipped": result.skipped,
                "checkpoint": opened.origin.path,
            }
        )
        return
    measured = f"{result.nats:.4f} nats, {result.bits:.4f} bits a character"
    nothing = "nothing was foretold; that takes at least 2 that the model knows"
    say(f"{plural(result.characters, 'character')}: {measured if result.characters > 1 else nothing}")
    if result.skipped:
        say(f"skipped, as the model does not know them: {plural(result.skipped, 'character')}")
