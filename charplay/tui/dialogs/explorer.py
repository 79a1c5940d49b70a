"""A text explored, as a screen of its own: tabs over one text, and one place that they share."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.color import Color
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from charplay.formatting.escapes import unescape
from charplay.formatting.sanitize import sanitize, sanitize_line
from charplay.formatting.units import plural
from charplay.playground.exploring.positions import FORMS
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.reader import ReaderDialog, key_lines
from charplay.tui.presentation.tinting import OF_BITS, bit_tints, legend, palette, tints
from charplay.tui.textual_patches.backpressure import set_visible_interval
from charplay.tui.textual_patches.safe_dismiss import dismiss_once
from charplay.tui.widgets.key_line import KeyLine
from charplay.tui.widgets.line_entry import LineEntry
from charplay.tui.widgets.row_list import RowList
from charplay.tui.widgets.tab_line import TabLine
from charplay.tui.widgets.table_view import TableList, TableView
from charplay.tui.widgets.text_page import TextPage
from charplay.tui.widgets.text_strip import TextStrip

if TYPE_CHECKING:
    from textual.timer import Timer

    from charplay.playground.exploring.explorer import Explorer

NO_TABLE = "This is the text itself; the other tabs have tables."
LOOK_SECONDS = 0.05
"""Between two looks at what was found."""
SAID_SECONDS = 6.0
"""That a sentence stands in place of where one is."""
TABS = {
    "read": ("1", "Read", "The text itself"),
    "chars": ("2,c", "Chars", "The characters, each with how often it comes"),
    "words": ("3", "Words", "The words, or n-grams of words or characters"),
    "lines": ("4", "Lines", "The hits of the search in their contexts: a concordance"),
}
"""The tabs' keys, what they are called, and what they show."""
IN_TEXT = ("random", "tint", "prompt", "go_to")
IN_TABLE = ("enter", "sort", "reverse", "write")
IN_WORDS = ("unit", "longer", "case")
"""Commands whose keys the line of keys shows over the text, over a table, or over the words alone."""
LAST = {"explorer.keys": -2, "explorer.close": -1}
"""Keys at the right-hand end of the line of keys."""
TINTS = ("plain", *tints(OF_BITS))


