"""What is going on: the first line of the screen, and the sentence above the keys."""

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual.app import RenderResult
from textual.geometry import Region
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from charplay.formatting.ellipsis import shorten
from charplay.formatting.sanitize import sanitize, sanitize_line
from charplay.formatting.units import count
from charplay.playground.run_state import RunState

if TYPE_CHECKING:
    from textual.timer import Timer

    from charplay.playground.recipe_draft import RecipeDraft

GAP = "   "
LEAST_NAME = 10
"""Cells to which a text's name is shortened so that facts have room."""

NOTE_SECONDS = 8.0
"""That a note stands; then what was said before it stands again."""


class Hint(Static):
    """A sentence above the keys; a long one takes up to three lines."""

    DEFAULT_CSS = """
    Hint {
        height: auto;
        min-height: 1;
        max-height: 3;
        padding: 0 1;
        color: $foreground-muted;
        &.-warning { color: $warning; }
    }
    """

    def __init__(self) -> None:
        super().__init__("", id="hint", markup=False)
        self._standing = ("", False)
        self._word = ""
        self._tall = False
        self._back: Timer | None = None

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Say this from now on."""
        self._standing = (sentence, warning)
        self._show(sentence, warning=warning)

    def word(self, sentence: str, *, answers: bool = False) -> None:
        """Say what a pane says of itself just now; when that is nothing any more, what stood before.

        It waits until a note's time is over, unless it `answers` what a person does just now: that is newer.
        """
        self._word = sentence
        if self._back is None or answers:
            self._stand()

    def note(self, sentence: str, *, warning: bool = False) -> None:
        """Say this for a while."""
        self._show(sentence, warning=warning)
        self._back = self.set_timer(NOTE_SECONDS, self._stand)

    def _stand(self) -> None:
        sentence, warning = (self._word, False) if self._word else self._standing
        self._show(sentence, warning=warning)

    def _show(self, sentence: str, *, warning: bool) -> None:
        if self._back is not None:
            self._back.stop()
            self._back = None
        shown = sanitize(sentence, " ")
        was_tall, self._tall = self._tall, cell_len(shown) > self.content_size.width
        self.set_class(warning, "-warning")
        # Another height lays out the whole screen anew, which sends it anew.
        self.update(shown, layout=was_tall or self._tall)


class StatusLine(Widget):
    """What is chosen on the left, what is happening on the right.

    Where that is too much the text's name gives way, then the last facts are left out; no fact is clipped.
    """

    COMPONENT_CLASSES = {"status--name", "status--quiet", "status--busy", "status--bad"}  # noqa: RUF012 - Textual's form
    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        padding: 0 1;
        & > .status--name { color: $accent; text-style: bold; }
        & > .status--quiet { color: $foreground-muted; }
        & > .status--busy { color: $accent; }
        & > .status--bad { color: $error; }
    }
    """

    _painted = Text()

    facts: reactive[tuple[str, ...]] = reactive((), repaint=False)
    """Corpus, network, parameters, device, as far as known."""
    happening: reactive[tuple[str, str]] = reactive(("", "quiet"), repaint=False)
    """The right-hand side, and its tone: "quiet", "busy" or "bad"."""

    def show(self, live: RunState, next_run: "RecipeDraft | None", title: str, reading: str = "") -> None:
        """The run under way with its facts, else what the next one will be, and that a text is being read."""
        if live.busy:
            network = "{cell} {num_layers}x{hidden_size}".format_map(live.recipe) if live.recipe else ""
        else:
            network = next_run.network if next_run else ""
        parameters = f"{count(live.parameters)} parameters" if live.busy and live.parameters else ""
        device = live.device if live.busy else ""
        corpus = live.corpus if live.busy and live.corpus else title
        self.facts = tuple(filter(None, (corpus, network, parameters, device)))
        if reading and not live.busy:
            self.happening = (reading, "busy")
        else:
            self.happening = (live.summary(), "bad" if live.status == "failed" else "busy" if live.busy else "quiet")

    def _watch_facts(self) -> None:
        self._repaint_changed()

    def _watch_happening(self) -> None:
        self._repaint_changed()

    def _repaint_changed(self) -> None:
        """Paint from the first column that differs on: numbers run twice a second, over a slow line too."""
        before, self._painted = self._painted, self._line()
        pairs = zip(before.plain, self._painted.plain, strict=False)
        same = next((i for i, (old, new) in enumerate(pairs) if old != new), 0)
        if before != self._painted:
            self.refresh(Region(same, 0, max(1, self.size.width - same), 1))

    def render(self) -> RenderResult:
        """The line as it stands."""
        self._painted = self._line()
        return self._painted

    def _line(self) -> Text:
        """Both sides, with the facts that fit between them."""
        says, tone = self.happening
        says = sanitize_line(says)
        width = self.size.width
        right = f"● {says}" if says else ""
        if cell_len(right) > width - 10:
            right = right[: max(0, width - 11)] + "…"
        line = Text(no_wrap=True, end="")
        line.append("charplay", self._tone("name"))
        line.append(self._left(width - 8 - cell_len(right) - 1), self._tone("quiet"))
        if right:
            line.append(" " * (width - cell_len(line.plain) - cell_len(right)))
            line.append(right, self._tone(tone))
        return line

    def _left(self, room: int) -> str:
        """The facts that fit into so many cells, each after a gap."""
        text, *others = self.facts or ("",)
        least = min(LEAST_NAME, cell_len(sanitize_line(text)))
        for number in range(len(others), -1, -1):
            beside = "".join(GAP + sanitize_line(other) for other in others[:number])
            spare = room - cell_len(GAP + beside)
            if spare >= least:
                return GAP + shorten(text, spare) + beside
        return ""

    def _tone(self, name: str) -> str:
        return str(self.get_component_rich_style(f"status--{name}"))
