"""Exit codes of the signals that end charplay, and the reasons that a stopped run gives for them."""

import signal

HUNG_UP, INTERRUPTED, TERMINATED = (128 + number for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM))
"""128 + the signal's number, as shells report it."""
REASONS = {INTERRUPTED: "interrupted", TERMINATED: "terminated", HUNG_UP: "hung up"}
SIGNALS = {signal.Signals(code - 128): code for code in REASONS}
"""Signal -> exit code."""
