"""What an Amplitude event is made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from fql.compiler.timestamps import instant

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fql.compiler.values import Json

Members: TypeAlias = "dict[str, Json]"

REVENUE_KEYS = ("revenue", "price", "productId", "quantity", "revenueType")

_OPERATIONS = ("$set", "$setOnce", "$add")
_LAST_SECOND_DIGITS = 11
"""Digits of the longest text that is read as seconds; longer ones are milliseconds."""


def without(members: Mapping[str, Json], keys: Collection[str]) -> Members:
    """Return *members* less *keys*."""
    return {key: value for key, value in members.items() if key not in keys}


def milliseconds(value: Json) -> int | None:
    """Return a time of a payload in milliseconds since 1970; None if it is none.

    Numbers are milliseconds; texts are RFC 3339, or the digits of a number.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value) * (1_000 if len(value) <= _LAST_SECOND_DIGITS else 1)
    moment = instant(value)
    return None if moment is None else moment // 1_000_000


def platform_name(text: str) -> str:
    """Return a platform in the spelling that Amplitude counts by.

    >>> platform_name("ios"), platform_name("ANDROID"), platform_name("Roku")
    ('iOS', 'Android', 'Roku')
    """
    text = re.sub("ios", "iOS", text, count=1, flags=re.IGNORECASE)
    return re.sub("android", "Android", text, count=1, flags=re.IGNORECASE)


def campaign_operations(payload: Mapping[str, Json]) -> Members:
    """Return how a campaign and a referrer change the properties of their user.

    Both are set, and kept apart as those that the user came with at first.
    """
    found = _object(payload.get("utm_properties")) | {
        "referrer": payload.get("referrer")
    }
    current: Members = {key: value for key, value in found.items() if value}
    if not current:
        return {}
    initial: Members = {f"initial_{key}": value for key, value in current.items()}
    return {"$set": current, "$setOnce": initial}


def merged(first: Members, second: Mapping[str, Json]) -> Members:
    """Return properties of a user with those of *second*; operations are joined."""
    joined: Members = {**second, **without(first, second)}
    for name in _OPERATIONS:
        if name in first and name in second:
            joined[name] = _object(first[name]) | _object(second[name])
    return joined


def revenue_of(members: Mapping[str, Json]) -> Members:
    """Return the revenue of an order or a product; nothing where there is none."""
    price, quantity = members.get("price"), members.get("quantity")
    revenue = members.get("revenue")
    if _is_number(price) and _is_number(quantity):
        revenue = price * quantity
    if not revenue:
        return {}
    kind = members.get("revenueType")
    told: Members = {
        "revenue": revenue,
        "revenueType": "Purchase" if kind is None else kind,
        "quantity": round(quantity) if _is_number(quantity) else None,
        "price": price,
        "productId": members.get("productId"),
    }
    return {key: value for key, value in told.items() if value is not None}


def _object(value: Json) -> Members:
    return value if isinstance(value, dict) else {}


def _is_number(value: Json) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
