"""Rounds of Shannon's game that were played, a JSON object a line in the home."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from charplay.fs.regular_files import open_regular
from charplay.playground.shannon.round import ShannonRound, Turn


def turn_json(turn: Turn) -> dict[str, Any]:
    """Return a turn as it is kept and told: a machine's name has its rank and bits, or null."""
    machines = {name: found and {"rank": found.rank, "bits": found.bits} for name, found in turn.machines.items()}
    return {"character": turn.character, "guesses": turn.guesses, **machines}


def round_json(played: ShannonRound, source: str) -> dict[str, Any]:
    """Return a round as it is kept and told; `source` names whose network played. Bits are a character's."""
    bounds = played.bounds
    return {
        "corpus": played.corpus.name,
        "sha256": played.corpus.sha256,
        "position": played.start,
        "source": source,
        "characters": len(played.turns),
        "lower": bounds.lower,
        "upper": bounds.upper,
        "bits": {machine.name: played.bits(machine.name) for machine in played.machines},
        "turns": [turn_json(turn) for turn in played.turns],
    }


def keep_round(path: Path, played: ShannonRound, source: str) -> None:
    """Append a round to what was played before. OSError where it cannot be written."""
    line = json.dumps({"time": datetime.now(UTC).isoformat(timespec="seconds"), **round_json(played, source)})
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def kept_guesses(path: Path, sha256: str) -> list[int | None]:
    """Return the guesses of all rounds that were played on a text, oldest first; torn and foreign lines are let go."""
    try:
        with open_regular(path) as file:
            lines = file.read().splitlines()
    except OSError:
        return []
    found: list[int | None] = []
    for line in lines:
        try:
            row = json.loads(line)
            if row["sha256"] == sha256:
                found += [None if turn["guesses"] is None else int(turn["guesses"]) for turn in row["turns"]]
        except (ValueError, TypeError, KeyError):
            continue
    return found
