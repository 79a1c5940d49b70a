"""Errors of the server and its clients."""

from charplay.errors import CharplayError


class ServerError(CharplayError):
    """A run cannot be reached, or cannot be served; the message is a sentence with a hint."""
