"""Sets of rules for the events of the invented shop, and events that meet some.

Nine rules in ten name a type, and an action if the type is ``track``, and ask one to
three conditions more; the tenth asks two to four conditions of any event. In the lane
``noeq`` no condition asks whether two values are equal: all are orders, globs, parts
of texts, kinds, and negations.
"""

from __future__ import annotations

import json
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias

from benchmarks.make_events import events

if TYPE_CHECKING:
    from collections.abc import Callable

Event: TypeAlias = dict[str, Any]

_OBJECTS = (
    *("Product", "Order", "Cart", "Coupon", "Checkout", "Account", "Video", "List"),
    *("Invoice", "Review", "Article", "Store", "Message", "Banner", "Ticket", "Trial"),
    *("Return", "Visit", "Search", "Gift"),
)
_ACTIONS = ("Viewed", "Added", "Removed", "Completed", "Started")
ACTIONS = tuple(f"{what} {done}" for what in _OBJECTS for done in _ACTIONS)
"""The names of the actions that the rules know: a hundred."""

OTHER_TYPES = ("page", "screen", "identify", "group", "alias")
WORDS = (
    *("lamp", "lantern", "rug", "mug", "pan", "chair", "desk", "wool", "oak", "iron"),
    *("spring", "hero", "home", "light", "shop", "cast", "paper", "stone", "ware"),
)
COUNTRIES = ("United Kingdom", "United States", "France", "Germany", "Japan", "Spain")
LOCALES = ("en-GB", "en-US", "fr-FR", "de-DE", "ja-JP", "es-ES", "it-IT", "pt-BR")
CATEGORIES = ("Lighting", "Textiles", "Kitchen", "Furniture", "Garden", "Office")
BROWSERS = ("Chrome", "Firefox", "Safari", "Lantern", "Edg", "bot")
SKUS = tuple(
    f"{kind}-{number:02d}"
    for kind in ("lamp", "rug", "mug", "pan", "chr")
    for number in range(1, 30)
)


def make_events(count: int, seed: int = 1) -> list[Event]:
    """Return events as a JSON reader makes them; actions have all the names."""
    random = Random(seed)
    made = []
    for event in islice(events(seed, is_short=False), count):
        if event.get("event") is not None and event["event"] != 404:
            event = event | {"event": random.choice(ACTIONS)}
        made.append(json.loads(json.dumps(event)))
    return made


# --- rules ------------------------------------------------------------------------


def make_rules(count: int, seed: int = 1) -> dict[str, str]:
    """Return rules by name, nine in ten with a type and an action."""
    random = Random(seed)
    return {f"rule-{number}": _rule(random) for number in range(count)}


def make_rules_without_equality(count: int, seed: int = 1) -> dict[str, str]:
    """Return rules by name, none of which asks for equality."""
    random = Random(seed)
    return {
        f"rule-{number}": _joined(random, _LOOSE, random.randint(2, 4))
        for number in range(count)
    }


def _rule(random: Random) -> str:
    if random.random() < 0.1:
        return _joined(random, _ANY, random.randint(2, 4))
    return f"{_head(random)} and {_joined(random, _ANY, random.randint(1, 3))}"


def _head(random: Random) -> str:
    if random.random() < 0.9:
        return f'type = "track" and event = "{random.choice(ACTIONS)}"'
    return f'type = "{random.choice(OTHER_TYPES)}"'


def _joined(random: Random, makers: tuple[Callable[[Random], str], ...], n: int) -> str:
    return " and ".join([make(random) for make in random.sample(makers, k=n)])


def _amount(random: Random) -> str:
    path = random.choice(["properties.price", "properties.total"])
    return f"{path} {random.choice(['>=', '<', '>'])} {random.randint(1, 400)}"


def _quantity(random: Random) -> str:
    return f"properties.quantity >= {random.randint(1, 5)}"


def _screen(random: Random) -> str:
    return f"context.screen.width > {random.randint(300, 2600)}"


def _name(random: Random) -> str:
    return f'contains(lowercase(properties.name), "{random.choice(WORDS)}")'


def _title(random: Random) -> str:
    return f'match(context.page.title, "*{random.choice(WORDS).title()}*")'


def _agent(random: Random) -> str:
    return f'contains(context.userAgent, "{random.choice(BROWSERS)}")'


def _start(random: Random) -> str:
    return f'match(properties.path, "/{random.choice(WORDS)}*")'


def _known(random: Random) -> str:
    return random.choice(["exists(userId)", "!exists(userId)", "exists(traits.phone)"])


def _since(random: Random) -> str:
    return f"timestamp >= '2026-03-02T{random.randint(5, 23):02d}:00:00Z'"


def _not_country(random: Random) -> str:
    return f'properties.country != "{random.choice(COUNTRIES)}"'


def _not_begun(random: Random) -> str:
    return f'!match(context.locale, "{random.choice(LOCALES)[:2]}*")'


def _category(random: Random) -> str:
    return f'properties.category = "{random.choice(CATEGORIES)}"'


def _locale(random: Random) -> str:
    wanted = ", ".join([f'"{each}"' for each in random.sample(LOCALES, k=3)])
    return f"context.locale in [{wanted}]"


def _sku(random: Random) -> str:
    return f'properties.sku = "{random.choice(SKUS)}"'


def _campaign(random: Random) -> str:
    return f'context.campaign.medium = "{random.choice(["email", "cpc", "social"])}"'


def _wifi(_: Random) -> str:
    return "context.network.wifi = true"


def _plan(random: Random) -> str:
    return f'traits.plan = "{random.choice(["Trial", "Business", "Team"])}"'


_LOOSE = (
    *(_amount, _quantity, _screen, _name, _title, _agent, _start, _known, _since),
    *(_not_begun,),
)
_ANY = (*_LOOSE, _not_country, _category, _locale, _sku, _campaign, _wifi, _plan)
