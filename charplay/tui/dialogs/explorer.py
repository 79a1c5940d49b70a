"""A text explored, as a screen of its own: tabs over one text, and one place that they share."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.color import Color
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize, sanitize_line
from charplay.formatting.units import plural
from charplay.playground.exploring.positions import FORMS
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.reader import ReaderDialog, key_lines
from charplay.tui.presentation.network_summary import counts
from charplay.tui.presentation.tinting import OF_BITS, bit_tints, legend, palette, tints
from charplay.tui.textual_patches.backpressure import set_visible_interval
from charplay.tui.textual_patches.safe_dismiss import dismiss_once
from charplay.tui.widgets.key_line import KeyLine
from charplay.tui.widgets.line_entry import LineEntry
from charplay.tui.widgets.tab_line import TabLine
from charplay.tui.widgets.text_page import TextPage
from charplay.tui.widgets.text_strip import TextStrip

if TYPE_CHECKING:
    from textual.timer import Timer

    from charplay.playground.exploring.explorer import Explorer

LOOK_SECONDS = 0.05
"""Between two looks at what was found."""
SAID_SECONDS = 6.0
"""That a sentence stands in place of where one is."""
LAST = {"explorer.keys": -2, "explorer.close": -1}
"""Keys at the right-hand end of the line of keys."""
TINTS = ("plain", *tints(OF_BITS))


class ExplorerScreen(Screen[None]):
    """Draws an explorer. What it knows of the text stays in the explorer, so that it opens where it was left."""

    commands: ClassVar[Sequence[Command]] = (
        Command("explorer.search", "slash", "search", "Search the text", footer=True, action="search"),
        Command("explorer.next", "n", "next", "To the next hit", footer=True, action="step(1)"),
        Command("explorer.previous", "N", "previous", "To the hit before", action="step(-1)"),
        Command("explorer.go_to", "colon", "go to", "Go to a character (12,345), a share (40%) or a line (L120)",
                footer=True, action="go_to"),
        Command("explorer.random", "r", "random", "To a passage somewhere in the text", footer=True, action="random"),
        Command("explorer.tint", "v", "tint", "Tint the text by the network's surprise, or probability", footer=True,
                action="tint"),
        Command("explorer.characters", "c", "characters", "How often each character occurs", footer=True,
                action="characters"),
        Command("explorer.prompt", "p", "prompt", "Let the network go on from what is marked, or from this page",
                footer=True, action="prompt"),
        Command("explorer.copy", "y", "copy", "Copy what is marked, or this page", footer=True, action="copy"),
        Command("explorer.keys", "question_mark", "keys", "Show every key", footer=True, action="all_keys"),
        Command("explorer.close", "escape", "back", "One step back: leave the field, give up a search, go where one "
                "was before, leave the text", footer=True, action="close"),
    )  # fmt: skip
    BINDINGS = bindings(commands)
    AUTO_FOCUS = ""
    covers_text = False
    """The writing goes on behind it."""
    DEFAULT_CSS = """
    ExplorerScreen {
        & > #about { height: 1; padding: 0 1; color: $foreground 55%; text-wrap: nowrap; text-overflow: ellipsis; }
        & > TextPage { margin: 0 1; }
        & > TextStrip { margin: 0 1; }
        & > LineEntry { padding: 0 1; }
        & > #below { height: 1; padding: 0 1; }
        & #place { width: auto; color: $foreground 75%; }
        & #found { width: 1fr; color: $accent; text-align: right; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #said { height: 1; padding: 0 1; display: none; color: $accent; text-overflow: ellipsis; }
        & > #said { text-wrap: nowrap; }
    }
    """

    def __init__(self, explorer: "Explorer") -> None:
        super().__init__()
        self.explorer = explorer
        self.tabs = TabLine(["Read"], explorer.corpus.title)
        self.page = TextPage(explorer.corpus, explorer.place)
        self.page.spans = explorer.search.spans
        self.strip = TextStrip()
        self._entry = LineEntry()
        self._about, self._place, self._found, self._said = (
            Static("", id=name, markup=False) for name in ("about", "place", "found", "said")
        )
        self._take: Callable[[str], str] = lambda _typed: ""
        """What is made of what is typed; it returns what is wrong with that."""
        self._jumps = -1
        """The jump that is shown."""
        self._quiet: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the tabs, what is open, and where in the text that is."""
        yield self.tabs
        yield self._about
        yield self.page
        yield self.strip
        with Horizontal(id="below"):
            yield self._place
            yield self._found
        yield self._said
        yield self._entry
        yield KeyLine(rank=lambda binding: LAST.get(binding.id or "", 0))

    def on_mount(self) -> None:
        """Read first, search later."""
        self.explorer.open()
        self.page.focus()
        self.watch(self.app, "theme", self._use_theme)
        self.call_after_refresh(self._show)
        set_visible_interval(self, LOOK_SECONDS, self._tick)

    def on_unmount(self) -> None:
        """Give up what is under way."""
        self.explorer.close()

    def _use_theme(self) -> None:
        foreground = Color.parse(self.app.theme_variables["foreground"])
        self.page.palette = palette(foreground, dark=self.app.current_theme.dark)
        self._show()

    # What is shown.

    def _tick(self) -> None:
        explorer = self.explorer
        surprisal = explorer.surprisal
        if surprisal is not None and surprisal.take_news():
            self.page.refresh()
        if explorer.advance():
            self.page.refresh()
            self._show()
        self._show_place()

    def _show(self) -> None:
        """Show where the explorer is by now."""
        explorer = self.explorer
        if self._jumps != explorer.jumps:
            self._jumps = explorer.jumps
            self.page.go(*explorer.marked)
            explorer.place = self.page.place
        tinted = explorer.surprisal is not None and explorer.tint != "plain"
        self.page.numbers = self._numbers if tinted else None
        self._about.update(self._legend() if tinted else sanitize_line(self._facts()))
        self._show_place()
        if said := explorer.take_said():
            self.say(said)

    def _show_place(self) -> None:
        explorer = self.explorer
        size, hits = len(explorer.corpus), explorer.search.hits
        self._place.update(explorer.place_facts())
        self._found.update(sanitize(explorer.search_facts(), " "))
        slices = hits.slices.tolist() if hits is not None else ()
        self.strip.show(explorer.focus / size, explorer.held_out_start / size, slices)

    def _facts(self) -> str:
        corpus = self.explorer.corpus
        facts = [f"{len(corpus):,} characters", f"{len(corpus.vocabulary)} different ones", corpus.encoding]
        return "   ".join([", ".join(filter(None, facts)), *corpus.notes])

    def _legend(self) -> Text:
        explorer = self.explorer
        line = Text(sanitize_line(f"{explorer.tint} under {explorer.tinted_by}: "), no_wrap=True, overflow="ellipsis")
        for label, number in legend(explorer.tint):
            line.append(f" ██ {label}", self.page.palette[number])
        return line

    def _numbers(self, start: int, stop: int) -> list[int]:
        surprisal = self.explorer.surprisal
        assert surprisal is not None
        surprisal.look(*self.page.shown)
        return bit_tints(self.explorer.tint, surprisal.bits(start, stop))

    def say(self, sentence: str) -> None:
        """Say it for a while in place of where one is."""
        self._said.update(sanitize(sentence, " "))
        self._show_below(self._said)
        if self._quiet is not None:
            self._quiet.stop()
        self._quiet = self.set_timer(SAID_SECONDS, self._be_quiet)

    def _be_quiet(self) -> None:
        if not self._entry.display:
            self._show_below(self.query_one("#below"))

    def _show_below(self, shown: Widget) -> None:
        """Show one of the things that stand on one line."""
        for each in (self.query_one("#below"), self._said, self._entry):
            each.display = each is shown

    @on(TextPage.Scrolled)
    def _scrolled(self, message: TextPage.Scrolled) -> None:
        self.explorer.read_from(message.place)
        self._show_place()

    @on(TextStrip.Chosen)
    def _go_to_share(self, message: TextStrip.Chosen) -> None:
        self.explorer.go(int(message.share * (len(self.explorer.corpus) - 1)))
        self._show()

    # The line for typing.

    def action_search(self) -> None:
        """Ask what to search."""
        self._ask("search", self.explorer.search_for)

    def action_go_to(self) -> None:
        """Ask where to go."""
        self._ask("go to", self.explorer.go_to)

    def _ask(self, purpose: str, take: Callable[[str], str]) -> None:
        self._take = take
        self._show_below(self._entry)
        self._entry.open(purpose, self._question(purpose))

    def _question(self, purpose: str) -> str:
        if purpose == "search":
            return f"search {self.explorer.mode} (tab changes): "
        return f"go to {FORMS}: "

    @on(LineEntry.Switched)
    def _switch(self) -> None:
        if self._take == self.explorer.search_for:
            self.explorer.next_mode()
            self._entry.ask(self._question("search"))

    @on(LineEntry.Taken)
    def _taken(self, message: LineEntry.Taken) -> None:
        self._leave_entry()
        fault = self._take(message.typed)
        self._show()
        if fault:
            self.say(fault)

    @on(LineEntry.Left)
    def _leave_entry(self) -> None:
        self._show_below(self.query_one("#below"))
        self.set_focus(self.page)

    # What keys do.

    def action_step(self, direction: int) -> None:
        """Go to the next hit, or the one before."""
        fault = self.explorer.step(direction)
        self._show()
        if fault:
            self.say(fault)

    def action_random(self) -> None:
        """Go to some passage."""
        self.explorer.go_random()
        self._show()

    def action_tint(self) -> None:
        """Show the next tint."""
        if fault := self.explorer.tint_by(TINTS[(TINTS.index(self.explorer.tint) + 1) % len(TINTS)]):
            self.say(fault)
        self._show()
        self.page.refresh()

    def action_characters(self) -> None:
        """Show how often each character occurs."""
        corpus = self.explorer.corpus
        self.app.push_screen(ReaderDialog(f"{corpus.title}: characters", counts(corpus)))

    def action_prompt(self) -> None:
        """Let the network go on from here."""
        self.say(self.explorer.prompt(self.page.shown))

    def action_copy(self) -> None:
        """Copy what is marked, or the page."""
        start, stop = self.explorer.passage(self.page.shown)
        self.app.copy_to_clipboard(self.explorer.corpus.text(start, stop))
        self.say(f"{plural(stop - start, 'character')} copied.")

    def action_close(self) -> None:
        """Go one step back."""
        if self._entry.display:
            self._leave_entry()
        elif self.explorer.back():
            self._show()
        else:
            self.dismiss(None)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Leave, once: a second key finds another screen in front."""
        return dismiss_once(self, super().dismiss, result)

    def action_all_keys(self) -> None:
        """Show every key of this screen."""
        sections = [("In the text", self.commands), ("On a page", TextPage.commands)]
        self.app.push_screen(ReaderDialog("Keys", key_lines(sections, self.app.get_key_display)))
