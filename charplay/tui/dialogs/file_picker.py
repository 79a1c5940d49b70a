"""A file or a folder chosen from the disk. Names are outside text like any other and are shown as such."""

import os
from pathlib import Path

from textual.app import ComposeResult

from charplay.formatting.sanitize import sanitize
from charplay.formatting.units import count
from charplay.fs.paths import current_folder
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.widgets.row_list import Cell, RowList, fit

MOST = 5000
"""Entries of a folder that are listed."""


class _Entries(RowList):
    """What is in a folder: itself, its parent, folders, files."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.fault = ""
        """Why the folder cannot be read; empty where it can."""
        self._entries: list[tuple[Path, bool, int]] = []
        self.enter(folder)

    def enter(self, folder: Path) -> None:
        """Go into a folder; one that cannot be read shows only the way back, and why."""
        self.folder = folder
        try:
            inside = [path for path in folder.iterdir() if not path.name.startswith(".")][:MOST]
        except OSError as fault:
            inside = []
            self.fault = f"{folder.name} cannot be read: {fault.strerror}"
        else:
            self.fault = ""
        folders = {path for path in inside if os.path.isdir(path)}  # noqa: PTH112 - Path's own raises where it may not look
        found = [(path, path in folders, 0 if path in folders else _size(path)) for path in inside]
        found.sort(key=lambda entry: (not entry[1], entry[0].name.casefold()))
        self._entries = [(folder, True, 0), (folder.parent, True, 0), *found]
        self.cursor = min(2, len(self._entries) - 1)
        self.repaint()

    def number(self) -> int:
        return len(self._entries)

    def draw(self, index: int, width: int) -> list[Cell]:
        path, is_folder, size = self._entries[index]
        if index < 2:
            label = f"this folder as one text: {path}" if index == 0 else ".."
            return [(" ", "plain"), (fit(label, width - 1), "quiet")]
        name = f"{path.name}/" if is_folder else path.name
        length = "" if is_folder else count(size)
        return [(" ", "plain"), (fit(name, width - 10), "plain"), (fit(length, 8, right=True), "quiet")]

    def taken(self) -> Path | None:
        """The path under the cursor where it is a file or this folder; else None, and that folder is entered."""
        path, is_folder, _ = self._entries[self.cursor]
        if is_folder and self.cursor > 0:
            self.enter(path)
            if self.fault:
                self.notify(sanitize(self.fault, " "), severity="warning", markup=False)
            return None
        return path

    def clicked(self) -> None:
        path = self.taken()
        if path is not None:
            self.screen.dismiss(path)


class FilePicker(Dialog[Path]):
    """Dismissed with a file or folder, or with None."""

    commands = (
        Command("files.open", "enter", "open", "Take the file, or go into the folder", footer=True, action="answer"),
    )
    BINDINGS = bindings(commands)
    DEFAULT_CSS = """
    FilePicker _Entries { height: 1fr; }
    """

    def compose(self) -> ComposeResult:
        """The folder's entries."""
        with self.box("Open a text", "enter opens, esc goes back", wide=True):
            yield _Entries(current_folder())

    def action_answer(self) -> None:
        """Take what is under the cursor, or go into it."""
        self.query_one(_Entries).clicked()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
