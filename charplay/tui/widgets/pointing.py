"""A growing text in which a character can be pointed at."""

from charplay.tui.widgets.writing import Writing


class Pointing(Writing):
    """A `Writing` with a cursor that can be brought out."""
