"""The next run: its recipe as a draft, the text that it learns, and the devices that it may train on."""

from typing import TYPE_CHECKING

from charplay.playground.happenings import CorpusChosen, CorpusRead, CorpusUnreadable
from charplay.playground.jobs import BackgroundJob, JobEnded, JobProgressed, Jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from charplay.corpora.corpus import Corpus
    from charplay.corpora.library import Library
    from charplay.playground.corpus_selection import CorpusSelection
    from charplay.playground.devices import DeviceInfo
    from charplay.playground.preferences import Preferences
    from charplay.playground.recipe_draft import RecipeDraft
    from charplay.playground.run_list import RunOrigin
    from charplay.runs.home import Home
    from charplay.runs.store import RunStore

FETCHED_FIRST = "<training.train> fetches the text and trains"


class NextRun:
    """Keeps the draft in step with the text that was chosen, and the text with the draft's cleaning."""

    def __init__(
        self, home: "Home", corpora: "CorpusSelection", jobs: Jobs, list_devices: "Callable[[], Sequence[DeviceInfo]]"
    ) -> None:
        """`list_devices` is called in a thread."""
        self.draft: RecipeDraft | None = None
        """None until `begin`."""
        self.devices: Sequence[DeviceInfo] = ()
        """Empty until they were found."""
        self._home = home
        self._corpora = corpora
        self._jobs = jobs
        self._list_devices = list_devices
        self._finding_devices: BackgroundJob[Sequence[DeviceInfo]] | None = None

    def begin(self, chosen: "Preferences", library: "Library", path: str | None, now: float) -> None:
        """Fill the draft and choose the text as the preferences remember them, or the text at `path`."""
        from charplay.playground.recipe_draft import RecipeDraft

        self.draft = RecipeDraft.restored(self._home.presets, chosen.preset, chosen.form)
        self.draft.use_speed(chosen.processor_speed)
        self._finding_devices = self._jobs.start(BackgroundJob(lambda _: self._list_devices()))
        self.use_cleaning()
        self._corpora.begin(library, *((path, "") if path else (chosen.corpus, chosen.encoding)), now)

    def remember(self, kept: "Preferences") -> None:
        """Have the preferences remember the draft and the text."""
        if self.draft is not None:
            kept.preset, kept.form = self.draft.preset, dict(self.draft.values)
            kept.processor_speed = {str(size): times for size, times in self.draft.speed.items()}
        if self._corpora.chosen is not None:
            kept.corpus, kept.encoding = self._corpora.chosen.name, self._corpora.encoding

    def hear(self, news: JobProgressed | JobEnded) -> None:
        """Take in which devices were found."""
        if isinstance(news, JobEnded) and news.job is self._finding_devices:
            self._finding_devices = None
            self.devices = news.job.result or ()
            if self.draft is not None and self.devices:
                threads = max(device.threads for device in self.devices)
                self.draft.use_devices([device.name for device in self.devices], threads)

    def use_cleaning(self) -> None:
        """Have the text read as the draft says: another cleaning, or another limit, makes another text."""
        if self.draft is not None:
            self._corpora.use_cleaning(self.draft.asked.cleaning, self.draft.asked.limit)

    def react(self, happened: object) -> None:
        """Tell the draft what has become of its text."""
        match happened:
            case CorpusChosen(entry):
                self._read(entry.name, None, "reading the text" if entry.ready else FETCHED_FIRST)
            case CorpusUnreadable(entry):
                self._read(entry.name, None, "the text could not be read")
            case CorpusRead(corpus):
                chosen = self._corpora.chosen
                self._read(chosen.name if chosen else corpus.name, corpus)

    def _read(self, name: str, corpus: "Corpus | None", unknown: str = "") -> None:
        if self.draft is not None:
            self.draft.read_corpus(name, corpus, unknown)

    def repeat(self, origin: "RunOrigin") -> None:
        """Fill the draft with a run's recipe, and choose its text."""
        if self.draft is not None:
            self.draft.fill(origin.recipe.model_dump())
        chosen = self._corpora.chosen.name if self._corpora.chosen else ""
        if (chosen, self._corpora.encoding) != (origin.corpus, origin.encoding):
            self.use_cleaning()
            self._corpora.choose(origin.corpus, origin.encoding)

    def start_from(self, store: "RunStore", name: str) -> None:
        """Have the next run take over a run's weights, fresh ones for an empty name. RunError, CheckpointError."""
        from charplay.playground.warm_start import WarmStart
        from charplay.runs.checkpoint import read_header

        if self.draft is None:
            return
        if not name:
            self.draft.start_from(None)
            return
        path = store.checkpoint(name)
        header = read_header(path)
        self.draft.start_from(WarmStart(name, str(path), header.recipe, header.vocabulary))
