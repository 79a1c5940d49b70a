"""`charplay sample`: a model writes, without a screen."""

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.asking import JsonOption
from charplay.cli.faults import complain
from charplay.cli.output import say_json, shown

if TYPE_CHECKING:
    from charplay.sampling.player import Player
    from charplay.sampling.tape import Written

FLUSH = 0.1
"""Seconds that a character on its way into a pipe may wait for others."""


def sample(  # noqa: PLR0917  (the parser passes options by name)
    context: typer.Context,
    checkpoint: Annotated[
        str,
        typer.Argument(metavar="CHECKPOINT", help="A checkpoint file, a run (its best, else its latest), or `demo`."),
    ],
    prompt: Annotated[str, typer.Option("--prompt", metavar="TEXT", help="What the model goes on from.")] = "",
    length: Annotated[int, typer.Option("--length", metavar="N", min=0, help="Characters to draw.")] = 500,
    temperature: Annotated[
        float, typer.Option("--temperature", metavar="T", help="0 always takes the most probable character.")
    ] = 0.8,
    top_k: Annotated[int | None, typer.Option("--top-k", metavar="K", help="Only the K most probable.")] = None,
    top_p: Annotated[
        float | None, typer.Option("--top-p", metavar="P", help="Only the fewest that together reach P.")
    ] = None,
    min_p: Annotated[
        float | None, typer.Option("--min-p", metavar="P", help="Only those with a share of P of the most probable.")
    ] = None,
    repetition_penalty: Annotated[
        float, typer.Option("--repetition-penalty", metavar="R", help="Above 1, recent characters become rarer.")
    ] = 1.0,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="The same seed writes the same text.")] = 1,
    stop: Annotated[str, typer.Option("--stop", metavar="TEXT", help="End once this has been written.")] = "",
    no_prompt: Annotated[bool, typer.Option("--no-prompt", metavar="", help="Print only what was drawn.")] = False,
    json: JsonOption = False,
) -> None:
    """Write text, character by character as it is drawn."""
    from charplay.cli.playing import open_model
    from charplay.sampling.player import Player
    from charplay.sampling.settings import Sampling

    settings = Sampling(
        temperature=temperature,
        top_k=top_k,
        top_p=top_p,
        min_p=min_p,
        repetition_penalty=repetition_penalty,
        seed=seed,
    )
    model, path = open_model(context.obj, checkpoint)
    player = Player(model, prompt=prompt, settings=settings, source=path)
    if player.unknown:
        complain(f"left out of the prompt, as the model does not know them: {player.unknown!r}")
    pen = JsonPen() if json else Pen()
    if not no_prompt:
        for one in range(len(player.tape)):
            pen.put(player.tape[one])
    _draw(player, length, stop, pen)
    pen.close()


class Pen:
    """Writes characters on stdout: at once on a terminal and as visible glyphs, gathered a little for a pipe."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._flushed = time.monotonic()
        self._last = "\n"

    def put(self, written: "Written") -> None:
        """One more character."""
        self._last = written.character
        sys.stdout.write(shown(self._last, sys.stdout) if self._terminal else self._last)
        now = time.monotonic()
        if self._terminal or now - self._flushed > FLUSH:
            sys.stdout.flush()
            self._flushed = now

    def close(self) -> None:
        """A terminal's own prompt begins on a line of its own; a pipe gets the text and nothing else."""
        if self._terminal and self._last != "\n":
            sys.stdout.write("\n")
        sys.stdout.flush()


class JsonPen(Pen):
    """Writes one JSON object a character."""

    def put(self, written: "Written") -> None:
        """One more character, with what was known when it was drawn."""
        say_json(written._asdict())

    def close(self) -> None:
        """Every line is out already."""


def _draw(player: "Player", length: int, stop: str, pen: Pen) -> None:
    tail = ""
    for _ in range(length):
        written = player.next()
        pen.put(written)
        tail = (tail + written.character)[-len(stop) :]
        if stop and tail == stop:
            return
