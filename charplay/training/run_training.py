"""Running of a training request: it yields events and never raises."""

import time
import traceback
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from charplay.corpora.errors import Cancelled, ChangedText, CorpusError
from charplay.protocol.events import Event, Failed, Finished, Preparing, Started, Stopped, Warned
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.recipes.device_dependent import open_fields
from charplay.recipes.errors import RecipeError
from charplay.recipes.network import memory_bytes, parameter_count
from charplay.recipes.recipe import BUDGETS, Recipe
from charplay.runs.checkpoint import CheckpointError
from charplay.runs.errors import RunInUseError
from charplay.runs.home import Home, HomeError
from charplay.runs.metadata import FINAL_FIELDS
from charplay.runs.run import Run, RunError
from charplay.training import device, device_errors, malloc
from charplay.training.device import DeviceChoice, DeviceContext, DeviceError
from charplay.training.pending_commands import POLL_SECONDS, PendingCommands
from charplay.training.processor_load import read_use
from charplay.training.ranks import ALONE, RankLostError, Ranks
from charplay.training.run_writer import SAVE_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.runs.lock import Lock
    from charplay.training.session import Session
    from charplay.training.session_factory import RunPlan
    from charplay.training.trainer import Trainer

USER_ERRORS = (CorpusError, RecipeError, RunError, CheckpointError, HomeError, DeviceError, RankLostError)
"""Exceptions whose message is a sentence for the user."""


def open_training(request: TrainRequest, queue: CommandQueue, ranks: Ranks = ALONE) -> Iterator[Event]:
    """Run a request to train; training happens in the thread that iterates, and in the other `ranks` if there are any.

    Commands are handled between phases and steps, and at least every 0.2 s within long tasks. The last event is
    `Finished`, `Stopped` or `Failed`. A caller that stops iterating early loses the steps after the last save.
    """
    execution = _RunExecution(request, PendingCommands(queue), ranks)
    last: Event | None = None
    try:
        last = yield from execution.events()
    except Cancelled:
        pass
    except USER_ERRORS as error:
        last = Failed(
            **execution.timestamp(),
            message=str(error),
            saved_step=execution.saved_step(),
            misuse=isinstance(error, RecipeError | DeviceError),
            changed_text=isinstance(error, ChangedText),
        )
    except Exception as error:  # noqa: BLE001 - every error must end as an event
        last = Failed(
            **execution.timestamp(),
            message=execution.describe_error(error),
            cause=traceback.format_exc(),
            saved_step=execution.saved_step(),
            lost_device=execution.is_device_lost(error),
        )
    finally:
        stopped = execution.stopped()
        ranks.dismiss(finished=isinstance(last, Finished))
        execution.close()  # after the except blocks: an exception would keep the failing frame's tensors
    yield last or stopped


