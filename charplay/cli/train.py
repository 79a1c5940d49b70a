"""`charplay train`: training without a screen."""

import os
import sys
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

import typer

from charplay.cli.adding import PIPE, kept_pipe
from charplay.cli.detaching import train_detached
from charplay.cli.errors import EXIT_FAILED, EXIT_USAGE, print_error
from charplay.cli.output import print_note, redirect_to_devnull
from charplay.cli.plain_output import is_accessible
from charplay.cli.recipe_options import (
    CorpusOption,
    EncodingOption,
    EpochsOption,
    JsonOption,
    MinutesOption,
    PresetOption,
    RecipeOptions,
    SettingsOption,
    StepsOption,
)
from charplay.cli.signals import StopRequest, stop_on_signals
from charplay.cli.torchrun import follow, is_follower, require_alone
from charplay.cli.train_options import (
    ChangedText,
    Continues,
    Detach,
    Device,
    Family,
    Name,
    Plan,
    Resume,
    Seed,
    Source,
    Wait,
)
from charplay.cli.train_requests import AskedRun
from charplay.protocol.commands import Stop
from charplay.protocol.events import Event, Failed, Finished, Paused, Started, Stopped, Warned
from charplay.protocol.exit_codes import HUNG_UP
from charplay.protocol.queues import CommandQueue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from charplay.cli.nonblocking_output import NonBlockingStream
    from charplay.cli.reporting import Reporter
    from charplay.protocol.request import TrainRequest
    from charplay.runs.home import Home


def train(  # noqa: PLR0917  (the parser passes options by name)
    context: typer.Context,
    preset: PresetOption = None,
    corpus: CorpusOption = None,
    settings: SettingsOption = None,
    steps: StepsOption = None,
    epochs: EpochsOption = None,
    minutes: MinutesOption = None,
    device: Device = None,
    seed: Seed = None,
    name: Name = None,
    source: Source = None,
    family: Family = None,
    resume: Resume = None,
    continues: Continues = False,
    wait: Wait = 0.0,
    encoding: EncodingOption = None,
    changed_text: ChangedText = False,
    plan: Plan = False,
    detach: Detach = False,
    json: JsonOption = False,
) -> int:
    """Train a network on a text. Ctrl-C saves and leaves; --resume goes on."""
    from charplay.playground.home import open_home

    if is_follower():
        return follow()
    for option in ("--plan",) * plan + ("--detach",) * detach:
        require_alone(option)
    corpus = kept_pipe(context.obj, encoding) if corpus == PIPE else corpus
    inbox = CommandQueue()
    with nullcontext(StopRequest(inbox)) if plan else stop_on_signals(inbox) as stop:
        home = open_home(context.obj)
        home.clear_leftovers()
        recipe = {
            "corpus": corpus,
            "steps": steps,
            "epochs": epochs,
            "minutes": minutes,
            "device": device,
            "seed": seed,
        }
        options = RecipeOptions.of(preset, settings, **recipe)
        asked = AskedRun(
            options, name, source, family=family, encoding=encoding, wait=wait, changed_text=changed_text, plan=plan
        )
        request = asked.request(home, stop, resume=resume, continues=continues)
        if plan:
            return _plan(request, home, json=json)
        if detach:
            return train_detached(request, home, stop, json=json)
        return _run(request, home, inbox, stop, json=json)


def _plan(request: "TrainRequest", home: "Home", *, json: bool) -> int:
    from charplay.cli.plan import print_plan

    return print_plan(request, home, json=json)


def _run(request: "TrainRequest", home: "Home", inbox: CommandQueue, stop: StopRequest, *, json: bool) -> int:
    from charplay.cli.nonblocking_output import nonblocking_stdout

    with nonblocking_stdout() as output, _reporter(output, home, json=json) as reporter:
        return _train(request, reporter, home, inbox, stop)


@contextmanager
def _reporter(output: "NonBlockingStream | None", home: "Home", *, json: bool) -> "Iterator[Reporter]":
    from charplay.cli.reporting import JsonReporter, LineReporter, ProgressReporter
    from charplay.cli.settings import read_and_note
    from charplay.cli.sign_reporter import sign_reporter
    from charplay.formatting.loss_units import UNITS

    if json:
        yield JsonReporter()
        return
    settings = read_and_note(home)
    unit = UNITS[settings.unit]
    if output is None or os.environ.get("TERM") == "dumb" or is_accessible():
        yield LineReporter(unit)
    else:
        with sign_reporter(ProgressReporter(lambda: output.behind, unit), settings) as reporter:
            yield reporter


def _train(request: "TrainRequest", reporter: "Reporter", home: "Home", inbox: CommandQueue, stop: StopRequest) -> int:
    """Train in this thread, report every event, and return the exit code."""
    from charplay.cli.data_dir import append_to_log
    from charplay.training.ranks import launched_ranks
    from charplay.training.run_training import open_training

    connected, code = True, EXIT_FAILED
    on_terminal = sys.stdout.isatty()
    for event in open_training(request, inbox, launched_ranks(os.environ)):
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
                print_error(event.way_out())
            case Failed():
                print_error(event.sentence("--changed-text lets it go on." if event.changed_text else ""))
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
