"""Errors of runs."""


class RunError(Exception):
    """A run cannot be made, found, read or locked; the message is a sentence with a hint."""
