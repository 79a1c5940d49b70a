"""`charplay control`: steers a run that trains on its own, from a script or by hand."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from charplay.cli.errors import UsageError
from charplay.cli.output import print_json, print_safe
from charplay.cli.recipe_options import JsonOption
from charplay.cli.settings import loss_unit
from charplay.formatting.loss_units import LossUnit
from charplay.formatting.units import duration
from charplay.playground.home import open_store, read_home

if TYPE_CHECKING:
    from charplay.protocol.codec import Json

PLAIN = {"pause": "pause", "resume": "resume", "stop": "stop", "save": "save", "undo": "undo", "status": "status"}
"""What is typed -> the command on the socket, of those that take no value."""
WORDS = (*PLAIN, "set")
PATIENCE_SECONDS = 120.0
"""A change waits for what the trainer is at, such as an evaluation, and a stop for the save."""


def control(
    context: typer.Context,
    own_run: Annotated[str, typer.Argument(metavar="RUN", help="A run that trains on its own.")],
    word: Annotated[str, typer.Argument(metavar="COMMAND", help=", ".join(WORDS))],
    assignments: Annotated[
        list[str] | None, typer.Argument(metavar="[FIELD=VALUE]...", help="With set: live values.")
    ] = None,
    json: JsonOption = False,
) -> int:
    """Steer a run that trains on its own: pause, resume, stop, save, set FIELD=VALUE, undo, status."""
    messages = list(_messages(word, assignments or []))
    from charplay.runs.store import known_bytes
    from charplay.server.link import ask
    from charplay.server.reaching import reach

    run = open_store(context.obj).find(own_run)
    path = reach(run.name, run.owner)
    for message in messages:
        answer = ask(path, message, PATIENCE_SECONDS)
        if isinstance(answer, Mapping):
            unit = loss_unit(read_home(context.obj)).on(known_bytes(run.vocabulary, run.facts))
            _print_status(answer, unit, json=json)
        elif json:
            print_json({"run": own_run, **message, "ok": True})
    return 0


def _messages(word: str, assignments: list[str]) -> "Iterator[Json]":
    """Yield the commands. UsageError before the first one where any of them is wrong."""
    if word not in WORDS:
        from charplay.recipes.specs import closest_match

        raise UsageError(f"there is no command {word!r}; the nearest is {closest_match(word, WORDS)!r}")
    if word != "set":
        if assignments:
            raise UsageError(f"{word} takes no value; values are set by `set FIELD=VALUE`")
        yield {"command": PLAIN[word]}
        return
    pairs = [assignment.partition("=") for assignment in assignments]
    if not pairs or any(not (name and equals) for name, equals, _ in pairs):
        raise UsageError("set needs FIELD=VALUE, as in set learning_rate=0.001")
    for name, _, value in pairs:
        yield {"command": "set-hyperparameter", "field": name, "value": value}


def _print_status(status: Mapping[str, Any], unit: LossUnit, *, json: bool) -> None:
    if json:
        print_json(status)
        return
    total = f" of {status['total_steps']:,}" if status["total_steps"] else ""
    left = f", {duration(status['seconds_left'])} left" if status["seconds_left"] is not None else ""
    reason = f" ({status['reason']})" if status["reason"] else ""
    named = {"train": status["train_loss"], "held-out": status["val_loss"]}
    losses = "".join(f", {name} {unit.write(loss)}" for name, loss in named.items() if loss is not None)
    print_safe(
        f"{status['run']}: {status['state']}{reason}, step {status['step']:,}{total}{left}{losses}\n"
        f"process {status['pid']}, {status['device']}, {status['clients']} attached"
    )
