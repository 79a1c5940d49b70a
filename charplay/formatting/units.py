"""Numbers as a person reads them. One that is none is said in words, wherever it comes from."""

import math

MAX_EXPONENT = 700.0
"""The largest loss in nats whose perplexity is a number of this machine's."""
MAX_PLAIN_LOSS = 1000.0
"""A loss from here on has run away and is written in short: 1.23e+04."""


def no_number(value: float) -> str:
    """What is said of NaN and infinity; empty for a number."""
    return "" if math.isfinite(value) else "no number" if math.isnan(value) else "infinite"


def decimals(value: float, places: int) -> str:
    """A number with so many decimals; in short from MAX_PLAIN_LOSS on."""
    return no_number(value) or (f"{value:.{places}f}" if value < MAX_PLAIN_LOSS else f"{value:.3g}")


def format_share(share: float, places: int = 0) -> str:
    """0.256 is "26%"."""
    return no_number(share) or f"{share:.{places}%}"


def count(number: float) -> str:
    """1,204 stays as it is; 41,000 is "41 k", 1,115,394 is "1.1 M"."""
    if said := no_number(number):
        return said
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
    if said := no_number(number):
        return said
    for unit in ("B", "kB", "MB", "GB"):
        if number < 999.5 or unit == "GB":
            break
        number /= 1000
    return f"{number:.0f} {unit}" if unit == "B" or number >= 99.5 else f"{number:.1f} {unit}"


def format_perplexity(nats: float) -> str:
    """The perplexity of a loss in nats per character, in short where it has run away: "4.95", "1,204", "485 M"."""
    perplexity = math.exp(nats) if not nats > MAX_EXPONENT else math.inf
    return count(perplexity) if MAX_PLAIN_LOSS <= perplexity < 1e12 else decimals(perplexity, 2)


def plural(number: int, what: str) -> str:
    """1 is "1 step", 1,204 is "1,204 steps"."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def duration(seconds: float) -> str:
    """72 is "1:12", 3,700 is "1:01:40"."""
    if said := no_number(seconds):
        return said
    whole = max(0, round(seconds))
    minutes, left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def rough_duration(seconds: float) -> str:
    """Write about how long: 42 is "42 s", 2,520 is "42 min", 6,500 is "1.8 h", a million is "11.6 days"."""
    if said := no_number(seconds):
        return said
    for limit, unit, size, digits in ((90, "s", 1, 0), (5400, "min", 60, 0), (172_800, "h", 3600, 1)):
        if seconds < limit:
            return f"{max(1, seconds / size):.{digits}f} {unit}"
    return f"{seconds / 86_400:.1f} days"


def rate(value: float, digits: int = 2) -> str:
    """A learning rate, short, with up to so many digits: "5e-3", "3.1e-3"."""
    if said := no_number(value):
        return said
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    return f"{mantissa.rstrip('0').removesuffix('.')}e{int(exponent)}"


def age(seconds: float) -> str:
    """How long ago, roughly: "now", "5 min", "3 h", "12 days"."""
    if said := no_number(seconds):
        return said
    for size, unit in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {unit[:-1] if unit == 'days' and number == 1 else unit}"
    return "now"
