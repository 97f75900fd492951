"""The twelve triggers in the languages of other engines.

Each table has the triggers by the names of their hand-written functions. What a
language cannot say is missing, and `CANNOT` says why. A field that is null or of an odd
type is left to the engine: most raise then, which counts as no match.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Texts: TypeAlias = Mapping[str, Any]

CEL: Texts = {
    "big_order": (
        'e.type == "track" && e.event == "Order Completed" && e.properties.total >= 100'
    ),
    "view": 'e.type in ["page", "screen"]',
    "product": 'e.event.startsWith("Product ") && e.properties.price < 50',
    "staff": 'e.context.traits.email.matches("(?i)@shop[.]example[.]com")',
    "robot": 'e.context.userAgent.matches("[bB]ot/")',
    "after_switch": (
        'e.type == "track"'
        ' && timestamp(e.receivedAt) >= timestamp("2026-03-02T08:00:00Z")'
    ),
    "furniture": (
        'e.properties.products.exists(p, p.category == "Furniture" && p.price > 100)'
    ),
    "known_on_wifi": (
        "has(e.userId) && e.userId != null && e.context.network.wifi == true"
    ),
    "campaign": (
        'e.context.campaign.medium in ["email", "cpc"]'
        ' && e.context.locale in ["de-DE", "fr-FR", "en-GB"]'
    ),
    "person_or_company": (
        'e.type == "identify" && e.traits.newsletter == true'
        ' || e.type == "group" && e.traits.plan == "Trial"'
    ),
    "ordinary_page": (
        'e.type == "page" && (!has(e.properties.path) || e.properties.path != "/"'
        ' && !e.properties.path.startsWith("/lighting")'
        ' && !e.properties.path.contains("admin"))'
    ),
    "middle_price": (
        'e.event == "Product Added" && e.context.library.name == "lantern.js"'
        " && e.properties.price >= 10 && e.properties.price < 100"
    ),
}

RULE_ENGINE: Texts = {
    "big_order": (
        'type == "track" and event == "Order Completed" and properties.total >= 100'
    ),
    "view": 'type in ["page", "screen"]',
    "product": 'event =~ "Product " and properties.price < 50',
    "staff": '"@shop.example.com" in context.traits.email.as_lower',
    "robot": 'context.userAgent =~~ "[bB]ot/"',
    "after_switch": (
        'type == "track"'
        ' and $parse_datetime(receivedAt) >= d"2026-03-02T08:00:00+00:00"'
    ),
    "furniture": (
        '$any([p.category == "Furniture" and p.price > 100'
        " for p in properties.products])"
    ),
    "known_on_wifi": "userId != null and context.network.wifi == true",
    "campaign": (
        'context.campaign.medium in ["email", "cpc"]'
        ' and context.locale in ["de-DE", "fr-FR", "en-GB"]'
    ),
    "person_or_company": (
        'type == "identify" and traits.newsletter == true'
        ' or type == "group" and traits.plan == "Trial"'
    ),
    "ordinary_page": (
        'type == "page" and (properties.path == null or properties.path != "/"'
        ' and not properties.path =~ "/lighting"'
        ' and not "admin" in properties.path)'
    ),
    "middle_price": (
        'event == "Product Added" and context.library.name == "lantern.js"'
        " and properties.price >= 10 and properties.price < 100"
    ),
}

JMESPATH: Texts = {
    "big_order": (
        "type == 'track' && event == 'Order Completed' && properties.total >= `100`"
    ),
    "view": "contains(['page', 'screen'], type)",
    "product": "starts_with(event, 'Product ') && properties.price < `50`",
    "robot": (
        "contains(context.userAgent, 'bot/') || contains(context.userAgent, 'Bot/')"
    ),
    "furniture": (
        "length(properties.products[?category == 'Furniture' && price > `100`]) > `0`"
    ),
    "known_on_wifi": "userId != null && context.network.wifi == `true`",
    "campaign": (
        "contains(['email', 'cpc'], context.campaign.medium)"
        " && contains(['de-DE', 'fr-FR', 'en-GB'], context.locale)"
    ),
    "person_or_company": (
        "type == 'identify' && traits.newsletter == `true`"
        " || type == 'group' && traits.plan == 'Trial'"
    ),
    "ordinary_page": (
        "type == 'page' && (properties.path == null || properties.path != '/'"
        " && !starts_with(properties.path, '/lighting')"
        " && !contains(properties.path, 'admin'))"
    ),
    "middle_price": (
        "event == 'Product Added' && context.library.name == 'lantern.js'"
        " && properties.price >= `10` && properties.price < `100`"
    ),
}

ZEN: Texts = {
    "big_order": (
        "type == 'track' and event == 'Order Completed' and properties.total >= 100"
    ),
    "view": "type in ['page', 'screen']",
    "product": "startsWith(event, 'Product ') and properties.price < 50",
    "staff": "contains(lower(context.traits.email), '@shop.example.com')",
    "robot": "matches(context.userAgent, '[bB]ot/')",
    "after_switch": (
        "type == 'track' and date(receivedAt) >= date('2026-03-02T08:00:00Z')"
    ),
    "furniture": (
        "some(properties.products, #.category == 'Furniture' and #.price > 100)"
    ),
    "known_on_wifi": "userId != null and context.network.wifi == true",
    "campaign": (
        "context.campaign.medium in ['email', 'cpc']"
        " and context.locale in ['de-DE', 'fr-FR', 'en-GB']"
    ),
    "person_or_company": (
        "type == 'identify' and traits.newsletter == true"
        " or type == 'group' and traits.plan == 'Trial'"
    ),
    "ordinary_page": (
        "type == 'page' and (properties.path == null or properties.path != '/'"
        " and not startsWith(properties.path, '/lighting')"
        " and not contains(properties.path, 'admin'))"
    ),
    "middle_price": (
        "event == 'Product Added' and context.library.name == 'lantern.js'"
        " and properties.price >= 10 and properties.price < 100"
    ),
}

JSONATA: Texts = {
    "big_order": (
        'type = "track" and event = "Order Completed" and properties.total >= 100'
    ),
    "view": 'type in ["page", "screen"]',
    "product": '$substring(event, 0, 8) = "Product " and properties.price < 50',
    "staff": '$contains($lowercase(context.traits.email), "@shop.example.com")',
    "robot": "$contains(context.userAgent, /[bB]ot\\//)",
    "after_switch": 'type = "track" and $toMillis(receivedAt) >= 1772438400000',
    "furniture": (
        '$count(properties.products[category = "Furniture" and price > 100]) > 0'
    ),
    "known_on_wifi": (
        "$exists(userId) and userId != null and context.network.wifi = true"
    ),
    "campaign": (
        'context.campaign.medium in ["email", "cpc"]'
        ' and context.locale in ["de-DE", "fr-FR", "en-GB"]'
    ),
    "person_or_company": (
        'type = "identify" and traits.newsletter = true'
        ' or type = "group" and traits.plan = "Trial"'
    ),
    "ordinary_page": (
        'type = "page" and ($not($exists(properties.path)) or properties.path != "/"'
        ' and $not($substring(properties.path, 0, 9) = "/lighting")'
        ' and $not($contains(properties.path, "admin")))'
    ),
    "middle_price": (
        'event = "Product Added" and context.library.name = "lantern.js"'
        " and properties.price >= 10 and properties.price < 100"
    ),
}

EVALIDATE: Texts = {
    "big_order": (
        'type == "track" and event == "Order Completed" and properties["total"] >= 100'
    ),
    "view": 'type in ["page", "screen"]',
    "product": 'event.startswith("Product ") and properties["price"] < 50',
    "staff": '"@shop.example.com" in context["traits"]["email"].lower()',
    "robot": '"bot/" in context["userAgent"] or "Bot/" in context["userAgent"]',
    "after_switch": (
        'type == "track" and instant(receivedAt) >= instant("2026-03-02T08:00:00Z")'
    ),
    "furniture": (
        'any([p["category"] == "Furniture" and p["price"] > 100'
        ' for p in properties["products"]])'
    ),
    "known_on_wifi": 'userId != None and context["network"]["wifi"] == True',
    "campaign": (
        'context["campaign"]["medium"] in ["email", "cpc"]'
        ' and context["locale"] in ["de-DE", "fr-FR", "en-GB"]'
    ),
    "person_or_company": (
        'type == "identify" and traits["newsletter"] == True'
        ' or type == "group" and traits["plan"] == "Trial"'
    ),
    "ordinary_page": (
        'type == "page" and properties["path"] != "/"'
        ' and not properties["path"].startswith("/lighting")'
        ' and not "admin" in properties["path"]'
    ),
    "middle_price": (
        'event == "Product Added" and context["library"]["name"] == "lantern.js"'
        ' and properties["price"] >= 10 and properties["price"] < 100'
    ),
}

ORIGINAL: Texts = {
    "big_order": (
        'type = "track" and event = "Order Completed" and properties.total >= 100'
    ),
    "view": 'type = "page" or type = "screen"',
    "product": 'match(event, "Product *") and properties.price < 50',
    "robot": (
        'contains(context.userAgent, "bot/") or contains(context.userAgent, "Bot/")'
    ),
    "known_on_wifi": "userId != null and context.network.wifi = true",
    "campaign": (
        '(context.campaign.medium = "email" or context.campaign.medium = "cpc")'
        ' and (context.locale = "de-DE" or context.locale = "fr-FR"'
        ' or context.locale = "en-GB")'
    ),
    "person_or_company": (
        '(type = "identify" and traits.newsletter = true)'
        ' or (type = "group" and traits.plan = "Trial")'
    ),
    "ordinary_page": (
        'type = "page" and properties.path != "/"'
        ' and !match(properties.path, "/lighting*")'
        ' and !contains(properties.path, "admin")'
    ),
    "middle_price": (
        'event = "Product Added" and context.library.name = "lantern.js"'
        " and properties.price >= 10 and properties.price < 100"
    ),
}

DEVICE: Texts = {
    **ORIGINAL,
    "view": 'type in ["page", "screen"]',
    "robot": 'match(context.userAgent, "*[bB]ot/*")',
    "known_on_wifi": 'typeof(userId) = "string" and context.network.wifi = true',
    "campaign": (
        'context.campaign.medium in ["email", "cpc"]'
        ' and context.locale in ["de-DE", "fr-FR", "en-GB"]'
    ),
}
"""What `fql.device.encode` makes rules of."""


def _var(path: str) -> dict[str, Any]:
    return {"var": path}


def _equal(path: str, value: object) -> dict[str, Any]:
    return {"===": [_var(path), value]}


def _starts(path: str, text: str) -> dict[str, Any]:
    return {"===": [{"substr": [_var(path), 0, len(text)]}, text]}


JSON_LOGIC: Texts = {
    "big_order": {
        "and": [
            _equal("type", "track"),
            _equal("event", "Order Completed"),
            {">=": [_var("properties.total"), 100]},
        ]
    },
    "view": {"in": [_var("type"), ["page", "screen"]]},
    "product": {
        "and": [_starts("event", "Product "), {"<": [_var("properties.price"), 50]}]
    },
    "robot": {
        "or": [
            {"in": ["bot/", _var("context.userAgent")]},
            {"in": ["Bot/", _var("context.userAgent")]},
        ]
    },
    "furniture": {
        "some": [
            _var("properties.products"),
            {"and": [_equal("category", "Furniture"), {">": [_var("price"), 100]}]},
        ]
    },
    "known_on_wifi": {
        "and": [
            {"!==": [_var("userId"), None]},
            _equal("context.network.wifi", True),
        ]
    },
    "campaign": {
        "and": [
            {"in": [_var("context.campaign.medium"), ["email", "cpc"]]},
            {"in": [_var("context.locale"), ["de-DE", "fr-FR", "en-GB"]]},
        ]
    },
    "person_or_company": {
        "or": [
            {"and": [_equal("type", "identify"), _equal("traits.newsletter", True)]},
            {"and": [_equal("type", "group"), _equal("traits.plan", "Trial")]},
        ]
    },
    "ordinary_page": {
        "and": [
            _equal("type", "page"),
            {"!==": [_var("properties.path"), "/"]},
            {"!": _starts("properties.path", "/lighting")},
            {"!": {"in": ["admin", _var("properties.path")]}},
        ]
    },
    "middle_price": {
        "and": [
            _equal("event", "Product Added"),
            _equal("context.library.name", "lantern.js"),
            {">=": [_var("properties.price"), 10]},
            {"<": [_var("properties.price"), 100]},
        ]
    },
}

_SWITCHED = {
    ">=": [{"datetime": _var("receivedAt")}, {"datetime": "2026-03-02T08:00:00Z"}]
}

DATALOGIC: Texts = {
    **JSON_LOGIC,
    "after_switch": {"and": [_equal("type", "track"), _SWITCHED]},
}
"""JsonLogic with the timestamps that one implementation adds."""

CANNOT: Mapping[str, Mapping[str, str]] = {
    "JMESPath": {"staff": "no lower case", "after_switch": "no timestamps"},
    "JsonLogic": {"staff": "no lower case", "after_switch": "no timestamps"},
    "the original": {
        "staff": "no lower case",
        "after_switch": "no timestamps",
        "furniture": "no tests of list elements",
    },
    "device rules": {
        "staff": "no function of a function",
        "after_switch": "no timestamps",
        "furniture": "no tests of list elements",
    },
}
"""What a language cannot say, and why."""

COERCES = "orders texts that look like numbers as numbers"

OTHERWISE: Mapping[str, str] = {"JsonLogic": COERCES}
"""Why engines of a language may answer otherwise."""
