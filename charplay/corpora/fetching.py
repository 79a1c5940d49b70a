"""Downloads a classic, checks its sha256, then moves it into the library."""

import os
import shutil
import threading
from pathlib import Path
from urllib.parse import urlsplit

from charplay.corpora.classics import Classic, Mirror
from charplay.corpora.errors import Cancelled, CorpusError
from charplay.corpora.progress import Progress
from charplay.fs.atomic import staging_folder

TIMEOUT = 15.0
"""Seconds without a byte after which a mirror is given up."""
POLL = 0.05
"""Seconds between two reports of progress."""


def fetch(classic: Classic, corpora: Path, progress: Progress) -> Path:
    """Download a classic into `corpora`, from the first mirror that works; its path. Raises CorpusError, Cancelled."""
    target = corpora / f"{classic.name}.txt"
    if os.path.lexists(target):
        raise CorpusError(f"{target} is another text; rename it, and {classic.title} can be fetched under that name.")
    failures = []
    try:
        corpora.mkdir(parents=True, exist_ok=True)
        for mirror in classic.mirrors:
            # The staging folder is hidden, so that a partial download is not listed; in `corpora`, so that the file
            # can be renamed into place.
            with staging_folder(corpora) as folder:
                failure = _Download(mirror, folder).run(progress)
                if failure is None:
                    progress.at(1)
                    return (folder / "text").replace(target)
                failures.append(f"{urlsplit(mirror.address).hostname} {failure}")
    except OSError as error:
        raise CorpusError(
            f"{corpora} cannot be written ({error.strerror}); free the disk or choose another home."
        ) from error
    raise CorpusError(
        f"{classic.title} could not be fetched: {'; '.join(failures)}. Copy the file into {corpora} yourself; "
        f"sha256 {classic.mirrors[0].sha256} makes it count as fetched."
    )


class _Download:
    """Downloads one mirror's file into `folder`, in a thread: cancelling does not wait for the network.

    It is also the progress bar object that pooch calls.
    """

    def __init__(self, mirror: Mirror, folder: Path) -> None:
        self.mirror, self.folder = mirror, folder
        self.total = 0  # pooch sets it to what the server announces; `update` uses the catalog's size instead
        self._share = 0.0
        self._cancelled = False
        self._failure: str | None = None
        self._thread = threading.Thread(target=self._retrieve, name="charplay-fetch", daemon=True)

    def run(self, progress: Progress) -> str | None:
        """Download and return None, or what went wrong. Raises Cancelled."""
        try:
            progress.at(0)
            self._thread.start()
            while self._thread.is_alive():
                progress.at(self._share)
                self._thread.join(POLL)
        except BaseException:
            self._cancelled = True
            raise
        return self._failure

    def _retrieve(self) -> None:
        import pooch
        from requests import exceptions

        pooch.get_logger().setLevel("ERROR")  # it would write to the terminal
        downloader = pooch.HTTPDownloader(progressbar=self, chunk_size=1 << 14, timeout=TIMEOUT)
        digest = f"sha256:{self.mirror.sha256}"
        try:
            pooch.retrieve(self.mirror.address, digest, fname="text", path=self.folder, downloader=downloader)
        except Cancelled:
            self._failure = "was cancelled"
        except exceptions.HTTPError as error:
            self._failure = f"refuses ({str(error).partition(':')[0]})"
        except exceptions.Timeout:
            self._failure = "does not answer"
        except exceptions.ConnectionError:
            self._failure = "cannot be reached"
        except exceptions.RequestException:
            self._failure = "broke off"
        except ValueError:
            self._failure = "sends another file (its sha256 differs)"
        except OSError as error:
            self._failure = f"sent what cannot be written ({error.strerror})"
        finally:
            if self._cancelled:  # the caller has removed the folder, but pooch may have made it again
                shutil.rmtree(self.folder, ignore_errors=True)

    def update(self, count: int) -> None:
        """Update the progress; pooch calls it after each chunk.

        `count` is the chunk size asked for, not the bytes received, so the file's size is read instead.
        """
        if self._cancelled:
            raise Cancelled
        written = sum(file.stat().st_size for file in self.folder.iterdir())
        if written > self.mirror.bytes:
            raise ValueError("longer than the file should be")
        self._share = written / self.mirror.bytes

    def reset(self) -> None:
        """Do nothing; pooch calls it at the end."""

    def close(self) -> None:
        """Do nothing; pooch calls it at the end."""
