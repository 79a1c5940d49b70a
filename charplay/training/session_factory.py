"""Making a session of a request: for a new run, or for one that is resumed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from charplay.corpora.corpus import Corpus
from charplay.corpora.held_out import bytes_per_character
from charplay.corpora.progress import Watch
from charplay.protocol.events import Changed
from charplay.protocol.request import TrainRequest
from charplay.recipes.device_dependent import open_fields
from charplay.recipes.from_parent import inherit_shape
from charplay.recipes.network import seen_characters, share_count, training_characters, whole
from charplay.recipes.recipe import BUDGETS, LIVE, Recipe
from charplay.recipes.reference_hardware import CorpusSize, Speed, reference_speed
from charplay.recipes.resolve import resolve
from charplay.runs.checkpoint import CorpusOrigin, read_header
from charplay.runs.run import Run
from charplay.training.batches import Batches, open_batches
from charplay.training.budget import Budget, Clock, extended
from charplay.training.calibration import speed_for_run
from charplay.training.corpus_loader import corpus_changed, requested_encoding
from charplay.training.device import DeviceChoice, DeviceContext
from charplay.training.early_stopping import EarlyStopping
from charplay.training.epoch_counter import EpochCounter
from charplay.training.evaluation import Evaluation
from charplay.training.followers import open_followers
from charplay.training.learner import Learner
from charplay.training.live_changes import LiveChanges, validated
from charplay.training.metrics import SUMS, MetricsAccumulator, RunningSums
from charplay.training.network import CharNet
from charplay.training.ranks import Ranks
from charplay.training.resume_checks import changed_facts, reproducibility_warnings, saved_shares, verify_save
from charplay.training.run_writer import RunWriter
from charplay.training.samples import Sampler
from charplay.training.session import Session
from charplay.training.token_ids import TokenIds
from charplay.training.warm_start import Parent, copy_matching_weights, read_parent, transfer_notes


@dataclass
class RunPlan:
    """What is decided about a run before its network is built."""

    asked: Recipe
    resolved: Recipe
    notes: tuple[str, ...]
    """Sentences for the user."""
    schedule_start: float = 0.0
    parent: Parent | None = None
    """The checkpoint whose weights the run starts from, if nothing was saved yet."""
    saved: tuple[dict[str, np.ndarray], dict[str, Any]] | None = None
    """The arrays and state to restore, if anything was saved."""
    changed_corpus: CorpusOrigin | None = None
    """The text as it is now, if it has changed since the save."""
    live: Mapping[str, object] = field(default_factory=dict)
    """Live values to set in a run that is resumed; the others stay as they were."""
    budget_changed: bool = False
    """Whether the budget differs from the one at the save."""
    calibration_seconds: float = 0.0
    """Seconds of the budget that were spent on measuring the device."""
    speed: Speed | None = None
    """What was measured; None if nothing was, and empty if the device is about as fast as the reference."""
    shares: int = 1
    """Shares that a batch is cut into."""
    inexact: bool = False
    """Whether other bits come out from here on than in a run that was never stopped, as the machine has changed."""


def plan_new(asked: Recipe, corpus: Corpus, source: str | None, context: DeviceContext, watch: Watch) -> RunPlan:
    """Resolve a new run's recipe for its text and device, with the shape of the checkpoint at `source`, if any.

    Raises Cancelled if `watch`, which is called before every step that measures the device, returns False.
    """
    parent = read_parent(Path(source)) if source is not None else None
    shaped = inherit_shape(asked, parent.checkpoint.recipe) if parent else asked
    clock = Clock()
    speed: Speed | None = None
    if open_fields(shaped, context.device.type):
        clock.start()
        speed = speed_for_run(shaped, corpus, context, watch) or {}
        clock.stop()
    resolution = resolve(shaped, len(corpus), len(corpus.vocabulary), speed)
    shares = share_count(resolution.recipe, context.device.type, context.full_threads, context.ranks.size)
    context.ranks.require_shares(shares, resolution.recipe)
    warm_start_notes = transfer_notes(parent, corpus.vocabulary.characters) if parent else ()
    text = CorpusSize.of(resolution.recipe, len(corpus), len(corpus.vocabulary))
    measured = [
        f"{times * reference_speed(resolution.recipe, size, text):,.0f} characters a second at hidden size {size:,}"
        for size, times in (speed or {}).items()
    ]
    speed_note = (f"measured here: {', '.join(measured)}; what was left auto follows",) if measured else ()
    sentences = (*corpus.notes, *resolution.notes, *speed_note, *warm_start_notes)
    return RunPlan(
        asked,
        resolution.recipe,
        sentences,
        parent=parent,
        calibration_seconds=clock.seconds,
        speed=speed,
        shares=shares,
    )


def plan_resumed(request: TrainRequest, run: Run, corpus: Corpus, facts: Mapping[str, object], ranks: Ranks) -> RunPlan:
    """Decide what a run resumes with: only its budget and its live values may differ from before."""
    asked = Recipe.model_validate(request.recipe) if request.recipe else run.asked
    saved = run.read_resume()
    state = saved[1] if saved else None
    verify_save(run, saved)
    start = 0.0
    spent = _budget_spent(state)
    if request.added:
        asked = extended(asked, spent)
        start = next(spent[kind] for kind in BUDGETS if getattr(asked, kind) is not None)
    elif _budget(asked) == _budget(run.asked):
        start = run.schedule_start
    resolved = run.resolved.model_copy(update={name: getattr(asked, name) for name in BUDGETS})
    # Compare with the save, not with run.json: that may be of a later sitting, which ended before it saved anything.
    before = run.asked.model_dump() | state.get("asked", {}) if state else run.resolved.model_dump()
    live = {name: getattr(asked, name) for name in LIVE if getattr(asked, name) not in (before[name], "auto")}
    budget_changed = any(getattr(asked, name) != before[name] for name in BUDGETS)
    parent = None
    if saved is None and (named := run.facts.get("parent")):
        parent = read_parent(Path(named["path"]), named["sha256"])
    shares = saved_shares(run, saved)
    changed_machine = changed_facts(run, facts, shares)
    ranks.require_shares(shares, run.resolved)
    notes = reproducibility_warnings(run, facts, changed_machine)
    saved_sha256 = state.get("text", run.corpus.sha256) if state else run.corpus.sha256
    changed_corpus = (
        corpus_origin(corpus, requested_encoding(request, run))
        if corpus_changed(corpus, run) or saved_sha256 != corpus.sha256
        else None
    )
    if changed_corpus is not None:
        notes = ("the text has changed: losses before and after this are of different texts", *notes)
    return RunPlan(
        asked,
        resolved,
        notes,
        start,
        parent,
        saved,
        changed_corpus,
        {**live, **request.live},
        budget_changed,
        shares=shares,
        inexact=bool(changed_machine),
    )


def _budget(recipe: Recipe) -> tuple[object, ...]:
    return tuple(getattr(recipe, name) for name in BUDGETS)


def _budget_spent(state: Mapping[str, Any] | None) -> dict[str, float]:
    """Return how much a run has spent, in the units of each kind of budget."""
    if state is None:
        return dict.fromkeys(BUDGETS, 0)
    step = state["ledger"]["step"]
    return {
        "steps": step,
        "epochs": EpochCounter(**state["ledger"]["passes"]).epochs_at(step),
        "minutes": state["seconds"] / 60,
    }


def text_bytes(corpus: Corpus, recipe: Recipe) -> float:
    """Return the bytes of UTF-8 a character of the text that a closing loss counts."""
    trained = training_characters(recipe, len(corpus))
    return bytes_per_character(corpus.first(seen_characters(recipe, len(corpus))), trained)


def device_facts(context: DeviceContext, choice: DeviceChoice) -> dict[str, object]:
    """Return what run.json stores about the machine."""
    return {
        "device": choice.name,
        "why": choice.reason,
        "threads": context.threads,
        "ranks": context.ranks.size,
        "precision": context.precision,
        "optimizer_precision": context.optimizer_precision,
        "torch": torch.__version__,
    }


def corpus_origin(corpus: Corpus, encoding: str) -> CorpusOrigin:
    """Return the description of the text that checkpoints store."""
    return CorpusOrigin(corpus.name, corpus.path, corpus.sha256, len(corpus), encoding)


def build_session(run: Run, plan: RunPlan, corpus: Corpus, context: DeviceContext) -> Session:
    """Build the network and everything around it, and load what was saved."""
    state = plan.saved[1] if plan.saved else None
    recipe = plan.resolved.model_copy(update=state["live"] if state else {})
    trained = training_characters(recipe, len(corpus))
    corpus = corpus.first(seen_characters(recipe, len(corpus)))
    resident = context.text_fits(corpus.ids)
    context = context.with_shares(plan.shares, recipe.seed)
    open_followers(context, recipe, len(corpus.vocabulary), corpus.ids[:trained])
    torch.manual_seed(recipe.seed)
    network = CharNet(recipe, len(corpus.vocabulary)).to(context.device).train()
    if plan.parent is not None:
        copy_matching_weights(network, plan.parent.checkpoint, run.vocabulary)
    batches = open_batches(recipe, corpus.ids[:trained], context.device, resident=resident)
    assert isinstance(recipe.sequence_length, int)
    assert isinstance(recipe.batch_size, int)
    assert isinstance(recipe.log_every, int)
    epoch_counter = EpochCounter(batches.steps_per_epoch)
    session = Session(
        run=run,
        recipe=recipe,
        learner=Learner(recipe, network, batches, context),
        metrics=MetricsAccumulator(recipe.log_every, epoch_counter, recipe.sequence_length * recipe.batch_size),
        early_stopping=EarlyStopping(recipe.patience),
        budget=Budget.from_recipe(recipe, epoch_counter, plan.schedule_start),
        clock=Clock(state["seconds"] if state else plan.calibration_seconds),
        evaluation=Evaluation(
            TokenIds(corpus.ids, context.device, resident=resident),
            trained,
            context,
            whole(plan.resolved, "sequence_length") if recipe.target == "last" else None,
        ),
        sampler=Sampler(plan.resolved, corpus, trained),
        writer=RunWriter(run, state["ledger"]["step"] if state else None),
        due_tasks=["sample"] if recipe.sample_every is not None else [],
    )
    if plan.saved is not None:
        arrays, saved = plan.saved
        if plan.changed_corpus is not None:
            arrays, saved = _without_corpus_state(arrays, saved, batches)
        session.load(arrays, saved)
        if plan.budget_changed:
            session.early_stopping.evaluations_since_best = 0  # a new budget means new patience
    if plan.changed_corpus is not None:
        _restart_epoch(session)
    return session


def _without_corpus_state(
    arrays: Mapping[str, np.ndarray], saved: Mapping[str, Any], batches: Batches
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Remove positions in the text, and losses on it, from a save: the text has changed since."""
    learner = {**saved["learner"], "batches": batches.state()}
    metrics = {**saved["ledger"], **dict.fromkeys(SUMS, asdict(RunningSums())), "epoch_loss": None}
    remaining = {name: array for name, array in arrays.items() if not name.startswith("state.")}
    remaining["recent"] = np.empty(0, np.float32)
    return remaining, {**saved, "learner": learner, "ledger": metrics, "judge": EarlyStopping(None).state()}


