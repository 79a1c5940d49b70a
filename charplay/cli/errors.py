"""From an exception to one plain sentence on stderr, and to the log where it was not expected."""

import sys

from charplay.protocol.exit_codes import INTERRUPTED

EXIT_FAILED, EXIT_USAGE = 1, 2
"""Exit codes."""

USAGE_ERRORS = {"UsageError", "RecipeError", "SettingError"}
"""By name: loading their rooms to know three classes would cost more than most verbs."""


class UsageError(Exception):
    """The command line asks for what does not exist or does not fit together."""


def report_error(error: Exception, home: str | None) -> int:
    """Say what went wrong; the exit code.

    An exception class of our own carries a sentence for the user. A fault of the system is named with its file; one
    without is the output's, which alone is written without a name. Anything else was not foreseen: its traceback goes
    to the log and the sentence says where that is.
    """
    if type(error).__name__ == "Abort":  # the command line parser's word for Ctrl-C and for the end of the input
        return INTERRUPTED
    if (parsed := _parser_error(error)) is not None:
        print_error(parsed)
        return EXIT_USAGE
    if type(error).__module__.partition(".")[0] == "charplay":
        print_error(str(error))
        return EXIT_USAGE if type(error).__name__ in USAGE_ERRORS else EXIT_FAILED
    if isinstance(error, OSError) and error.strerror:
        named, reason = error.filename, error.strerror
        print_error(f"{named}: {reason}" if named else f"the output cannot be written ({reason}); direct it elsewhere")
        return EXIT_FAILED
    print_error(f"something went wrong that should not have: {type(error).__name__}; {_log(error, home)}")
    return EXIT_FAILED


def print_error(sentence: str) -> None:
    """One sentence on stderr, or one a line."""
    from charplay.cli.output import print_safe

    for line in sentence.strip().split("\n"):
        print_safe(f"charplay: {line}", sys.stderr)


def _parser_error(error: Exception) -> str | None:
    """The sentence of a fault that the command line parser found; known by its shape, as typer hides the class."""
    if not hasattr(error, "format_message"):
        return None
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "charplay"
    return f"{error.format_message().rstrip('.')}; see `{path} --help`"


def _log(error: Exception, home: str | None) -> str:
    import traceback

    from charplay.cli.data_dir import append_to_log, open_home
    from charplay.runs.home import HomeError

    try:
        path = append_to_log(open_home(home), "".join(traceback.format_exception(error)))
    except (OSError, HomeError) as second:
        return f"and the log could not be written ({second})"
    return f"the details are in {path}"
