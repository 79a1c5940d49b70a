"""The entry point: finds the verb, runs it, and turns every error into one sentence and an exit code."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from charplay.cli.errors import EXIT_FAILED, UsageError, report_error
from charplay.cli.global_options import take_global_options
from charplay.cli.plain_output import is_accessible, take_ascii_option
from charplay.protocol.exit_codes import INTERRUPTED

LOADS_TORCH = {"charplay.training.run_training", "charplay.training.epoch_timing", "charplay.training.followers"}
"""What loads torch, or has loaded it."""

VERBS = (
    "play", "train", "sweep", "sample", "score", "describe", "corpora", "runs", "attach", "serve", "control",
    "shannon", "settings", "doctor",
)  # fmt: skip
COMPLETION = ("--show-completion", "--install-completion")


def main() -> NoReturn:
    """Run the command line `charplay` and end the process."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the parent process
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  (for as long as this process lasts)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A pipe gets UTF-8 in any locale; a terminal gets its own encoding.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
    _exit_process(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code. Raises nothing and prints no traceback."""
    home: str | None = None
    try:
        if question := os.environ.get("_CHARPLAY_COMPLETE"):
            from charplay.cli.shells import answer

            code = answer(question)
        else:
            home, version, rest = take_global_options(take_ascii_option(arguments))
            code = _version() if version else _dispatch(home, rest)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    except SystemExit as leaving:
        # click turns a BrokenPipeError into SystemExit.
        return _reader_gone() if isinstance(leaving.__context__, BrokenPipeError) else EXIT_FAILED
    except Exception as error:  # noqa: BLE001  # the outermost frame: every error must become a sentence
        return report_error(error, home)
    return code


def _exit_process(code: int) -> NoReturn:
    """End the process; at once, without the interpreter's shutdown, where torch is loaded.

    Everything is on the disk by now. Shutting torch down takes up to 2 s, and aborts the process where a trainer or a
    save still runs in another thread.
    """
    if not LOADS_TORCH & sys.modules.keys():
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _reader_gone() -> int:
    """Ignore that the pipe's reader closed it, as `head` does; without this, Python would report it again at exit."""
    from charplay.cli.output import redirect_to_devnull

    redirect_to_devnull(sys.stdout)
    return 0


def _version() -> int:
    from charplay import __version__

    print(f"charplay {__version__}")
    return 0


def _dispatch(home: str | None, arguments: list[str]) -> int:
    if not arguments and is_accessible():
        arguments = ["--help"]  # the screen is boxes and motion; `charplay play` opens it all the same
    plain = not any(argument.startswith("-") for argument in arguments)
    if plain and (not arguments or arguments[0] == "play" or arguments[0] not in VERBS):
        # The playground starts without typer, whose import would be a fifth of the time to the first paint.
        return _play(home, arguments[1:] if arguments[:1] == ["play"] else arguments)
    if arguments[:1] == ["attach"]:
        names = [argument for argument in arguments[1:] if argument != "--watch"]
        if len(names) <= 1 and not "".join(names).startswith("-"):
            from charplay.cli.attaching import attach_playground  # soon, too

            return attach_playground(home, names[0] if names else None, watch="--watch" in arguments)
    if arguments[:1] in ([option] for option in COMPLETION):
        from charplay.cli.completion_scripts import run as run_completion

        return run_completion(*arguments)
    from charplay.cli.app import app

    code = app(arguments, prog_name="charplay", standalone_mode=False, obj=home)
    return code if isinstance(code, int) else 0


def _play(home: str | None, paths: list[str]) -> int:
    from charplay.cli.play import play

    if len(paths) > 1:
        raise UsageError(f"the playground opens with one text, not with {len(paths)}; a folder of texts is one")
    path = paths[0] if paths else None
    if path and not Path(path).exists():
        from difflib import get_close_matches

        hint = "; the nearest verb is ".join(["", *get_close_matches(path, VERBS, 1)])
        raise UsageError(f"there is no file, no folder and no verb {path!r}" + (hint or "; see `charplay --help`"))
    return play(home, path)
