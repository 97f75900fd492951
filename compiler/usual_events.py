"""Events as a small shop's sources send them: the start of every example.

An event of each type of the event spec, whole: who, when, from where, and what it says.
With a tracking plan, the properties of a planned event are those of the plan.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fql.compiler import spec
from fql.compiler.schema import ANY_EVENT, Schema
from fql.compiler.shapes import ANYTHING, Shape, walk
from fql.compiler.solve_schema import domain_of
from fql.compiler.solve_store import Place
from fql.compiler.solve_witness import plain_value
from fql.compiler.types import Type
from fql.compiler.usual_values import EVENT_NAMES, UsualValues

if TYPE_CHECKING:
    from random import Random

    from fql.compiler.values import Json

_FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)
_MINUTES = 60 * 24 * 90

_PRODUCTS: tuple[dict[str, Json], ...] = (
    {"product_id": "p-17", "name": "Felt Hat", "category": "Hats", "price": 39.5},
    {"product_id": "p-23", "name": "Rain Boots", "category": "Shoes", "price": 64},
    {"product_id": "p-31", "name": "Tote Bag", "category": "Bags", "price": 18.9},
)
_PEOPLE: tuple[dict[str, Json], ...] = (
    {"email": "ana@example.com", "firstName": "Ana", "lastName": "Silva"},
    {"email": "ben@example.org", "firstName": "Ben", "lastName": "Okafor"},
    {"email": "chi@example.net", "firstName": "Chi", "lastName": "Tanaka"},
)


def usual_event(
    kind: str, random: Random, *, name: str | None = None, schema: Schema | None = None
) -> dict[str, Json]:
    """Return an event of type *kind*, one of the spec's, as sources send them.

    Args:
        kind: Its ``type``.
        random: Picks what it says.
        name: Its ``event``, where it is a track; any by default.
        schema: A tracking plan, by which a planned track has its properties.
    """
    person = random.randrange(len(_PEOPLE))
    event: dict[str, Json] = {"type": kind}
    event.update(_own_fields(kind, name, random, schema))
    event["userId"] = f"user-{100 + person}"
    event["anonymousId"] = f"anonymous-{random.randrange(1000, 10_000)}"
    event["messageId"] = f"message-{random.randrange(10**6, 10**7)}"
    sent = _FIRST + timedelta(minutes=random.randrange(_MINUTES))
    event["timestamp"] = _written(sent)
    event["receivedAt"] = _written(sent + timedelta(milliseconds=350))
    event["context"] = _context(random)
    return event


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _own_fields(
    kind: str, name: str | None, random: Random, schema: Schema | None
) -> dict[str, Json]:
    match kind:
        case spec.TRACK:
            name = name or random.choice(_names(schema))
            return {"event": name, "properties": _properties(name, random, schema)}
        case "identify":
            return {"traits": {**random.choice(_PEOPLE), "plan": "team"}}
        case "page" | "screen":
            title = random.choice(("Home", "Hats", "Pricing"))
            return {"name": title, "properties": {"title": title}}
        case "group":
            traits: dict[str, Json] = {"name": "Example Ltd", "employees": 42}
            return {"groupId": f"group-{random.randrange(10, 99)}", "traits": traits}
        case _:
            return {"previousId": f"anonymous-{random.randrange(1000, 10_000)}"}


def _names(schema: Schema | None) -> tuple[str, ...]:
    planned = tuple(schema.events) if schema is not None else ()
    return planned or EVENT_NAMES


def _properties(name: str, random: Random, schema: Schema | None) -> Json:
    if schema is not None and name in schema.events:
        narrowing = ANY_EVENT.by_events((name,))
        shape = walk(schema.event(narrowing), ("properties",)).shape
        planned = {*shape.required, *schema.events[name].members}
        path = ("properties",)
        return {
            each: usual_value(walk(shape, (each,)).shape, (*path, each), random)
            for each in sorted(planned)
        }
    product = dict(random.choice(_PRODUCTS))
    words = name.split(" ")
    if "Product" in words:
        return {**product, "quantity": random.randrange(1, 4)}
    if {"Order", "Cart", "Checkout"} & {*words}:
        return _order(product, random)
    return {"plan": random.choice(("free", "team", "business"))}


def _order(product: dict[str, Json], random: Random) -> dict[str, Json]:
    quantity = random.randrange(1, 4)
    price = product["price"]
    total = round(price * quantity, 2) if isinstance(price, int | float) else quantity
    return {
        "order_id": f"o-{random.randrange(1000, 10_000)}",
        "total": total,
        "currency": random.choice(("EUR", "USD")),
        "products": [{**product, "quantity": quantity}],
    }


def _context(random: Random) -> dict[str, Json]:
    return {
        "ip": random.choice(("192.0.2.10", "198.51.100.7", "203.0.113.25")),
        "locale": random.choice(("de-DE", "pt-PT", "en-CA")),
        "library": {"name": "analytics.js", "version": "2.4.1"},
    }


# --- by a schema ------------------------------------------------------------------


def usual_value(shape: Shape, path: tuple[str, ...], random: Random) -> Json:
    """Return a value of *shape*, which stands at *path*; null where there is none."""
    if shape.type == Type.OBJECT and not shape.choices:
        return {
            name: usual_value(walk(shape, (name,)).shape, (*path, name), random)
            for name in sorted({*shape.members, *shape.required})
        }
    if shape.type == Type.LIST and not shape.choices:
        return [usual_value(shape.items or ANYTHING, path, random)]
    domain = domain_of(shape)
    place = Place(0, path)
    return plain_value(domain, UsualValues(random).values(place, domain))
