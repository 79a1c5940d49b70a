"""A round of Shannon's game as lines to read."""

from typing import TYPE_CHECKING

from charplay.formatting.sanitize import sanitize_char
from charplay.playground.shannon.bounds import shannon_bounds
from charplay.playground.shannon.round import said_guesses
from charplay.tui.widgets.row_list import fit

if TYPE_CHECKING:
    from charplay.playground.shannon.machines import Foretold
    from charplay.playground.shannon.round import ShannonRound

COLUMN = 20


def shannon_rows(played: "ShannonRound", most: int) -> list[str]:
    """Return a row for each of the newest characters: how many guesses it took, and what machines thought of it."""
    names = [machine.name for machine in played.machines]
    rows = [fit("", 6) + fit("you", 12) + "".join(fit(name, COLUMN) for name in names)]
    for turn in played.turns[-most:]:
        machines = "".join(fit(_foretold(turn.machines[name]), COLUMN) for name in names)
        rows.append(fit(sanitize_char(turn.character), 6) + fit(said_guesses(turn), 12) + machines)
    return rows


def _foretold(found: "Foretold | None") -> str:
    return "does not know it" if found is None else f"rank {found.rank}, {found.bits:.2f} bits"


def standing(played: "ShannonRound", before: list[int | None]) -> str:
    """Return how good everybody is in this round, and a person in all rounds on this text; empty before the first."""
    if not played.turns:
        return ""
    lower, upper = played.bounds
    losses = {machine.name: played.bits(machine.name) for machine in played.machines}
    parts = [
        f"{len(played.turns)} of {played.length}, in bits a character:\nyou {lower:.2f} to {upper:.2f}",
        *(f"{name} {bits:.2f}" for name, bits in losses.items() if bits is not None),
    ]
    everything = [*before, *(turn.guesses for turn in played.turns)]
    low, high = shannon_bounds(everything, len(played.corpus.vocabulary))
    return "   ".join(parts) + (f"\nyou in {len(everything):,}:   {low:.2f} to {high:.2f}" if before else "")
