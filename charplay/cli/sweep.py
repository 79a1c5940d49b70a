"""`charplay sweep`: trains a grid of recipes, each in a process of its own."""

from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.adding import PIPE, kept_pipe
from charplay.cli.errors import EXIT_FAILED, UsageError, print_error
from charplay.cli.output import print_json, print_note, print_safe
from charplay.cli.recipe_options import (
    CorpusOption,
    EncodingOption,
    EpochsOption,
    JsonOption,
    MinutesOption,
    PresetOption,
    RecipeOptions,
    StepsOption,
    reject_relative_budget,
)
from charplay.cli.signals import stop_on_signals
from charplay.cli.torchrun import require_alone
from charplay.formatting.loss_units import format_loss
from charplay.formatting.units import duration, plural
from charplay.protocol.queues import CommandQueue

if TYPE_CHECKING:
    from charplay.cli.sweep_runs import Outcome, SweepRun

DEFAULT_FAMILY = "sweep"
NUMBERS = ("steps", "seconds", "train_loss", "val_loss", "val_loss_cold")
"""What a line of JSON has of a run, null where it is unknown."""

# ruff: noqa: E501  (a table of declarations)
# fmt: off
Grid = Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=A,B,...", help="Every one of these values; or one, for all runs.")]
Seeds = Annotated[int | None, typer.Option("--seeds", metavar="N", min=1, help="Each with the seeds 1 to N.")]
Family = Annotated[str, typer.Option("--name", metavar="NAME", help="The family's name, which each run's begins with.")]
Jobs = Annotated[int | None, typer.Option("--jobs", metavar="N", min=1, help="So many runs at a time [1].")]
Devices = Annotated[str | None, typer.Option("--devices", metavar="0,1", help="A run at a time on each of these cards.")]
Index = Annotated[int | None, typer.Option("--index", metavar="K", help="Only the run K, counted from 0, as in an array of jobs.")]
# fmt: on


def sweep(  # noqa: PLR0917  (the parser passes options by name)
    context: typer.Context,
    preset: PresetOption = None,
    corpus: CorpusOption = None,
    settings: Grid = None,
    seeds: Seeds = None,
    steps: StepsOption = None,
    epochs: EpochsOption = None,
    minutes: MinutesOption = None,
    name: Family = DEFAULT_FAMILY,
    jobs: Jobs = None,
    devices: Devices = None,
    index: Index = None,
    encoding: EncodingOption = None,
    json: JsonOption = False,
) -> int:
    """Train a run for every combination of values. The same command again goes on with what is not finished."""
    from charplay.cli.sweep_grid import finished_before, grid_runs
    from charplay.cli.sweep_runs import SweepProcesses
    from charplay.playground.home import open_home

    require_alone("sweep")
    slots = _slots(jobs, devices)
    corpus = kept_pipe(context.obj, encoding) if corpus == PIPE else corpus
    home = open_home(context.obj)
    options = RecipeOptions.of(preset, (), corpus=corpus, steps=steps, epochs=epochs, minutes=minutes)
    reject_relative_budget(options)
    runs = grid_runs(home, options, settings or (), seeds, name, encoding)
    runs = runs if index is None else [_chosen(runs, index)]
    skipped, open_ = finished_before(home, runs)
    report, inbox = _Report(name, len(runs), json=json), CommandQueue()
    with stop_on_signals(inbox) as stop:
        for outcome in skipped:
            report.tell(outcome)
        SweepProcesses(inbox, slots, _threads(len(slots), devices)).train(open_, report.tell)
    report.end()
    return stop.code or (EXIT_FAILED if report.failed else 0)


def _slots(jobs: int | None, devices: str | None) -> list[str | None]:
    """Return the device of each process that trains at a time, None where it is left open."""
    if devices is None:
        return [None] * (jobs or 1)
    if jobs is not None:
        raise UsageError("--devices trains a run at a time on each device; leave --jobs out")
    named = [device.strip() for device in devices.split(",")]
    if not all(named):
        raise UsageError("--devices needs numbers of cards or devices, as in 0,1 or cuda:0,cpu")
    return [f"cuda:{device}" if device.isdecimal() else device for device in named]


def _threads(jobs: int, devices: str | None) -> int | None:
    """Return how many threads each of several processes on the processor may have; None leaves it open."""
    from charplay.training.threads import thread_count

    return max(1, thread_count() // jobs) if jobs > 1 and devices is None else None


def _chosen(runs: "list[SweepRun]", index: int) -> "SweepRun":
    if not 0 <= index < len(runs):
        last = len(runs) - 1
        raise UsageError(f"--index {index} is no run of this sweep, which has {plural(len(runs), 'run')}: 0 to {last}")
    return runs[index]


class _Report:
    """Tells how each run ended, and at the end which failed."""

    def __init__(self, family: str, runs: int, *, json: bool) -> None:
        self.failed = list["Outcome"]()
        self._family = family
        self._runs = runs
        self._json = json
        self._told = 0

    def tell(self, outcome: "Outcome") -> None:
        """Print a line of a run that has ended, or was not begun."""
        self._told += 1
        if outcome.state == "failed":
            self.failed.append(outcome)
        if self._json:
            self._print_json(outcome)
        else:
            print_safe(f"{self._told}/{self._runs}  {outcome.run.name}: {_told(outcome)}")

    def end(self) -> None:
        """Name the runs that failed, with the reasons."""
        for outcome in self.failed:
            print_error(f"{outcome.run.name} failed: {outcome.message}")
        if not self._json and not self.failed:
            print_note(f"`charplay runs compare {self._family} --by FIELD` has their means")

    def _print_json(self, outcome: "Outcome") -> None:
        run, numbers = outcome.run, outcome.numbers
        told = {name: numbers.get(name) for name in NUMBERS}
        about = {"run": run.name, "family": self._family, "values": run.values, "state": outcome.state}
        print_json(about | told | {"message": outcome.message})


def _told(outcome: "Outcome") -> str:
    if outcome.state == "failed":
        return f"failed: {outcome.message}"
    if outcome.state == "waiting":
        return "not begun"
    loss, seconds = (outcome.numbers.get(name) for name in ("val_loss", "seconds"))
    held_out = f", held-out {format_loss(loss)}" if isinstance(loss, float) else ""
    took = f" in {duration(seconds)}" if isinstance(seconds, int | float) and outcome.state == "finished" else ""
    said = {"finished": "finished", "skipped": "is finished already", "stopped": "saved and left"}[outcome.state]
    return f"{said}{took}{held_out}"
