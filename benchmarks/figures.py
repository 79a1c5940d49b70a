"""What a benchmark found, and the table that shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from rich.console import Console
from rich.table import Table


class NotMeasured(Exception):  # noqa: N818 - it says what happened
    """A subject cannot be measured; the text is a sentence with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number, its spread where it was measured several times, and the target it has, if any."""

    name: str
    value: float
    unit: str = "x"
    """`x` is a ratio, which means the same on every machine."""
    low: float | None = None
    high: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    @classmethod
    def of(
        cls,
        name: str,
        values: Sequence[float],
        unit: str = "x",
        *,
        at_least: float | None = None,
        at_most: float | None = None,
    ) -> "Figure":
        """The median of several measurements, with the lowest and the highest."""
        return cls(
            name=name,
            value=median(values),
            unit=unit,
            low=min(values),
            high=max(values),
            at_least=at_least,
            at_most=at_most,
        )

    @property
    def is_ratio(self) -> bool:
        """Whether it means the same on every machine."""
        return self.unit == "x"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return self.value <= self.at_most if self.at_most is not None else None

    @property
    def target(self) -> str:
        """The target in words."""
        if self.at_least is not None:
            return f"at least {number(self.at_least)}"
        return f"at most {number(self.at_most)}" if self.at_most is not None else ""

    @property
    def spread(self) -> str:
        """From the lowest to the highest."""
        return f"{number(self.low)} to {number(self.high)}" if self.low is not None and self.high is not None else ""

    def as_json(self) -> dict[str, object]:
        """Every field, and whether the target is met."""
        return asdict(self) | {"met": self.met}


def number(value: float) -> str:
    """Four digits that count; whole numbers from a thousand on."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def print_table(figures: Iterable[Figure], title: str, machine: str) -> None:
    """The ratios, then the absolute numbers under the machine's name."""
    table = Table(title=title, title_justify="left", title_style="", pad_edge=False)
    for column in ("figure", "median", "unit", "lowest to highest", "target", "met"):
        table.add_column(column, justify="right" if column == "median" else "left")
    rows = sorted(figures, key=lambda figure: not figure.is_ratio)
    for i, figure in enumerate(rows):
        if not figure.is_ratio and (i == 0 or rows[i - 1].is_ratio):
            table.add_section()
            table.add_row(f"on {machine}")
        met = {True: "yes", False: "NO", None: ""}[figure.met]
        table.add_row(figure.name, number(figure.value), figure.unit, figure.spread, figure.target, met)
    # A pipe gets whole lines, whatever width a terminal would have.
    console = Console()
    Console(width=max(console.width, 170) if not console.is_terminal else None).print(table)
