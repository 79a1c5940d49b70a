"""Shannon's bounds: between which entropies a text lies, by how many guesses its characters took.

C. E. Shannon, Prediction and Entropy of Printed English, Bell System Technical Journal 30 (1951), equation 17. A
person cannot say how probable a character is, but in which order they would guess it; the number of guesses bounds the
entropy.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple


class Bounds(NamedTuple):
    """Bits a character."""

    lower: float
    upper: float


def shannon_bounds(guesses: Sequence[int | None], vocabulary_size: int) -> Bounds:
    """Return the bounds by the number of guesses that each character took, 1 where the first was right.

    None stands for a character that was given up. Of it nothing is known but that it is one of the vocabulary's, which
    costs the upper bound as many bits as blind guessing.

    With q the share of the characters that took i guesses, the upper bound is the sum of -q log q, the lower one that
    of (i log i - (i - 1) log(i - 1)) q. The shares are taken in falling order, as an ideal guesser's are: so the lower
    bound is never above the upper one, however few characters there are.
    """
    if not guesses:
        raise ValueError("nothing was guessed")
    shares = sorted((count / len(guesses) for count in Counter(guesses).values()), reverse=True)
    given_up = sum(guess is None for guess in guesses) / len(guesses)
    upper = given_up * math.log2(vocabulary_size) + sum(share * math.log2(1 / share) for share in shares)
    lower = sum((_weight(i) - _weight(i - 1)) * share for i, share in enumerate(shares, 1))
    return Bounds(lower, max(upper, lower))


def _weight(i: int) -> float:
    return i * math.log2(i) if i else 0.0
