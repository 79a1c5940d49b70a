"""Makes the sequences by which a terminal shows something outside its screen. Nothing is written here."""

from typing import TYPE_CHECKING

from charplay.formatting.sanitize import sanitize_line

if TYPE_CHECKING:
    from charplay.formatting.terminal_features import TerminalFeatures

BUSY, STUCK, UNMEASURED, HELD, GONE = 1, 2, 3, 4, 0
"""The states of a progress: normal, failed, under way without a share, paused, and none."""

KEEP_TITLE, RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"
"""Put the title on the terminal's stack, and take it from there."""


def title(text: str) -> str:
    """Set the window's title."""
    return _osc(f"2;{sanitize_line(text)}")


def progress(features: "TerminalFeatures", state: int, percent: int = 0) -> str:
    """Show a progress on the tab or in the taskbar; nothing where the terminal is not known to."""
    return _passed_on(features, _osc(f"9;4;{state};{percent}")) if features.progress else ""


def notice(features: "TerminalFeatures", sentence: str) -> str:
    """Have the desktop show a sentence; nothing where the terminal is not known to pass it on."""
    plain = sanitize_line(sentence).replace(";", ",")
    match features.notice:
        case "9":
            return _passed_on(features, _osc(f"9;charplay: {plain}"))
        case "777":
            return _passed_on(features, _osc(f"777;notify;charplay;{plain}"))
        case _:
            return ""


def _osc(body: str) -> str:
    return f"\x1b]{body}\x1b\\"


def _passed_on(features: "TerminalFeatures", sequence: str) -> str:
    """Wrap a sequence so that tmux passes it on, where tmux lies between."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\" if features.through_tmux else sequence