class _RunExecution:
    """Runs one request through its phases, and keeps what they made."""

    def __init__(self, request: TrainRequest, commands: PendingCommands, ranks: Ranks) -> None:
        self.request = request
        self.commands = commands
        self._ranks = ranks
        self.run: Run | None = None
        self._lock: Lock | None = None
        self._choice: DeviceChoice | None = None
        self._plan: RunPlan | None = None
        self._corpus: Corpus | None = None
        self._session: Session | None = None

    def events(self) -> Generator[Event, None, Finished | None]:
        """Run the phases in order; return the last event, or None after a stop. Errors are raised."""
        yield self._phase("importing torch")
        if self.request.resume is not None:
            self.run = Run.open(Path(self.request.resume))
            if (finished := self._already_finished(self.run)) is None:
                self._lock = yield from self._lock_run(self.run)
                self.run = Run.open(self.run.folder)  # another process may have gone on with it until now
                finished = self._already_finished(self.run)
            if finished is not None:
                return finished
        use = read_use()  # importing torch takes longer than the load has to be measured
        device.prepare_environment()
        from charplay.training.corpus_loader import load_corpus
        from charplay.training.finalize import finalize

        yield self._phase("opening the device")
        asked = self.run.asked if self.run and not self.request.recipe else Recipe.model_validate(self.request.recipe)
        self._ranks.require(asked)
        self._choice = device.choose(asked.device, device.list_devices(), self._ranks)
        facts = self.run.facts if self.run else None
        context = device.open_device(self._choice.name, asked, facts, use, self._ranks)
        yield self._phase("reading the text")
        self._corpus = load_corpus(self.request, asked, self.run, watch=self._may_continue)
        malloc.disable_trim()  # not before: what reading a large text has freed would be kept, too
        yield self._phase("taking the first step")
        trainer = yield from self._start(asked, context)
        yield from trainer.train()
        if self.commands.stop_reason is not None:
            return None
        return (yield from finalize(trainer.tasks))

    def _phase(self, phase: str) -> Preparing:
        """Return the event that a phase begins; raise Cancelled if a stop was asked for."""
        self._require_no_stop()
        return Preparing(**self.timestamp(), phase=phase)

    def _require_no_stop(self) -> None:
        if not self._may_continue(0.0):
            raise Cancelled

    def _may_continue(self, _share: float) -> bool:
        """Return whether no stop was asked for; called back with the progress of long work, 0 to 1."""
        self.commands.receive()
        return self.commands.stop_reason is None

    def _lock_run(self, run: Run) -> "Generator[Event, None, Lock]":
        """Lock a run that is taken up, first thing; wait for a process that holds it, as long as the request says."""
        until = time.monotonic() + self.request.wait
        told = False
        while True:
            try:
                return run.lock(self.request.socket)
            except RunInUseError:
                if time.monotonic() >= until:
                    raise
            if not told:
                told, holder = True, run.owner or "another process"
                yield Warned(
                    message=f"waiting up to {self.request.wait:.0f} s for {holder}, which holds run {run.name}"
                )
            self._require_no_stop()
            self.commands.receive(POLL_SECONDS)

    def _already_finished(self, run: Run) -> Finished | None:
        """Return the `Finished` event of a run that is finished already, if the request asks for nothing more."""
        asked = self.request.recipe
        same_budget = not asked or all(asked.get(name) == getattr(run.asked, name) for name in BUDGETS)
        path = run.playable
        if run.finished is None or path is None or self.request.added or not same_budget:
            return None
        if not run.finished.keys() >= set(FINAL_FIELDS):  # finalize it again
            return None
        return Finished(**{**run.finished, "run": run.name, "checkpoint": str(path.resolve())})

    def _start(self, asked: Recipe, context: DeviceContext) -> "Generator[Event, None, Trainer]":
        """Create or resume the run, build its session, and report that it has started."""
        from charplay.training import session_factory
        from charplay.training.corpus_loader import load_held_out_corpus
        from charplay.training.live_changes import LiveChanges
        from charplay.training.trainer import Trainer

        assert self._corpus is not None
        assert self._choice is not None
        corpus, resumed = self._corpus, self.run
        facts = session_factory.device_facts(context, self._choice)
        if resumed is not None:
            yield self._phase("reading the last save")
        elif open_fields(asked, context.device.type):
            yield self._phase("measuring the device")
        if resumed is None:
            held_out = load_held_out_corpus(self.request, asked, corpus, self._may_continue)
            plan = self._plan = session_factory.plan_new(
                asked, corpus, self.request.source, context, self._may_continue
            )
            plan.notes += (held_out.note,) if held_out else ()
            run = self.run = Run.create(
                Home(Path(self.request.home)).checkpoints,
                asked=asked,
                resolved=plan.resolved,
                corpus=session_factory.corpus_origin(corpus, self.request.encoding or ""),
                held_out_corpus=session_factory.corpus_origin(held_out.corpus, "") if held_out else None,
                vocabulary=corpus.vocabulary.characters,
                facts=facts
                | {"shares": plan.shares, "bytes_per_character": session_factory.text_bytes(corpus, plan.resolved)}
                | ({"family": self.request.family} if self.request.family else {})
                | ({} if plan.parent is None else {"parent": plan.parent.facts()}),
                name=self.request.name,
            )
            self._lock = run.lock(self.request.socket)
        else:
            run = resumed
            plan = self._plan = session_factory.plan_resumed(self.request, run, corpus, facts, self._ranks)
        session = self._session = session_factory.build_session(run, plan, corpus, context)
        live_changes = LiveChanges(session)
        changes = [] if resumed is None else session_factory.restore(session, live_changes, plan, facts)
        yield self._started(session, plan, context, resumed=resumed is not None)
        for sentence in filter(None, (self._choice.warning, context.warning)):
            yield Warned(**self.timestamp(), message=sentence)
        yield from changes
        return Trainer(session, live_changes, self.commands)

    def _started(self, session: "Session", plan: "RunPlan", context: DeviceContext, *, resumed: bool) -> Started:
        from charplay.training.session_factory import text_bytes

        assert self._corpus is not None
        run, corpus = session.run, self._corpus
        return Started(
            device_reason=self._choice.reason if self._choice else "",
            **self.timestamp(),
            run=run.name,
            folder=str(run.folder.resolve()),
            recipe=session.recipe.model_dump(mode="json"),
            parameters=parameter_count(plan.resolved, len(corpus.vocabulary)),
            corpus=corpus.title,
            characters=len(corpus),
            vocabulary_size=len(corpus.vocabulary),
            unigram_entropy=corpus.unigram_entropy(),
            total_steps=session.budget.total_steps,
            device=context.description,
            resumed=resumed,
            speed=None if plan.speed is None else {str(size): times for size, times in plan.speed.items()},
            bytes_per_character=text_bytes(corpus, session.recipe),
            notes=plan.notes,
        )

    def saved_step(self) -> int | None:
        """Return the step of the last save, after waiting for saves that are being written."""
        if self._session is None:
            return None
        writer = self._session.writer
        writer.wait_until_idle(SAVE_TIMEOUT_SECONDS)
        writer.finished_saves()
        return writer.saved_step

    def timestamp(self) -> dict[str, Any]:
        """Return the fields that every event has: step, and seconds of training."""
        session = self._session
        return {"step": session.step, "seconds": session.clock.seconds} if session else {}

    def stopped(self) -> Stopped:
        """Return the last event of a run that was asked to stop."""
        reason = self.commands.stop_reason or "asked"
        return Stopped(**self.timestamp(), reason=reason, run=self.run.name if self.run else None)

    def describe_error(self, error: BaseException) -> str:
        """Return a sentence for an unexpected error."""
        if self._choice and self._plan and self._corpus and device_errors.is_out_of_memory(error):
            corpus = self._corpus
            recipe = self._session.recipe if self._session else self._plan.resolved
            needed = memory_bytes(recipe, len(corpus.vocabulary), len(corpus), self._plan.shares)
            return device_errors.out_of_memory_message(self._choice.name, needed, recipe)
        if self._choice and self.is_device_lost(error):
            return (
                f"{self._choice.name} is lost to this program ({str(error).partition(chr(10))[0]}); "
                "start charplay anew to train there again"
            )
        if isinstance(error, OSError):
            where = f" {error.filename}" if error.filename else ""
            return f"the run's folder{where} cannot be used ({error.strerror}); check the disk and its permissions"
        kind = type(error).__name__
        return f"training broke off with {kind}: {str(error).partition(chr(10))[0]}; the log has the whole cause"

    def is_device_lost(self, error: BaseException) -> bool:
        """Return whether this process cannot train on the chosen device any more."""
        return self._choice is not None and device_errors.is_device_lost(error)

    def close(self) -> None:
        """Release memory and the run's lock, after waiting for saves that are being written."""
        if self._session is not None:
            self._session.learner.close()
            self._session.writer.wait_until_idle(SAVE_TIMEOUT_SECONDS)
        self._session = None
        malloc.trim()
        if self._lock is not None:
            self._lock.release()
