"""`charplay train --continue`: one command that starts a run, and goes on with it where it is there."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from charplay.cli.output import print_note

if TYPE_CHECKING:
    from charplay.cli.recipe_options import RecipeOptions
    from charplay.cli.signals import StopRequest
    from charplay.protocol.request import TrainRequest
    from charplay.runs.home import Home
    from charplay.runs.run import Run

POLL_SECONDS = 0.2
"""Seconds between two looks at a run that another process has begun."""


def run_to_continue(home: "Home", name: str, wait: float, stop: "StopRequest") -> "Run | None":
    """Return the run of this name, which has something to go on from; None where there is none, and the name is free.

    A run that saved nothing is removed. Where a process has begun it just now, up to `wait` seconds pass until it saves
    or ends. Raises RunError where it is still held then, or cannot be read, and Exit after a signal.
    """
    from charplay.runs.run import Run
    from charplay.runs.store import RunStore

    if name not in {folder.name for folder in home.checkpoints.iterdir() if folder.is_dir()}:
        return None
    run, until = Run.open(home.checkpoints / name), time.monotonic() + wait
    if wait and not run.has_save and (owner := run.owner) is not None:
        print_note(f"run {name} is in use by {owner} and has saved nothing; waiting up to {wait:g} s until it does")
    while not run.has_save and run.owner is not None and time.monotonic() < until:
        if stop.code:
            raise typer.Exit(stop.code)
        time.sleep(POLL_SECONDS)
    if run.has_save:
        return run
    RunStore(home).delete(name)
    print_note(f"run {name} had saved nothing; it starts anew")
    return None


def continued_run(home: "Home", run: "Run", options: "RecipeOptions", source: str | None) -> "TrainRequest":
    """Return the request to go on with a run under the command that started it.

    What the command names must be the run's own, but for what `--resume` may change; its budget is the whole run's.
    What was changed while the run trained stays changed. Raises RecipeError with every difference.
    """
    from charplay.playground.run_requests import resumed_run
    from charplay.recipes.errors import RecipeError
    from charplay.recipes.layers import ConfigLayer, compose

    recipe, _ = compose(*options.layers(home.presets))
    named = {name for layer in options.layers(home.presets, default=None) for name in layer.values}
    layer = ConfigLayer("", {name: getattr(recipe, name) for name in named})
    differences = _source_difference(home, run, source)
    try:
        request = resumed_run(home, run, layer)
    except RecipeError as fault:
        raise RecipeError(*fault.faults, *differences) from None
    if differences:
        raise RecipeError(*differences)
    return replace(request, live={})


def _source_difference(home: "Home", run: "Run", source: str | None) -> list[str]:
    """Return a sentence where the run started from other weights than `source`; those may be gone by now."""
    from charplay.runs.store import RunStore

    parent = run.facts.get("parent") or {}
    if source is None or source in {parent.get("run"), parent.get("path")}:
        return []
    named = str(RunStore(home).checkpoint(source).resolve())
    if named == parent.get("path"):
        return []
    before = parent.get("path") or "none"
    return [f"--from is {before} in this run and cannot become {named}; leave it out, or start a new run"]
