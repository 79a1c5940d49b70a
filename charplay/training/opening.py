"""From a request to a session: a new run, or one that is taken up again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from charplay.corpora.corpus import Corpus
from charplay.corpora.progress import Watch
from charplay.protocol.events import Changed
from charplay.protocol.request import TrainRequest
from charplay.recipes.device_dependent import open_fields
from charplay.recipes.from_parent import inherit_shape
from charplay.recipes.network import tensor_shapes, training_characters, whole
from charplay.recipes.recipe import BUDGETS, LIVE, Recipe
from charplay.recipes.reference_hardware import CorpusSize, reference_speed
from charplay.recipes.resolve import resolve, unresolved
from charplay.runs.checkpoint import CorpusOrigin, read_header
from charplay.runs.errors import RunError
from charplay.runs.run import Run
from charplay.training.batches import Batches, open_batches
from charplay.training.budget import Budget, Clock, extended
from charplay.training.calibration import own_speed
from charplay.training.device import Choice, Opened
from charplay.training.evaluation import Evaluation
from charplay.training.ids import Ids
from charplay.training.judge import Judge
from charplay.training.keeper import Keeper
from charplay.training.learner import Learner
from charplay.training.ledger import SUMS, Ledger, Sums
from charplay.training.network import CharNet
from charplay.training.passes import Passes
from charplay.training.samples import Sampler
from charplay.training.session import Session
from charplay.training.surgery import Surgery, tried
from charplay.training.texts import encoding_of, text_changed
from charplay.training.warm_start import Parent, notes, read_parent, transplant

STATE = {"seconds", "live", "due", "learner", "ledger", "judge"}
"""What a save's state must hold, by whichever version it was made."""
EXACT = ("device", "threads", "torch", "precision")
"""Facts that a resumed run must share with its beginning to repeat it to the bit."""


@dataclass
class Plan:
    """What is known of a run before its network is built."""

    asked: Recipe
    resolved: Recipe
    notes: tuple[str, ...]
    schedule_start: float = 0.0
    parent: Parent | None = None
    """The checkpoint whose weights the run starts from, where nothing was saved yet."""
    saved: tuple[dict[str, np.ndarray], dict[str, Any]] | None = None
    """What to take up, if anything."""
    changed: CorpusOrigin | None = None
    """The text as it is now, where it is not what the run began with."""
    live: Mapping[str, object] = field(default_factory=dict)
    """Live values asked for when a run is taken up; the others stay as they were."""
    longer: bool = False
    """Whether another budget was asked for than that under which the save was made."""
    spent: float = 0.0
    """Seconds of the budget that went into measuring the device."""


def plan_new(asked: Recipe, corpus: Corpus, source: str | None, opened: Opened, watch: Watch) -> Plan:
    """A new run's recipe, resolved for its text and device; shaped as the checkpoint at `source`, where one is named.

    Cancelled where the device is measured and `watch`, asked before every step of it, says False.
    """
    parent = read_parent(Path(source)) if source is not None else None
    shaped = inherit_shape(asked, parent.checkpoint.recipe) if parent else asked
    clock, speed = Clock(), None
    if open_fields(shaped, opened.device.type):
        clock.start()
        speed = own_speed(shaped, corpus, opened, watch)
        clock.hold()
    resolution = resolve(shaped, len(corpus), len(corpus.vocabulary), speed)
    taken = notes(parent, corpus.vocabulary.characters) if parent else ()
    text = CorpusSize.of(resolution.recipe, len(corpus), len(corpus.vocabulary))
    measured = [
        f"{times * reference_speed(resolution.recipe, size, text):,.0f} characters a second at hidden size {size:,}"
        for size, times in (speed or {}).items()
    ]
    follows = (f"measured here: {', '.join(measured)}; what was left auto follows",) if measured else ()
    told = (*corpus.notes, *resolution.notes, *follows, *taken)
    return Plan(asked, resolution.recipe, told, parent=parent, spent=clock.seconds)


