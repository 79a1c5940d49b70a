"""Numbers as a person reads them."""

import math

MAX_PLAIN_LOSS = 1000.0
"""A loss from here on has run away and is written in short: 1.23e+04."""


def count(number: float) -> str:
    """1,204 stays as it is; 41,000 is "41 k", 1,115,394 is "1.1 M"."""
    if number < 10_000:
        return f"{number:,.0f}"
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            shown = number / size
            return f"{shown:.0f} {letter}" if shown >= 9.95 else f"{shown:.1f} {letter}"
    raise AssertionError


def format_bytes(number: float | None) -> str | None:
    """1,115,394 is "1.1 MB", in the unit that reads best; None stays None."""
    if number is None:
        return None
    for unit in ("B", "kB", "MB", "GB"):
        if number < 999.5 or unit == "GB":
            break
        number /= 1000
    return f"{number:.0f} {unit}" if unit == "B" or number >= 99.5 else f"{number:.1f} {unit}"


def format_nats(nats: float | None) -> str | None:
    """A loss in nats per character with three decimals; None stays None."""
    return None if nats is None else f"{nats:.3f}" if nats < MAX_PLAIN_LOSS else f"{nats:.3g}"


def format_bits(nats: float | None) -> str | None:
    """A loss given in nats per character, written in bits per character; None stays None."""
    return None if nats is None else format_nats(nats / math.log(2))


def plural(number: int, what: str) -> str:
    """1 is "1 step", 1,204 is "1,204 steps"."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def duration(seconds: float) -> str:
    """72 is "1:12", 3,700 is "1:01:40"."""
    whole = max(0, round(seconds))
    minutes, left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def rate(value: float) -> str:
    """A learning rate, short: "5e-3", "3.1e-3"."""
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def age(seconds: float) -> str:
    """How long ago, roughly: "now", "5 min", "3 h", "12 days"."""
    for size, unit in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {unit[:-1] if unit == 'days' and number == 1 else unit}"
    return "now"
