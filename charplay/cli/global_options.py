"""The options that every verb has: `--home FOLDER` and `--version`."""

from collections.abc import Sequence

from charplay.cli.errors import UsageError


def take_global_options(arguments: Sequence[str]) -> tuple[str | None, bool, list[str]]:
    """Take `--home FOLDER` and `--version` out of the arguments, wherever they are; also return the rest."""
    home, version, rest = None, False, list[str]()
    left = iter(arguments)
    for argument in left:
        if argument == "--":
            rest += [argument, *left]
        elif argument == "--version":
            version = True
        elif argument == "--home":
            home = next(left, "")
        elif argument.startswith("--home="):
            home = argument.removeprefix("--home=")
        else:
            rest.append(argument)
    if home == "":
        raise UsageError("--home needs a folder")
    return home, version, rest
