"""The training loop, as a generator of events. It handles commands between steps, and never waits for a reader."""

from collections.abc import Iterator
from importlib import import_module

from charplay.protocol import events
from charplay.protocol.commands import Undo
from charplay.protocol.events import Event
from charplay.recipes.errors import RecipeError
from charplay.training import device_errors
from charplay.training.live_changes import LiveChanges
from charplay.training.pending_commands import POLL_SECONDS, PendingCommands
from charplay.training.periodic_tasks import PeriodicTasks
from charplay.training.session import Session
from charplay.training.step_reporter import StepReporter


class Trainer:
    """Trains a session until its budget is spent.

    Args:
        session: new, or loaded from a save.
        live_changes: of that session, with those that were made before the first step.
        commands: that arrive while training runs.
    """

    def __init__(self, session: Session, live_changes: LiveChanges, commands: PendingCommands) -> None:
        self.session = session
        self.commands = commands
        self._reporter = StepReporter(session, commands)
        self.tasks = PeriodicTasks(session, commands, self._reporter, self._handle_commands)
        self._live_changes = live_changes
        self._schedule = import_module(f"charplay.training.schedules.{session.recipe.schedule.replace('-', '_')}")
        self._reported_pause = False

    @property
    def finished(self) -> bool:
        """Whether the budget or the patience is used up."""
        session = self.session
        return session.early_stopping.should_stop or session.budget.is_spent(
            self._reporter.steps, session.clock.seconds
        )

    def train(self) -> Iterator[Event]:
        """Train until the budget is spent or a stop is asked for; then read, evaluate and save everything."""
        session, commands = self.session, self.commands
        yield from self.tasks.run_due()
        while commands.stop_reason is None and not self.finished:
            yield from self._handle_commands()
            yield from self._apply_changes()
            if self._reported_pause and not commands.paused:
                self._reported_pause = False
                yield events.Resumed(**self._reporter.timestamp())
            if commands.paused and not commands.single_steps:
                yield from self._wait_while_paused()
            elif commands.stop_reason is None:
                yield from self._train_one()
        session.clock.stop()
        yield from self._reporter.read_steps(report=True)
        if commands.stop_reason is not None:
            yield from self._apply_changes()
        yield from self.tasks.finish()

    def _train_one(self) -> Iterator[Event]:
        """Take a step and run what is due after it. If memory runs out, warn and pause."""
        if self._step():
            yield from self._after_step()
            return
        device_errors.empty_cache()
        yield from self._reporter.read_steps(report=False)
        yield self._reporter.warning(self.session.out_of_memory_message())
        self.commands.pause(events.NO_MEMORY)

    def _step(self) -> bool:
        """Take one step; False if there was not enough memory for it."""
        session = self.session
        session.clock.start()
        progress = session.budget.schedule_progress(self._reporter.steps, session.clock.seconds)
        rate = float(session.recipe.learning_rate) * self._schedule.factor(progress, session.recipe.warmup)
        try:
            session.learner.step(rate)
        except Exception as error:
            if not (device_errors.is_out_of_memory(error) and session.learner.rollback()):
                raise
            return False  # leaving the block frees the error, which keeps the failing frame's tensors
        self._reporter.step_taken(rate)
        return True

    def _after_step(self) -> Iterator[Event]:
        """After a step, read its metrics and run the tasks, if they are due."""
        session, once = self.session, self.commands.single_steps > 0
        session.due_tasks += self.tasks.schedule.due_after(self._reporter.steps)
        if self.finished and "save" in session.due_tasks:
            session.due_tasks.remove("save")  # finish() saves, once it knows whether this is the best
        if session.due_tasks or once or self._reporter.due:
            yield from self._handle_commands()  # before a row is written: it must not count a suspension as training
            yield from self._reporter.read_steps(report=once)
            yield from self.tasks.run_due()
        yield from self.tasks.report_saves()
        self.commands.single_steps = max(0, self.commands.single_steps - once)

    def _handle_commands(self, wait: float = 0.0) -> Iterator[Event]:
        """Carry out the commands that can be carried out within a task too; wait up to `wait` seconds for one."""
        session, commands = self.session, self.commands
        commands.receive(wait)
        while commands.suspending and commands.stop_reason is None:
            commands.receive(POLL_SECONDS)
        if commands.suspended_seconds:
            self._reporter.exclude_seconds(commands.suspended_seconds)
            commands.suspended_seconds = 0.0
        if commands.publish:
            commands.publish = False
            weights = session.learner.inference_network.export_weights()
            yield events.Published(step=self._reporter.steps, seconds=session.clock.seconds, weights=weights)
        if commands.save:
            commands.save = False
            session.due_tasks.append("save")

    def _apply_changes(self) -> Iterator[Event]:
        """Change live values and undo changes; call this between two steps, while no task is running."""
        while self.commands.changes:
            if self._reporter.has_unread_steps:
                yield from self._reporter.read_steps(report=False)
            command = self.commands.changes.pop(0)
            try:
                if isinstance(command, Undo):
                    yield from self._undo()
                else:
                    changed = self._live_changes.apply(command.field, command.value)
                    self.session.hyperparameters_changed = True
                    yield changed
            except RecipeError as error:
                yield events.Warned(**self._reporter.timestamp(), message=str(error), refused=True)

    def _undo(self) -> Iterator[Event]:
        """Go back to before the last change, in memory and then, by a save, on the disk."""
        changes = self._live_changes.undo()
        self._reporter.rewind()
        self.session.writer.truncate_after(self.session.step)
        yield from self.tasks.save()
        yield from self.tasks.wait_for_saves()
        for changed in changes:
            self.session.writer.add_change(changed)
            yield changed

    def _wait_while_paused(self) -> Iterator[Event]:
        """Wait until a command resumes training, takes a single step or stops."""
        session, commands = self.session, self.commands
        session.clock.stop()
        if not self._reported_pause:
            self._reported_pause = True
            yield from self._reporter.read_steps(report=True)
            yield events.Paused(**self._reporter.timestamp(), reason=commands.pause_reason)
            if session.writer.requested_step != session.step:
                session.due_tasks.append("save")
            yield from self.tasks.run_due()
        while commands.paused and not commands.single_steps and commands.stop_reason is None:
            yield from self._handle_commands(POLL_SECONDS)
            yield from self._apply_changes()
            self.tasks.retry_save()
            yield from self.tasks.run_due()
            yield from self.tasks.report_saves()
