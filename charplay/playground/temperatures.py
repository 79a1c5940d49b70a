"""Temperatures to write at side by side, as a person types them."""

from collections.abc import Sequence

from charplay.sampling.params import SamplingParams

FEWEST, MOST = 2, 8
"""Columns."""


def parse_temperatures(text: str) -> list[float]:
    """Numbers with commas or spaces between them; ValueError where one is none, or no temperature."""
    found = [float(part) for part in text.replace(",", " ").split()]
    for one in found:
        SamplingParams(temperature=one)
    return found


def write_temperatures(temperatures: Sequence[float]) -> str:
    """As they are typed."""
    return ", ".join(f"{one:g}" for one in temperatures)


def temperatures_fault(text: str, most: int) -> str:
    """What is wrong with temperatures as they were typed, of which `most` have room; empty where they can be taken."""
    try:
        number = len(parse_temperatures(text))
    except ValueError:
        return "temperatures are numbers from 0 on, as in 0.2, 0.5, 1"
    return "" if FEWEST <= number <= most else f"{FEWEST} to {most} columns have room here, not {number}"
