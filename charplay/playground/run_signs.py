"""What a terminal shows of a run outside its screen: in its title, as a progress, and in a notice at the end."""

from typing import TYPE_CHECKING

from charplay.formatting import terminal_signs

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.formatting.terminal_features import TerminalFeatures
    from charplay.playground.run_state import RunState

NAME = "charplay"

_PROGRESS = {
    "preparing": terminal_signs.UNMEASURED,
    "training": terminal_signs.BUSY,
    "stopping": terminal_signs.BUSY,
    "paused": terminal_signs.HELD,
    "failed": terminal_signs.STUCK,
}


class RunSigns:
    """Turns a run's state into the sequences that show it; what is shown already is never sent again.

    Whoever has the terminal writes what `update` returns, and what `clear` returns before giving the terminal back.
    """

    def __init__(self, find_features: "Callable[[], TerminalFeatures]") -> None:
        """`find_features` is called once, with the first update: it may ask another program."""
        self._find_features = find_features
        self._features: TerminalFeatures | None = None
        self._title = ""
        self._progress = terminal_signs.GONE, 0
        self._news = ""
        """What the state before had to tell: that is told once."""

    def update(self, state: "RunState", *, watched: bool) -> str:
        """Return what has to be written so that the terminal shows this state; empty where it does.

        A run's end, and a pause that nobody asked for, are told in a notice unless somebody watches.
        """
        if self._features is None:
            self._features = self._find_features()
        told = self._tell(self._features, state, watched=watched)
        return self._set_title(self._features, _title(state)) + self._set_progress(self._features, state) + told

    def clear(self) -> str:
        """Return what takes everything back; a later update shows it anew."""
        if self._features is None:
            return ""
        written = ""
        if self._title:
            # A terminal without a stack has its own title for an empty one.
            written += terminal_signs.title("") + terminal_signs.RESTORE_TITLE
        if self._progress[0] != terminal_signs.GONE:
            written += terminal_signs.progress(self._features, terminal_signs.GONE)
        self._title, self._progress = "", (terminal_signs.GONE, 0)
        return written

    def _set_title(self, features: "TerminalFeatures", title: str) -> str:
        if not features.title or title == self._title:
            return ""
        kept = "" if self._title else terminal_signs.KEEP_TITLE
        self._title = title
        return kept + terminal_signs.title(title)

    def _set_progress(self, features: "TerminalFeatures", state: "RunState") -> str:
        sign = _PROGRESS.get(state.status, terminal_signs.GONE)
        shown = sign, 0 if sign in {terminal_signs.GONE, terminal_signs.UNMEASURED} else _percent(state)
        if shown == self._progress:
            return ""
        self._progress = shown
        return terminal_signs.progress(features, *shown)

    def _tell(self, features: "TerminalFeatures", state: "RunState", *, watched: bool) -> str:
        before, self._news = self._news, _news(state)
        is_new = self._news not in {"", before}
        return terminal_signs.notice(features, self._news) if is_new and not watched else ""


def _percent(state: "RunState") -> int:
    return max(0, min(100, int(100 * state.done)))


def _title(state: "RunState") -> str:
    match state.status:
        case "idle":
            return NAME
        case "training" | "stopping":
            said = f"{_percent(state)} %"
        case "paused":
            said = f"paused {_percent(state)} %"
        case _:
            said = state.status
    return " ".join(filter(None, (said, state.run, "-", NAME)))


def _news(state: "RunState") -> str:
    """What somebody who looks elsewhere wants to know; empty where that is nothing."""
    run = state.run or "the run"
    match state.status:
        case "finished":
            return f"{run} is done"
        case "stopped":
            return f"{run} is stopped"
        case "failed":
            return f"{run} has failed: {state.message}"
        case "paused" if state.reason:
            return f"{run} is paused: {state.reason}"
        case _:
            return ""