class ExplorerScreen(Screen[None]):
    """Draws an explorer. What it knows of the text stays in the explorer, so that it opens where it was left."""

    commands: ClassVar[Sequence[Command]] = (
        Command("explorer.search", "slash", "search", "Search the text, or the rows of a table", footer=True,
                action="search"),
        Command("explorer.next", "n", "next", "To the next hit", footer=True, action="step(1)"),
        Command("explorer.previous", "N", "previous", "To the hit before", action="step(-1)"),
        Command("explorer.enter", "enter", "places", "Read where the row's occurrences are; n goes on to the next",
                footer=True, action="enter"),
        Command("explorer.unit", "u", "unit", "Count words, or characters", footer=True, action="count('unit')"),
        Command("explorer.longer", "plus", "longer", "Count longer n-grams", footer=True, action="count('longer')"),
        Command("explorer.shorter", "minus", "shorter", "Count shorter n-grams", action="count('shorter')"),
        Command("explorer.case", "f", "case", "Fold case: count The and the as one, or as two", footer=True,
                action="count('case')"),
        Command("explorer.sort", "s", "sort", "Sort by the next column", footer=True, action="sort"),
        Command("explorer.reverse", "S", "reverse", "Sort the other way round, such as from the rare end",
                footer=True, action="reverse"),
        Command("explorer.write", "w", "csv", "Write the table as CSV into the home's texts", footer=True,
                action="write"),
        Command("explorer.go_to", "colon", "go to", "Go to a character (12,345), a share (40%) or a line (L120)",
                footer=True, action="go_to"),
        Command("explorer.random", "r", "random", "To a passage somewhere in the text", footer=True, action="random"),
        Command("explorer.tint", "v", "tint", "Tint the text by the network's surprise, or probability", footer=True,
                action="tint"),
        Command("explorer.prompt", "p", "prompt", "Let the network go on from what is marked, or from this page",
                footer=True, action="prompt"),
        Command("explorer.copy", "y", "copy", "Copy what is marked, or this page; in a table, the row", footer=True,
                action="copy"),
        *(Command(f"explorer.tab_{name}", keys, title.lower(), sentence, action=f"tab('{name}')")
          for name, (keys, title, sentence) in TABS.items()),
        Command("explorer.tab_next", "tab", "next tab", "To the next tab", action="next_tab(1)"),
        Command("explorer.tab_before", "shift+tab", "tab before", "To the tab before", action="next_tab(-1)"),
        Command("explorer.keys", "question_mark", "keys", "Show every key", footer=True, action="all_keys"),
        Command("explorer.close", "escape", "back", "One step back: leave the field, give up what is under way, go "
                "where one was before, leave the text", footer=True, action="close"),
    )  # fmt: skip
    BINDINGS = bindings(commands)
    AUTO_FOCUS = ""
    covers_text = False
    """The writing goes on behind it."""
    DEFAULT_CSS = """
    ExplorerScreen {
        & > #about { height: 1; padding: 0 1; color: $foreground 55%; text-wrap: nowrap; text-overflow: ellipsis; }
        & > TextPage, & > TableView { margin: 0 1; }
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
        self.tabs = TabLine([title for _, title, _ in TABS.values()], explorer.corpus.title)
        self.page = TextPage(explorer.corpus, explorer.place)
        self.page.spans = explorer.search.spans
        self.tables = {name: TableView() for name in explorer.tabs.tables}
        self._shown: tuple[str, object, int] = ("", None, -1)
        """Which tab is shown, its table, and which revision of that."""
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
        yield from self.tables.values()
        yield self.strip
        with Horizontal(id="below"):
            yield self._place
            yield self._found
        yield self._said
        yield self._entry
        yield KeyLine(self._label, lambda binding: LAST.get(binding.id or "", 0), (f"1-{len(TABS)}", "tabs"))

    def _label(self, binding: Binding) -> str:
        """What the line of keys calls a key; nothing where it means nothing in this tab."""
        name, tabs = (binding.id or "").rpartition(".")[2], self.explorer.tabs
        elsewhere = (IN_TEXT if tabs.table is not None else IN_TABLE) + (IN_WORDS if tabs.open != "words" else ())
        return "" if name in elsewhere else binding.description

    def on_mount(self) -> None:
        """Read first, search later."""
        self.explorer.open()
        self.explorer.show_tab(self.explorer.tabs.open)
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
        if (table := explorer.tabs.table) is not None:
            rows = self.tables[explorer.tabs.open].list
            table.look(rows.top, rows.top + rows.size.height)
        self._show_facts()

    def _show(self) -> None:
        """Show where the explorer is by now."""
        explorer, table = self.explorer, self.explorer.tabs.table
        shown = (explorer.tabs.open, table, table.revision if table is not None else 0)
        if shown[0] != self._shown[0]:
            self._show_tab()
        if shown != self._shown and table is not None:
            self.tables[explorer.tabs.open].show(table.table, table.line)
        self._shown = shown
        if self._jumps != explorer.jumps and table is None:
            self._jumps = explorer.jumps
            self.page.go(*explorer.marked)
            explorer.place = self.page.place
        self.page.numbers = self._numbers if self._tinted else None
        self._show_facts()
        if said := explorer.take_said():
            self.say(said)

    def _show_tab(self) -> None:
        """Put the open tab up."""
        open_tab = self.explorer.tabs.open
        self.tabs.show(list(TABS).index(open_tab))
        self.page.display = open_tab == "read"
        for name, view in self.tables.items():
            view.display = name == open_tab
        self._focus_tab()
        self.refresh_bindings()

    def _focus_tab(self) -> None:
        table = self.tables.get(self.explorer.tabs.open)
        self.set_focus(self.page if table is None else table.list)

    @property
    def _tinted(self) -> bool:
        return self.explorer.surprisal is not None and self.explorer.tint != "plain"

    def _show_facts(self) -> None:
        table = self.explorer.tabs.table
        facts = table.facts() if table is not None else self._legend() if self._tinted else self._facts()
        self._about.update(facts if isinstance(facts, Text) else sanitize_line(facts))
        self._show_place()

    def _show_place(self) -> None:
        explorer = self.explorer
        size, hits = len(explorer.corpus), explorer.search.hits
        table = explorer.tabs.table
        self._place.update(explorer.place_facts() if table is None else table.line_facts())
        self._found.update(sanitize(table.work_facts() if table is not None else explorer.search_facts(), " "))
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
        table = self.explorer.tabs.table
        if table is None or self.explorer.tabs.open == "lines":
            self._ask("search", self.explorer.search_for)
        else:
            self._ask("rows", lambda typed: table.find(unescape(typed), here=True))

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
        return "search the rows: " if purpose == "rows" else f"go to {FORMS}: "

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
        self._focus_tab()

    # What keys do.

    def _do(self, fault: str) -> None:
        """Show what a key has done, or say why it could not."""
        self._show()
        if fault:
            self.say(fault)

    def action_tab(self, name: str) -> None:
        """Open a tab."""
        self.explorer.show_tab(name)
        self._show()

    def action_next_tab(self, by: int) -> None:
        """Open the next tab, or the one before."""
        self.explorer.next_tab(by)
        self._show()

    @on(TabLine.Chosen)
    def _choose_tab(self, message: TabLine.Chosen) -> None:
        self.action_tab(list(TABS)[message.number])

    @on(RowList.Moved)
    def _stand_on_row(self, message: RowList.Moved) -> None:
        table = self.explorer.tabs.table
        if table is not None and message.rows is self.tables[self.explorer.tabs.open].list:
            table.line = message.index

    def action_step(self, direction: int) -> None:
        """Go to the next hit, or the one before."""
        table = self.explorer.tabs.table
        self._do(self.explorer.step(direction) if table is None else table.find(table.needle, direction))

    def action_enter(self) -> None:
        """Read where the row's occurrences are."""
        self._do(self.explorer.open_places())

    def action_sort(self) -> None:
        """Sort by the next column."""
        table = self.explorer.tabs.table
        self._do(NO_TABLE if table is None else table.sort())

    def action_reverse(self) -> None:
        """Sort the other way round."""
        table = self.explorer.tabs.table
        self._do(NO_TABLE if table is None else table.reverse())

    def action_count(self, what: str) -> None:
        """Count otherwise."""
        self._do(self.explorer.change_counting(what))

    def action_write(self) -> None:
        """Write the table as CSV."""
        self._do(self.explorer.write_table())

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

    def action_prompt(self) -> None:
        """Let the network go on from here."""
        table = self.explorer.tabs.table
        self.say("enter opens the row's places; p is for what is read there." if table else self._prompt())

    def _prompt(self) -> str:
        return self.explorer.prompt(self.page.shown)

    def action_copy(self) -> None:
        """Copy what is marked, or the page, or the row."""
        table = self.explorer.tabs.table
        if table is not None:
            self.app.copy_to_clipboard(table.copied())
            self.say("The row is copied." if table.copied() else table.facts())
            return
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
        sections = [
            ("In the text", self.commands),
            ("On a page", TextPage.commands),
            ("In a table", TableList.commands),
        ]
        self.app.push_screen(ReaderDialog("Keys", key_lines(sections, self.app.get_key_display)))
