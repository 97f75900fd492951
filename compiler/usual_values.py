"""What fields of events usually hold, by their names: data, and picking from it.

Values look like those of a small shop's events. They serve examples only: nothing that
runs relies on them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from fql.compiler import ranges
from fql.compiler.numbers_within import numbers_within
from fql.compiler.spec import EVENT_TYPES
from fql.compiler.text_sets import OneOf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

    from fql.compiler.domains import Domain
    from fql.compiler.solve_store import Place
    from fql.compiler.values import Json

EVENT_NAMES = (
    *("Order Completed", "Product Viewed", "Product Added", "Checkout Started"),
    *("Signed Up", "Cart Viewed", "Subscription Renewed", "Order Refunded"),
)

_WORDS = ("summer", "blue", "standard", "news", "spring sale", "alpha")
_IDS = ("a-1001", "b-2002", "c-3003", "d-4004")
_TIMES = (
    *("2026-01-05T08:00:00.000Z", "2026-01-12T17:45:30.120Z"),
    *("2026-02-03T11:20:05.500Z", "2026-03-21T20:05:59.999Z"),
)
_AMOUNTS = (19.9, 25, 49.5, 120, 250)
_COUNTS = (1, 2, 3, 5, 12)

_BY_NAME: Mapping[str, tuple[Json, ...]] = MappingProxyType(
    {
        "address": ({"city": "Berlin", "country": "DE"},),
        "age": (34, 27, 51),
        "category": ("Hats", "Shoes", "Bags"),
        "city": ("Berlin", "Lisbon", "Toronto"),
        "company": ("Example Ltd", "Sample GmbH"),
        "country": ("DE", "PT", "CA"),
        "coupon": ("WELCOME10", "SPRING"),
        "currency": ("EUR", "USD", "CAD"),
        "email": ("ana@example.com", "ben@example.org", "chi@example.net"),
        "event": EVENT_NAMES,
        "firstName": ("Ana", "Ben", "Chi"),
        "industry": ("Retail", "Travel"),
        "ip": ("192.0.2.10", "198.51.100.7", "203.0.113.25"),
        "lastName": ("Silva", "Okafor", "Tanaka"),
        "locale": ("de-DE", "pt-PT", "en-CA"),
        "medium": ("email", "cpc", "social"),
        "name": ("Home", "Pricing", "Felt Hat"),
        "path": ("/", "/hats", "/pricing"),
        "phone": ("+15555550100", "+15555550123"),
        "plan": ("free", "team", "business"),
        "referrer": ("https://www.example.org/", "https://news.example.net/"),
        "search": ("?q=hat", "?ref=mail"),
        "source": ("newsletter", "search", "partner"),
        "state": ("Berlin", "Ontario"),
        "status": ("active", "trial", "closed"),
        "timezone": ("Europe/Berlin", "America/Toronto"),
        "title": ("Felt hats", "Pricing", "Welcome"),
        "type": EVENT_TYPES,
        "url": ("https://shop.example.com/hats", "https://shop.example.com/"),
        "version": ("2.4.1", "1.10.0", "3.0.2"),
    }
)
_BY_ENDING: tuple[tuple[tuple[str, ...], tuple[Json, ...]], ...] = (
    (("id", "sku", "key", "token"), _IDS),
    (("at", "time", "timestamp", "date", "birthday"), _TIMES),
    (("email",), _BY_NAME["email"]),
    (("url", "website", "avatar", "link"), _BY_NAME["url"]),
    (("name", "title"), _BY_NAME["title"]),
    (("price", "total", "revenue", "value", "amount", "tax", "discount"), _AMOUNTS),
    (("quantity", "count", "number", "position", "size", "width", "height"), _COUNTS),
)
_ANY: tuple[Json, ...] = (*_WORDS, *_COUNTS, *_TIMES, True, False)

_LARGEST_STEP = 60


class UsualValues:
    """Suggests what a field may hold, and what a condition leaves of that.

    Args:
        random: Picks.
    """

    def __init__(self, random: Random) -> None:
        self._random = random

    def values(self, place: Place, domain: Domain) -> Iterator[Json]:
        """Yield values that look usual at *place*, then some that *domain* suggests."""
        yield from self._allowed_words(domain)
        yield from self.shuffled(usual(place.segments))
        yield from self._numbers(domain)
        yield from self.shuffled(_ANY)

    def shuffled(self, values: tuple[Json, ...]) -> list[Json]:
        """Return *values* in another order."""
        return self._random.sample(values, len(values))

    def _allowed_words(self, domain: Domain) -> Iterator[Json]:
        if isinstance(domain.texts, OneOf) and domain.texts.words:
            yield self._random.choice(sorted(domain.texts.words))

    def _numbers(self, domain: Domain) -> Iterator[Json]:
        """Yield numbers at some distance from what bounds them."""
        step = self._random.randrange(_LARGEST_STEP)
        for each in domain.numbers:
            near = [each.low, each.high]
            for bound, sign in zip(near, (1, -1), strict=True):
                if isinstance(bound, int):
                    number = bound + sign * step
                    if ranges.holds(domain.numbers, number):
                        yield number
            yield from numbers_within(each)


def usual(segments: tuple[str, ...]) -> tuple[Json, ...]:
    """Return what a field at a path usually holds; nothing where nothing is known."""
    name = segments[-1] if segments else ""
    if name in _BY_NAME:
        return _BY_NAME[name]
    lowered = name.lower()
    if lowered.startswith(("is_", "has_")) or lowered in {"active", "test"}:
        return (True, False)
    for endings, found in _BY_ENDING:
        if lowered.endswith(endings):
            return found
    return ()
