"""What draws each tab of the explorer: a widget, and what the tab hears of it."""

from functools import partial
from typing import TYPE_CHECKING, Protocol

from rich.text import Text
from textual.widget import Widget

from charplay.formatting.sanitize import sanitize_line
from charplay.tui.widgets.table_view import TableView
from charplay.tui.widgets.text_map import TextMapView, sign

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.playground.exploring.tab import Tab
    from charplay.playground.exploring.table_tab import TableTab
    from charplay.playground.exploring.tabs import Tabs
    from charplay.playground.exploring.xray_tab import XrayTab


class View(Protocol):
    """Draws a tab, whichever one has its name by now."""

    @property
    def tab(self) -> "Tab":
        """What is drawn."""

    @property
    def widget(self) -> Widget:
        """What is laid out."""

    @property
    def list(self) -> Widget:
        """What has the focus."""

    def show(self) -> None:
        """Draw the tab as it is by now."""

    def look(self) -> None:
        """Tell the tab what is in sight."""

    def stand_on(self, number: int) -> None:
        """Tell the tab on which of its rows or cells one stands."""

    def about(self) -> str | Text:
        """Say above the tab what all of it is."""


class TableTabView:
    """Draws a tab with a table."""

    def __init__(self, find: "Callable[[], TableTab]") -> None:
        self._find = find
        self.widget = TableView()

    @property
    def tab(self) -> "TableTab":
        """What is drawn."""
        return self._find()

    @property
    def list(self) -> Widget:
        """The rows."""
        return self.widget.list

    def show(self) -> None:
        """Draw the rows and the cursor."""
        self.widget.show(self.tab.table, self.tab.line)

    def look(self) -> None:
        """Tell which lines are in sight."""
        rows = self.widget.list
        seen = rows.rows_in_sight()
        self.tab.look(seen.start, seen.stop)

    def stand_on(self, number: int) -> None:
        """Stand on a line."""
        self.tab.line = number

    def about(self) -> str:
        """Say what is in the table."""
        return self.tab.facts()


class XrayTabView:
    """Draws the tab with the map."""

    def __init__(self, tab: "XrayTab") -> None:
        self.tab = tab
        self.widget = self.list = TextMapView()

    def show(self) -> None:
        """Draw the map and the cursor."""
        if self.tab.ready:
            self.widget.show(self.tab.rows, self.tab.map.bands().tolist(), self.tab.cell)

    def look(self) -> None:
        """Tell how many cells there is room for."""
        self.tab.look(*self.widget.room)

    def stand_on(self, number: int) -> None:
        """Stand on a cell."""
        self.tab.stand_on(number)

    def about(self) -> Text:
        """Draw the legend of the bands, and say by what they are measured."""
        line = Text(no_wrap=True, overflow="ellipsis")
        for band, label in enumerate(self.tab.legend()):
            line.append(sign(band), self.widget.get_component_rich_style(TextMapView.BANDS[band], partial=True))
            line.append(f" {label}  ")
        return line.append(sanitize_line(self.tab.facts()))


def views_of(tabs: "Tabs") -> dict[str, View]:
    """Return what draws each tab but the text itself, by name."""
    tables: dict[str, View] = {name: TableTabView(partial(tabs.tables.__getitem__, name)) for name in tabs.tables}
    return {**tables, "xray": XrayTabView(tabs.xray)}
