"""A text to read through and search, over the main screen."""

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, ClassVar

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.color import Color
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from charplay.corpora.rules import clean_input
from charplay.formatting.sanitize import sanitize, sanitize_line
from charplay.playground.surprisal_job import SurprisalJob
from charplay.sampling.surprisal import SurprisalReader
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.dialogs.reader import ReaderDialog
from charplay.tui.presentation.network_summary import counts
from charplay.tui.presentation.tinting import OF_BITS, bit_tints, palette, tints

if TYPE_CHECKING:
    from textual.timer import Timer

    from charplay.corpora.library import Corpus
    from charplay.sampling.generator import TextGenerator

BACK = 4096
"""Characters looked through for the start of the line above."""
LOOK_SECONDS = 0.05
"""Between two looks at what of the page was read by the network."""
SAID_SECONDS = 6.0
"""That a sentence stands in place of the keys."""
KEYS = "/ search   n next   c characters   v tint   esc back"
TINTS = ("plain", *tints(OF_BITS))


def wrapped(text: str, start: int, width: int, most: int) -> list[tuple[int, int]]:
    """Up to `most` screen lines of `text` (which begins at `start`) as (from, to), a newline ending a line."""
    lines: list[tuple[int, int]] = []
    begin, cells = 0, 0
    for place, character in enumerate(text):
        if len(lines) == most:
            return lines
        wide = sum(map(get_character_cell_size, sanitize(character, "")))
        if cells + wide > width:
            lines.append((start + begin, start + place))
            begin, cells = place, 0
        cells += wide
        if character == "\n":
            lines.append((start + begin, start + place))
            begin, cells = place + 1, 0
    if begin < len(text) and len(lines) < most:
        lines.append((start + begin, start + len(text)))
    return lines


class Sheet(Widget, can_focus=True):
    """A page of a text. Only the page that is seen is ever decoded."""

    commands: ClassVar[Sequence[Command]] = (
        Command("page.up", "up", "up", "A line up", action="up(1)"),
        Command("page.down", "down", "down", "A line down", action="down(1)"),
        Command("page.page_up", "pageup", "page up", "A page up", action="page(-1)"),
        Command("page.page_down", "pagedown,space", "page down", "A page down", action="page(1)"),
        Command("page.beginning", "home", "beginning", "To the beginning", action="ends(-1)"),
        Command("page.end", "end", "end", "To the end", action="ends(1)"),
    )
    BINDINGS = bindings(commands)
    COMPONENT_CLASSES = {"sheet--found"}  # noqa: RUF012 - Textual's form
    DEFAULT_CSS = """
    Sheet { height: 1fr; & > .sheet--found { background: $accent; color: $background; } }
    """

    def __init__(self, corpus: "Corpus") -> None:
        super().__init__()
        self._corpus = corpus
        self.place = 0
        """Position of the page's first character."""
        self.found = (0, 0)
        """From where to where a search found something."""
        self.tinting: SurprisalJob | None = None
        self.tint = "plain"
        """One of TINTS."""
        self.palette: list[Style] = []
        self._shown: tuple[int, int, int, list[tuple[int, int]]] = (-1, 0, 0, [])

    def go(self, place: int, length: int = 0) -> None:
        """Show the page from the line that holds `place`, with `length` characters there marked."""
        before = self._corpus.text(max(0, place - BACK), place)
        self.place = place - (len(before) - before.rfind("\n") - 1) % max(1, self.size.width)
        self.found = (place, place + length)
        self.refresh()

    def _page(self) -> list[tuple[int, int]]:
        height, width = self.size.height, max(1, self.size.width)
        if self._shown[:3] != (self.place, height, width):
            text = self._corpus.text(self.place, self.place + height * width + 1)
            self._shown = (self.place, height, width, wrapped(text, self.place, width, height))
        page = self._shown[3]
        if self.tinting is not None and self.tint != "plain" and page:
            self.tinting.look(page[0][0], page[-1][1])
        return page

    def render_line(self, y: int) -> Strip:
        """One line of the page."""
        page = self._page()
        base = self.rich_style
        if y >= len(page):
            return Strip.blank(self.size.width, base)
        start, end = page[y]
        marks = sorted({start, end, *(min(max(mark, start), end) for mark in self.found)})
        found = self.get_component_rich_style("sheet--found")
        segments: list[Segment] = []
        for a, b in pairwise(marks):
            if self.found[0] <= a < self.found[1]:
                segments.append(Segment(sanitize(self._corpus.text(a, b)), found))
            else:
                segments += self._tinted(a, b, base)
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _tinted(self, start: int, stop: int, base: Style) -> list[Segment]:
        text = self._corpus.text(start, stop)
        if self.tinting is None or self.tint == "plain":
            return [Segment(sanitize(text), base)]
        pairs = zip(text, bit_tints(self.tint, self.tinting.bits(start, stop)), strict=True)
        return [
            Segment(sanitize("".join(character for character, _ in run)), base + self.palette[number])
            for number, run in groupby(pairs, key=lambda pair: pair[1])
        ]

    def action_down(self, lines: int) -> None:
        """So many lines on."""
        for _ in range(lines):
            page = self._page()
            if len(page) < 2:
                break
            self.place = page[1][0]
        self.refresh()

    def action_up(self, lines: int) -> None:
        """So many lines back."""
        for _ in range(lines):
            first = max(0, self.place - BACK)
            before = wrapped(self._corpus.text(first, self.place), first, max(1, self.size.width), BACK)
            self.place = before[-1][0] if before else 0
        self.refresh()

    def action_page(self, by: int) -> None:
        """A page on, or back."""
        (self.action_down if by > 0 else self.action_up)(max(1, self.size.height - 1))

    def action_ends(self, by: int) -> None:
        """To the end, or the beginning."""
        self.place = 0 if by < 0 else max(0, len(self._corpus) - 1)
        if by > 0:
            self.action_up(max(1, self.size.height - 2))
        self.refresh()


