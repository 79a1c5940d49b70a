"""A text explored, as a screen of its own: tabs over one text, and one place that they share."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from charplay.formatting.escapes import unescape
from charplay.formatting.sanitize import sanitize_line
from charplay.formatting.units import plural
from charplay.playground.exploring.explorer import NO_RULE, NO_TABLE
from charplay.playground.exploring.positions import FORMS
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.choice import Choice, ChoiceDialog
from charplay.tui.dialogs.cleaning import arguments_dialog
from charplay.tui.dialogs.explorer_foot import Foot
from charplay.tui.dialogs.explorer_keys import COMMANDS, LAST, SEARCHES_ROWS, TABS, key_label
from charplay.tui.dialogs.explorer_views import views_of
from charplay.tui.dialogs.shannon import ShannonDialog
from charplay.tui.own_keys import name_own_keys
from charplay.tui.presentation.tinting import OF_BITS, bit_tints, legend, theme_palette, tints
from charplay.tui.textual_patches.backpressure import Ticker
from charplay.tui.textual_patches.row_compositor import use_row_compositor
from charplay.tui.textual_patches.safe_dismiss import dismiss_once
from charplay.tui.widgets.key_line import KeyLine
from charplay.tui.widgets.line_entry import LineEntry
from charplay.tui.widgets.row_list import RowList
from charplay.tui.widgets.tab_line import TabLine
from charplay.tui.widgets.text_map import TextMapView
from charplay.tui.widgets.text_page import TextPage
from charplay.tui.widgets.text_strip import TextStrip

if TYPE_CHECKING:
    from rich.style import Style

    from charplay.playground.exploring.explorer import Explorer
    from charplay.playground.exploring.references import Reference
    from charplay.tui.dialogs.explorer_views import View

LOOK_SECONDS = 0.05
"""Between two looks at what was found."""
LOOKS_AT_REST = 5
"""While nothing is looked for, it looks every so many times."""
TINTS = ("plain", *tints(OF_BITS))


class ExplorerScreen(Screen[None]):
    """Draws an explorer. What it knows of the text stays in the explorer, so that it opens where it was left."""

    commands: ClassVar[Sequence[Command]] = COMMANDS
    BINDINGS = bindings(commands)
    AUTO_FOCUS = ""
    covers_text = False
    """The writing goes on behind it."""
    DEFAULT_CSS = """
    ExplorerScreen {
        & > #about { height: auto; max-height: 2; padding: 0 1; color: $foreground-muted; }
        & > #about { text-wrap: nowrap; text-overflow: ellipsis; }
        & > TextPage, & > TableView, & > TextMapView { margin: 0 1; }
        & > TextStrip { margin: 0 1; }
    }
    """

    def __init__(self, explorer: "Explorer") -> None:
        super().__init__()
        use_row_compositor(self)
        self.explorer = explorer
        self.tabs = TabLine([(keys[0], title) for keys, title, _ in TABS.values()], explorer.corpus.title)
        self.page = TextPage(explorer.corpus, explorer.place)
        self.page.spans = explorer.search.spans
        self.page.ranges, self.page.cuts = explorer.ranges.spans, explorer.ranges.cuts
        self.views = views_of(explorer.tabs)
        self._shown: tuple[str, object, int] = ("", None, -1)
        """The name of the tab that is shown, the tab, and which revision of it."""
        self.strip = TextStrip()
        self.palette: Sequence[Style] = ()
        """The styles of tints."""
        self.foot = Foot(self._name_keys)
        self._about = Static("", id="about", markup=False)
        self._told: str | Text = ""
        """What stands there."""
        self._jumps = -1
        """The jump that is shown."""

    def compose(self) -> ComposeResult:
        """Lay out the tabs, what is open, and where in the text that is."""
        yield self.tabs
        yield self._about
        yield self.page
        yield from (view.widget for view in self.views.values())
        yield self.strip
        yield self.foot
        yield KeyLine(
            self._label,
            lambda binding: LAST.get(binding.id or "", 0),
            (f"1-{max(keys[0] for keys, *_ in TABS.values())}", "tabs"),
        )

    def _label(self, binding: Binding) -> str:
        """What the line of keys calls a key; nothing where it means nothing in this tab."""
        return key_label((binding.id or "").rpartition(".")[2], binding.description, self.explorer.tabs.open)

    def on_mount(self) -> None:
        """Read first, search later."""
        self.explorer.open()
        self.explorer.show_tab(self.explorer.tabs.open)
        self._ticker = Ticker(self, LOOK_SECONDS, LOOKS_AT_REST, self._tick)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._use_theme())
        self._use_theme()
        self.call_after_refresh(self._show)

    def on_unmount(self) -> None:
        """Give up what is under way."""
        self.app.theme_changed_signal.unsubscribe(self)
        self.explorer.close()

    def _use_theme(self) -> None:
        self.palette = theme_palette(self.app.theme_variables, dark=self.app.current_theme.dark)
        self.page.set_palette(self.palette)
        self._show()

    # What is shown.

    def _tick(self, _ticks: int) -> None:
        explorer = self.explorer
        if explorer.tint.blocks is not None and explorer.tint.blocks.take_news():
            self.page.redraw()
        if explorer.advance():
            self.page.redraw()
            self._show()
        if (view := self._view) is not None:
            view.look()
        self._show_facts()
        self._ticker.quick = explorer.at_work

    def _show(self) -> None:
        """Show where the explorer is by now."""
        explorer, view = self.explorer, self._view
        shown = (explorer.tabs.open, view and view.tab, view.tab.revision if view is not None else 0)
        if shown[0] != self._shown[0]:
            self._show_tab()
        if shown != self._shown and view is not None:
            view.show()
        self._shown = shown
        if self._jumps != explorer.jumps and view is None:
            self._jumps = explorer.jumps
            self.page.go(*explorer.marked)
            explorer.place = self.page.place
        self.page.numbers = self._numbers if explorer.tint.shown is not None else None
        self._show_facts()
        if said := explorer.take_said():
            self.foot.say(said)
        self._ticker.quick = True

    @property
    def _view(self) -> "View | None":
        """What draws the open tab; None where that is the text itself."""
        return self.views.get(self.explorer.tabs.open)

    def _show_tab(self) -> None:
        """Put the open tab up."""
        open_tab = self.explorer.tabs.open
        self.tabs.show(list(TABS).index(open_tab))
        self.page.display = open_tab == "read"
        for name, view in self.views.items():
            view.widget.display = name == open_tab
        self._focus_tab()
        self.refresh_bindings()

    def _focus_tab(self) -> None:
        self.set_focus(self.page if self._view is None else self._view.list)

    def _show_facts(self) -> None:
        view = self._view
        facts = view.about() if view is not None else self._legend() if self.explorer.tint.shown else self._facts()
        if facts != self._told:
            self._told = facts
            shown = facts if isinstance(facts, Text) else self._lines(facts)
            rows = 1 + str(shown).count("\n")
            self._about.update(shown, layout=rows != self._about.size.height)  # laying out costs more than painting
        self._show_place()

    def _lines(self, facts: str) -> str:
        return self._name_keys("\n".join(map(sanitize_line, facts.splitlines())))

    def _name_keys(self, sentence: str) -> str:
        return name_own_keys(sentence, self, COMMANDS)

    def _show_place(self) -> None:
        explorer = self.explorer
        size, hits = len(explorer.corpus), explorer.search.hits
        tab = explorer.tabs.tab
        self.foot.show(
            explorer.place_facts() if tab is None else tab.line_facts(),
            explorer.search.facts(explorer.focus) if tab is None else tab.work_facts(),
        )
        slices = hits.slices if hits is not None else ()
        self.strip.show(explorer.here / size, explorer.held_out_start / size, explorer.test_start / size, slices)

    def _facts(self) -> str:
        corpus = self.explorer.corpus
        facts = [f"{len(corpus):,} characters", f"{len(corpus.vocabulary)} different ones", corpus.encoding]
        return "   ".join([", ".join(filter(None, facts)), *corpus.notes])

    def _legend(self) -> Text:
        tint = self.explorer.tint
        line = Text(sanitize_line(f"{tint.name} under {tint.source}: "), no_wrap=True, overflow="ellipsis")
        for label, number in legend(tint.name):
            line.append(f" ██ {label}", self.palette[number])
        return line

    def _numbers(self, start: int, stop: int) -> list[int]:
        tint = self.explorer.tint
        assert tint.blocks is not None
        tint.blocks.look(*self.page.shown)
        return bit_tints(tint.name, tint.blocks.bits(start, stop))

    @on(TextPage.Scrolled)
    def _scrolled(self, message: TextPage.Scrolled) -> None:
        self.explorer.read_from(message.place)
        self._ticker.quick = True
        self._show_place()

    @on(TextStrip.Chosen)
    def _go_to_share(self, message: TextStrip.Chosen) -> None:
        self.explorer.go(int(message.share * (len(self.explorer.corpus) - 1)))
        self._show()

    # The line for typing.

    def action_search(self) -> None:
        """Ask what to search."""
        table = self.explorer.tabs.table
        if table is not None and self.explorer.tabs.open in SEARCHES_ROWS:
            self.foot.ask("rows", "search the rows: ", lambda typed: table.find(unescape(typed), here=True))
        else:
            self.foot.ask("search", self._search_question(), self.explorer.search_for)

    def _search_question(self) -> str:
        return f"search {self.explorer.mode} (tab changes): "

    @on(LineEntry.Switched)
    def _switch(self) -> None:
        if self.foot.purpose == "search":
            self.explorer.next_mode()
            self.foot.entry.ask(self._search_question())

    def action_go_to(self) -> None:
        """Ask where to go."""
        self.foot.ask("go to", f"go to {FORMS}: ", self.explorer.go_to)

    @on(Foot.Answered)
    def _answered(self, message: Foot.Answered) -> None:
        self._focus_tab()
        self._do(message.fault)

    @on(LineEntry.Left)
    def _leave_entry(self) -> None:
        self.foot.close()
        self._focus_tab()

    # What keys do.

    def _do(self, fault: str) -> None:
        """Show what a key has done, or say why it could not."""
        self._show()
        if fault:
            self.foot.say(fault)

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
        self._stand_on(message.rows, message.index)

    @on(TextMapView.Moved)
    def _stand_on_cell(self, message: TextMapView.Moved) -> None:
        self._stand_on(message.view, message.cell)
        self._show()

    def _stand_on(self, widget: Widget, number: int) -> None:
        if self._view is not None and widget is self._view.list:
            self._view.stand_on(number)
            self._ticker.quick = True
            self._show_place()

    def action_step(self, direction: int) -> None:
        """Go to the next hit, or the one before."""
        table = self.explorer.tabs.table
        self._do(self.explorer.step(direction) if table is None else table.find(table.needle, direction))

    def action_enter(self) -> None:
        """Read where the row's occurrences are; switch a cleaning rule on or off."""
        rule = self.explorer.rule()
        if rule is not None and rule.needs_arguments:
            self.action_arguments()
        else:
            self._do(self.explorer.open_places() if rule is None else self.explorer.toggle_rule())

    def action_sort(self) -> None:
        """Sort by the next column."""
        tab = self.explorer.tabs.tab
        self._do(NO_TABLE if tab is None else tab.sort())

    def action_reverse(self) -> None:
        """Sort the other way round."""
        tab = self.explorer.tabs.tab
        self._do(NO_TABLE if tab is None else tab.reverse())

    def action_count(self, what: str) -> None:
        """Count otherwise."""
        self._do(self.explorer.change_counting(what))

    def action_around(self) -> None:
        """Show the collocates of a word."""
        self._do(self.explorer.show_around())

    def action_other(self) -> None:
        """Ask what to compare with."""
        found = self.explorer.references()
        if self.explorer.tabs.open != "keys":
            self.foot.say("That chooses what the keywords are beside; <explorer.tab_keys> opens them.")
        elif not found:
            self.foot.say("There is nothing to compare with; drop another text into the folder of texts.")
        else:
            choices = [Choice(str(number), each.title, each.note) for number, each in enumerate(found)]
            dialog = ChoiceDialog("Keywords", "Beside which text?", choices)
            self.app.push_screen(dialog, lambda answer: self._compare(found[int(answer)]) if answer else None)

    def _compare(self, reference: "Reference") -> None:
        self.explorer.compare_with(reference)
        self._show()

    def action_arguments(self) -> None:
        """Ask for the arguments of the cleaning rule of the row."""
        rule, choice = self.explorer.rule(), self.explorer.cleaning
        if rule is None or choice is None:
            self.foot.say(NO_RULE)
            return
        dialog = arguments_dialog(choice, rule)
        self.app.push_screen(dialog, lambda typed: self._do(choice.write(rule.name, typed)) if typed else None)

    def action_write(self) -> None:
        """Write the table as CSV."""
        self._do(self.explorer.write_table())

    def action_random(self) -> None:
        """Go to some passage."""
        self.explorer.go_random()
        self._show()

    def action_tint(self) -> None:
        """Show the next tint."""
        if (tab := self.explorer.tabs.tab) is not None:
            self._do(tab.change_tint())
            return
        if fault := self.explorer.tint_by(TINTS[(TINTS.index(self.explorer.tint.name) + 1) % len(TINTS)]):
            self.foot.say(fault)
        self._show()
        self.page.redraw()

    def action_ranges(self, what: str) -> None:
        """Mark a range, cut or keep what is marked, or take back."""
        self._do(self.explorer.change_ranges(what))
        self.page.redraw()

    def action_keep_as_text(self) -> None:
        """Make a text of its own of what is marked, or of this page."""
        self._do(self.explorer.keep_as_text(self.page.shown))

    def action_prompt(self) -> None:
        """Let the network go on from here."""
        self.foot.say(self.explorer.prompt(self.page.shown))

    def action_shannon(self) -> None:
        """Guess what comes next."""
        game = self.explorer.shannon_game()
        if isinstance(game, str):
            self.foot.say(game)
        else:
            self.app.push_screen(ShannonDialog(game))

    def action_copy(self) -> None:
        """Copy what is marked, or the page, or the row."""
        if (tab := self.explorer.tabs.tab) is not None:
            self.app.copy_to_clipboard(tab.copied())
            self.foot.say(f"The {tab.one} is copied." if tab.copied() else tab.facts())
            return
        start, stop = self.explorer.passage(self.page.shown)
        self.app.copy_to_clipboard(self.explorer.corpus.text(start, stop))
        self.foot.say(f"{plural(stop - start, 'character')} copied.")

    def action_close(self) -> None:
        """Go one step back."""
        if self.foot.asking:
            self._leave_entry()
        elif self.explorer.back():
            self._show()
        else:
            self.dismiss(None)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Leave, once: a second key finds another screen in front."""
        return dismiss_once(self, super().dismiss, result)
