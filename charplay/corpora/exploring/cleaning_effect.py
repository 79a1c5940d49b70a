"""What a cleaning rule would change of a text: how many characters, which of them go, and where first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from charplay.corpora.corpus import Corpus
from charplay.corpora.encoded_cache import read_vocabulary
from charplay.corpora.errors import CorpusError
from charplay.corpora.pieces import PIECE, Pieces
from charplay.corpora.progress import Progress
from charplay.corpora.rules import FOLDER, clean_pieces, counts_original, parse_rule, with_defaults
from charplay.fs.registry import entry_names

BEFORE, AFTER = 12, 24
"""Characters of an example before what is changed, and from there on."""
AT_ONCE = PIECE // 4
"""Characters that a rule gets at once: somebody types in the tab that waits for its effect."""


@dataclass(frozen=True)
class Effect:
    """A text before and after a rule."""

    characters: int
    """Before."""
    left: int
    """Characters after."""
    vocabulary: str
    """The different characters before, sorted."""
    vocabulary_left: str
    first: int | None = None
    """Where in the text the first change is; None where there is none."""
    example: tuple[str, str] = ("", "")
    """What stands around the first change, before and after."""
    trouble: str = ""
    """Why the rule cannot be applied to this text; it changes nothing then."""

    @property
    def gone(self) -> str:
        """The characters that are not there any more."""
        left = set(self.vocabulary_left)
        return "".join(character for character in self.vocabulary if character not in left)


def pieces_of(corpus: Corpus) -> Pieces:
    """Return a corpus as a text in pieces, decoded where it is read."""
    return Pieces(lambda: (corpus.text(at, at + AT_ONCE) for at in range(0, len(corpus), AT_ONCE)), len(corpus))


def vocabulary_of(text: Pieces, progress: Progress) -> str:
    """Return the different characters of a text, sorted. Raises Cancelled."""
    return read_vocabulary(text, progress).characters


def measure_effect(text: Pieces, vocabulary: str, rule: str, progress: Progress) -> tuple[Effect, Pieces]:
    """Apply a rule to a text of which the vocabulary is known; return what it did, and what is left. Raises Cancelled.

    A rule that does not fit the text is an effect with a `trouble`, and leaves the text as it is.
    """
    try:
        cleaned = clean_pieces(text, [rule], progress.part(0, 0.6))
    except CorpusError as fault:
        return Effect(len(text), len(text), vocabulary, vocabulary, trouble=str(fault)), text
    left = vocabulary_of(cleaned, progress.part(0.6, 0.9))
    first = first_difference(text, cleaned)
    progress.at(1)
    if first is None:
        return Effect(len(text), len(cleaned), vocabulary, left), cleaned
    start = max(0, first - BEFORE)
    example = (_part(text, start, first + AFTER), _part(cleaned, start, first + AFTER))
    return Effect(len(text), len(cleaned), vocabulary, left, first, example), cleaned


def measure_rules(
    text: Pieces, vocabulary: str, on: Sequence[str], progress: Progress, most: int | None = None
) -> Iterator[tuple[str, Effect]]:
    """Apply rules one after the other, then each of the others after all of them, and yield what each does.

    Of a longer text only the `most` first characters go through rules that do not count the original. Raises
    Cancelled.
    """
    first = sorted(on, key=lambda rule: not counts_original(parse_rule(rule)))
    known = {parse_rule(rule).name for rule in on}
    rest = [rule for name in entry_names(FOLDER) if name not in known and (rule := with_defaults(name))]
    size = len(first) + len(rest)
    for number, rule in enumerate((*first, *rest)):
        if not counts_original(parse_rule(rule)):
            text = text.first(most)
        part = progress.part(number / size, (number + 1) / size)
        effect, left = measure_effect(text, vocabulary, rule, part)
        yield rule, effect
        if number < len(first):
            text, vocabulary = left, effect.vocabulary_left


def first_difference(one: Iterable[str], other: Iterable[str]) -> int | None:
    """Return where two texts in pieces differ first; None where they are the same."""
    ones, others, at = filter(None, one), filter(None, other), 0
    here, there = "", ""
    while True:
        here, there = here or next(ones, ""), there or next(others, "")
        common = min(len(here), len(there))
        if here[:common] != there[:common]:
            return at + next(place for place in range(common) if here[place] != there[place])
        if not common:
            return at if here or there else None
        here, there, at = here[common:], there[common:], at + common


def _part(text: Pieces, start: int, stop: int) -> str:
    """Read the characters from one up to another."""
    found, begin = [], 0
    for piece in text:
        if begin >= stop:
            break
        found.append(piece[max(0, start - begin) : max(0, stop - begin)])
        begin += len(piece)
    return "".join(found)