def plan_resumed(request: TrainRequest, run: Run, corpus: Corpus, now: Mapping[str, object]) -> Plan:
    """What a run goes on with: nothing is chosen anew but its budget and live values."""
    asked = Recipe.model_validate(request.recipe) if request.recipe else run.asked
    saved = run.read_resume()
    state = saved[1] if saved else None
    _require_its_own(run, saved)
    start = 0.0
    spent = _spent(state)
    if request.added:
        asked = extended(asked, spent)
        start = next(spent[kind] for kind in BUDGETS if getattr(asked, kind) is not None)
    elif _budget(asked) == _budget(run.asked):
        start = run.schedule_start
    resolved = run.resolved.model_copy(update={name: getattr(asked, name) for name in BUDGETS})
    # What was asked for and what the text was are the save's: run.json may say more, of a sitting that saved nothing.
    before = run.asked.model_dump() | state.get("asked", {}) if state else run.resolved.model_dump()
    live = {name: getattr(asked, name) for name in LIVE if getattr(asked, name) not in (before[name], "auto")}
    longer = any(getattr(asked, name) != before[name] for name in BUDGETS)
    parent = None
    if saved is None and (named := run.facts.get("parent")):
        parent = read_parent(Path(named["path"]), named["sha256"])
    notes = inexact(run, now)
    learned = state.get("text", run.corpus.sha256) if state else run.corpus.sha256
    changed = (
        origin(corpus, encoding_of(request, run)) if text_changed(corpus, run) or learned != corpus.sha256 else None
    )
    if changed is not None:
        notes = ("the text has changed: losses before and after this are of different texts", *notes)
    return Plan(asked, resolved, notes, start, parent, saved, changed, {**live, **request.live}, longer=longer)


def _require_its_own(run: Run, saved: tuple[dict[str, np.ndarray], dict[str, Any]] | None) -> None:
    """RunError where a run would begin again from nothing, or go on as another, and its own checkpoints be lost."""
    if (left := unresolved(run.resolved)) is not None:
        raise RunError(f"run {run.name} cannot go on: its run.json does not say its {left}; put back what stood there")
    if saved is None:
        if run.playable is not None:
            raise RunError(f"run {run.name} has lost the file that it goes on from; start a new one from its weights")
        return
    arrays, state = saved
    if not state.keys() >= STATE:
        raise RunError(f"the file that run {run.name} goes on from is a checkpoint to play; put its own back")
    if state.get("run", run.created) != run.created:
        raise RunError(f"the file that run {run.name} goes on from is another run's; put its own back")
    shapes = tensor_shapes(run.resolved, len(run.vocabulary))
    networks = ["weights", "average"] if run.resolved.average else ["weights"]
    saved_shapes = {name: array.shape for name, array in arrays.items()}
    if any(saved_shapes.get(f"{of}.{name}") != shape for of in networks for name, shape in shapes.items()):
        raise RunError(f"run {run.name} cannot go on: its run.json is of another network; put back what stood there")


def _budget(recipe: Recipe) -> tuple[object, ...]:
    return tuple(getattr(recipe, name) for name in BUDGETS)


def _spent(state: Mapping[str, Any] | None) -> dict[str, float]:
    """What a run has used up, in each budget's units."""
    if state is None:
        return dict.fromkeys(BUDGETS, 0)
    step = state["ledger"]["step"]
    return {"steps": step, "epochs": Passes(**state["ledger"]["passes"]).at(step), "minutes": state["seconds"] / 60}


def facts(opened: Opened, choice: Choice) -> dict[str, object]:
    """What a run.json says of the machine."""
    return {
        "device": choice.name,
        "why": choice.why,
        "threads": opened.threads,
        "precision": opened.precision,
        "torch": torch.__version__,
    }


def inexact(run: Run, now: Mapping[str, object]) -> tuple[str, ...]:
    """Why a resumed run will not repeat an uninterrupted one to the bit; nothing where it will."""
    reasons = [
        f"{name} was {run.facts[name]} and is {now[name]}"
        for name in EXACT
        if name in run.facts and run.facts[name] != now[name]
    ]
    if now["device"] != "cpu":
        reasons.append("a CUDA device does not promise it")
    if run.resolved.minutes is not None:
        reasons.append("the budget is in minutes")
    return (f"this run will not repeat an uninterrupted one to the bit: {'; '.join(reasons)}",) if reasons else ()


def origin(corpus: Corpus, encoding: str) -> CorpusOrigin:
    """The text as checkpoints name it."""
    return CorpusOrigin(corpus.name, corpus.path, corpus.sha256, len(corpus), encoding)


