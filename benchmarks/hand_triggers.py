"""Twelve triggers, each with the Python that an engineer would write for it.

The Python says what the trigger says, for any JSON: a number is no bool, a field may
be null or of another type. It is what generated code is measured against.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

Event: TypeAlias = dict[str, Any]
Test: TypeAlias = Callable[[Event], bool]

_SWITCH = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_ROBOT = re.compile(r".*[bB]ot/.*", re.DOTALL)


def big_order(event: Event) -> bool:
    """Return whether an order of 100 and more was completed."""
    if event.get("type") != "track" or event.get("event") != "Order Completed":
        return False
    properties = event.get("properties")
    if not isinstance(properties, dict):
        return False
    total = properties.get("total")
    return (
        isinstance(total, int | float) and not isinstance(total, bool) and total >= 100
    )


def view(event: Event) -> bool:
    """Return whether something was looked at."""
    return event.get("type") in ("page", "screen")


def product(event: Event) -> bool:
    """Return whether a cheap product was touched."""
    name = event.get("event")
    if not isinstance(name, str) or not name.startswith("Product "):
        return False
    properties = event.get("properties")
    if not isinstance(properties, dict):
        return False
    price = properties.get("price")
    return isinstance(price, int | float) and not isinstance(price, bool) and price < 50


def staff(event: Event) -> bool:
    """Return whether the shopper works for the shop."""
    context = event.get("context")
    if not isinstance(context, dict):
        return False
    traits = context.get("traits")
    if not isinstance(traits, dict):
        return False
    email = traits.get("email")
    return isinstance(email, str) and "@shop.example.com" in email.lower()


def robot(event: Event) -> bool:
    """Return whether a robot looks."""
    context = event.get("context")
    if not isinstance(context, dict):
        return False
    agent = context.get("userAgent")
    return isinstance(agent, str) and _ROBOT.fullmatch(agent) is not None


def after_switch(event: Event) -> bool:
    """Return whether an action was received after the switch."""
    if event.get("type") != "track":
        return False
    received = event.get("received_at", event.get("receivedAt"))
    if not isinstance(received, str) or _TIMESTAMP.fullmatch(received) is None:
        return False
    try:
        return datetime.fromisoformat(received) >= _SWITCH
    except (TypeError, ValueError):
        return False


def furniture(event: Event) -> bool:
    """Return whether expensive furniture is among the products."""
    properties = event.get("properties")
    if not isinstance(properties, dict):
        return False
    products = properties.get("products")
    if not isinstance(products, list):
        return False
    for item in products:
        if isinstance(item, dict) and item.get("category") == "Furniture":
            price = item.get("price")
            if not isinstance(price, int | float) or isinstance(price, bool):
                continue
            if price > 100:
                return True
    return False


def known_on_wifi(event: Event) -> bool:
    """Return whether a known shopper is on a fast line."""
    if event.get("userId") is None:
        return False
    context = event.get("context")
    if not isinstance(context, dict):
        return False
    network = context.get("network")
    return isinstance(network, dict) and network.get("wifi") is True


def campaign(event: Event) -> bool:
    """Return whether a campaign brought the shopper to one of two countries."""
    context = event.get("context")
    if not isinstance(context, dict):
        return False
    source = context.get("campaign")
    if not isinstance(source, dict) or source.get("medium") not in ("email", "cpc"):
        return False
    return context.get("locale") in ("de-DE", "fr-FR", "en-GB")


def person_or_company(event: Event) -> bool:
    """Return whether a reader of letters or a company on trial was named."""
    kind = event.get("type")
    traits = event.get("traits")
    if not isinstance(traits, dict):
        return False
    if kind == "identify":
        return traits.get("newsletter") is True
    return kind == "group" and traits.get("plan") == "Trial"


def ordinary_page(event: Event) -> bool:
    """Return whether a page was looked at that is neither of two."""
    if event.get("type") != "page":
        return False
    properties = event.get("properties")
    path = properties.get("path") if isinstance(properties, dict) else None
    if not isinstance(path, str):
        return True
    return path != "/" and not path.startswith("/lighting") and "admin" not in path


def middle_price(event: Event) -> bool:
    """Return whether something of a middle price was added in the app."""
    if event.get("event") != "Product Added":
        return False
    context = event.get("context")
    library = context.get("library") if isinstance(context, dict) else None
    if not isinstance(library, dict) or library.get("name") != "lantern.js":
        return False
    properties = event.get("properties")
    price = properties.get("price") if isinstance(properties, dict) else None
    if not isinstance(price, int | float) or isinstance(price, bool):
        return False
    return 10 <= price < 100


TRIGGERS: Mapping[str, Test] = {
    'type = "track" and event = "Order Completed" and properties.total >= 100': (
        big_order
    ),
    'type in ["page", "screen"]': view,
    'match(event, "Product *") and properties.price < 50': product,
    'contains(lowercase(context.traits.email), "@shop.example.com")': staff,
    'match(context.userAgent, "*[bB]ot/*")': robot,
    "type = \"track\" and received_at >= '2026-03-02T08:00:00Z'": after_switch,
    'any(properties.products, item.category = "Furniture" and item.price > 100)': (
        furniture
    ),
    "exists(userId) and context.network.wifi = true": known_on_wifi,
    'context.campaign.medium in ["email", "cpc"]'
    ' and context.locale in ["de-DE", "fr-FR", "en-GB"]': campaign,
    'type = "identify" and traits.newsletter = true'
    ' or type = "group" and traits.plan = "Trial"': person_or_company,
    'type = "page" and properties.path != "/" and !match(properties.path, "/lighting*")'
    ' and !contains(properties.path, "admin")': ordinary_page,
    'event = "Product Added" and context.library.name = "lantern.js"'
    " and properties.price >= 10 and properties.price < 100": middle_price,
}
"""The triggers' texts, and the functions that answer as they do."""
