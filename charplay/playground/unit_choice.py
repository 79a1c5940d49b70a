"""In which unit a sitting shows losses."""

from dataclasses import dataclass

from charplay.formatting.loss_units import LossUnit


@dataclass
class UnitChoice:
    """The unit of every loss on the screen: as set, until a person takes the next one."""

    current: LossUnit

    def next(self) -> None:
        """Take the next unit."""
        self.current = self.current.following
