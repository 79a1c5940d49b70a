"""What bash, zsh and fish ask at the tab key, and how each of them is answered.

The variables are those of typer's scripts, so that a script which typer installed works too. Its answers are not used:
they quote nothing, and in bash cannot complete what stands after = or a colon, as in `--set cell=`.
"""

import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from charplay.cli.completers import OPEN, Candidate
from charplay.cli.completion_scripts import SCRIPTS
from charplay.cli.errors import UsageError

BREAKS = "\"'@><=;|&(:"
"""bash's COMP_WORDBREAKS: it replaces only what stands after the last of these."""

_UNSAFE = re.compile(r"[^\w.,/+%^@=:-]")


@dataclass(frozen=True, slots=True)
class Line:
    """A command line up to the cursor: the words before the unfinished one, and that, without their quotes."""

    words: tuple[str, ...]
    word: str
    kept: int
    """Characters of `word` that bash leaves as they are."""
    quote: str
    """The quote that is open at the cursor."""


def answer(instruction: str) -> int:
    """Answer a shell's question, as in `complete_bash`, on stdout and return the exit code.

    Nothing is said of faults: an error's text would stand in the midst of the line that a person types. Raises
    UsageError for a question that no shell asks.
    """
    verb, _, shell = instruction.partition("_")
    if verb not in {"complete", "source"} or shell not in SCRIPTS:
        raise UsageError(f"_CHARPLAY_COMPLETE is set by shells, to complete_bash and the like, not to {instruction!r}")
    if verb == "source":
        print(SCRIPTS[shell])
        return 0
    found: Sequence[Candidate] = ()
    line = LINES[shell](os.environ)
    with suppress(Exception):  # whatever is wrong with a home, a preset or a folder
        from charplay.cli.completion import candidates

        found = candidates(line.words[1:], line.word)
    sys.stdout.write(FORMATS[shell](line, found))
    return 0 if found else 1


def split_line(text: str, breaks: str = "") -> Line:
    """Split a command line into words as a shell does; what a shell would expand stays as it is."""
    words, word, kept, quote, begun = list[str](), "", 0, "", False
    characters = iter(text)
    for character in characters:
        if not quote and character in " \t\n":
            words += [word] * begun
            word, kept, begun = "", 0, False
            continue
        begun = True
        if character == "\\" and quote != "'":
            following = next(characters, "")
            word += following if not quote or following in '"\\$`' else character + following
        elif character in ("'", '"') and quote in ("", character):
            quote = "" if quote else character
            kept = len(word)
        else:
            word += character
            kept = len(word) if not quote and character in breaks else kept
    return Line(tuple(words), word, kept, quote)


def _bash_line(environment: Mapping[str, str]) -> Line:
    breaks = environment.get("COMP_WORDBREAKS", BREAKS)
    typed = environment.get("COMP_LINE")
    return split_line(_joined(environment) if typed is None else typed, breaks)


def _joined(environment: Mapping[str, str]) -> str:
    """Put the line together of the words into which bash has cut it, at = and : too."""
    given = environment.get("COMP_WORDS", "")
    cut = given.split("\n" if "\n" in given else " ")
    count = int(environment.get("COMP_CWORD") or 0) + 1
    text = " ".join((cut + [""] * count)[:count])
    return re.sub(r" ([=:]+)(?: |$)", r"\1", text)


def _typed_line(environment: Mapping[str, str]) -> Line:
    return split_line(environment.get("_TYPER_COMPLETE_ARGS", ""))


def _bash(line: Line, found: Sequence[Candidate]) -> str:
    return "".join(f"{_quoted(one.value, line)}\n" for one in found)


def _quoted(value: str, line: Line) -> str:
    """Write the part that bash replaces as it must stand in a command line, within the quote that is open."""
    part = value[line.kept :]
    if line.quote == "'":
        return part.replace("'", r"'\''")
    if line.quote:
        return re.sub(r'(["\\$`])', r"\\\1", part)
    home = re.match(r"~[^/]*/" if line.word.startswith("~") else "", part)
    start = home.end() if home else 0
    return part[:start] + _UNSAFE.sub(r"\\\g<0>", part[start:])


def _zsh(line: Line, found: Sequence[Candidate]) -> str:
    """Return code for zsh: it completes what is open without a space, and the rest with one."""
    if line.word.startswith("~") and not line.quote:  # zsh would quote the tilde
        return f"compadd -Q -S '' -- {shlex.join(_quoted(one.value, line) for one in found)}" if found else ""
    code = ["local -a open whole"]
    for name, option, wanted in (("open", " -S ''", True), ("whole", "", False)):
        chosen = [one for one in found if one.value.endswith(OPEN) is wanted]
        described = [one.value.replace(":", r"\:") + f":{one.help}" * bool(one.help) for one in chosen]
        code += [f"{name}=({shlex.join(described)})", f"_describe charplay {name}{option}"] if chosen else []
    return "; ".join(code) if found else ""


def _fish(line: Line, found: Sequence[Candidate]) -> str:
    return "".join(f"{one.value}\t{one.help}\n" for one in found)


LINES: dict[str, Callable[[Mapping[str, str]], Line]] = {"bash": _bash_line, "zsh": _typed_line, "fish": _typed_line}
FORMATS: dict[str, Callable[[Line, Sequence[Candidate]], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