def open_session(run: Run, plan: Plan, corpus: Corpus, opened: Opened) -> Session:
    """Build the network and everything around it; take up what was saved."""
    state = plan.saved[1] if plan.saved else None
    recipe = plan.resolved.model_copy(update=state["live"] if state else {})
    trained = training_characters(recipe, len(corpus))
    resident = opened.fits(corpus.ids)
    torch.manual_seed(recipe.seed)
    network = CharNet(recipe, len(corpus.vocabulary)).to(opened.device).train()
    if plan.parent is not None:
        transplant(network, plan.parent.checkpoint, run.vocabulary)
    batches = open_batches(recipe, corpus.ids[:trained], opened.device, resident=resident)
    assert isinstance(recipe.sequence_length, int)
    assert isinstance(recipe.batch_size, int)
    assert isinstance(recipe.log_every, int)
    passes = Passes(batches.steps_per_epoch)
    session = Session(
        run=run,
        recipe=recipe,
        learner=Learner(recipe, network, batches, opened),
        ledger=Ledger(recipe.log_every, passes, recipe.sequence_length * recipe.batch_size),
        judge=Judge(recipe.patience),
        budget=Budget.of(recipe, passes, plan.schedule_start),
        clock=Clock(state["seconds"] if state else plan.spent),
        evaluation=Evaluation(
            Ids(corpus.ids, opened.device, resident=resident),
            trained,
            opened,
            whole(plan.resolved, "sequence_length") if recipe.target == "last" else None,
        ),
        sampler=Sampler(plan.resolved, corpus, trained),
        keeper=Keeper(run, state["ledger"]["step"] if state else None),
        due=["sample"] if recipe.sample_every is not None else [],
    )
    if plan.saved is not None:
        arrays, saved = plan.saved
        if plan.changed is not None:
            arrays, saved = _without_the_text(arrays, saved, batches)
        session.load(arrays, saved)
        if plan.longer:
            session.judge.without = 0  # who asks for more has more patience
    if plan.changed is not None:
        _begin_text(session)
    return session


def _without_the_text(
    arrays: Mapping[str, np.ndarray], saved: Mapping[str, Any], batches: Batches
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """A save without what it says of places in a text, and of losses on it: both are of the text as it was."""
    learner = {**saved["learner"], "batches": batches.state()}
    ledger = {**saved["ledger"], **dict.fromkeys(SUMS, asdict(Sums())), "epoch_loss": None}
    kept = {name: array for name, array in arrays.items() if not name.startswith("state.")}
    kept["recent"] = np.empty(0, np.float32)
    return kept, {**saved, "learner": learner, "ledger": ledger, "judge": asdict(Judge(None))}


def _begin_text(session: Session) -> None:
    """The epoch under way ends when the text, as it is now, was read once."""
    steps = session.learner.steps_per_epoch
    session.ledger.passes = session.ledger.passes.cut(session.step, steps, steps if session.ledger.epochs % 1 else 0)
    session.budget = replace(session.budget, passes=session.ledger.passes)


def take_up(session: Session, surgery: Surgery, plan: Plan, now: Mapping[str, object]) -> list[Changed]:
    """Make the run's folder what it was at the save that is taken up, and set the live values that are new.

    RecipeError, before anything is written, where one of them cannot be.
    """
    run, recipe = session.run, session.recipe
    live = {name: value for name, value in plan.live.items() if value != getattr(recipe, name)}
    for name, value in live.items():
        recipe = tried(recipe, name, value, (plan.changed or run.corpus).characters)
    if plan.saved is None:
        run.truncate_after(-1)
    else:
        run.truncate_after(session.step, plan.saved[1].get("rows"))
    run.update(
        asked=plan.asked,
        resolved=plan.resolved,
        facts={**run.facts, **now},
        corpus=plan.changed,
        schedule_start=plan.schedule_start,
    )
    if plan.saved is not None and run.latest is None:
        session.due.append("save")
    if session.judge.best_step == session.step and session.judge.best is not None and not _kept(session):
        session.found_best = True  # the process died between the save and the best checkpoint, or the snapshot
        session.due.append("save")
    return [surgery.change(name, value) for name, value in live.items()]


def _kept(session: Session) -> bool:
    """Whether this step's weights are on the disk as the best, and as a snapshot where every improvement is one."""
    run, step = session.run, session.step
    if run.best is None or read_header(run.best).step != step:
        return False
    return session.recipe.keep == "best" or any(path.name.startswith(f"{step:08d}-") for path in run.snapshots)
