"""Downloads a text from an address that a person names."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from charplay.corpora.errors import CorpusError
from charplay.corpora.progress import Progress

TIMEOUT = 15.0
"""Seconds without a byte after which it is given up."""
MOST = 1 << 30
"""Bytes of a text at most."""
PIECE = 1 << 16
"""Bytes that are read at once."""


def address_name(address: str) -> str:
    """Return what the text at an address may be called: the last part of its path without suffix, else its host."""
    parts = urlsplit(address)
    last = Path(unquote(parts.path)).stem
    name = "".join(character if character.isalnum() or character in "-_." else "-" for character in last).strip("-.")
    return name or (parts.hostname or "text")


def download(address: str, path: Path, progress: Progress, most: int = MOST) -> None:
    """Write what an address sends to a file. Raises CorpusError with why it cannot be had, Cancelled."""
    from requests import exceptions, get

    try:
        with get(address, stream=True, timeout=TIMEOUT) as answer:
            answer.raise_for_status()
            announced = int(answer.headers.get("Content-Length") or 0)
            if announced > most:
                raise _too_large(address, most)

            def watch(received: int) -> None:
                if received > most:
                    raise _too_large(address, most)
                progress.at(received / (announced or most))

            _receive(answer.iter_content(PIECE), path, watch)
    except (exceptions.RequestException, UnicodeError) as error:
        host = urlsplit(address).hostname or address
        raise CorpusError(f"{address} could not be fetched: {host} {_reason(error)}.") from error


def _receive(pieces: Iterator[bytes], path: Path, watch: Callable[[int], None]) -> None:
    """Write what comes; `watch` learns how much that is."""
    received = 0
    with path.open("wb") as file:
        for piece in pieces:
            received += file.write(piece)
            watch(received)


def _too_large(address: str, most: int) -> CorpusError:
    return CorpusError(f"{address} has more than the {most:,} bytes that a text may have; fetch a part of it.")


def _reason(error: Exception) -> str:
    from requests import exceptions

    reasons: tuple[tuple[type[Exception], str], ...] = (
        (exceptions.HTTPError, f"refuses ({str(error).partition(' for url')[0]}); check the address"),
        (exceptions.Timeout, f"does not answer for {TIMEOUT:g} s; try again later"),
        (exceptions.InvalidURL, "is no host that can be asked; check the address"),
        (exceptions.TooManyRedirects, "sends from one address to the next without end; check the address"),
        (exceptions.ChunkedEncodingError, "broke off; try again later"),
        (exceptions.ConnectionError, "cannot be reached; check the address and the network"),
    )
    return next((reason for kind, reason in reasons if isinstance(error, kind)), "broke off; try again later")
