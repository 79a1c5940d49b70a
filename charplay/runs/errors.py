"""What can be wrong with a run."""


class RunError(Exception):
    """A run cannot be made, found, read or owned; the text is a sentence with a hint."""
