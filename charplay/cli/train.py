"""`charplay train`: training without a screen."""

import os
import sys
import time
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.continuing import continued_run, run_to_continue
from charplay.cli.errors import EXIT_FAILED, EXIT_USAGE, UsageError, print_error
from charplay.cli.output import print_note, redirect_to_devnull
from charplay.cli.recipe_options import (
    DEFAULT_PRESET,
    CorpusOption,
    EncodingOption,
    EpochsOption,
    JsonOption,
    MinutesOption,
    PresetOption,
    RecipeOptions,
    SettingsOption,
    StepsOption,
    recipe_layers,
    reject_relative_budget,
)
from charplay.cli.signals import StopRequest, stop_on_signals
from charplay.protocol.commands import Stop
from charplay.protocol.events import BAD_NUMBERS, NO_MEMORY, Event, Failed, Finished, Paused, Started, Stopped, Warned
from charplay.protocol.exit_codes import HUNG_UP
from charplay.protocol.queues import CommandQueue

if TYPE_CHECKING:
    from charplay.cli.nonblocking_output import NonBlockingStream
    from charplay.cli.reporting import Reporter
    from charplay.protocol.request import TrainRequest
    from charplay.recipes.layers import ConfigLayer
    from charplay.runs.home import Home

WAYS_ON = {
    BAD_NUMBERS: "resume the run with a smaller rate, as in --set learning_rate=0.001",
    NO_MEMORY: "resume the run when memory is free, with a smaller --set batch_size, or on another --device",
}


def train(  # noqa: PLR0917  (the parser passes options by name)
    context: typer.Context,
    preset: PresetOption = None,
    corpus: CorpusOption = None,
    settings: SettingsOption = None,
    steps: StepsOption = None,
    epochs: EpochsOption = None,
    minutes: MinutesOption = None,
    device: Annotated[str | None, typer.Option("--device", metavar="DEVICE", help="auto, cpu, cuda or cuda:N.")] = None,
    seed: Annotated[str | None, typer.Option("--seed", metavar="S", help="Fixes every random choice.")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="The new run's name.")] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="CHECKPOINT", help="Start from the weights of a run or checkpoint.")
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option("--resume", metavar="RUN", help="Take up a run; a budget written +N adds to what was done."),
    ] = None,
    continues: Annotated[
        bool,
        typer.Option("--continue", metavar="", help="With --name: take that run up, or start it; a job may requeue."),
    ] = False,
    wait: Annotated[
        float,
        typer.Option("--wait", metavar="S", min=0, show_default=False, help="Wait so many seconds for a run in use."),
    ] = 0.0,
    encoding: EncodingOption = None,
    changed_text: Annotated[
        bool,
        typer.Option(
            "--changed-text", metavar="", help="With --resume or --continue: go on though the text has changed."
        ),
    ] = False,
    plan: Annotated[bool, typer.Option("--plan", metavar="", help="With minutes: only say what they come to.")] = False,
    json: JsonOption = False,
) -> int:
    """Train a network on a text. Ctrl-C saves and leaves; --resume goes on."""
    from charplay.cli.data_dir import open_home
    from charplay.cli.nonblocking_output import nonblocking_stdout

    inbox = CommandQueue()
    with nullcontext(StopRequest(inbox)) if plan else stop_on_signals(inbox) as stop:
        home = open_home(context.obj)
        home.clear_leftovers()
        options = RecipeOptions.of(corpus=corpus, steps=steps, epochs=epochs, minutes=minutes, device=device, seed=seed)
        began = time.monotonic()
        if resume is not None:
            _reject_new_run_options({"--name": name, "--from": source, "--plan": plan, "--continue": continues})
            request = _request_resume(home, resume, preset, settings, options)
        elif continues:
            name = _name_to_continue(name, options, plan=plan)
            run = run_to_continue(home, name, wait, stop)
            if run is None:
                request = _request_new(home, preset, settings, options, name, source)
            else:
                request = continued_run(home, run, preset, settings, options, source)
        else:
            _reject_resume_options(options, {"--changed-text": changed_text, "--wait": wait})
            request = _request_new(home, preset, settings, options, name, source)
        patience = max(0.0, wait - (time.monotonic() - began))
        request = replace(request, encoding=encoding, changed_text=changed_text, wait=patience)
        if plan:
            from charplay.cli.plan import print_plan

            return print_plan(request, home, json=json)
        with nonblocking_stdout() as output:
            return _run(request, _reporter(output, json=json), home, inbox, stop)


def _reject_resume_options(options: RecipeOptions, given: Mapping[str, object]) -> None:
    reject_relative_budget(options)
    for option, value in given.items():
        if value:
            raise UsageError(f"{option} is for a run that is taken up, with --resume or --continue; leave it out")


def _name_to_continue(name: str | None, options: RecipeOptions, *, plan: bool) -> str:
    """Return the name for --continue. Raises UsageError for what does not go with it."""
    if name is None:
        raise UsageError("--continue takes up or starts the run of a name; name it, as in --name mine --continue")
    if plan:
        raise UsageError("--plan only says what a new run comes to; leave it or --continue out")
    if options.added:
        raise UsageError("a budget with + would grow at every start; --continue takes the whole run's, without the +")
    return name


