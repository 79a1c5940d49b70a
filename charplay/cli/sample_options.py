# ruff: noqa: E501  (a table of declarations)
"""The options of `charplay sample`, as typer declarations."""

from pathlib import Path
from typing import Annotated

import typer

LINE_END = r"A line end is typed $'one\ntwo' in bash and zsh, one\ntwo without quotes in fish."

# fmt: off
Checkpoint = Annotated[str, typer.Argument(metavar="CHECKPOINT", help="A checkpoint file, a run (its best, else its latest), or `demo`.")]
PromptText = Annotated[str | None, typer.Option("--prompt", metavar="TEXT", help=f"What the model goes on from, taken as it is. {LINE_END}")]
PromptFrom = Annotated[str | None, typer.Option("--prompt-from", metavar="WHERE", help="... taken from the run's text: random, letter, or N[:LENGTH].")]
CorpusName = Annotated[str | None, typer.Option("--corpus", metavar="NAME or PATH", help="Another text for --prompt-from.")]
Length = Annotated[int | None, typer.Option("--length", metavar="N", min=0, help="Characters to draw [500].")]
Temperature = Annotated[float | None, typer.Option("--temperature", metavar="T", help="0 always takes the most probable character [0.8].")]
Temperatures = Annotated[str | None, typer.Option("--temperatures", metavar="T,T,...", help="A text at each of these.")]
TopK = Annotated[int | None, typer.Option("--top-k", metavar="K", help="Only the K most probable.")]
TopP = Annotated[float | None, typer.Option("--top-p", metavar="P", help="Only the fewest that together reach P.")]
MinP = Annotated[float | None, typer.Option("--min-p", metavar="P", help="Only those with a share of P of the most probable.")]
Penalty = Annotated[float | None, typer.Option("--repetition-penalty", metavar="R", help="Above 1, recent characters become rarer.")]
Window = Annotated[int | None, typer.Option("--repetition-window", metavar="N", help="How many characters are recent [64].")]
Bias = Annotated[list[str] | None, typer.Option("--bias", metavar="CHARACTERS=NATS", help="Favour characters, or forbid them (-inf); may be given again and again.")]
Seed = Annotated[int | None, typer.Option("--seed", metavar="S", help="The same seed writes the same text [1].")]
Count = Annotated[int | None, typer.Option("--count", metavar="N", min=1, max=100_000, help="That many texts in one pass, with the seeds S, S+1, ...; with --json an object each.")]
Output = Annotated[Path | None, typer.Option("--output", metavar="FOLDER", help="With --count: a file seed-S.txt for each text.")]
StopTexts = Annotated[list[str] | None, typer.Option("--stop", metavar="TEXT", help=f"End once this has been written; may be given again and again. {LINE_END}")]
NoPrompt = Annotated[bool, typer.Option("--no-prompt", metavar="", help="Print only what was drawn.")]
RideFile = Annotated[Path | None, typer.Option("--ride", metavar="FILE", help="Write as it was ridden: the file's prompt, settings and length.")]
SaveRide = Annotated[Path | None, typer.Option("--save-ride", metavar="FILE", help="Keep what was done as a ride.")]
Top = Annotated[int, typer.Option("--top", metavar="N", min=0, help="With --json: candidates of each character; 0 is the whole vocabulary.")]
# fmt: on
