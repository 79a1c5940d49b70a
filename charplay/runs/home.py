"""The home: the folder of texts, runs and settings."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from charplay.errors import CharplayError
from charplay.fs import atomic

MARKER = ".charplay-home"
VARIABLE = "CHARPLAY_HOME"
SHANNON = "shannon.jsonl"


class HomeError(CharplayError):
    """The home cannot be used; the message is a sentence with a hint."""


@dataclass(frozen=True, slots=True)
class Home:
    """Paths in a home folder. Making the object touches nothing on the disk; `prepare` does."""

    root: Path

    @classmethod
    def locate(cls, option: str | None = None) -> "Home":
        """Choose the home: `option`, else CHARPLAY_HOME, else a marked current folder, else the user's data folder.

        Raises HomeError where the one that is named cannot be resolved, or none is named and the user has no folder.
        """
        named = option or os.environ.get(VARIABLE)
        if named:
            try:
                return cls(Path(named).expanduser().absolute())
            except (RuntimeError, OSError):  # ~user that does not exist; a current folder that was deleted
                raise HomeError(f"{named} names no folder; choose another with --home or {VARIABLE}") from None
        if Path(MARKER).is_file():
            return cls(Path.cwd())
        return cls(_user_data_folder())

    @property
    def corpora(self) -> Path:
        """Folder of the user's texts."""
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
        """Folder of files that can be computed again."""
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
        """File of the preferences: what was chosen last."""
        return self.root / "settings.json"

    @property
    def queue(self) -> Path:
        """File of the runs that wait to be trained."""
        return self.root / "queue.json"

    @property
    def user_settings(self) -> Path:
        """File of the settings: what people set for every start. Only they write it, once it is there."""
        return self.root / "settings.toml"

    @property
    def shannon(self) -> Path:
        """File of the rounds of Shannon's game that were played."""
        return self.texts / SHANNON

    @property
    def folders(self) -> tuple[Path, ...]:
        """All folders, the home itself first."""
        return self.root, self.corpora, self.checkpoints, self.texts, self.cache, self.log, self.presets

    @property
    def readable(self) -> bool:
        """Whether all folders exist and can be read."""
        return all(os.access(folder, os.R_OK | os.X_OK) for folder in self.folders)

    def prepare(self) -> None:
        """Create missing folders, the home itself with mode 0700. Raises HomeError where one cannot be written."""
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
        """Remove temporary files of killed processes, here and in the runs; return how many there were."""
        runs = self.checkpoints
        folders = [*self.folders, *self.cache.glob("*/"), *runs.glob("*/"), *runs.glob("*/*/")]
        return sum(atomic.clear_leftovers(folder) for folder in folders)


def _user_data_folder() -> Path:
    """Return the user's data folder; HomeError for a user without one, as a container may run under any number."""
    with suppress(RuntimeError):  # what newer platformdirs raise; older ones return a path that begins with ~
        if (folder := platformdirs.user_data_path("charplay", appauthor=False)).is_absolute():
            return folder
    raise HomeError(
        f"user {os.getuid()} has no home folder here; name a folder to keep things in with --home or {VARIABLE}"
    )