class CorpusViewer(Dialog[int]):
    """A corpus: its text, `/` to search, `c` for its characters, `v` for what a network makes of it.

    Dismissed with the position of the first character on the page, so that whoever opens it again may go on there.
    """

    commands = (
        Command("viewer.search", "slash", "search", "Search the text", footer=True, action="search"),
        Command("viewer.next", "n", "next", "The next place where it occurs", footer=True, action="next"),
        Command(
            "viewer.characters", "c", "characters", "How often each character occurs", footer=True, action="characters"
        ),
        Command(
            "viewer.tint",
            "v",
            "tint",
            "Tint the text by the network's surprise, or probability",
            footer=True,
            action="tint",
        ),
    )
    BINDINGS = bindings(commands)

    def __init__(
        self, corpus: "Corpus", generator: "TextGenerator | None" = None, passage: tuple[int, int] = (0, 0),
        place: int = 0,
    ) -> None:  # fmt: skip
        """Prepare to show a text.

        `generator`: whose network tints the text; `passage`: from where to where it is marked, and opened; else it is
        opened at `place`.
        """
        super().__init__()
        self._corpus = corpus
        self._generator = generator
        self._passage = passage
        self._sheet = Sheet(corpus)
        self._sheet.place = place if place < len(corpus) else 0
        self._needle = ""
        self._said: Timer | None = None
        self._field = Input(placeholder="search", compact=True)
        self._field.cursor_blink = False
        self._field.display = False

    def compose(self) -> ComposeResult:
        """The page, and a field for what is searched."""
        with self.box(self._title(), KEYS, wide=True):
            yield self._sheet
            yield self._field

    def on_mount(self) -> None:
        """Read first, search later."""
        dark = self.app.current_theme.dark
        self._sheet.palette = palette(Color.parse(self.app.theme_variables["foreground"]), dark=dark)
        self._sheet.focus()
        if self._passage[1]:
            self.call_after_refresh(self._open_passage)

    def _open_passage(self) -> None:
        start, stop = self._passage
        self._sheet.go(start, stop - start)
        self._sheet.action_up(self._sheet.size.height // 3)

    def _title(self) -> str:
        corpus, tint = self._corpus, self._sheet.tint
        if tint != "plain" and self._generator is not None:
            note = clean_input(corpus.vocabulary.characters, self._generator.model.recipe.cleaning).note
            return f"{corpus.title}   {tint} under {', '.join(filter(None, (self._generator.source, note)))}"
        facts = [f"{len(corpus):,} characters", f"{len(corpus.vocabulary)} different ones", corpus.encoding]
        return f"{corpus.title}   {', '.join(filter(None, facts))}"

    def _show_news(self) -> None:
        tinting = self._sheet.tinting
        if tinting is not None and tinting.take_news():
            self._sheet.refresh()

    @on(events.Unmount)
    def _stop_reading(self) -> None:
        if self._sheet.tinting is not None:
            self._sheet.tinting.look(0, 0)

    def action_tint(self) -> None:
        """The next tint."""
        sheet = self._sheet
        if self._generator is None:
            self._say("No network writes yet.")
            return
        if sheet.tinting is None:
            sheet.tinting = SurprisalJob(SurprisalReader(self._generator.model, self._corpus.text))
            self.set_interval(LOOK_SECONDS, self._show_news)
        sheet.tint = TINTS[(TINTS.index(sheet.tint) + 1) % len(TINTS)]
        self.query_one(".box").border_title = Content(sanitize_line(self._title()))
        sheet.refresh()

    def action_search(self) -> None:
        """Ask what to search."""
        self._field.display = True
        self.set_focus(self._field)

    @on(Input.Submitted)
    def _search(self, event: Input.Submitted) -> None:
        event.stop()
        self._needle = event.value
        self._close_field()
        self.action_next()

    def _close_field(self) -> None:
        self._field.display = False
        self.set_focus(self._sheet)

    def action_close(self) -> None:
        """Leave the field, else the text."""
        if self._field.display:
            self._close_field()
        else:
            self.dismiss(self._sheet.place)

    def action_next(self) -> None:
        """The next place where it occurs; from the beginning after the last."""
        if not self._needle:
            self._say("Nothing is searched yet: / asks for what.")
            return
        after = self._sheet.found[1] or self._sheet.place
        place = self._corpus.find(self._needle, after)
        if place is None:
            place = self._corpus.find(self._needle)
            self._say(f'"{self._needle}" does not occur{"" if place is None else " after this; from the beginning"}.')
        if place is not None:
            self._sheet.go(place, len(self._needle))

    def _say(self, sentence: str) -> None:
        """Say it on the box's lower edge for a while, where it covers neither the text nor what is searched."""
        self._show_below(sentence)
        if self._said is not None:
            self._said.stop()
        self._said = self.set_timer(SAID_SECONDS, lambda: self._show_below(KEYS))

    def _show_below(self, note: str) -> None:
        self.query_one(".box").border_subtitle = Content(sanitize_line(note))

    def action_characters(self) -> None:
        """How often each character occurs."""
        self.app.push_screen(ReaderDialog(f"{self._corpus.title}: characters", counts(self._corpus)))
