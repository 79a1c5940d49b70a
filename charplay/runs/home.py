"""The home: the folder that holds texts, runs and settings."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from charplay.fs import atomic

MARKER = ".charplay-home"
VARIABLE = "CHARPLAY_HOME"


class HomeError(Exception):
    """The home cannot be used; the text is a sentence with a hint."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where things are kept. Naming a home touches nothing on the disk; `prepare` does."""

    root: Path

    @classmethod
    def locate(cls, option: str | None = None) -> "Home":
        """The home to use: `option`, else CHARPLAY_HOME, else a marked current folder, else the user's data folder."""
        named = option or os.environ.get(VARIABLE)
        if named:
            try:
                return cls(Path(named).expanduser().absolute())
            except (RuntimeError, OSError):  # ~someone who does not exist; a current folder that has gone
                raise HomeError(f"{named} names no folder; choose another with --home or {VARIABLE}") from None
        if Path(MARKER).is_file():
            return cls(Path.cwd())
        return cls(platformdirs.user_data_path("charplay", appauthor=False))

    @property
    def corpora(self) -> Path:
        """Folder whose text files and folders are corpora."""
        return self.root / "corpora"

    @property
    def checkpoints(self) -> Path:
        """Folder of the runs."""
        return self.root / "checkpoints"

    @property
    def texts(self) -> Path:
        """Folder of generated texts."""
        return self.root / "texts"

    @property
    def cache(self) -> Path:
        """Folder of what can be made again."""
        return self.root / "cache"

    @property
    def log(self) -> Path:
        """Folder of the logs."""
        return self.root / "log"

    @property
    def presets(self) -> Path:
        """Folder of the user's own presets."""
        return self.root / "presets"

    @property
    def settings(self) -> Path:
        """The file that remembers what was chosen last."""
        return self.root / "settings.json"

    @property
    def folders(self) -> tuple[Path, ...]:
        """All of them, the home's own first."""
        return self.root, self.corpora, self.checkpoints, self.texts, self.cache, self.log, self.presets

    @property
    def readable(self) -> bool:
        """Whether all folders are there for one who only reads."""
        return all(os.access(folder, os.R_OK | os.X_OK) for folder in self.folders)

    def prepare(self) -> None:
        """Make the folders that are missing; a new home is its owner's alone. HomeError where it cannot be written."""
        hint = f"choose another with --home or {VARIABLE}"
        for folder in self.folders:
            try:
                folder.parent.mkdir(parents=True, exist_ok=True)
                folder.mkdir(mode=0o700 if folder == self.root else 0o777, exist_ok=True)
            except (FileExistsError, NotADirectoryError):
                raise HomeError(f"{folder} is not a folder; {hint}") from None
            except OSError as error:
                raise HomeError(f"{folder} cannot be made ({error.strerror}); {hint}") from None
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise HomeError(f"{folder} cannot be written; {hint}")

    def clear_leftovers(self) -> int:
        """Remove what killed processes left half written or half removed, here and in the runs; how many there were."""
        runs = self.checkpoints
        folders = [*self.folders, *self.cache.glob("*/"), *runs.glob("*/"), *runs.glob("*/*/")]
        return sum(atomic.clear_leftovers(folder) for folder in folders)