def _restart_epoch(session: Session) -> None:
    """Let the current epoch end when the changed text was read once."""
    steps = session.learner.steps_per_epoch
    session.metrics.epoch_counter = session.metrics.epoch_counter.rebatched(
        session.step, steps, steps if session.metrics.epochs % 1 else 0
    )
    session.budget = replace(session.budget, epoch_counter=session.metrics.epoch_counter)


def restore(session: Session, live_changes: LiveChanges, plan: RunPlan, facts: Mapping[str, object]) -> list[Changed]:
    """Restore the run's folder to the state of the save, and set the new live values.

    Raises RecipeError, before anything is written, if one of them cannot be set.
    """
    run, recipe = session.run, session.recipe
    live = {name: value for name, value in plan.live.items() if value != getattr(recipe, name)}
    for name, value in live.items():
        recipe = validated(recipe, name, value, (plan.changed_corpus or run.corpus).characters)
    if plan.saved is None:
        run.truncate_after(-1)
    else:
        run.truncate_after(session.step, plan.saved[1].get("rows"))
    inexact = {"inexact_from": session.step} if plan.inexact else {}
    run.update(
        asked=plan.asked,
        resolved=plan.resolved,
        facts={**inexact, **run.facts, **facts},
        corpus=plan.changed_corpus,
        schedule_start=plan.schedule_start,
    )
    if plan.saved is not None and run.latest is None:
        session.due_tasks.append("save")
    if (
        session.early_stopping.best_step == session.step
        and session.early_stopping.best is not None
        and not _best_is_saved(session)
    ):
        session.best_unsaved = True  # the process died after the save, but before its best checkpoint or snapshot
        session.due_tasks.append("save")
    return [live_changes.apply(name, value) for name, value in live.items()]


def _best_is_saved(session: Session) -> bool:
    """Return whether this step's weights are on disk as the best, and as a snapshot if the recipe keeps those."""
    run, step = session.run, session.step
    if run.best is None or read_header(run.best).step != step:
        return False
    return session.recipe.keep != "every-improvement" or any(
        path.name.startswith(f"{step:08d}-") for path in run.snapshots
    )
