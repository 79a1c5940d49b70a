"""The catalog of texts that can be downloaded, each with its sha256."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path


@dataclass(frozen=True)
class Mirror:
    """One download address of a classic. `note` says how its file differs from the first mirror's."""

    address: str
    bytes: int
    sha256: str
    note: str = ""


@dataclass(frozen=True)
class Classic:
    """A text of the catalog; its mirrors are tried in their order."""

    name: str
    title: str
    licence: str
    note: str
    mirrors: tuple[Mirror, ...]


def read_catalog(path: Path | None = None) -> tuple[Classic, ...]:
    """Read the classics of a catalog file, by default of the one that ships with charplay."""
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
