"""The catalog: classics that can be fetched, with the digest that proves them."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path


@dataclass(frozen=True)
class Mirror:
    """One address of a classic. A copy that differs from the first says how in `note`."""

    address: str
    bytes: int
    sha256: str
    note: str = ""


@dataclass(frozen=True)
class Classic:
    """A text of the catalog; its copies are tried in their order."""

    name: str
    title: str
    licence: str
    note: str
    mirrors: tuple[Mirror, ...]


def read_catalog(path: Path | None = None) -> tuple[Classic, ...]:
    """The classics of a catalog file, or of the one that ships."""
    shipped = files("charplay.corpora") / "catalog.toml"
    table = tomllib.loads((path or shipped).read_text("utf-8"))
    return tuple(
        Classic(
            name=name,
            title=row["title"],
            licence=row["licence"],
            note=row["note"],
            mirrors=tuple(Mirror(**mirror) for mirror in row["copies"]),
        )
        for name, row in table.items()
    )
