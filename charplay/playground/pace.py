"""How many characters are due as time passes."""

MAX_SPEED = 200.0
"""Characters a second; a speed beyond it means as many as there is time for."""


class Pace:
    """Counts characters that are due at some speed."""

    def __init__(self) -> None:
        self._owed = 0.0

    def due(self, seconds: float, speed: float) -> int | None:
        """Return the whole characters due after so many more seconds; None: as many as there is time for.

        What a busy machine could not write in time is not made up for in one go.
        """
        if speed > MAX_SPEED:
            return None
        self._owed = min(self._owed + seconds * speed, max(1.0, speed / 4))
        whole = int(self._owed)
        self._owed -= whole
        return whole
