"""What a step may owe (an evaluation, samples, a save), done in pieces so that orders are heeded meanwhile."""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict

from charplay.protocol import events
from charplay.protocol.events import Event, Row
from charplay.training import device_errors
from charplay.training.evaluation import DURING, Score
from charplay.training.pending_commands import POLL_SECONDS, PendingCommands
from charplay.training.run_writer import SAVE_TIMEOUT_SECONDS
from charplay.training.session import Session
from charplay.training.step_reporter import EventGenerator, Result, StepReporter
from charplay.training.task_schedule import TaskSchedule


class Duties:
    """Does what `session.due` names.

    Args:
        session: whose duties these are.
        commands: a stop among them leaves the rest undone, and owed.
        readings: to which rows go and whose clock stamps the events.
        obey: carries out the commands that can be carried out at any moment, standing up to so many seconds for one.
    """

    def __init__(
        self,
        session: Session,
        commands: PendingCommands,
        reporter: StepReporter,
        obey: Callable[[float], Iterator[Event]],
    ) -> None:
        self.session = session
        self.commands = commands
        self.schedule = TaskSchedule(session)
        self._reporter = reporter
        self._obey = obey
        self._duties: dict[str, Callable[[], EventGenerator[bool]]] = {
            "evaluate": self._evaluate,
            "sample": self._sample,
            "save": self.save,
        }

    def do(self) -> Iterator[Event]:
        """What the step owes, in order. What a stop leaves undone is saved as owed."""
        due = self.session.due
        while due and self.commands.stop_reason is None:
            duty = due.pop(0)
            done = yield from self._duties[duty]()
            if not done:
                due.insert(0, duty)

    def finish(self) -> Iterator[Event]:
        """What the last step owes, and then a save of it that the disk takes."""
        session = self.session
        if self.commands.stop_reason is None and session.early_stopping.last_step != session.step:
            session.due.insert(0, "evaluate")
        yield from self.do()
        yield from self.settle()
        if session.altered or session.writer.saved_step != session.step:
            yield from self.save()
            yield from self.settle()
        session.writer.flush_rows()
        yield from self._insist()

    def watched(self, work: Generator[None, None, Result]) -> EventGenerator[Result | None]:
        """Do work that comes in pieces, obeying in between; None where a stop came first, or memory ran out."""
        while self.commands.stop_reason is None:
            try:
                next(work)
            except StopIteration as end:
                result: Result = end.value
                return result
            except Exception as error:
                if not device_errors.is_out_of_memory(error):
                    raise
                break
            yield from self._obey(0.0)
        work.close()
        if self.commands.stop_reason is None:
            device_errors.empty_cache()
            self.session.learner.inference_network.train()
            yield self._reporter.warning(f"a look at the network is left out: {self.session.out_of_memory_message()}")
        return None

    def _evaluate(self) -> EventGenerator[bool]:
        """Read the held-out text, and judge whether these weights are the best."""
        session, started = self.session, time.perf_counter()
        score: Score | None = None
        if session.evaluation.possible:
            score = yield from self.watched(session.evaluation.held_out(session.learner.inference_network, DURING))
            if score is None:
                return self.commands.stop_reason is None
        self.schedule.evaluated(time.perf_counter() - started)
        train_loss = session.metrics.close_interval()
        monitored = score.loss if score is not None and session.recipe.monitor == "val_loss" else train_loss
        best = session.early_stopping.update(session.step, monitored, score.loss if score else None)
        if best:
            session.found_best = True
            session.due[:] = [duty for duty in session.due if duty != "save"] + ["save"]
        if score is not None:
            row = Row(
                **self._reporter.timestamp(),
                epoch=session.metrics.epochs,
                val_loss=score.loss,
                val_accuracy=score.accuracy,
            )
            self._reporter.add_row(row)
            yield events.Evaluated(
                **self._reporter.timestamp(),
                epoch=row.epoch,
                val_loss=score.loss,
                val_accuracy=score.accuracy,
                best=best,
            )
        return True

    def _sample(self) -> EventGenerator[bool]:
        """Write text samples."""
        session = self.session
        samples = yield from self.watched(session.sampler.write(session.learner.inference_network, session.step))
        if samples is None:
            return self.commands.stop_reason is None
        stamp = {**self._reporter.timestamp(), "epoch": session.metrics.epochs}
        session.writer.add_samples({**stamp, **asdict(sample)} for sample in samples)
        for sample in samples:
            yield events.Sampled(**stamp, **asdict(sample))
        return True

    def save(self) -> EventGenerator[bool]:
        """Hand over copies of everything; they are written down while training goes on."""
        session = self.session
        best, session.found_best, session.altered = session.found_best, False, False
        keep = best and session.recipe.keep == "every-improvement"
        session.writer.flush_rows()
        arrays = session.arrays()
        session.writer.save(
            arrays,
            session.state(),
            session.checkpoint(session.learner.inference_weights(arrays)),
            best=best,
            snapshot=session.early_stopping.best if keep else None,
        )
        yield from self.tell_saved()
        return True

    def settle(self) -> Iterator[Event]:
        """Wait until every save is on the disk, obeying in between; not for ever."""
        writer, until = self.session.writer, time.monotonic() + SAVE_TIMEOUT_SECONDS
        while not writer.wait_until_idle(POLL_SECONDS) and time.monotonic() < until:
            yield from self._obey(0.0)
        yield from self.tell_saved()

    def _insist(self) -> Iterator[Event]:
        """Where the disk refused the end, try again every minute, until it takes it or a stop comes."""
        writer = self.session.writer
        while writer.disk_refused and self.commands.stop_reason is None:
            yield from self._obey(POLL_SECONDS)
            self.try_again()
            yield from self.do()
            yield from self.settle()

    def try_again(self) -> None:
        """Have what the disk refused saved once more, where that is a minute ago."""
        if self.session.writer.disk_refused and self.session.writer.save_due:
            self.session.due.append("save")

    def tell_saved(self) -> Iterator[Event]:
        """Tell of the saves that have come to the disk."""
        for result in self.session.writer.finished_saves():
            yield events.Saved(step=result.step, seconds=result.seconds, path=result.path, best=result.best)
        yield from self._reporter.report_warnings()
