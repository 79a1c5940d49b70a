"""The typer application with all verbs. One module is one verb; it imports the rooms that it needs when it runs."""

from typing import Annotated

import typer

from charplay.cli import (
    attach,
    control,
    corpora,
    describe,
    doctor,
    runs,
    sample,
    score,
    serve,
    settings,
    shannon,
    sweep,
    train,
)
from charplay.cli.plain_output import is_accessible

app = typer.Typer(
    name="charplay",
    help="A terminal playground for character-level recurrent language models. Without a verb it opens; "
    "with a PATH it opens with that text.",
    epilog="--home FOLDER, --ascii and --version may stand anywhere.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None if is_accessible() else "rich",  # the latter draws boxes
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("play")
def play(
    context: typer.Context,
    path: Annotated[str | None, typer.Argument(metavar="PATH", help="A text file, or a folder of them.")] = None,
) -> int:
    """Open the playground."""
    from charplay.cli.play import play as open_playground

    return open_playground(context.obj, path)


@app.callback()
def _everywhere(
    home: Annotated[
        str | None, typer.Option("--home", metavar="FOLDER", help="Where texts and runs are kept [CHARPLAY_HOME].")
    ] = None,
    ascii_: Annotated[
        bool, typer.Option("--ascii", metavar="", help="Send the terminal ASCII alone: no lines, dots or arrows.")
    ] = False,
    version: Annotated[bool, typer.Option("--version", metavar="", help="Print the version.")] = False,
    show_completion: Annotated[
        bool, typer.Option("--show-completion", metavar="[SHELL]", help="Print what makes a shell complete words.")
    ] = False,
    install_completion: Annotated[
        bool,
        typer.Option("--install-completion", metavar="[SHELL]", help="... and write it where bash, zsh or fish look."),
    ] = False,
) -> None:
    """They are taken out of the arguments before this parser sees them; they stand here for `--help`."""


for verb in (
    train.train, sweep.sweep, attach.attach, serve.serve, control.control, sample.sample, score.score,
    describe.describe, shannon.shannon, settings.settings, doctor.doctor,
):  # fmt: skip
    app.command()(verb)
app.add_typer(corpora.app, name="corpora")
app.add_typer(runs.app, name="runs")
