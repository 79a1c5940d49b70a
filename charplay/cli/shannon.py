"""`charplay shannon`: guess a text's next characters, against a 5-gram and a network."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.output import print_json, print_note, print_safe, print_table, sanitize_for
from charplay.cli.recipe_options import JsonOption
from charplay.playground.home import open_home, open_library, open_store

if TYPE_CHECKING:
    from charplay.playground.shannon.round import ShannonRound, Turn

BEFORE = 200
"""Characters that are shown before the one to be guessed."""
TYPED = {r"\n": "\n", r"\t": "\t"}
"""How a line end and a tab are typed."""


def shannon(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="A checkpoint file, a run, or `demo`.")],
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="S", help="Chooses the place in the text, always the same.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Guess 20 characters of a run's held-out text, one after the other; a 5-gram and the network guess along.

    Type a character and enter, a backslash and n for a line end, or enter alone to give one up. A pipe may guess.
    """
    from charplay.playground.shannon.opening import open_round
    from charplay.playground.shannon.results import keep_round, kept_guesses, round_json, turn_json

    home = open_home(context.obj)
    played, source = open_round(open_store(context.obj), open_library(context.obj), run, seed)
    for turn in _turns(played):
        if json:
            print_json(turn_json(turn))
        else:
            _print_turn(turn)
    if not played.turns:
        return
    keep_round(home.shannon, played, source)
    if json:
        print_json(round_json(played, source))
    else:
        _print_round(played, kept_guesses(home.shannon, played.corpus.sha256))


def _turns(played: "ShannonRound") -> Iterator["Turn"]:
    """Ask until the round is over, or nobody answers any more; yield each character once it was found."""
    print_safe(played.known[-BEFORE:], sys.stderr)
    while not played.done:
        print(sanitize_for("next character: ", sys.stderr), end="", file=sys.stderr, flush=True)
        if not (line := sys.stdin.readline()):
            print(file=sys.stderr)
            return
        typed = line.removesuffix("\n")
        before = len(played.turns)
        if typed == "":
            played.give_up()
        elif said := played.guess(TYPED.get(typed, typed[:1])):
            print_note(said)
        if len(played.turns) > before:
            yield played.turns[-1]
            print_safe(played.known[-BEFORE:], sys.stderr)


def _print_turn(turn: "Turn") -> None:
    from charplay.formatting.sanitize import sanitize_char
    from charplay.playground.shannon.round import said_guesses

    machines = (
        f"{name} {found.rank}, {found.bits:.2f} bits" for name, found in turn.machines.items() if found is not None
    )
    print("   ".join([f"{sanitize_char(turn.character)}   {said_guesses(turn)}", *machines]))


def _print_round(played: "ShannonRound", all_guesses: list[int | None]) -> None:
    """Print who was how good: the machines' losses are exact, a person's is bounded by the guesses."""
    from charplay.playground.shannon.bounds import shannon_bounds

    bounds = played.bounds
    rows = [("you", f"{bounds.lower:.2f} to {bounds.upper:.2f}")]
    for machine in played.machines:
        bits = played.bits(machine.name)
        rows.append((machine.name, "" if bits is None else f"{bits:.2f}"))
    print()
    print_table((f"{len(played.turns)} characters", "bits a character"), rows)
    lower, upper = shannon_bounds(all_guesses, len(played.corpus.vocabulary))
    print(f"\nYour {len(all_guesses)} characters of this text so far: {lower:.2f} to {upper:.2f} bits a character.")
