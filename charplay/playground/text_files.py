"""Writes what an instrument has written to files: the text, what was done to it, every branch."""

from datetime import datetime
from pathlib import Path

from charplay.playground.instrument import Instrument
from charplay.playground.recordings import write_ride
from charplay.playground.saved_texts import generation, write_branches, write_text


def keep_text(instrument: Instrument, now: datetime) -> Path | None:
    """Write the text to a file, and return its path; None while nothing is written. OSError."""
    if instrument.generator is None or not (ride := instrument.temperatures):
        return None
    return write_text(instrument.texts, generation(instrument.generator, ride, instrument.origin), now)


def keep_recording(instrument: Instrument, now: datetime) -> Path | None:
    """Write what was done to a file, and return its path; None while nothing is written. OSError."""
    if instrument.generator is None or not instrument.temperatures:
        return None
    return write_ride(instrument.texts, instrument.generator, now)


def export_branches(instrument: Instrument, now: datetime) -> Path | None:
    """Write every branch to a file, and return its path; None before there is one. OSError."""
    return write_branches(instrument.texts, instrument.branches, now) if instrument.branches is not None else None
