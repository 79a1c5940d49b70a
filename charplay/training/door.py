"""The door to training: a request goes in, events come out, and no exception ever does."""

import traceback
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from charplay.corpora.errors import Cancelled, ChangedText, CorpusError
from charplay.protocol.events import Event, Failed, Finished, Preparing, Started, Stopped, Warned
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.recipes.errors import RecipeError
from charplay.recipes.network import memory_bytes, parameter_count
from charplay.recipes.recipe import BUDGETS, Recipe
from charplay.runs.checkpoint import CheckpointError
from charplay.runs.home import Home, HomeError
from charplay.runs.metadata import FINAL_FIELDS
from charplay.runs.run import Run, RunError
from charplay.training import device, failing
from charplay.training.device import Choice, DeviceError, Opened
from charplay.training.keeper import DISK_SECONDS
from charplay.training.memory import give_memory_back
from charplay.training.orders import Orders

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.runs.lock import Lock
    from charplay.training.opening import Plan
    from charplay.training.session import Session
    from charplay.training.trainer import Trainer

USER_FAULTS = (CorpusError, RecipeError, RunError, CheckpointError, HomeError, DeviceError)
"""Exceptions whose text is a sentence for a person."""


def open_training(request: TrainRequest, inbox: CommandQueue) -> Iterator[Event]:
    """Train as asked; the thread that iterates is the one that trains.

    Commands are heeded between phases and steps, and at least every 0.2 s within long work. The last event is
    `Finished`, `Stopped` or `Failed`. Whoever stops iterating early loses what came after the last save.
    """
    visit = _Visit(request, Orders(inbox))
    last: Event | None = None
    try:
        last = yield from visit.events()
    except Cancelled:
        pass
    except USER_FAULTS as error:
        last = Failed(
            **visit.stamp(),
            message=str(error),
            saved_step=visit.saved_step(),
            misuse=isinstance(error, RecipeError | DeviceError),
            changed_text=isinstance(error, ChangedText),
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, it must end as an event
        last = Failed(
            **visit.stamp(),
            message=visit.describe(error),
            cause=traceback.format_exc(),
            saved_step=visit.saved_step(),
            lost_device=visit.lost(error),
        )
    finally:
        stopped = visit.stopped()
        visit.leave()  # no exception holds on to the failing frame's tensors any more
    yield last or stopped


class _Visit:
    """One request on its way through the phases."""

    def __init__(self, request: TrainRequest, orders: Orders) -> None:
        self.request = request
        self.orders = orders
        self.run: Run | None = None
        self._lock: Lock | None = None
        self._choice: Choice | None = None
        self._plan: Plan | None = None
        self._corpus: Corpus | None = None
        self._session: Session | None = None

    def events(self) -> Generator[Event, None, Finished | None]:
        """The phases one after another; the closing event, or None after a stop. Raises whatever goes wrong."""
        yield self._phase("importing torch")
        if self.request.resume is not None:
            self.run = Run.open(Path(self.request.resume))
            if (finished := self._closed_before(self.run)) is not None:
                return finished
        device.prepare_environment()
        from charplay.training.closing import close
        from charplay.training.texts import find_corpus

        yield self._phase("opening the device")
        asked = self.run.asked if self.run and not self.request.recipe else Recipe.model_validate(self.request.recipe)
        self._choice = device.choose(asked.device, device.list_devices())
        opened = device.open_device(self._choice.name, asked)
        yield self._phase("reading the text")
        self._corpus = find_corpus(self.request, asked, self.run, watch=self._go_on)
        yield self._phase("taking the first step")
        trainer = yield from self._begin(asked, opened)
        yield from trainer.train()
        if self.orders.stop is not None:
            return None
        return (yield from close(trainer.duties))

    @property
    def _held(self) -> "Session":
        assert self._session is not None
        return self._session

    def _phase(self, phase: str) -> Preparing:
        """The next phase; Cancelled where a stop came before it."""
        if not self._go_on(0.0):
            raise Cancelled
        return Preparing(**self.stamp(), phase=phase)

    def _go_on(self, _share: float) -> bool:
        self.orders.read()
        return self.orders.stop is None

    def _closed_before(self, run: Run) -> Finished | None:
        """What a finished run finished with, where nothing more is asked of it."""
        asked = self.request.recipe
        same = not asked or all(asked.get(name) == getattr(run.asked, name) for name in BUDGETS)
        path = run.playable
        if run.finished is None or path is None or self.request.added or not same:
            return None
        if not run.finished.keys() >= set(FINAL_FIELDS):  # it then closes anew
            return None
        return Finished(**{**run.finished, "run": run.name, "checkpoint": str(path.resolve())})

    def _begin(self, asked: Recipe, opened: Opened) -> "Generator[Event, None, Trainer]":
        """Make the run, or take it up; build the session; say so."""
        from charplay.training import opening
        from charplay.training.surgery import Surgery
        from charplay.training.trainer import Trainer

        assert self._corpus is not None
        assert self._choice is not None
        corpus, resumed = self._corpus, self.run
        facts = opening.facts(opened, self._choice)
        if resumed is None:
            plan = self._plan = opening.plan_new(asked, corpus, self.request.source, opened, self._go_on)
            run = self.run = Run.create(
                Home(Path(self.request.home)).checkpoints,
                asked=asked,
                resolved=plan.resolved,
                corpus=opening.origin(corpus, self.request.encoding or ""),
                vocabulary=corpus.vocabulary.characters,
                facts=facts if plan.parent is None else facts | {"parent": plan.parent.facts()},
                name=self.request.name,
            )
            self._lock = run.lock()
        else:
            self._lock = resumed.lock()
            run = self.run = Run.open(resumed.folder)
            plan = self._plan = opening.plan_resumed(self.request, run, corpus, facts)
        self._session = opening.open_session(run, plan, corpus, opened)
        surgery = Surgery(self._session)
        changes = [] if resumed is None else opening.take_up(self._session, surgery, plan, facts)
        yield self._started(opened, resumed=resumed is not None)
        if self._choice.warning:
            yield Warned(**self.stamp(), message=self._choice.warning)
        yield from changes
        return Trainer(self._session, surgery, self.orders)

    def _started(self, opened: Opened, *, resumed: bool) -> Started:
        run, plan, corpus = self.run, self._plan, self._corpus
        assert run is not None
        assert plan is not None
        assert corpus is not None
        return Started(
            **self.stamp(),
            run=run.name,
            folder=str(run.folder.resolve()),
            recipe=self._held.recipe.model_dump(mode="json"),
            parameters=parameter_count(plan.resolved, len(corpus.vocabulary)),
            corpus=corpus.title,
            characters=len(corpus),
            vocabulary_size=len(corpus.vocabulary),
            unigram_entropy=corpus.unigram_entropy(),
            total_steps=self._held.budget.total_steps,
            device=opened.description,
            resumed=resumed,
            notes=plan.notes,
        )

    def saved_step(self) -> int | None:
        """The step of the last save, once nothing is on its way to the disk any more."""
        if self._session is None:
            return None
        keeper = self._session.keeper
        keeper.settled(DISK_SECONDS)
        keeper.saved()
        return keeper.saved_step

    def stamp(self) -> dict[str, Any]:
        """Where the run stands."""
        session = self._session
        return {"step": session.step, "seconds": session.clock.seconds} if session else {}

    def stopped(self) -> Stopped:
        """The last event of a visit that was asked to stop."""
        reason = self.orders.stop or "asked"
        return Stopped(**self.stamp(), reason=reason, run=self.run.name if self.run else None)

    def describe(self, error: BaseException) -> str:
        """One sentence for what nobody foresaw."""
        if self._choice and self._plan and self._corpus and failing.out_of_memory(error):
            corpus = self._corpus
            recipe = self._session.recipe if self._session else self._plan.resolved
            needed = memory_bytes(recipe, len(corpus.vocabulary), len(corpus))
            return failing.no_memory(self._choice.name, needed, recipe)
        if self._choice and self.lost(error):
            return (
                f"{self._choice.name} is lost to this program ({str(error).partition(chr(10))[0]}); "
                "start charplay anew to train there again"
            )
        if isinstance(error, OSError):
            where = f" {error.filename}" if error.filename else ""
            return f"the run's folder{where} cannot be used ({error.strerror}); check the disk and its permissions"
        kind = type(error).__name__
        return f"training broke off with {kind}: {str(error).partition(chr(10))[0]}; the log has the whole cause"

    def lost(self, error: BaseException) -> bool:
        """Whether nothing can be trained on the chosen device any more, as long as this process lives."""
        return self._choice is not None and failing.lost(error)

    def leave(self) -> None:
        """Give everything back, but not while a save is being written."""
        if self._session is not None:
            self._session.keeper.settled(DISK_SECONDS)
        self._session = None
        give_memory_back()
        if self._lock is not None:
            self._lock.release()
