"""Reports exceptions: one plain sentence on stderr, and the traceback in the log where it was not expected."""

import sys

from charplay.errors import CharplayError
from charplay.protocol.exit_codes import INTERRUPTED

EXIT_FAILED, EXIT_USAGE = 1, 2
"""Exit codes: training or another action failed; the command line is wrong, or there is no terminal."""

USAGE_ERRORS = {"UsageError", "RecipeError", "SettingError", "BadName"}
"""Classes of exceptions that mean wrong usage, by name: importing their rooms would cost more than most verbs."""


class UsageError(CharplayError):
    """The command line names something that does not exist, or options that do not go together."""


def report_error(error: Exception, home: str | None) -> int:
    """Print what went wrong and return the exit code.

    charplay's own exceptions carry a sentence for the user. An OSError is printed with its file; one without a file is
    from stdout, the only stream written without naming a file. Any other exception is unexpected: its traceback goes
    to the log, and the sentence says where that is.
    """
    if type(error).__name__ == "Abort":  # click raises it on Ctrl-C and at the end of the input
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
    """Print one or more lines on stderr, each after "charplay: "."""
    from charplay.cli.output import print_safe

    for line in sentence.strip().split("\n"):
        print_safe(f"charplay: {line}", sys.stderr)


def _parser_error(error: Exception) -> str | None:
    """Return the sentence of a parser's error. It is recognized by `format_message`, as typer hides click's classes."""
    if not hasattr(error, "format_message"):
        return None
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "charplay"
    return f"{error.format_message().rstrip('.')}; see `{path} --help`"


def _log(error: Exception, home: str | None) -> str:
    import traceback

    from charplay.cli.data_dir import append_to_log
    from charplay.playground.home import open_home
    from charplay.runs.home import HomeError

    try:
        path = append_to_log(open_home(home), "".join(traceback.format_exception(error)))
    except (OSError, HomeError) as second:
        return f"and the log could not be written ({second})"
    return f"the details are in {path}"
