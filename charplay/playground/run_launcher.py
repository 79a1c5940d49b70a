"""Starts runs: the next one, one that goes on, and one that is helped over what stopped it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from charplay.playground import recovery
from charplay.playground.happenings import Said
from charplay.protocol.events import Event

if TYPE_CHECKING:
    from charplay.corpora.library import Entry
    from charplay.playground.recovery import Recovery
    from charplay.playground.run_context import ChosenText, RunContext
    from charplay.playground.trainer_client import TrainerClient
    from charplay.protocol.request import TrainRequest
    from charplay.runs.store import RunSummary


class RunLauncher:
    """Makes requests of what is chosen and what is kept, and hands them to the controller of runs."""

    def __init__(self, context: "RunContext") -> None:
        self._context = context
        self._offered = False
        """Whether it was looked for a run that was not finished."""

    def start(self, request: "TrainRequest") -> None:
        """Start a run, and let it write; one that is under way is stopped before."""
        runs, follower = self._context.runs, self._context.follower
        if follower is not None:
            follower.end(runs.state)  # what it wrote with last is of the run before
            follower.follow(promised=True)
        runs.start(request)

    def attach(self, trainer: "TrainerClient | None" = None) -> None:
        """Take part in the run that the trainer, or another one in its place, has under way, and let it write."""
        runs, follower = self._context.runs, self._context.follower
        if follower is not None:
            follower.end(runs.state)
            follower.follow()
        runs.attach(trainer)

    def train(self) -> Said | None:
        """Start the next run, fetching its text first where it must be; return what there is to say."""
        draft, text = self._context.draft, self._context.corpora
        if draft is None or text.chosen is None:
            return None
        if not (text.trouble or draft.faults or text.chosen.ready):
            return _fetch(text, text.chosen)
        request = self.next_request()
        if isinstance(request, str):
            return _refusal(request)
        self.start(request)
        return None

    def next_request(self) -> "TrainRequest | str":
        """Return what starts the next run, or the sentence that says why it cannot be started."""
        from charplay.corpora.errors import CorpusError
        from charplay.playground.run_requests import new_run

        draft, text = self._context.draft, self._context.corpora
        if draft is None or text.chosen is None:
            return "No text is chosen yet; <panes.corpus> chooses one."
        if text.trouble:
            return f"{text.trouble} <panes.corpus> chooses another text."
        if draft.faults:
            return draft.faults[0]
        if not text.chosen.ready:
            return f"{text.chosen.title} is not here yet; <training.train> fetches it and trains."
        source = draft.warm_start.path if draft.warm_start else None
        asked, encoding = draft.asked, text.encoding or None
        try:
            return new_run(self._context.home, asked, asked.corpus, source=source, encoding=encoding)
        except CorpusError as fault:
            return str(fault)

    def resume(self, name: str, more: str = "", device: str = "") -> str:
        """Go on with a run: with `more`, a budget added to what was done; with `device`, there. Return why not."""
        from charplay.playground.run_requests import added_budget, resumed_run
        from charplay.recipes.errors import RecipeError
        from charplay.recipes.layers import ConfigLayer
        from charplay.runs.errors import RunError

        try:
            run = self._context.store.find(name)
            layers = [added_budget(more, run.asked)] if more else []
            layers += [ConfigLayer("", {"device": device})] if device else []
            request = resumed_run(self._context.home, run, *layers, added=bool(more))
        except (RunError, RecipeError, ValueError) as fault:
            return str(fault)
        self.start(request)
        return ""

    def take_up(self) -> str:
        """Go on with the newest unfinished run; return why that cannot be."""
        store = self._context.store
        waiting = self._context.run_list.unfinished or store.unfinished()  # one may have come since they were listed
        if waiting is not None:
            return self.resume(waiting.name)
        used = [f"{run.name} is in use by {run.in_use}." for run in store.list() if run.in_use]
        return used[0] if used else "There is no unfinished run."

    def offer(self, waiting: "RunSummary | None") -> Said | None:
        """Offer, once, the run that was not finished."""
        offered, self._offered = self._offered, True
        if offered or self._context.runs.busy:
            return None
        said = self._context.announcements
        if waiting is None:
            left = [run.name for run in self._context.run_list.summaries if run.place == "detached"]
            said.offer = f"{left[0]} trains on its own: `charplay attach {left[0]}` shows it" if left else ""
            return said.say(said.notes) if left or said.kept_text else None
        where = f"from step {waiting.step:,}"
        said.offer = (
            f"{waiting.name} is not finished: <training.take_up> continues it {where}, <training.train> starts another"
        )
        return said.say(said.notes)

    def forget(self, name: str) -> None:
        """Offer a run that was deleted no more."""
        if self._context.announcements.offer.startswith(f"{name} "):
            self._context.announcements.offer = ""

    def recovery(self, event: Event) -> "Recovery | None":
        """Return what can be done after an event; None where nothing went wrong."""
        draft = self._context.draft
        return recovery.recovery(event, self._context.runs.state, draft.devices if draft else ())

    def recover(self, found: "Recovery", choice: str) -> str:
        """Carry one of a recovery's choices out; return why that cannot be."""
        runs = self._context.runs
        if runs.stoppable and not runs.paused:
            return ""  # it goes on already
        if choice == recovery.ACCEPT_TEXT and runs.request is not None:
            self.start(replace(runs.request, changed_text=True))
        elif choice == recovery.RESUME:
            return self.resume(found.run)
        elif choice.startswith(recovery.MOVE):
            return self.resume(found.run, device=choice.removeprefix(recovery.MOVE))
        else:
            runs.recover(choice)
        return ""


def _refusal(reason: str) -> Said:
    return Said(reason, warning=True, passing=True)


def _fetch(text: "ChosenText", entry: "Entry") -> Said | None:
    """Fetch a text and train on it; one text is fetched at a time."""
    if text.fetch(to_train=True):
        return Said(f"fetching {entry.title}; training starts when it is here, esc cancels")
    if text.download is not None:
        return _refusal(f"{text.download.entry.title} is fetched first; esc cancels that")
    return None
