"""What the palette offers: every command, found by its name, its sentence, its pane and words that mean the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape
from textual.screen import Screen

from charplay.tui.presentation.synonyms import SYNONYMS

IN_NAME, IN_SYNONYMS, IN_PLACE, IN_SENTENCE = 8.0, 4.0, 2.0, 1.0
"""What a word of the search counts, by where it was found."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A command as the palette shows it; `run` goes to its pane first where that is needed."""

    id: str
    label: str
    help: str
    key: str
    run: Callable[[], object]
    pane: str = ""
    """The title of the pane in which its key works; empty where it works everywhere."""
    reason: str = ""
    """Why it cannot be used now; empty where it can."""

    @property
    def title(self) -> str:
        """What the palette calls it, with its key."""
        pane = f"   {self.pane}" if self.pane else ""
        return f"{self.label[:1].upper()}{self.label[1:]}   {self.key}{pane}"

    def relevance(self, query: str) -> float:
        """Return how well it answers a search; 0 where it does not."""
        return relevance(query, self.id, self.label, f"{self.pane} {self.key}", self.help)


class Offering(Protocol):
    """An app that says what its palette offers."""

    def offers(self, screen: Screen[object]) -> Iterable[Offer]:
        """Return every command that the palette lists over a screen."""


def relevance(query: str, name: str, label: str, place: str, sentence: str) -> float:
    """Return how well a command answers a search; 0 where one of the search's words begins none of its words.

    `name`: its id; `place`: where it works, and its key.
    """
    places = ((IN_NAME, label), (IN_SYNONYMS, SYNONYMS.get(name, "")), (IN_PLACE, place), (IN_SENTENCE, sentence))
    found = [
        max((worth for worth, text in places if _has(text, word)), default=0.0) for word in query.casefold().split()
    ]
    return sum(found) / len(found) / IN_NAME if found and all(found) else 0.0


def _has(text: str, word: str) -> bool:
    return any(each.strip("(),.;:`").startswith(word) for each in text.casefold().split())


class CommandSearch(Provider):
    """Offers the app's commands; those that cannot be used now are grey, with the reason in place of their sentence."""

    async def discover(self) -> Hits:
        """Offer everything, what can be used now before what cannot."""
        for offer in sorted(self._offers(), key=lambda offer: bool(offer.reason)):
            yield DiscoveryHit(_title(offer), offer.run, text=offer.title, help=escape(offer.reason or offer.help))

    async def search(self, query: str) -> Hits:
        """Offer what answers a search; names that merely have its letters where nothing does."""
        offers = self._offers()
        ranked = [(offer.relevance(query), offer) for offer in offers]
        if not any(score for score, _ in ranked):
            matcher = self.matcher(query)
            ranked = [(matcher.match(offer.label), offer) for offer in offers]
        for score, offer in ranked:
            if score > 0:
                help_ = escape(offer.reason or offer.help)
                yield Hit(score, _title(offer), offer.run, text=offer.title, help=help_)

    def _offers(self) -> list[Offer]:
        return list(cast("Offering", self.app).offers(self.screen))


def _title(offer: Offer) -> Content:
    return Content.styled(offer.title, "$foreground-muted") if offer.reason else Content(offer.title)
