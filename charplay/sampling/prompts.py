"""Prompts taken from a text, with how it truly goes on."""

import re
from typing import NamedTuple

from charplay.recipes.recipe import Recipe
from charplay.sampling.errors import SettingError
from charplay.sampling.random_stream import uniform

LENGTH = 100
"""Characters of a prompt where none is asked for, and after it of the truth."""

PLACE = re.compile(r"([0-9]{1,12})(?::([0-9]{1,9}))?")
"""N or N:LENGTH."""
LETTER = re.compile(r"[^\W\d_]")


def passage_length(recipe: Recipe) -> int:
    """Return how long a passage is: as long as what the network learned to look back on, at most LENGTH characters."""
    learned = recipe.sequence_length
    return min(LENGTH, learned) if isinstance(learned, int) else LENGTH


class Prompt(NamedTuple):
    """A prompt taken from a text, and how the text goes on."""

    start: int
    prompt: str
    truth: str


def choose(
    text: str, wanted: str, *, seed: int = 1, number: int = 0, length: int = LENGTH, more: int = LENGTH
) -> Prompt:
    """A prompt from a text, and up to `more` characters of its true continuation.

    `wanted` is `passage`, `length` characters from somewhere, the beginning of a word if that can be; `letter`, a
    single letter from somewhere; or `N` or `N:LENGTH`, what stands at position N. Where it lies is u(seed, number): the
    same seed chooses the same, and each `number` another one.

    Raises:
        SettingError: it is none of these, or lies outside the text.
    """
    if not text:
        raise SettingError("a prompt cannot be taken from an empty text")
    luck = uniform(seed, number)
    if wanted == "letter":
        start, length = int(luck * len(text)), 1
        letter = LETTER.search(text, start) or LETTER.search(text)
        start = letter.start() if letter else start
    elif wanted == "passage":
        last = max(0, len(text) - length - more)
        start = _word(text, int(luck * (last + 1)), last)
    else:
        start, length = _place(text, wanted, length)
    stop = min(start + length, len(text))
    return Prompt(start, text[start:stop], text[stop : stop + more])


def _word(text: str, start: int, last: int) -> int:
    """The first beginning of a word from a position on, within 100 characters; the position itself if there is none."""
    for at in range(start, min(start + 100, last + 1)):
        if at == 0 or (text[at - 1].isspace() and not text[at].isspace()):
            return at
    return start


def _place(text: str, wanted: str, length: int) -> tuple[int, int]:
    match = PLACE.fullmatch(wanted)
    if match is None:
        raise SettingError(f"a prompt from a text is passage, letter, N or N:LENGTH, not {wanted[:40]!r}")
    start = int(match[1])
    length = int(match[2]) if match[2] else length
    if not length:
        raise SettingError(f"a prompt has at least one character, not as many as {wanted[:40]} asks for")
    if start >= len(text):
        raise SettingError(f"a prompt lies within the text's {len(text):,} characters, not at {wanted[:40]}")
    return start, length
