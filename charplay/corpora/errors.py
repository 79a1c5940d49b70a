"""Errors of texts."""

from charplay.errors import CharplayError


class CorpusError(CharplayError):
    """A text cannot be found, read or used; the message is one sentence with a hint, shown to the user as it is."""


class NotText(CorpusError):  # noqa: N818 - named for what it says about the file
    """A file is binary data: a picture, a program, an archive."""


class ChangedText(CorpusError):  # noqa: N818 - named for what happened
    """A run's text has changed, but has no character unknown to the run: the user may allow it (`--changed-text`)."""


class BadName(CorpusError):  # noqa: N818 - named for what it says about the name
    """A text cannot be added under a name: it is none, or another text has it."""


class Cancelled(Exception):  # noqa: N818 - no error: the caller asked to stop
    """The caller's `watch` returned False."""
