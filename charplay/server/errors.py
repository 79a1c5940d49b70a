"""Errors of the server and its clients."""


class ServerError(Exception):
    """A run cannot be reached, or cannot be served; the message is a sentence with a hint."""
