"""`charplay settings`: what people have set for every start, and the file where they do."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.errors import UsageError
from charplay.cli.output import print_json, print_note, print_safe, print_table
from charplay.cli.recipe_options import JsonOption
from charplay.playground.home import open_home, read_home

if TYPE_CHECKING:
    from charplay.formatting.loss_units import LossUnit
    from charplay.playground.settings import Settings
    from charplay.runs.home import Home


def settings(
    context: typer.Context,
    write: Annotated[
        bool, typer.Option("--write", metavar="", help="Write the file first, with every setting explained.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Say what is set for every start, and in which file. Wrong lines of it are named, and change nothing."""
    from charplay.playground.settings import read_settings, setting_specs, write_template, written

    home = open_home(context.obj) if write else read_home(context.obj)
    path = home.user_settings
    if write:
        try:
            write_template(path)
        except FileExistsError:
            raise UsageError(f"{path} is there already, and is yours to edit; move it away to have a new one") from None
    found, faults = read_settings(path)
    if json:
        print_json({"path": str(path), "exists": path.exists(), "settings": asdict(found), "faults": faults})
        return
    print_safe(str(path) if path.exists() else f"{path}, which `charplay settings --write` would write")
    print()
    rows = [(spec.name, written(getattr(found, spec.name)), spec.help) for spec in setting_specs()]
    print_table(("setting", "value", ""), rows)
    for fault in faults:
        print_note(fault)


def read_and_note(home: "Home") -> "Settings":
    """Read the settings of a home; what could not be taken is a note on stderr."""
    from charplay.playground.settings import read_settings

    found, faults = read_settings(home.user_settings)
    for fault in faults:
        print_note(fault)
    return found


def loss_unit(home: "Home") -> "LossUnit":
    """Return the unit in which losses are to be shown; notes as `read_and_note`."""
    from charplay.formatting.loss_units import UNITS

    return UNITS[read_and_note(home).unit]
