"""A text that is explored: where one reads, the search through it and its hits, and the steps back."""

from collections.abc import Callable
from pathlib import Path
from random import random
from typing import TYPE_CHECKING, NamedTuple

from charplay.corpora.errors import CorpusError
from charplay.formatting.escapes import unescape
from charplay.formatting.loss_units import NATS
from charplay.fs.paths import file_stem
from charplay.playground.exploring.line_index import LineIndex
from charplay.playground.exploring.marked_ranges import MarkedRanges
from charplay.playground.exploring.passage import begin_with, keep_as_text
from charplay.playground.exploring.positions import find_position
from charplay.playground.exploring.references import WRITTEN
from charplay.playground.exploring.surprisal_tint import SurprisalTint
from charplay.playground.exploring.tabs import Tabs
from charplay.playground.exploring.text_search import MODES, Span, TextSearch, make_query, meant_in_regex
from charplay.playground.exploring.xray_tab import XrayTab
from charplay.playground.unit_choice import UnitChoice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from charplay.corpora.corpus import Corpus
    from charplay.playground.cleaning_choice import CleaningChoice, RuleRow
    from charplay.playground.exploring.references import Reference, References
    from charplay.playground.exploring.table_tab import TableTab
    from charplay.playground.instrument import Instrument
    from charplay.playground.shannon.game import ShannonGame
    from charplay.sampling.generator import TextGenerator

NO_TABLE = "This is the text itself; the other tabs have tables."
MOST_STEPS_BACK = 100
LONGEST_COPY = 100_000
"""Characters that are copied at most."""


NO_RULE = "That is for the cleaning rules; 7 opens them."


class Step(NamedTuple):
    """Where one was, to come back to."""

    tab: str
    place: int
    marked: Span
    table: "TableTab | None"
    """Of that tab."""


