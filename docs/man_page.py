"""Makes the manual page of the command line from the declarations that also make its help and its completion."""

from collections.abc import Iterable, Iterator
from typing import Any

import typer.main

from charplay import __version__
from charplay.cli.app import app

VARIABLES = (
    ("CHARPLAY_HOME", "The folder of texts and runs where no --home is given; without it the user's data folder."),
    ("NO_COLOR", "The screen has no colours."),
)  # fmt: skip


def page() -> str:
    """Make the whole page, in the man macros."""
    root: Any = typer.main.get_command(app)
    lines = [f'.TH CHARPLAY 1 "" "charplay {__version__}" "User commands"', ".SH NAME"]
    lines += ["charplay \\- a terminal playground for character\\-level recurrent language models", ".SH SYNOPSIS"]
    lines += [".B charplay", "[PATH]", ".br", ".B charplay", "VERB [OPTION]... [ARGUMENT]...", ".SH DESCRIPTION"]
    lines += [_escape(root.help), ".SH OPTIONS", *_parameters(root.params), ".SH VERBS"]
    for words, command in _verbs(root, ()):
        lines += [f".SS charplay {_escape(' '.join(words))}", _escape(command.help or ""), *_parameters(command.params)]
    lines += [".SH ENVIRONMENT"]
    for name, text in VARIABLES:
        lines += [".TP", f".B {name}", _escape(text)]
    lines += [
        ".SH EXIT STATUS",
        "0 done, 1 failed, 2 wrong usage or no terminal; 129, 130, 140, 143 and 152 after a signal",
    ]
    return "\n".join([*lines, "that saved a run first.", ""])


def _verbs(group: Any, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        yield (*above, name), command
        if hasattr(command, "commands"):
            yield from _verbs(command, (*above, name))


def _parameters(parameters: Iterable[Any]) -> Iterator[str]:
    for each in parameters:
        option = each.param_type_name == "option"
        metavar = each.metavar or ("" if option and each.is_flag else each.name.upper())
        name = ", ".join([*each.opts, *each.secondary_opts]) if option else ""
        yield ".TP"
        yield f".B {_escape(f'{name} {metavar}'.strip())}"
        yield _escape(each.help or "")


def _escape(text: str) -> str:
    """Write a text as roff reads it back: hyphens as hyphens, no line that looks like a request."""
    plain = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain
