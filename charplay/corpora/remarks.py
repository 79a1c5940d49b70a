"""Remarks about training on a text: what of it a person may not know, and may want to mend."""

from collections.abc import Iterator

import numpy as np

from charplay.corpora.corpus import MINIMUM
from charplay.corpora.encoded_cache import EncodedText
from charplay.corpora.vocabulary import CHUNK, Ids
from charplay.formatting.units import plural

MANY_SYMBOLS = 5_000

_UNSEEN = {"\ufeff": "byte-order mark", "\0": "NUL"}
"""Characters that nobody means to have in a text: joined files leave marks in their middle, databases leave NULs."""


def remarks(encoded: EncodedText) -> tuple[str, ...]:
    """List warnings about training on this text."""
    found = list(_unseen(encoded))
    if len(encoded.ids) < MINIMUM:
        found.append(f"It has {len(encoded.ids):,} of the {MINIMUM} characters that training needs.")
    if len(encoded.vocabulary) < 2:
        found.append("It is one character over and over; there is nothing to learn.")
    if len(encoded.vocabulary) > MANY_SYMBOLS:
        found.append(f"It has {len(encoded.vocabulary):,} different characters; the output layer grows with them.")
    return tuple(found)


def _unseen(encoded: EncodedText) -> Iterator[str]:
    symbols = encoded.vocabulary.characters
    for character, name in _UNSEEN.items():
        if character not in symbols:
            continue
        first = _first(encoded.ids, symbols.index(character))
        count = plural(_count(encoded.ids, symbols.index(character)), name)
        line = _count(encoded.ids[:first], symbols.index("\n")) + 1 if "\n" in symbols else 1
        yield (
            f"It has {count} in it (U+{ord(character):04X}), the first at character {first:,} in line {line:,}; "
            "the cleaning invisible takes such out."
        )


def _first(ids: Ids, symbol: int) -> int:
    """Return where a symbol that occurs is first."""
    pieces = ((start, np.flatnonzero(ids[start : start + CHUNK] == symbol)) for start in range(0, len(ids), CHUNK))
    return next(start + int(places[0]) for start, places in pieces if len(places))


def _count(ids: Ids, symbol: int) -> int:
    return sum(int(np.count_nonzero(ids[start : start + CHUNK] == symbol)) for start in range(0, len(ids), CHUNK))