def _reject_new_run_options(options: Mapping[str, object]) -> None:
    for option, value in options.items():
        if value:
            raise UsageError(f"{option} is for a new run, and --resume takes up an old one; leave one out")


def _request_new(
    home: "Home",
    preset: str | None,
    settings: list[str] | None,
    options: RecipeOptions,
    name: str | None,
    source: str | None,
) -> "TrainRequest":
    from charplay.corpora.library import DEFAULT, Library
    from charplay.playground.run_requests import new_run
    from charplay.recipes.layers import compose
    from charplay.runs.naming import require_name
    from charplay.runs.store import RunError, RunStore

    if name is not None:
        try:
            require_name(home.checkpoints, name)
        except RunError as fault:
            raise UsageError(str(fault)) from None
    recipe, notes = compose(*recipe_layers(home.presets, preset or DEFAULT_PRESET, settings, options))
    for note in notes:
        print_note(note)
    entry = Library(home.corpora, home.cache).find(recipe.corpus)
    if not recipe.corpus:
        hint = "" if entry.name == DEFAULT else f"; `charplay corpora fetch {DEFAULT}` gets the usual one"
        print_note(f"no text was named, so this is {entry.title}; --corpus takes another{hint}")
    weights = str(RunStore(home).checkpoint(source)) if source is not None else None
    return new_run(home, recipe, entry.name, name=name, source=weights)


def _request_resume(
    home: "Home", resume: str, preset: str | None, settings: list[str] | None, options: RecipeOptions
) -> "TrainRequest":
    from charplay.playground.run_requests import resumed_run
    from charplay.recipes.layers import compose
    from charplay.recipes.presets import load_preset
    from charplay.runs.store import RunStore

    run = RunStore(home).find(resume)
    if preset:
        compose(load_preset(preset, home.presets))  # only validated: the run has a value for every field already
    layers = [_canonical(layer, home) for layer in recipe_layers(home.presets, None, settings, options)]
    return resumed_run(home, run, *layers, added=options.added)


def _canonical(layer: "ConfigLayer", home: "Home") -> "ConfigLayer":
    """Return the layer with its text, if it names one, called as runs store it."""
    from charplay.corpora.library import Library

    named = layer.values.get("corpus")
    found = {"corpus": Library(home.corpora, home.cache).find(str(named)).name} if named else {}
    return replace(layer, values={**layer.values, **found})


def _reporter(output: "NonBlockingStream | None", *, json: bool) -> "Reporter":
    from charplay.cli.reporting import JsonReporter, LineReporter, ProgressReporter

    if json:
        return JsonReporter()
    if output is None or os.environ.get("TERM") == "dumb":
        return LineReporter()
    return ProgressReporter(lambda: output.behind)


def _run(request: "TrainRequest", reporter: "Reporter", home: "Home", inbox: CommandQueue, stop: StopRequest) -> int:
    """Train in this thread, report every event, and return the exit code."""
    from charplay.cli.data_dir import append_to_log
    from charplay.training.run_training import open_training

    connected, code = True, EXIT_FAILED
    on_terminal = sys.stdout.isatty()
    for event in open_training(request, inbox):
        terminal_gone = on_terminal and stop.code == HUNG_UP
        if connected and not terminal_gone:
            connected = _report(reporter, event, inbox)
        if isinstance(event, Paused):
            inbox.put(Stop(event.reason))  # an error's pause: without a screen no one could end it
        elif isinstance(event, Finished):
            code = 0
        elif isinstance(event, Stopped):
            code = stop.code or EXIT_FAILED
        elif isinstance(event, Failed):
            code = EXIT_USAGE if event.misuse else EXIT_FAILED
            if event.cause:
                append_to_log(home, event.cause)
    return code


def _report(reporter: "Reporter", event: Event, inbox: CommandQueue) -> bool:
    """Report an event. Where the output is closed, ask the trainer to save and stop, and return False."""
    try:
        reporter.report(event)
        match event:
            case Started():
                for note in event.notes:
                    print_note(note)
            case Warned():
                print_note(event.message)
            case Paused():
                print_error(f"training cannot go on by itself ({event.reason}); {WAYS_ON[event.reason]}")
            case Failed():
                saved = f" The run is saved up to step {event.saved_step:,}." if event.saved_step is not None else ""
                remedy = " --changed-text lets it go on." if event.changed_text else ""
                stop = "." if saved + remedy and not event.message.endswith(".") else ""
                print_error(event.message + stop + saved + remedy)
            case _:
                pass
    except OSError as error:
        inbox.put(Stop("output closed"))
        if not isinstance(error, BrokenPipeError):
            with suppress(OSError):  # stderr may be closed too
                print_error(f"what is told cannot be written ({error.strerror}); the run is saved and left")
        redirect_to_devnull(sys.stdout)
        return False
    return True
