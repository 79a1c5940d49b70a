"""The units in which a loss is shown. It is kept in nats a character, and converted where a person reads it."""

import math
from dataclasses import dataclass, replace

from charplay.formatting.units import decimals, format_perplexity, no_number


@dataclass(frozen=True, slots=True)
class LossUnit:
    """A unit of losses: nats times `factor`, or the exponential of nats."""

    name: str
    """As settings call it: "bits-per-byte"."""
    heading: str
    """After a number, or over a column: "bits/byte"."""
    short: str
    """Over a narrow column: "bpb"."""
    title: str
    """Of a chart's axis: "Bits a byte"."""
    factor: float = 1.0
    exponential: bool = False
    of_bytes: bool = False
    """A text's bytes must be known, see `on`."""

    def on(self, bytes_per_character: float | None) -> "LossUnit":
        """Return the unit for a text with so many bytes of UTF-8 a character; bits a character where nobody knows."""
        if not self.of_bytes:
            return self
        return replace(self, factor=self.factor / bytes_per_character) if bytes_per_character else BITS

    def number(self, nats: float, places: int = 3) -> str:
        """A loss without its unit: "2.326"."""
        return format_perplexity(nats) if self.exponential else no_number(nats) or decimals(nats * self.factor, places)

    def cell(self, nats: float | None, bytes_per_character: float | None = None) -> str | None:
        """A loss for a column of this unit; None where there is none, or the bytes of its text are not known."""
        unit = self.on(bytes_per_character)
        return None if nats is None or unit.name != self.name else unit.number(nats)

    def write(self, nats: float, places: int = 3) -> str:
        """A loss with its unit: "2.326 bits", "perplexity 5.01"."""
        if said := no_number(nats):
            return said
        number = self.number(nats, places)
        return f"{self.heading} {number}" if self.exponential else f"{number} {self.heading}"

    @property
    def beside(self) -> "LossUnit":
        """The unit that stands beside this one where there is room for two: bits, and nats beside bits."""
        return NATS if self.name == BITS.name else BITS

    @property
    def others(self) -> "tuple[LossUnit, ...]":
        """The units of characters but this one."""
        return tuple(unit for unit in (NATS, BITS, PERPLEXITY) if unit.name != self.name)

    @property
    def following(self) -> "LossUnit":
        """The unit that comes next when a person goes through them."""
        names = list(UNITS)
        return UNITS[names[(names.index(self.name) + 1) % len(names)]]


NATS = LossUnit("nats", "nats", "nats", "Loss, nats a character")
BITS = LossUnit("bits", "bits", "bits", "Bits a character", 1 / math.log(2))
PERPLEXITY = LossUnit("perplexity", "perplexity", "ppl", "Perplexity", exponential=True)
UNITS = {
    unit.name: unit
    for unit in (
        NATS,
        BITS,
        LossUnit("bits-per-byte", "bits/byte", "bpb", "Bits a byte", 1 / math.log(2), of_bytes=True),
        PERPLEXITY,
    )
}


def format_loss(nats: float, unit: LossUnit = NATS, places: int = 3) -> str:
    """A loss in a unit and in the one beside it: "1.612 nats, 2.326 bits"."""
    return no_number(nats) or f"{unit.write(nats, places)}, {unit.beside.write(nats, places)}"
