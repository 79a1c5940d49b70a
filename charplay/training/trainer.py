"""Training as a stream of events: orders are read between steps, and nobody is ever waited for."""

from collections.abc import Iterator
from importlib import import_module

from charplay.protocol import events
from charplay.protocol.commands import Undo
from charplay.protocol.events import Event
from charplay.recipes.errors import RecipeError
from charplay.training import failing
from charplay.training.duties import Duties
from charplay.training.orders import PATIENCE_SECONDS, Orders
from charplay.training.readings import Readings
from charplay.training.session import Session
from charplay.training.surgery import Surgery


class Trainer:
    """Drives a session through its budget.

    Args:
        session: fresh, or loaded from a save.
        surgery: on that session, with what was changed before the first step.
        orders: the commands that arrive.
    """

    def __init__(self, session: Session, surgery: Surgery, orders: Orders) -> None:
        self.session = session
        self.orders = orders
        self._readings = Readings(session, orders)
        self.duties = Duties(session, orders, self._readings, self._obey)
        self._surgery = surgery
        self._schedule = import_module(f"charplay.training.schedules.{session.recipe.schedule.replace('-', '_')}")
        self._holding = False

    @property
    def over(self) -> bool:
        """Whether the budget is spent, or patience is."""
        session = self.session
        return session.judge.tired or session.budget.over(self._readings.steps, session.clock.seconds)

    def train(self) -> Iterator[Event]:
        """Train until the budget is spent or a stop is asked for; then all is read, judged and saved."""
        session, orders = self.session, self.orders
        yield from self.duties.do()
        while orders.stop is None and not self.over:
            yield from self._obey()
            yield from self._alter()
            if self._holding and not orders.paused:
                self._holding = False
                yield events.Resumed(**self._readings.now())
            if orders.paused and not orders.singles:
                yield from self._hold()
            elif orders.stop is None:
                yield from self._go_on()
        session.clock.hold()
        yield from self._readings.read(tell=True)
        if orders.stop is not None:
            yield from self._alter()
        yield from self.duties.finish()

    def _go_on(self) -> Iterator[Event]:
        """A step and what is due after it. Where there was no memory for it, that is said, and training holds still."""
        if self._step():
            yield from self._look_up()
            return
        failing.give_back()
        yield from self._readings.read(tell=False)
        yield self._readings.warned(self.session.no_memory())
        self.orders.pause(events.NO_MEMORY)

    def _step(self) -> bool:
        """One step; False where there was no memory for it."""
        session = self.session
        session.clock.start()
        progress = session.budget.progress(self._readings.steps, session.clock.seconds)
        rate = float(session.recipe.learning_rate) * self._schedule.factor(progress, session.recipe.warmup)
        try:
            session.learner.step(rate)
        except Exception as error:
            if not (failing.out_of_memory(error) and session.learner.take_back()):
                raise
            return False  # and the error goes, which holds on to the failing frame's tensors
        self._readings.took(rate)
        return True

    def _look_up(self) -> Iterator[Event]:
        """After a step: read, tell and do what is due."""
        session, once = self.session, self.orders.singles > 0
        session.due += self._readings.pace.duties(self._readings.steps)
        if self.over and "save" in session.due:
            session.due.remove("save")  # the end saves, when it knows whether this is the best
        if session.due or once or self._readings.due:
            yield from self._obey()  # before a row is written: the process may have been away meanwhile
            yield from self._readings.read(tell=once)
            yield from self.duties.do()
        yield from self.duties.tell_saved()
        self.orders.singles = max(0, self.orders.singles - once)

    def _obey(self, wait: float = 0.0) -> Iterator[Event]:
        """Carry out the orders that can be carried out at any moment; with `wait`, stand for one."""
        session, orders = self.session, self.orders
        orders.read(wait)
        while orders.leaving and orders.stop is None:
            orders.read(PATIENCE_SECONDS)
        if orders.away:
            self._readings.leave_out(orders.away)
            orders.away = 0.0
        if orders.publish:
            orders.publish = False
            weights = session.learner.playing.export_weights()
            yield events.Published(step=self._readings.steps, seconds=session.clock.seconds, weights=weights)
        if orders.save:
            orders.save = False
            session.due.append("save")

    def _alter(self) -> Iterator[Event]:
        """Change live values and take changes back, between two steps with nothing else under way."""
        while self.orders.changes:
            if self._readings.waiting:
                yield from self._readings.read(tell=False)
            order = self.orders.changes.pop(0)
            try:
                if isinstance(order, Undo):
                    yield from self._undo()
                else:
                    changed = self._surgery.change(order.field, order.value)
                    self.session.altered = True
                    yield changed
            except RecipeError as error:
                yield self._readings.warned(str(error))

    def _undo(self) -> Iterator[Event]:
        """Go back, in memory and then, with a save, on the disk."""
        changes = self._surgery.undo()
        self._readings.rewind()
        self.session.keeper.cut(self.session.step)
        yield from self.duties.save()
        yield from self.duties.settle()
        for changed in changes:
            self.session.keeper.change(changed)
            yield changed

    def _hold(self) -> Iterator[Event]:
        """Hold still until told to go on, to step once or to stop."""
        session, orders = self.session, self.orders
        session.clock.hold()
        if not self._holding:
            self._holding = True
            yield from self._readings.read(tell=True)
            yield events.Paused(**self._readings.now(), reason=orders.reason)
            if session.keeper.handed_step != session.step:
                session.due.append("save")
            yield from self.duties.do()
        while orders.paused and not orders.singles and orders.stop is None:
            yield from self._obey(PATIENCE_SECONDS)
            yield from self._alter()
            self.duties.try_again()
            yield from self.duties.do()
            yield from self.duties.tell_saved()
