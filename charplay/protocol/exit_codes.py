"""The signals that ask charplay to leave: why a run under way stops, and the exit code that tells of it."""

import signal

HUNG_UP, INTERRUPTED, TERMINATED = (128 + number for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM))
"""Exit codes, as a shell counts them."""
REASONS = {INTERRUPTED: "interrupted", TERMINATED: "terminated", HUNG_UP: "hung up"}
SIGNALS = {signal.Signals(code - 128): code for code in REASONS}
"""The signals, and their exit codes."""
