"""Counts control codes, which text has next to none of."""

BINARY_SHARE = 0.02
"""Share of control codes above which data counts as binary. Text has next to none; compressed data has a tenth."""

# Control codes other than backspace, tab, line ends, form feed and escape, which occur in logs and listings.
_CONTROLS = bytes(code for code in range(32) if code not in b"\b\t\n\v\f\r\x1b")


def control_share(data: bytes) -> float:
    """Return the share of control codes among the bytes, 0 where there are none of either."""
    return (len(data) - len(data.translate(None, _CONTROLS))) / max(len(data), 1)
