"""The end of a run: its final losses, measured for the checkpoint that it leaves."""

from charplay.protocol import events
from charplay.runs.checkpoint import read_checkpoint
from charplay.runs.run import RunError
from charplay.training.evaluation import MAX_CHARACTERS
from charplay.training.periodic_tasks import PeriodicTasks
from charplay.training.step_reporter import EventGenerator


def finalize(tasks: PeriodicTasks) -> EventGenerator[events.Finished | None]:
    """Measure the best checkpoint on the held-out text, as far as that is worth its time, and mark the run as finished.

    Returns:
        The `Finished` event; None if a stop came first. The run is then finalized when it is resumed.
    """
    session = tasks.session
    evaluation, network = session.evaluation, session.learner.inference_network
    path = session.run.best if evaluation.has_held_out_text else session.run.latest
    path = path or session.run.latest
    if path is None:
        raise RunError("nothing could be saved; look at the warnings above, and resume the run")
    val_loss = cold_loss = share = counted = None
    if evaluation.has_held_out_text:
        count = evaluation.affordable_characters(session.trained_characters)
        share = count / evaluation.characters(session.run.corpus.characters)
        counted = evaluation.counted(count)
        network.load_weights(read_checkpoint(path).tensors)
        already_measured = evaluation.characters(MAX_CHARACTERS) == count
        val_loss = session.early_stopping.best_val_loss if already_measured and path == session.run.best else None
        if val_loss is None:
            measuring = evaluation.measure(network, count)
            result = yield from tasks.run_interruptibly(measuring, "measuring the best checkpoint")
            val_loss = result.loss if result else None
        if evaluation.window is None and tasks.commands.stop_reason is None:
            measuring = evaluation.cold(network, count)
            result = yield from tasks.run_interruptibly(measuring, "measuring the best checkpoint, cold")
            cold_loss = result.loss if result else None
        if tasks.commands.stop_reason is not None:
            return None
    finished = events.Finished(
        step=session.step,
        seconds=session.clock.seconds,
        run=session.run.name,
        checkpoint=str(path.resolve()),
        train_loss=session.metrics.final_train_loss(),
        val_loss=val_loss,
        val_loss_cold=cold_loss,
        steps=session.step,
        held_out_share=share,
        held_out_characters=counted,
    )
    session.run.finish({name: value for name, value in events.as_json(finished).items() if name != "event"})
    return finished
