"""The texts there are, and the chosen one: fetched where it must be, read, and trained on once it is here."""

from pathlib import Path
from typing import TYPE_CHECKING

from charplay.corpora.progress import Watch
from charplay.playground.announcements import Announcements
from charplay.playground.download_job import DownloadJob
from charplay.playground.happenings import CorpusChosen, CorpusOpened, CorpusRead, CorpusUnreadable, Said
from charplay.playground.jobs import BackgroundJob, JobEnded, JobProgressed, Jobs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from charplay.corpora.corpus import Corpus
    from charplay.corpora.entries import Entry
    from charplay.corpora.library import Library

DEFAULT = "tiny-shakespeare"

POLL = 2.0
"""Seconds between two looks at the folder for dropped files, and at the chosen one; a look is a `stat` of each."""


class CorpusSelection:
    """Which text the next run learns, and what has become of it. What happens to it comes out of `advance`."""

    def __init__(self, folder: Path, jobs: Jobs, announcements: Announcements) -> None:
        """`folder`: where files are dropped to be texts."""
        self._folder = folder
        self._jobs = jobs
        self._announcements = announcements
        self.library: Library
        self.entries: Sequence[Entry] = ()
        self.sizes: dict[str, tuple[int, int]] = {}
        """Characters and vocabulary of the texts that were read, by name."""
        self.chosen: Entry | None = None
        self.corpus: Corpus | None = None
        """The chosen text; None until it was read."""
        self.trouble = ""
        """Why the chosen text could not be read."""
        self.download: DownloadJob | None = None
        """The text on its way."""
        self.troubles: dict[str, str] = {}
        """Why texts could not be fetched, by name."""
        self.revision = 0
        """Another number after every change."""
        self._encodings: dict[str, str] = {}
        """Those that were named, by their texts' names; empty where one is found out."""
        self._cleaning: tuple[tuple[str, ...], int | None] = ((), None)
        """How texts are cleaned, and after how many characters they are cut."""
        self._reading: BackgroundJob[Corpus] | None = None
        self._opening: dict[BackgroundJob[Corpus], Entry] = {}
        """Texts that are opened to be looked at."""
        self._train_when_fetched = False
        self._train_when_read = ""
        """Name of the text that training waits for."""
        self._stamp = (0, 0)
        self._looked: float | None = None
        self._happened: list[object] = []

    def begin(self, library: "Library", name: str, encoding: str, now: float) -> None:
        """List the texts, choose one by name or path (empty: the default), and watch the folder from now on."""
        self.library = library
        self._looked = now
        self.refill()
        self.choose(name, encoding)

    def advance(self, now: float) -> list[object]:
        """Look at the folder now and then, and return what happened since the last call."""
        if self._looked is not None and now - self._looked >= POLL:
            self._looked = now
            self.look()
        happened, self._happened = self._happened, []
        return happened

    def look(self) -> None:
        """List the texts anew where something was put into the folder, or taken away."""
        if self._stamped() != self._stamp:
            self.refill()

    # The list.

    def refill(self) -> None:
        """List the texts anew. The chosen one stays on the list, also one from elsewhere."""
        self._stamp = self._stamped()
        self.entries = self.library.entries()
        self.revision += 1
        chosen = self.chosen
        if chosen is None:
            return
        found = next((entry for entry in self.entries if entry.name == chosen.name), None)
        if found is None:
            self.entries = [chosen, *self.entries]
        elif found.ready != chosen.ready and self.download is None:
            self._take(found, self.encoding)  # its file was put there, or taken away

    def find(self, name: str) -> "Entry | None":
        """Return a text of the list by its name."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def _stamped(self) -> tuple[int, int]:
        return _changed(self._folder), _changed(self.chosen.path if self.chosen else None)

    # The chosen text.

    def choose(self, name: str, encoding: str | None = None) -> None:
        """Take a text by name or path for the next run; where there is none, the choice stays as it was.

        `encoding`: to read it in; empty finds it out, None takes what was named before.
        """
        from charplay.corpora.errors import CorpusError

        try:
            entry = self.library.find(name) if name else self._default()
        except CorpusError as fault:
            if name and self.chosen is None:
                self.choose("")
            self._complain(str(fault))
            self._announcements.trouble = str(fault)
        else:
            self._take(entry, self.encoding_of(entry) if encoding is None else encoding)

    def choose_encoding(self, name: str) -> None:
        """Read the chosen text in another encoding; empty finds it out."""
        if self.chosen is not None:
            self._take(self.chosen, name)

    def encoding_of(self, entry: "Entry") -> str:
        """Return the encoding that was named for a text; empty where it is found out."""
        return self._encodings.get(entry.name, "")

    @property
    def encoding(self) -> str:
        """That of the chosen text."""
        return self.encoding_of(self.chosen) if self.chosen else ""

    @property
    def limit(self) -> int | None:
        """How many characters of a text are read; None where all are."""
        return self._cleaning[1]

    def use_cleaning(self, cleaning: tuple[str, ...], limit: int | None) -> None:
        """Read texts under these rules from now on: the chosen one anew where they are others than before."""
        if (cleaning, limit) != self._cleaning:
            self._cleaning = (cleaning, limit)
            self._read()

    def _default(self) -> "Entry":
        """Tiny Shakespeare, also where it must be fetched first; else what the library has."""
        entries = self.library.entries()
        return next((entry for entry in entries if entry.name == DEFAULT), None) or self.library.find("")

    def _take(self, entry: "Entry", encoding: str) -> None:
        if entry.name != self._train_when_read:
            self._train_when_read = self._announcements.trouble = ""
        self.chosen, self.corpus, self.trouble = entry, None, ""
        self._encodings[entry.name] = encoding
        self.refill()
        self._happened.append(CorpusChosen(entry))
        self._read()

    def _fall_back(self) -> "Entry | None":
        """Return a text that is here; None where there is none."""
        from charplay.corpora.errors import CorpusError

        try:
            return self.library.find("")
        except CorpusError:
            return None

    # Reading.

    def _read(self) -> None:
        """Open the chosen text in the background; an older reading is nobody's any more."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        entry = self.chosen
        if entry is None or not entry.ready:
            return
        self.trouble = ""
        (cleaning, limit), encoding = self._cleaning, self.encoding or None

        def work(watch: Watch) -> "Corpus":
            corpus = self.library.open(entry, cleaning=cleaning, limit=limit, encoding=encoding, watch=watch)
            corpus.counts()  # what the screen will ask for
            return corpus

        self._reading = self._jobs.start(BackgroundJob(work))

    @property
    def read(self) -> "Corpus | None":
        """The chosen text under the rules that hold now; None while it is being read under them."""
        return self.corpus if self._reading is None else None

    @property
    def reading(self) -> str:
        """What is being read just now, and how much of it is done: "reading the text 34 %"; empty where nothing is."""
        reading = self._reading or next(iter(self._opening), None)
        if reading is None:
            return ""
        return "reading the text" if reading.percent < 0 else f"reading the text {reading.percent} %"

    def open(self, entry: "Entry") -> None:
        """Open any text to be looked at; `CorpusOpened` follows, or a sentence why it cannot be."""
        encoding = self.encoding_of(entry) or None
        opening = BackgroundJob(lambda watch: self.library.open(entry, encoding=encoding, watch=watch))
        self._opening[self._jobs.start(opening)] = entry

    def _take_reading(self, reading: "BackgroundJob[Corpus]") -> None:
        self._reading = None
        self.revision += 1
        chosen, corpus = self.chosen, reading.result
        assert chosen is not None
        if corpus is None:
            self.corpus, self.trouble = None, str(reading.fault)
            self._complain(self.trouble)
            self._happened.append(CorpusUnreadable(chosen, self.trouble))
            return
        self.corpus = corpus
        self.sizes[chosen.name] = (len(corpus), len(corpus.vocabulary))
        train, self._train_when_read = chosen.name == self._train_when_read, ""
        announcements = self._announcements
        if corpus.notes or announcements.notes:
            self._happened.append(announcements.say(corpus.notes))
        announcements.notes = corpus.notes
        if not train:  # else it stands until the run has begun
            announcements.trouble = ""
        self._happened.append(CorpusRead(corpus, train))

    def _complain(self, sentence: str) -> None:
        """Say what is wrong with a text. Nothing is trained on by itself then."""
        self._train_when_read = self._announcements.trouble = ""
        self._announcements.notes = (sentence,)
        self._happened.append(Said(sentence, warning=True))

    # Fetching.

    def fetch(self, *, to_train: bool = False) -> bool:
        """Download the chosen text, and where `to_train` have it trained on; False where another one is on its way."""
        entry = self.chosen
        if entry is None or entry.ready:
            return True
        if self.download is None:
            self.download = self._jobs.start(DownloadJob(self.library, entry))
            self._train_when_fetched = False
            self.revision += 1
        elif self.download.entry.name != entry.name:
            return False
        self._train_when_fetched |= to_train
        return True

    def cancel(self) -> None:
        """Give the download up."""
        if self.download is None:
            return
        self.download.cancel()
        entry = self.download.entry
        self._end_download()
        chosen = self.chosen is not None and self.chosen.name == entry.name
        self._happened.append(
            Said(f"{entry.title} is not fetched{'; <training.train> fetches it and trains' if chosen else ''}")
        )

    def _end_download(self) -> None:
        self.download = None
        self.revision += 1

    def _take_download(self, download: DownloadJob) -> None:
        self._end_download()
        entry, chosen = download.entry, self.chosen
        kept = chosen is not None and chosen.name == entry.name
        wanted = kept and self._train_when_fetched
        if download.result is None:
            self._say_not_fetched(entry, str(download.fault), wanted=wanted)
            return
        self._train_when_read = entry.name if wanted else ""
        self._happened.append(Said(f"{entry.title} is here"))
        if kept:
            self.choose(entry.name)
        else:
            self.refill()

    def _say_not_fetched(self, entry: "Entry", fault: str, *, wanted: bool) -> None:
        """Say it in one line; the page about the text has the rest. Training goes on with a text that is here."""
        self.troubles[entry.name] = fault
        instead = self._fall_back() if wanted else None
        then = f"{instead.title} is read instead" if instead else "try again later"
        sentence = f"{entry.title} could not be fetched (<panes.corpus> and <corpora.view> say why); {then}"
        self._happened.append(Said(sentence, warning=True))
        if instead is not None:
            self._train_when_read, self._announcements.trouble = instead.name, sentence
            self.choose(instead.name)

    # What has become of the jobs.

    def hear(self, news: JobProgressed | JobEnded) -> None:
        """Take in what a job tells, where it is one of these."""
        job = news.job
        if job is self.download:
            if isinstance(news, JobProgressed):
                self._say_fetching(self.download, news.percent)
            else:
                self._take_download(self.download)
        elif isinstance(news, JobEnded):
            if job is self._reading:
                self._take_reading(job)
            elif job in self._opening:
                self._take_opened(job, self._opening.pop(job))

    def _say_fetching(self, download: DownloadJob, percent: int) -> None:
        then = "; training starts when it is here" if self._train_when_fetched else ""
        self._happened.append(Said(f"fetching {download.entry.title}: {percent}%{then}, esc cancels"))
        self.revision += 1

    def _take_opened(self, opened: "BackgroundJob[Corpus]", entry: "Entry") -> None:
        if opened.result is not None:
            self._happened.append(CorpusOpened(opened.result))
        else:
            self._complain(str(opened.fault))


def _changed(path: Path | None) -> int:
    """When, in nanoseconds since 1970; 0 where there is nothing."""
    try:
        return path.stat().st_mtime_ns if path else 0
    except OSError:
        return 0
