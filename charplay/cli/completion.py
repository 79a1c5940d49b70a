"""Finds what may stand at the cursor of a command line, in the tree of commands that typer has made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import typer.main

from charplay.cli.app import app
from charplay.cli.completers import COMPLETERS, Candidate, files
from charplay.cli.global_options import take_global_options
from charplay.runs.home import Home

ANYWHERE = {"home", "version"}
HELP = Candidate("--help", "Show this message and exit.")


def candidates(arguments: Sequence[str], word: str) -> list[Candidate]:
    """List what may stand in place of `word`, the unfinished one, after those arguments; each value once."""
    open_option = [one for one in arguments[-1:] if one == "--home"]  # its folder is being typed
    home, _, rest = take_global_options(arguments[: len(arguments) - len(open_option)])
    root = typer.main.get_command(app)
    place = _Place(root, root)
    for argument in [*rest, *open_option]:
        place.step_over(argument)
    found = place.candidates(Home.locate(home), word)
    return list({one.value: one for one in found if one.value.startswith(word)}.values())


@dataclass
class _Place:
    """Where the cursor stands: in which command, after how many of its arguments, perhaps after an option."""

    root: Any
    command: Any
    """A command of typer's; a group has `commands`."""
    arguments: int = 0
    option: Any = None
    """The option whose value comes next."""
    ended: bool = False
    """No option follows any more, since two dashes stand before."""
    given: set[str] = field(default_factory=set)

    def step_over(self, word: str) -> None:
        """Take a word before the cursor in."""
        if self.option is not None:
            self.option = None
        elif self.ended or not word.startswith("-"):
            inner = self._commands().get(word)
            self.command, self.arguments = (inner, 0) if inner else (self.command, self.arguments + 1)
        elif word == "--":
            self.ended = True
        elif option := self._options().get(word.partition("=")[0]):
            self.given.add(option.name)
            self.option = None if option.is_flag or "=" in word else option

    def candidates(self, home: Home, word: str) -> Iterator[Candidate]:
        """List what may stand here, also what does not begin with the word."""
        if self.option is not None:
            yield from _values(self.option, home, word)
        elif word.startswith("-") and not self.ended:
            yield from self._options_candidates(home, word)
        else:
            yield from (Candidate(name, _first_line(one.help)) for name, one in self._commands().items())
            if self.command is self.root and not self.arguments:
                yield from files(home, word)  # without a verb the playground opens with a text
            positional = [one for one in self.command.params if one.param_type_name == "argument"]
            for argument in positional[self.arguments : self.arguments + 1]:
                yield from _values(argument, home, word)

    def _options_candidates(self, home: Home, word: str) -> Iterator[Candidate]:
        name, equals, typed = word.partition("=")
        options = self._options()
        if equals:
            found = _values(options[name], home, typed) if name in options else iter(())
            yield from (Candidate(f"{name}={value}", text) for value, text in found)
            return
        for name, option in options.items():
            if option.multiple or option.name not in self.given:
                yield Candidate(name, _first_line(option.help))
        yield HELP

    def _commands(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = {} if self.arguments or self.ended else getattr(self.command, "commands", {})
        return found

    def _options(self) -> dict[str, Any]:
        """Return every option by its name, the two that may stand anywhere with them."""
        known = [*self.command.params, *(one for one in self.root.params if one.name in ANYWHERE)]
        return {name: one for one in known if one.param_type_name == "option" for name in one.opts}


def _values(parameter: Any, home: Home, word: str) -> Iterator[Candidate]:
    completer = COMPLETERS.get(parameter.name)
    return iter(completer(home, word)) if completer else iter(())


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]
