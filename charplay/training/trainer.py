"""Training as a stream of events: orders are read between steps, and nobody is ever waited for."""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict
from importlib import import_module
from typing import Any, TypeVar

from charplay.messages import events as told
from charplay.messages.commands import Undo
from charplay.messages.events import Event, Row
from charplay.recipes.faults import RecipeError
from charplay.training import failing
from charplay.training.evaluation import DURING, Score
from charplay.training.keeper import DISK_SECONDS
from charplay.training.ledger import Moment
from charplay.training.orders import Orders
from charplay.training.pace import Pace
from charplay.training.session import Session
from charplay.training.surgery import Surgery

READING_SECONDS = 0.1
"""The device is read, and progress told, at most so often."""
PAUSE_SECONDS = 0.2
"""A trainer that holds still looks for orders at least so often."""

Result = TypeVar("Result")
Telling = Generator[Event, None, Result]
"""Events, and a result at the end."""


class Trainer:
    """Drives a session through its budget.

    Args:
        session: fresh, or loaded from a save.
        orders: the commands that arrive.
    """

    def __init__(self, session: Session, orders: Orders) -> None:
        self.session = session
        self.orders = orders
        self._pace = Pace(session)
        self._surgery = Surgery(session)
        self._schedule = import_module(f"charplay.training.schedules.{session.recipe.schedule.replace('-', '_')}")
        self._moments: list[Moment] = []
        self._untold: list[Row] = []
        self._read_at = self._told_at = -1.0
        self._holding = False
        self._unsaved = False
        self._duties: dict[str, Callable[[], Telling[bool]]] = {
            "evaluate": self._evaluate,
            "sample": self._sample,
            "save": self._save,
        }

    @property
    def steps(self) -> int:
        """Steps taken, those not read yet included."""
        return self.session.step + len(self._moments)

    @property
    def over(self) -> bool:
        """Whether the budget is spent, or patience is."""
        session = self.session
        return session.judge.tired or session.budget.over(self.steps, session.clock.seconds)

    def train(self) -> Iterator[Event]:
        """Train until the budget is spent or a stop is asked for; then all is read, judged and saved."""
        session, orders = self.session, self.orders
        yield from self._do_duties()
        while orders.stop is None and not self.over:
            yield from self.obey()
            yield from self._alter()
            if self._holding and not orders.paused:
                self._holding = False
                yield told.Resumed(**self._now())
            if orders.paused and not orders.singles:
                yield from self._hold()
            elif orders.stop is None:
                yield from self._go_on()
        session.clock.hold()
        yield from self._read(tell=True)
        if orders.stop is not None:
            yield from self._alter()
        if orders.stop is None and session.judge.looked != session.step:
            session.due.insert(0, "evaluate")
        yield from self._do_duties()
        yield from self._settle()
        if self._unsaved or session.keeper.saved_step != session.step:
            yield from self._save()
            yield from self._settle()
        yield from self._insist()

    def _go_on(self) -> Iterator[Event]:
        """A step and what is due after it. Where there was no memory for it, that is said, and training holds still."""
        if self._step():
            yield from self._look_up()
            return
        failing.give_back()
        yield from self._read(tell=False)
        yield told.Warned(**self._now(), message=self.session.no_memory())
        self.orders.pause(told.NO_MEMORY)

    def _step(self) -> bool:
        """One step; False where there was no memory for it."""
        session = self.session
        session.clock.start()
        progress = session.budget.progress(self.steps, session.clock.seconds)
        rate = float(session.recipe.learning_rate) * self._schedule.factor(progress, session.recipe.warmup)
        try:
            session.learner.step(rate)
        except Exception as error:
            if not (failing.out_of_memory(error) and session.learner.take_back()):
                raise
            return False  # and the error goes, which holds on to the failing frame's tensors
        self._moments.append(Moment(session.clock.seconds, rate))
        return True

    def _look_up(self) -> Iterator[Event]:
        """After a step: read, tell and do what is due."""
        session, once = self.session, self.orders.singles > 0
        session.due += self._pace.duties(self.steps)
        if self.over and "save" in session.due:
            session.due.remove("save")  # the end saves, when it knows whether this is the best
        late = time.perf_counter() - self._read_at >= READING_SECONDS
        if session.due or once or late or session.learner.full:
            yield from self.obey()  # before a row is written: the process may have been away meanwhile
            yield from self._read(tell=once)
            yield from self._do_duties()
        yield from self._tell_saved()
        self.orders.singles = max(0, self.orders.singles - once)

    def obey(self, wait: float = 0.0) -> Iterator[Event]:
        """Carry out the orders that can be carried out at any moment; with `wait`, stand for one."""
        session, orders = self.session, self.orders
        orders.read(wait)
        while orders.leaving and orders.stop is None:
            orders.read(PAUSE_SECONDS)
        if orders.away:
            self._leave_out(orders.away)
            orders.away = 0.0
        if orders.publish:
            orders.publish = False
            yield told.Published(**self._now(), weights=session.learner.playing.export_weights())
        if orders.save:
            orders.save = False
            session.due.append("save")

    def _leave_out(self, seconds: float) -> None:
        """Seconds in which the process stood still are nobody's; a step that was under way may have counted them."""
        self.session.clock.skip(seconds)
        latest = self.session.clock.seconds
        self._moments = [Moment(min(moment.seconds, latest), moment.rate) for moment in self._moments]

    def _alter(self) -> Iterator[Event]:
        """Change live values and take changes back, between two steps with nothing else under way."""
        while self.orders.changes:
            if self._moments:
                yield from self._read(tell=False)
            order = self.orders.changes.pop(0)
            try:
                if isinstance(order, Undo):
                    yield from self._undo()
                else:
                    changed = self._surgery.change(order.field, order.value)
                    self._unsaved = True
                    yield changed
            except RecipeError as error:
                yield told.Warned(**self._now(), message=str(error))

    def _undo(self) -> Iterator[Event]:
        """Go back, in memory, then on the disk: the save comes first, so that a death in between leaves a whole run."""
        changes = self._surgery.undo()
        self._untold = []
        self._pace.rewind()
        yield from self._save()
        yield from self._settle()
        self.session.keeper.cut(self.session.step)
        for changed in changes:
            self.session.keeper.change(changed)
            yield changed

    def _hold(self) -> Iterator[Event]:
        """Hold still until told to go on, to step once or to stop."""
        session, orders = self.session, self.orders
        session.clock.hold()
        if not self._holding:
            self._holding = True
            yield from self._read(tell=True)
            yield told.Paused(**self._now(), reason=orders.reason)
            if session.keeper.handed_step != session.step:
                session.due.append("save")
            yield from self._do_duties()
        while orders.paused and not orders.singles and orders.stop is None:
            yield from self.obey(PAUSE_SECONDS)
            yield from self._alter()
            yield from self._do_duties()
            yield from self._tell_saved()

    def _read(self, *, tell: bool) -> Iterator[Event]:
        """Read what the steps measured; tell it if that is due, or if `tell` says so."""
        session = self.session
        rows = session.ledger.book(session.learner.read(), self._moments)
        self._moments = []
        session.keeper.log(rows)
        if self.orders.singles and not rows and session.ledger.newest is not None:
            rows = [session.ledger.newest]  # one step that was asked for is told, and kept with its row later
        self._untold += rows
        now = self._read_at = time.perf_counter()
        if session.ledger.bad:
            yield from self._gone_bad()
        if tell or now - self._told_at >= READING_SECONDS:
            yield self._pace.progress(tuple(self._untold))
            self._told_at, self._untold = now, []
        yield from self._warn()

    def _warn(self) -> Iterator[Event]:
        for warning in self.session.keeper.take_warnings():
            yield told.Warned(**self._now(), message=warning)

    def _gone_bad(self) -> Iterator[Event]:
        count, self.session.ledger.bad = self.session.ledger.bad, 0
        what = "a gradient was" if count == 1 else f"the gradients of {count:,} steps were"
        message = f"{what} not finite and taught nothing; lower the learning rate, or go back to the last save"
        yield told.Warned(**self._now(), message=message)
        self.orders.pause(told.BAD_NUMBERS)

    def _do_duties(self) -> Iterator[Event]:
        """What the step owes, in order. What a stop leaves undone is saved as owed."""
        due = self.session.due
        while due and self.orders.stop is None:
            duty = due.pop(0)
            done = yield from self._duties[duty]()
            if not done:
                due.insert(0, duty)

    def watched(self, work: Generator[None, None, Result]) -> Telling[Result | None]:
        """Do work that comes in pieces, obeying in between; None where a stop came first, or memory ran out."""
        while self.orders.stop is None:
            try:
                next(work)
            except StopIteration as end:
                result: Result = end.value
                return result
            except Exception as error:
                if not failing.out_of_memory(error):
                    raise
                break
            yield from self.obey()
        work.close()
        if self.orders.stop is None:
            failing.give_back()
            self.session.learner.playing.train()
            yield told.Warned(**self._now(), message=f"a look at the network is left out: {self.session.no_memory()}")
        return None

    def _evaluate(self) -> Telling[bool]:
        """Read the held-out text, and judge whether these weights are the best."""
        session, started = self.session, time.perf_counter()
        score: Score | None = None
        if session.evaluation.possible:
            score = yield from self.watched(session.evaluation.held_out(session.learner.playing, DURING))
            if score is None:
                return self.orders.stop is None
        self._pace.evaluated(time.perf_counter() - started)
        train_loss = session.ledger.close_watched()
        monitored = score.loss if score is not None and session.recipe.monitor == "val_loss" else train_loss
        best = session.judge.look(session.step, monitored, score.loss if score else None)
        if best:
            session.found_best = True
            session.due[:] = [duty for duty in session.due if duty != "save"] + ["save"]
        if score is not None:
            row = Row(**self._now(), epoch=session.ledger.epochs, val_loss=score.loss, val_accuracy=score.accuracy)
            session.keeper.log([row])
            self._untold.append(row)
            yield told.Evaluated(
                **self._now(), epoch=row.epoch, val_loss=score.loss, val_accuracy=score.accuracy, best=best
            )
        return True

    def _sample(self) -> Telling[bool]:
        """Write text samples."""
        session = self.session
        samples = yield from self.watched(session.sampler.write(session.learner.playing, session.step))
        if samples is None:
            return self.orders.stop is None
        stamp = {**self._now(), "epoch": session.ledger.epochs}
        session.keeper.samples({**stamp, **asdict(sample)} for sample in samples)
        for sample in samples:
            yield told.Sampled(**stamp, **asdict(sample))
        return True

    def _save(self) -> Telling[bool]:
        """Hand over copies of everything; they are written down while training goes on."""
        session = self.session
        best, session.found_best, self._unsaved = session.found_best, False, False
        keep = best and session.recipe.keep == "every-improvement"
        arrays = session.arrays()
        session.keeper.save(
            arrays,
            session.state(),
            session.checkpoint(session.learner.playing_weights(arrays)),
            best=best,
            snapshot=session.judge.best if keep else None,
        )
        yield from self._tell_saved()
        return True

    def _settle(self) -> Iterator[Event]:
        """Wait until every save is on the disk, obeying in between; not for ever."""
        keeper, until = self.session.keeper, time.monotonic() + DISK_SECONDS
        while not keeper.settled(PAUSE_SECONDS) and time.monotonic() < until:
            yield from self.obey()
        yield from self._tell_saved()

    def _insist(self) -> Iterator[Event]:
        """Where the disk refused the end, try again every minute, until it takes it or a stop comes."""
        session, keeper = self.session, self.session.keeper
        while keeper.refused and self.orders.stop is None:
            yield from self.obey(PAUSE_SECONDS)
            if keeper.due:
                session.due.append("save")
            yield from self._do_duties()
            yield from self._settle()

    def _tell_saved(self) -> Iterator[Event]:
        """Tell of the saves that have come to the disk."""
        for written in self.session.keeper.saved():
            yield told.Saved(step=written.step, seconds=written.seconds, path=written.path, best=written.best)
        yield from self._warn()

    def _now(self) -> dict[str, Any]:
        return {"step": self.session.step, "seconds": self.session.clock.seconds}
