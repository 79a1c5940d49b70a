"""Which characters of a growing text are copied from the training text, kept up as it grows."""

from charplay.sampling.substring_index import LongestMatches, Match, SubstringIndex


class MemorizationTracker:
    """A text that grows at its end, and whether each character lies in a copied stretch of at least `least`."""

    def __init__(self, index: SubstringIndex, least: int) -> None:
        self._origins = LongestMatches(index)
        self._least = least
        self._marks = bytearray()

    def __len__(self) -> int:
        return len(self._marks)

    @property
    def least(self) -> int:
        """From how many characters on a stretch counts as copied."""
        return self._least

    @least.setter
    def least(self, least: int) -> None:
        self._least = least
        self._mark_anew()

    def extend(self, text: str) -> int:
        """Add characters; returns from which position on characters are copied that were not, or were not there."""
        first = len(self._marks)
        self._origins.extend(text)
        for position in range(first, len(self._origins)):
            stretch = self._origins.longest(position)
            self._marks.append(0)
            if stretch.stop - stretch.start >= self._least:
                # What of it lies before the last mark is marked already: both stretches hold it.
                start = max(stretch.start, self._marks.rfind(1, stretch.start) + 1)
                self._marks[start : position + 1] = b"\1" * (position + 1 - start)
                first = min(first, start)
        return first

    def cut(self, position: int) -> None:
        """Drop what stands from a position on."""
        self._origins.cut(position)
        self._mark_anew()

    def copied(self, position: int) -> bool:
        """Whether the character there lies in a copied stretch; False where there is none yet."""
        return self._marks[position : position + 1] == b"\1"

    def stretch(self, position: int) -> Match | None:
        """The longest copied stretch that holds a position; None where what stands there is new."""
        if not self.copied(position):
            return None
        found: list[Match] = []
        for last in range(position, len(self)):
            one = self._origins.longest(last)
            if one.start > position:
                break
            found.append(one)
        return max(found, key=lambda one: one.stop - one.start)

    def newest(self) -> Match | None:
        """The copied stretch that ends last; None where there is none."""
        last = self._marks.rfind(1)
        return None if last < 0 else self.stretch(last)

    def new_share(self, start: int = 0) -> float:
        """The share of the characters from `start` on that are in no copied stretch; 1 where there are none."""
        written = len(self) - start
        return 1 - self._marks.count(1, start) / written if written > 0 else 1.0

    def _mark_anew(self) -> None:
        self._marks = bytearray(len(self._origins))
        for one in self._origins.stretches(self._least):
            self._marks[one.start : one.stop] = b"\1" * (one.stop - one.start)
