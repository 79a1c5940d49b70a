"""The runs of `charplay sweep`: one for each combination of values, and which of them are finished."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from charplay.cli.errors import UsageError
from charplay.cli.recipe_options import RecipeOptions
from charplay.cli.sweep_runs import Outcome, SweepRun

if TYPE_CHECKING:
    from charplay.runs.home import Home
    from charplay.runs.store import RunStore


def grid_runs(
    home: "Home", options: RecipeOptions, settings: Sequence[str], seeds: int | None, family: str, encoding: str | None
) -> list[SweepRun]:
    """Return the grid's runs, in order. RecipeError where one cannot be trained, UsageError where none is asked for."""
    from charplay.playground.run_requests import composed_run
    from charplay.recipes.grid import grid, split_settings
    from charplay.recipes.layers import ConfigLayer

    single, axes = split_settings(settings)
    if seeds is not None:
        if "seed" in single or "seed" in axes:
            raise UsageError("--seeds counts the seeds, and --set names them; leave one out")
        axes["seed"] = tuple(map(str, range(1, seeds + 1)))
    if not axes:
        raise UsageError("a sweep needs values to go through, as in --set hidden_size=128,256 or --seeds 3")
    given = [*_options({"preset": options.preset, **options.values, "encoding": encoding}), *_settings(single)]
    runs = []
    for values in grid(axes):
        layers = options.layers(home.presets)
        layers.insert(1, ConfigLayer("--set", {**single, **values}))  # below the options, as in `train`
        name = "-".join([family, *(f"{field}={value}" for field, value in values.items())])
        _require_name(home, name)
        begun = ["--home", str(home.root), "train", "--json", "--continue", "--name", name, "--family", family]
        recipe = composed_run(home, *layers).request.recipe
        runs.append(SweepRun(name, values, [*begun, *given, *_settings(values)], recipe))
    return runs


def _options(values: Mapping[str, object]) -> list[str]:
    """Return options as a command line has them, without those that were not given."""
    return [word for name, value in values.items() if value is not None for word in (f"--{name}", str(value))]


def _settings(values: Mapping[str, str]) -> list[str]:
    return [word for field, value in values.items() for word in ("--set", f"{field}={value}")]


def _require_name(home: "Home", name: str) -> None:
    """Raise UsageError where no run can have this name; one that is there already is gone on with."""
    from charplay.runs.naming import require_name
    from charplay.runs.store import RunError

    if (home.checkpoints / name).exists():
        return
    try:
        require_name(home.checkpoints, name)
    except RunError as fault:
        raise UsageError(f"{fault}; a shorter --name or fewer fields help") from None


def finished_before(home: "Home", runs: Sequence[SweepRun]) -> tuple[list[Outcome], list[SweepRun]]:
    """Split the runs into those that are finished as they are asked for, and those to train.

    Of what is there under another recipe, the process that would go on with it says what cannot change.
    """
    from charplay.runs.store import RunStore

    store, done, open_ = RunStore(home), list[Outcome](), list[SweepRun]()
    for run in runs:
        numbers = _final_numbers(store, run)
        if numbers is None:
            open_.append(run)
        else:
            done.append(Outcome(run, "skipped", numbers))
    return done, open_


def _final_numbers(store: "RunStore", run: SweepRun) -> Mapping[str, object] | None:
    """Return the final numbers of a run that was asked for as it is now; None where it is not finished."""
    from charplay.recipes.layers import LOCATION_FIELDS
    from charplay.runs.store import RunError

    try:
        found = store.find(run.name)
    except RunError:
        return None
    asked = found.asked.model_dump()
    same = all(asked[field] == value for field, value in run.recipe.items() if field not in LOCATION_FIELDS)
    return found.finished if same else None
