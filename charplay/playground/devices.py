"""What the playground must know of a device."""

from typing import Protocol


class DeviceInfo(Protocol):
    """A device to train on: its name for the recipe and for a person, and its memory in bytes."""

    @property
    def name(self) -> str:
        """For the recipe: cpu, cuda:0."""

    @property
    def title(self) -> str:
        """For a person."""

    @property
    def free(self) -> int:
        """Bytes that nobody uses."""

    @property
    def total(self) -> int:
        """Bytes in all."""

    @property
    def threads(self) -> int:
        """Of a processor, for a run that has it alone; 1 for a card."""
