"""The least Textual app that has what an app has: what the launch is measured against."""

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header, Input

OWN = "character"
"""A word of the app's own that is on its screen from the first paint on."""


class BareApp(App[None]):
    """Header, input, table, footer."""

    BINDINGS = [("q", "quit", "Quit")]  # noqa: RUF012 - Textual's form

    def compose(self) -> ComposeResult:
        """All there is."""
        yield Header()
        yield Input(placeholder="input")
        yield DataTable[str]()
        yield Footer()

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        table.add_columns(OWN, "count")
        table.add_rows([(letter, "1") for letter in "abcdefghij"])


if __name__ == "__main__":
    BareApp().run()
