"""Errors of the web server."""

from charplay.errors import CharplayError


class WebError(CharplayError):
    """The screen cannot be served; the message is a sentence with a hint."""
