"""What `charplay train` asks for: a new run, one that is taken up, or one that is continued where it is there."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from charplay.cli.continuing import continued_run, run_to_continue
from charplay.cli.errors import UsageError
from charplay.cli.output import print_note
from charplay.cli.recipe_options import RecipeOptions, reject_relative_budget

if TYPE_CHECKING:
    from charplay.cli.signals import StopRequest
    from charplay.protocol.request import TrainRequest
    from charplay.runs.home import Home


@dataclass(frozen=True)
class AskedRun:
    """A run as a command line asks for it. Raises UsageError for options that do not go together."""

    options: RecipeOptions
    name: str | None
    source: str | None
    """What to take the weights of: a run or a checkpoint."""
    family: str | None
    encoding: str | None
    wait: float
    """Seconds that another process may still hold the run."""
    changed_text: bool
    plan: bool

    def request(self, home: "Home", stop: "StopRequest", *, resume: str | None, continues: bool) -> "TrainRequest":
        """Return what starts the run, or goes on with one; what was waited for is taken off `wait`."""
        began = time.monotonic()
        found = self._found(home, stop, resume=resume, continues=continues)
        patience = max(0.0, self.wait - (time.monotonic() - began))
        return replace(found, encoding=self.encoding, changed_text=self.changed_text, wait=patience)

    def _found(self, home: "Home", stop: "StopRequest", *, resume: str | None, continues: bool) -> "TrainRequest":
        if resume is not None:
            _reject_for_resume(
                {
                    "--name": self.name,
                    "--from": self.source,
                    "--family": self.family,
                    "--plan": self.plan,
                    "--continue": continues,
                }
            )
            return _resumed(home, resume, self.options)
        if continues:
            run = run_to_continue(home, self._name_to_continue(), self.wait, stop)
            return self._new(home) if run is None else continued_run(home, run, self.options, self.source)
        reject_relative_budget(self.options)
        _reject_for_new({"--changed-text": self.changed_text, "--wait": self.wait})
        return self._new(home)

    def _name_to_continue(self) -> str:
        if self.name is None:
            raise UsageError("--continue takes up or starts the run of a name; name it, as in --name mine --continue")
        if self.plan:
            raise UsageError("--plan only says what a new run comes to; leave it or --continue out")
        if self.options.added:
            raise UsageError(
                "a budget with + would grow at every start; --continue takes the whole run's, without the +"
            )
        return self.name

    def _new(self, home: "Home") -> "TrainRequest":
        from charplay.corpora.library import DEFAULT
        from charplay.playground.run_requests import composed_run
        from charplay.runs.naming import require_name
        from charplay.runs.store import RunError

        if self.name is not None:
            try:
                require_name(home.checkpoints, self.name)
            except RunError as fault:
                raise UsageError(str(fault)) from None
        composed = composed_run(home, *self.options.layers(home.presets), name=self.name, source=self.source)
        for note in composed.notes:
            print_note(note)
        if not composed.asked.corpus:
            entry = composed.corpus
            hint = "" if entry.name == DEFAULT else f"; `charplay corpora fetch {DEFAULT}` gets the usual one"
            print_note(f"no text was named, so this is {entry.title}; --corpus takes another{hint}")
        return replace(composed.request, family=self.family or "")


def _resumed(home: "Home", resume: str, options: RecipeOptions) -> "TrainRequest":
    from charplay.playground.run_requests import resumed_run
    from charplay.recipes.layers import compose
    from charplay.recipes.presets import load_preset
    from charplay.runs.store import RunStore

    run = RunStore(home).find(resume)
    if options.preset:
        compose(load_preset(options.preset, home.presets))  # only validated: the run has a value for every field
    return resumed_run(home, run, *options.changes(), added=options.added)


def _reject_for_resume(options: Mapping[str, object]) -> None:
    for option, value in options.items():
        if value:
            raise UsageError(f"{option} is for a new run, and --resume takes up an old one; leave one out")


def _reject_for_new(options: Mapping[str, object]) -> None:
    for option, value in options.items():
        if value:
            raise UsageError(f"{option} is for a run that is taken up, with --resume or --continue; leave it out")
