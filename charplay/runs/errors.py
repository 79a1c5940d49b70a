"""Errors of runs."""

from charplay.errors import CharplayError


class RunError(CharplayError):
    """A run cannot be made, found, read or locked; the message is a sentence with a hint."""


class RunInUseError(RunError):
    """Another process holds the run's lock; the message names it."""