class Explorer:
    """One text, looked through. `advance` takes in what its jobs found; `close` gives them up.

    The screen lays pages out, so it says where the page begins (`place`); whoever jumps raises `jumps`, and the screen
    goes to what is `marked`.
    """

    def __init__(  # noqa: PLR0913  (what of a sitting reaches into it, by name)
        self, corpus: "Corpus", held_out_fraction: float = 0.0, *, test_fraction: float = 0.0, place: int = 0,
        folder: Path = Path(), instrument: "Instrument | None" = None, references: "References | None" = None,
        random: Callable[[], float] = random, cleaning: "CleaningChoice | None" = None,
        unit: UnitChoice | None = None,
    ) -> None:  # fmt: skip
        """`held_out_fraction`: of the text, before the `test_fraction` at its end; `random` chooses passages.

        `folder`: where tables are written; `cleaning`: of the next run, seen on this text; `unit`: of losses.
        """
        self.corpus = corpus
        self.test_start = int(len(corpus) * (1 - test_fraction))
        """The first character of the test part; the text's length where there is none."""
        self.held_out_start = int(len(corpus) * (1 - held_out_fraction - test_fraction))
        """The first held-out character; that of the test part, or the text's length, where none is."""
        self._instrument = instrument
        self._random = random
        self._folder = folder
        self._references = references
        self.place = place if 0 <= place < len(corpus) else 0
        """Position of the first character on the page."""
        self.marked: Span = (self.place, self.place)
        """What one has jumped to: from which character up to which."""
        self.jumps = 0
        """Another number after every jump."""
        self.tint = SurprisalTint(corpus)
        self.search = TextSearch(corpus)
        self.cleaning = cleaning
        self.ranges = MarkedRanges(corpus, cleaning)
        unit = unit or UnitChoice(NATS)
        xray = XrayTab(corpus, self.held_out_start, self.test_start, self._writer, unit)
        self.tabs = Tabs(corpus, self.search, xray, cleaning)
        self.mode = MODES[0]
        """How the next search looks."""
        self.lines = LineIndex(corpus)
        self._is_step = True
        """Whether the way to the first hit can be gone back by itself: not where a row was opened."""
        self._back: list[Step] = []
        self._said = ""
        self._open = False

    def explores(self, corpus: "Corpus") -> bool:
        """Whether this is that very text, cleaned and cut alike."""
        mine = self.corpus
        return corpus is mine or (
            bool(corpus.sha256)
            and (corpus.name, corpus.sha256, len(corpus)) == (mine.name, mine.sha256, len(mine))
            and corpus.vocabulary.characters == mine.vocabulary.characters
        )

    # Its jobs.

    def open(self) -> None:
        """Begin to count the lines, where they are not yet counted."""
        if not self.lines.ready:
            self.lines = LineIndex(self.corpus)
            self.lines.start()

    def close(self) -> None:
        """Give up what is under way; places and hits stay."""
        self.search.cancel()
        self.lines.cancel()
        self.tabs.close()
        self.tint.rest()

    @property
    def at_work(self) -> bool:
        """Whether anything is under way that `advance` takes in, or the tint reads."""
        tinting = self.tint.shown is not None and self.tint.shown.at_work
        tab = self.tabs.tab
        return self.search.running or not self.lines.ready or tinting or (tab is not None and tab.at_work)

    def advance(self) -> bool:
        """Take in what was found; True where something did end."""
        ended = self.tabs.advance(self.focus)
        if (tab := self.tabs.tab) is not None:
            self._said = tab.take_said() or self._said
        if not self.search.advance():
            return ended
        if self.search.fault:
            self._say(self.search.fault)
        elif self.search.hits is not None:
            self._go_to_first_hit()
        return True

    def take_said(self) -> str:
        """Return what there is to say since the last call; empty where there is nothing."""
        said, self._said = self._said, ""
        return said

    def _say(self, sentence: str) -> None:
        self._said = sentence

    # The tabs.

    def show_tab(self, name: str) -> None:
        """Open a tab at what stands where one was in another."""
        self.tabs.show(name, self.focus)

    def next_tab(self, by: int) -> None:
        """Open the next tab, or the one before."""
        self.tabs.next(by, self.focus)

    def change_counting(self, what: str) -> str:
        """Count otherwise in the tab of words; return why that cannot be."""
        return self.tabs.change_counting(what, self.focus)

    def show_around(self) -> str:
        """Show what comes near the word of a row; return why that cannot be."""
        near = self.tabs.table.around() if self.tabs.table is not None else None
        if near is None:
            return "Collocates belong to a word; 3 opens the words."
        self.leave_trail()
        self.tabs.show_around(near)
        return ""

    def references(self) -> "Sequence[Reference]":
        """List what this text may be compared with."""
        return self._references.choices(self.corpus.name) if self._references is not None else ()

    def compare_with(self, reference: "Reference") -> None:
        """Show the keywords beside another text, or of what the network writes."""
        if self._references is not None:
            open_other, written = self._references.open(reference.name), reference.name == WRITTEN
            self.tabs.compare_with(reference.title, open_other, written=written)

    def rule(self) -> "RuleRow | None":
        """Return the cleaning rule that one stands on; None where there is none."""
        table = self.tabs.table.table if self.tabs.open == "clean" and self.tabs.table is not None else None
        if table is None or self.cleaning is None:
            return None
        return self.cleaning.rows()[table.row(self.tabs.tables["clean"].line)]

    def toggle_rule(self) -> str:
        """Switch the cleaning rule of the row on or off for the next run; return why that cannot be."""
        rule = self.rule()
        return self.cleaning.toggle(rule.name) if self.cleaning is not None and rule is not None else NO_RULE

    def open_places(self) -> str:
        """Read where what one stands on comes first, and search it; return why that cannot be."""
        tab = self.tabs.tab
        if tab is None:
            return "This is the text itself."
        if tab.enter():
            return ""
        if (places := tab.occurrences()) is None:
            return "There is no row to open."
        if places.first is not None:
            self.go(places.first, places.first + places.length)
        else:
            self.leave_trail()
            self.tabs.open = "read"
        self._is_step = False
        if places.find is not None:
            self.search.start(places.title, places.find)
        return ""

    def write_table(self) -> str:
        """Write what is in the open tab as CSV into the home's texts; return why that cannot be."""
        if self.tabs.tab is None:
            return NO_TABLE
        return self.tabs.tab.write(self._folder, f"{file_stem(self.corpus.name)}-{self.tabs.open}")

    # Places.

    @property
    def focus(self) -> int:
        """The position that tabs share: what one has jumped to, or else where the page begins."""
        return self.marked[0]

    @property
    def here(self) -> int:
        """Where in the text one stands: in the tab, where that says so."""
        position = self.tabs.tab.position if self.tabs.tab is not None else None
        return self.focus if position is None else position

    def read_from(self, place: int) -> None:
        """Take note where the page begins since it was scrolled."""
        self.place = place
        self.marked = (place, place)

    def go(self, start: int, stop: int | None = None, *, step: bool = True) -> None:
        """Jump to a character, or to those up to another; a `step` can be gone back."""
        if step:
            self.leave_trail()
        start = max(0, min(start, len(self.corpus) - 1))
        self.marked = (start, start if stop is None else min(stop, len(self.corpus)))
        self.tabs.open = "read"
        self.jumps += 1

    def leave_trail(self) -> None:
        """Remember this place as one to come back to."""
        self._back = [*self._back, Step(self.tabs.open, self.place, self.marked, self.tabs.table)][-MOST_STEPS_BACK:]

    def back(self) -> bool:
        """Go one step back: give up what is under way, else go where one was before; False where there is nothing."""
        if self.search.cancel():
            self._say("The search was given up.")
            return True
        if self.tabs.back():
            self._said = self.tabs.tab.take_said() if self.tabs.tab is not None else ""
            return True
        if not self._back:
            return False
        name, self.place, self.marked, table = self._back.pop()
        self.tabs.go_back(name, table)
        self.jumps += 1
        return True

    def go_to(self, typed: str) -> str:
        """Jump to a position as it is typed; return what is wrong with it, empty where nothing is."""
        found = find_position(typed, len(self.corpus), self.lines)
        if found.fault:
            return found.fault
        self.go(found.start)
        if found.said:
            self._say(found.said)
        return ""

    def go_random(self) -> None:
        """Jump to a passage somewhere in the text: the beginning of a line near it, where there is one."""
        place = int(self._random() * len(self.corpus))
        before = self.corpus.text(max(0, place - 200), place)
        self.go(place - len(before) + before.rfind("\n") + 1 if "\n" in before else place)

    # The search.

    def search_for(self, typed: str) -> str:
        """Search the text under the present mode; return what is wrong with what is searched.

        `typed` is in the notation of `escapes`; an expression has escapes of its own.
        """
        pattern = meant_in_regex(typed) if self.mode == MODES[2] else unescape(typed)
        try:
            query = make_query(pattern, self.mode)
        except CorpusError as fault:
            return str(fault)
        self._is_step = True
        self.search.start_query(query)
        return ""

    def next_mode(self) -> None:
        """Search in another way from now on."""
        self.mode = MODES[(MODES.index(self.mode) + 1) % len(MODES)]

    def step(self, direction: int) -> str:
        """Jump to the next hit (1) or the one before (-1); return why there is none, empty where there is."""
        search = self.search
        if not search.title:
            return "Nothing is searched yet: <explorer.search> asks for what."
        if search.running:
            return f"Still searching, {search.percent} % of the text; esc gives it up."
        if (found := search.step(self.focus, direction)) is None:
            return f"{search.quoted} does not occur."
        number, around = found
        self.go(*search.span(number), step=False)
        if around:
            self._say_around(direction)
        return ""

    def _go_to_first_hit(self) -> None:
        """Go to the first one from here on, this place included, unless another tab was opened meanwhile."""
        if self.tabs.open != "read":
            return
        found = self.search.step(self.focus - 1, 1)
        if found is None:
            self._say(f"{self.search.quoted} does not occur.")
            return
        number, around = found
        start, stop = self.search.span(number)
        self.go(start, stop, step=self._is_step and start != self.focus)
        if around:
            self._say_around(1)

    def _say_around(self, direction: int) -> None:
        where = "after this; from the beginning" if direction > 0 else "before this; from the end"
        self._say(f"{self.search.quoted} does not occur {where}.")

    # What the screen says of it.

    def place_facts(self) -> str:
        """Say where one is: the character, the share of the text before it, the line, and whether it is held out."""
        size, at = len(self.corpus), self.focus
        facts = [f"character {at:,} of {size:,}", f"{at / size:.1%}"]
        if self.lines.ready:
            facts.append(f"line {self.lines.line_of(at):,}")
        if at >= self.held_out_start:
            facts.append("held out" if at < self.test_start else "test part")
        return "   ".join(facts)

    # What the network makes of it.

    def tint_by(self, tint: str) -> str:
        """Tint the text by the surprise of the network that writes now; return why that cannot be."""
        return self.tint.use(tint, self._writer())

    def _writer(self) -> "TextGenerator | None":
        """Return what writes now."""
        return self._instrument.generator if self._instrument is not None else None

    def change_ranges(self, what: str) -> str:
        """Mark a range, cut or keep what is marked, or take back; return what came of it."""
        if self.tabs.open != "read":
            return "Ranges are marked in the text itself; 1 opens it."
        return self.ranges.change(what, self.marked)

    def shannon_game(self) -> "ShannonGame | str":
        """Return Shannon's game from this place on, or why it cannot be played here."""
        from charplay.playground.shannon.game import ShannonGame

        if self.focus < self.held_out_start:
            return "That is played in the held-out part, which the network has not seen; :95% goes there."
        if self.focus >= self.test_start:
            return "The test part is for `charplay score --part test`; the held-out part before it is played in."
        generator = self._instrument.generator if self._instrument is not None else None
        return ShannonGame(self.corpus.first(self.test_start), self.held_out_start, self.focus, generator, self._folder)

    # A passage of it.

    def passage(self, shown: Span) -> Span:
        """Return what is copied: what is marked where that is more than a place, else what is shown."""
        start, stop = self.marked if self.marked[1] > self.marked[0] else shown
        return start, min(stop, start + LONGEST_COPY)

    def keep_as_text(self, shown: Span) -> str:
        """Make a new text of the marked ranges, else of what is marked or shown; return what came of it."""
        folder = self._references.folder if self._references is not None else None
        return keep_as_text(self.corpus, self.ranges.marked or (self.passage(shown),), folder)

    def prompt(self, shown: Span) -> str:
        """Have the network go on from a passage, and return what came of it.

        It is what comes up to the end of what is marked, or of the row's first occurrence; else the page's beginning.
        """
        if self._instrument is None or self._instrument.generator is None:
            return "Nothing writes yet."
        if (span := self._marked_or_row()) is None:
            return "enter opens the row's places; <explorer.prompt> is for what is read there."
        return begin_with(
            self._instrument, self.corpus, span if span[1] > span[0] else shown, from_end=span[1] > span[0]
        )

    def _marked_or_row(self) -> Span | None:
        """Return what is marked, in a table where its row comes; None where that is to be found first."""
        tab = self.tabs.tab
        if tab is None:
            return self.marked
        places = tab.occurrences()
        return None if places is None or places.first is None else (places.first, places.first + places.length)
