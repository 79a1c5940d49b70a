"""What the parts that start runs, hear of them and measure their texts know of the playground."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.library import Entry, Library
    from charplay.playground.announcements import Announcements
    from charplay.playground.download_job import DownloadJob
    from charplay.playground.recipe_draft import RecipeDraft
    from charplay.playground.run_controller import RunController
    from charplay.playground.run_list import RunList
    from charplay.playground.weight_follower import WeightFollower
    from charplay.runs.home import Home
    from charplay.runs.store import RunStore


class ChosenText(Protocol):
    """The text that the next run is trained on."""

    @property
    def chosen(self) -> "Entry | None":
        """The text; None before one is chosen."""

    @property
    def read(self) -> "Corpus | None":
        """The text as it is to be trained on; None while it is being read."""

    @property
    def encoding(self) -> str:
        """That was named for it; empty where it is found out."""

    @property
    def trouble(self) -> str:
        """Why it cannot be trained on; empty where it can."""

    @property
    def download(self) -> "DownloadJob | None":
        """The download under way; None where nothing is fetched."""

    def fetch(self, *, to_train: bool = False) -> bool:
        """Begin to fetch the chosen text; False where that cannot be."""

    def cancel(self) -> None:
        """Give the download up."""


class RunContext(Protocol):
    """The parts of a playground that have to do with runs, as the playground has them."""

    home: "Home"
    runs: "RunController"
    announcements: "Announcements"
    run_list: "RunList"

    @property
    def library(self) -> "Library":
        """The texts."""

    @property
    def store(self) -> "RunStore":
        """The runs on the disk."""

    @property
    def corpora(self) -> ChosenText:
        """The text that is chosen."""

    @property
    def draft(self) -> "RecipeDraft | None":
        """The next run; None before it is there."""

    @property
    def follower(self) -> "WeightFollower | None":
        """Which weights play; None before anything does."""
