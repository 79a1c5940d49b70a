"""Signals: exit codes of those that end charplay, the reasons that a stopped run gives, and the one that saves."""

import signal

HUNG_UP, INTERRUPTED, SIGNALLED, TERMINATED, OUT_OF_TIME = (
    128 + number for number in (signal.SIGHUP, signal.SIGINT, signal.SIGUSR2, signal.SIGTERM, signal.SIGXCPU)
)
"""128 + the signal's number, as shells report it."""
REASONS = {
    INTERRUPTED: "interrupted",
    TERMINATED: "terminated",
    HUNG_UP: "hung up",
    SIGNALLED: "signal USR2",
    OUT_OF_TIME: "out of processor time",
}
SIGNALS = {signal.Signals(code - 128): code for code in REASONS}
"""Signal -> exit code, of those that save and leave."""
SAVE_SIGNAL = signal.SIGUSR1
"""The signal that saves the run under way, which goes on."""
