"""The error that all of charplay's own share, so that one `except` catches whatever a user can cause."""


class CharplayError(Exception):
    """Something cannot be done; the message is one sentence with a hint, or one a line, shown to the user as it is."""
