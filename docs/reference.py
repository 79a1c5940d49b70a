"""Writes the pages that are made from declarations: keys, hyperparameters, the Python API, the manual page."""

from pathlib import Path

import api_page
import hyperparameters
import key_tables
import man_page

HERE = Path(__file__).parent
PAGES = {
    "KEYS.md": key_tables.page,
    "HYPERPARAMETERS.md": hyperparameters.page,
    "API.md": api_page.page,
    "charplay.1": man_page.page,
}


def write_pages(folder: Path) -> None:
    """Write every page into a folder."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write_pages(HERE)
