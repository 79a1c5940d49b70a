"""Judges whether decoded characters make a text, or are what other data happens to decode to."""

import unicodedata
from collections import Counter
from dataclasses import dataclass

from charplay.corpora.control_codes import BINARY_SHARE

HAN = "HAN"
"""Chinese characters and kana, which stand in one text."""

_HAN = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "BOPOMOFO", "FULLWIDTH", "HALFWIDTH"}
_ANY = {"COMBINING", "MODIFIER", "VARIATION"}
_SWAPPED = "\u2000\u2e00"
"""A space and a full stop whose bytes are swapped: breaks themselves, which hardly any text has."""
_MIXED = 0.03
"""Share of letters that may be of other scripts than a text's own and the Latin one."""
_BREAKS = 0.02
"""Share of spaces, line ends and punctuation that a text has at least; numbers hit upon them by chance only."""
_SHORT = 50
"""Characters below which a text may have none of them."""


@dataclass(frozen=True)
class Makeup:
    """What some characters are, as shares of all of them."""

    letters: float
    breaks: float
    odd: float
    """Controls, and what Unicode has no character for."""
    script: str | None
    """That of nearly all letters; empty where it is only ASCII or none, None where scripts are mixed."""


def makeup(text: str) -> Makeup:
    """Count what a text's characters are."""
    scripts: Counter[str] = Counter()
    breaks = odd = 0
    for character, count in Counter(text).items():
        category = unicodedata.category(character)
        if category[0] in "LM":
            scripts[_script(character)] += count
        elif (category[0] in "ZP" or character in "\t\n\r") and character not in _SWAPPED:
            breaks += count
        elif category[0] == "C" and category != "Cf":
            odd += count
    common = scripts.pop("", 0)
    letters = common + scripts.total()
    script, own = scripts.most_common(1)[0] if scripts else ("", 0)
    pure = common + own >= (1 - _MIXED) * letters
    total = max(len(text), 1)
    return Makeup(letters / total, breaks / total, odd / total, script if pure else None)


def is_plausible(text: str) -> bool:
    """Tell whether characters are likely a text: letters of one script, with breaks in between, and little else."""
    has = makeup(text)
    broken = has.breaks >= _BREAKS or len(text) < _SHORT
    return broken and has.odd <= BINARY_SHARE and has.letters > 1 / 3 and has.script is not None


def _script(letter: str) -> str:
    """Return the script of a letter; empty for ASCII and for marks, which stand in texts of any script."""
    word = unicodedata.name(letter, "").split(" ")[0]
    if letter.isascii() or word in _ANY:
        return ""
    if "\u3400" <= letter < "\u4e00":
        return "RARE"  # Chinese characters that hardly occur, among which the halves of floating-point numbers fall
    return HAN if word in _HAN else word
