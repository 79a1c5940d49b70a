"""Tasks between steps (evaluation, text samples, saves), in pieces, so that commands are handled meanwhile."""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict

from charplay.protocol import events
from charplay.protocol.events import Event, Row
from charplay.training import device_errors
from charplay.training.evaluation import MAX_CHARACTERS, EvaluationResult
from charplay.training.pending_commands import POLL_SECONDS, PendingCommands
from charplay.training.run_writer import SAVE_TIMEOUT_SECONDS
from charplay.training.session import Session
from charplay.training.step_reporter import EventGenerator, Result, StepReporter
from charplay.training.task_progress import TaskProgress
from charplay.training.task_schedule import TaskSchedule


class PeriodicTasks:
    """Runs the tasks in `session.due_tasks`.

    Args:
        session: that is trained.
        commands: a stop among them interrupts the tasks; what is not done stays due.
        reporter: reports rows, and makes the timestamps of events.
        handle_commands: carries out the commands that can be carried out within a task; waits so many seconds for one.
    """

    def __init__(
        self,
        session: Session,
        commands: PendingCommands,
        reporter: StepReporter,
        handle_commands: Callable[[float], Iterator[Event]],
    ) -> None:
        self.session = session
        self.commands = commands
        self.schedule = TaskSchedule(session)
        self._reporter = reporter
        self._handle_commands = handle_commands
        self._tasks: dict[str, Callable[[], EventGenerator[bool]]] = {
            "evaluate": self._evaluate,
            "sample": self._sample,
            "save": self.save,
        }

    def run_due(self) -> Iterator[Event]:
        """Run the tasks that are due, in order. After a stop, those that are not done stay due, also in a save."""
        due_tasks = self.session.due_tasks
        while due_tasks and self.commands.stop_reason is None:
            task = due_tasks.pop(0)
            done = yield from self._tasks[task]()
            if not done:
                due_tasks.insert(0, task)

    def finish(self) -> Iterator[Event]:
        """Run what is due after the last step, then save it, and wait until the disk has it."""
        session = self.session
        if self.commands.stop_reason is None and session.early_stopping.last_step != session.step:
            session.due_tasks.insert(0, "evaluate")
        yield from self.run_due()
        yield from self.wait_for_saves()
        if session.hyperparameters_changed or session.writer.saved_step != session.step:
            yield from self.save()
            yield from self.wait_for_saves()
        session.writer.flush_rows()
        yield from self._retry_final_save()

    def run_interruptibly(self, work: Generator[float, None, Result], phase: str) -> EventGenerator[Result | None]:
        """Run a generator to its end, handling commands at each yield; None after a stop, or if memory ran out.

        It yields how much is done, 0 to 1, which is reported as the `phase`.
        """
        progress = TaskProgress(phase, self._reporter.timestamp)
        while self.commands.stop_reason is None:
            try:
                share = next(work)
            except StopIteration as end:
                yield from progress.end()
                result: Result = end.value
                return result
            except Exception as error:
                if not device_errors.is_out_of_memory(error):
                    raise
                break
            yield from progress.at(share)
            yield from self._handle_commands(0.0)
        work.close()
        yield from progress.end()
        if self.commands.stop_reason is None:
            device_errors.empty_cache()
            self.session.learner.inference_network.train()
            yield self._reporter.warning(f"a look at the network is left out: {self.session.out_of_memory_message()}")
        return None

    def _evaluate(self) -> EventGenerator[bool]:
        """Measure the held-out loss, and compare these weights with the best."""
        session, started = self.session, time.perf_counter()
        result: EvaluationResult | None = None
        if session.evaluation.has_held_out_text:
            result = yield from self.run_interruptibly(
                session.evaluation.measure(session.learner.inference_network, MAX_CHARACTERS),
                "measuring the held-out text",
            )
            if result is None:
                return self.commands.stop_reason is None
        self.schedule.evaluated(time.perf_counter() - started)
        train_loss = session.metrics.close_interval()
        monitored = result.loss if result is not None and session.recipe.monitor == "val_loss" else train_loss
        best = session.early_stopping.update(session.step, monitored, result.loss if result else None)
        if best:
            session.best_unsaved = True
            session.due_tasks[:] = [task for task in session.due_tasks if task != "save"] + ["save"]
        if result is not None:
            row = Row(
                **self._reporter.timestamp(),
                epoch=session.metrics.epochs,
                val_loss=result.loss,
                val_accuracy=result.accuracy,
            )
            self._reporter.add_row(row)
            yield events.Evaluated(
                **self._reporter.timestamp(),
                epoch=row.epoch,
                val_loss=result.loss,
                val_accuracy=result.accuracy,
                best=best,
            )
        return True

    def _sample(self) -> EventGenerator[bool]:
        """Generate text samples."""
        session = self.session
        samples = yield from self.run_interruptibly(
            session.sampler.sample(session.learner.inference_network, session.step), "writing samples"
        )
        if samples is None:
            return self.commands.stop_reason is None
        stamp = {**self._reporter.timestamp(), "epoch": session.metrics.epochs}
        session.writer.add_samples({**stamp, **asdict(sample)} for sample in samples)
        for sample in samples:
            yield events.Sampled(**stamp, **asdict(sample))
        return True

    def save(self) -> EventGenerator[bool]:
        """Request a save of copies of everything; a thread writes them while training continues."""
        session = self.session
        best, session.best_unsaved, session.hyperparameters_changed = session.best_unsaved, False, False
        snapshot = best and session.recipe.keep == "every-improvement"
        moment, session.moment_unsaved = session.moment_unsaved, False
        session.writer.flush_rows()
        arrays = session.arrays()
        checkpoint = session.checkpoint(session.learner.inference_weights(arrays))
        session.writer.save(
            arrays,
            session.state(),
            checkpoint,
            best=best,
            snapshot=session.early_stopping.best if snapshot else None,
            moment=(checkpoint.val_loss or checkpoint.train_loss or 0.0) if moment else None,
        )
        yield from self.report_saves()
        return True

    def wait_for_saves(self) -> Iterator[Event]:
        """Wait until every save is on the disk, or a timeout, handling commands meanwhile."""
        writer, until = self.session.writer, time.monotonic() + SAVE_TIMEOUT_SECONDS
        progress = TaskProgress("saving", self._reporter.timestamp)
        while not writer.wait_until_idle(POLL_SECONDS) and time.monotonic() < until:
            yield from progress.at(None)
            yield from self._handle_commands(0.0)
        yield from progress.end()
        yield from self.report_saves()

    def _retry_final_save(self) -> Iterator[Event]:
        """Retry the last save every minute, until the disk takes it or a stop comes."""
        writer = self.session.writer
        while writer.disk_refused and self.commands.stop_reason is None:
            yield from self._handle_commands(POLL_SECONDS)
            self.retry_save()
            yield from self.run_due()
            yield from self.wait_for_saves()

    def retry_save(self) -> None:
        """Make a save due if the disk refused the last one, a minute ago."""
        if self.session.writer.disk_refused and self.session.writer.save_due:
            self.session.due_tasks.append("save")

    def report_saves(self) -> Iterator[Event]:
        """Report the saves that are on the disk now, and warnings."""
        for result in self.session.writer.finished_saves():
            yield events.Saved(step=result.step, seconds=result.seconds, path=result.path, best=result.best)
        yield from self._reporter.report_warnings()
