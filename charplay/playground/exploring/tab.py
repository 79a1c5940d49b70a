"""What the explorer asks of a tab, whatever that shows beside the text itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from charplay.playground.exploring.table_tab import Occurrences


class Tab(Protocol):
    """Shows something of a text in rows or cells, and one stands on one of them."""

    @property
    def one(self) -> str:
        """What one stands on is called: a row, a cell."""

    @property
    def revision(self) -> int:
        """Another number after every change of what is shown."""

    @property
    def at_work(self) -> bool:
        """Whether anything is under way."""

    @property
    def position(self) -> int | None:
        """Where in the text one stands; None where what one stands on has no single place."""

    def open(self, position: int | None) -> None:
        """Begin what is not done yet, and go to what stands at a position, where one is given."""

    def advance(self) -> bool:
        """Take in what was found; True where something was."""

    def cancel(self) -> bool:
        """Give up what is under way; False where nothing is."""

    def take_said(self) -> str:
        """Return what there is to say since the last call; empty where there is nothing."""

    # What is shown around it.

    def facts(self) -> str:
        """Say what all of it is, or how far it is."""

    def line_facts(self) -> str:
        """Say on what one stands."""

    def work_facts(self) -> str:
        """Say what there is beside: what is under way, or what stands there; empty where there is nothing."""

    # What keys do.

    def back(self) -> bool:
        """Go one step back within the tab; False where there is none."""

    def enter(self) -> bool:
        """Go one step further within the tab; False where what one stands on is read in the text."""

    def occurrences(self) -> "Occurrences | None":
        """Return the places of what one stands on; None where there are none."""

    def copied(self) -> str:
        """Return what one stands on as a text; empty where there is nothing."""

    def sort(self) -> str:
        """Sort otherwise; return why that cannot be."""

    def reverse(self) -> str:
        """Sort the other way round; return why that cannot be."""

    def change_tint(self) -> str:
        """Tint by something else; return why that cannot be."""

    def write(self, folder: Path, stem: str) -> str:
        """Write all of it as CSV into a folder, under a new name; return why that cannot be."""
