"""Write events of an invented online shop, one JSON object a line.

Usage: ``python benchmarks/make_events.py --count 200000 > benchmarks/events.ndjson``

The same seed gives the same bytes. Events come in visits: a shopper looks at pages and
products, may sign in, may buy. All six types occur, and so do the faults that real
streams have: robots, staff, numbers sent as text, events without an id, events that
opt out. With ``--short`` the context holds what ``examples/shop.fql`` reads and
little else; without it an event has about 1.4 KB.

People, addresses and companies are invented; domains are reserved for examples.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Event: TypeAlias = dict[str, Any]

START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
FIRST_NAMES = ("Ada", "Bruno", "Chloé", "Dmitri", "Elif", "Fatou", "Goran", "Jürgen")
LAST_NAMES = ("Abara", "Björk", "Costa", "Dvořák", "Fontaine", "Haddad", "Jovanović")
COMPANIES = ("Northwind Tiles", "Blue Kiln", "Café Meridian", "Ostrava Cycles")
PLACES = (
    ("Leeds", "United Kingdom", "en-GB", "Europe/London"),
    ("Portland", "United States", "en-US", "America/Los_Angeles"),
    ("Lyon", "France", "fr-FR", "Europe/Paris"),
    ("München", "Germany", "de-DE", "Europe/Berlin"),
    ("東京", "Japan", "ja-JP", "Asia/Tokyo"),
)
PRODUCTS = (
    ("lamp-01", "Desk Lamp", "Lighting", 39.5),
    ("lamp-07", "Paper Lantern", "Lighting", 12.0),
    ("rug-12", "Wool Rug", "Textiles", 189.0),
    ("mug-03", "Stoneware Mug", "Kitchen", 14.25),
    ("pan-22", "Cast-Iron Pan", "Kitchen", 64.0),
    ("chr-05", "Oak Chair", "Furniture", 245.0),
)
CAMPAIGNS = (
    None,
    {"name": "spring", "source": "newsletter", "medium": "email", "content": "hero"},
    {"name": "brand", "source": "search", "medium": "cpc", "term": "paper lantern"},
)
BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/134.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_4) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.2 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:136.0) Gecko/20100101 Firefox/136.0",
)
PHONE = "Lantern/4.2.0 (iPhone; iOS 19.3; Scale/3.00)"
ROBOT = "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example.com/about)"


@dataclass(frozen=True, slots=True)
class Shopper:
    """Somebody who visits, and the device they do it with."""

    number: int
    name: str
    email: str
    phone: str | None
    place: tuple[str, str, str, str]
    agent: str
    campaign: dict[str, str] | None
    company: int | None

    @property
    def anonymous_id(self) -> str:
        """The id that the device has before anybody signs in."""
        return f"anon-{self.number:06x}"

    @property
    def user_id(self) -> str:
        """The id that the shop gives."""
        return f"user-{self.number:06d}"

    @property
    def is_robot(self) -> bool:
        """Whether nobody looks at the shop."""
        return self.agent == ROBOT

    @property
    def is_mobile(self) -> bool:
        """Whether the visit is in the shop's app."""
        return self.agent == PHONE


def make_shopper(random: Random, number: int) -> Shopper:
    """Return somebody new; one in ten is staff, one in twelve a robot."""
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    domain = "shop.example.com" if random.random() < 0.1 else "mail.example.com"
    agents = (*BROWSERS, PHONE, PHONE)
    return Shopper(
        number=number,
        name=f"{first} {last}",
        email=f"{first[0]}.{last}.{number}@{domain}",
        phone=f"+44 20 7946 {number % 1000:04d}" if random.random() < 0.5 else None,
        place=random.choice(PLACES),
        agent=ROBOT if random.random() < 0.08 else random.choice(agents),
        campaign=random.choice(CAMPAIGNS),
        company=random.randrange(len(COMPANIES)) if random.random() < 0.4 else None,
    )


# --- what happens in a visit -------------------------------------------------------


def visit(random: Random, shopper: Shopper) -> Iterator[Event]:
    """Yield the events of one visit without their envelopes, in order."""
    yield from arrive(shopper)
    if random.random() < 0.4 and not shopper.is_robot:
        yield identify(shopper)
    basket = random.sample(PRODUCTS, k=random.randint(1, 3))
    for product in basket:
        yield track("Product Viewed", line(random, shopper, product))
    if random.random() < 0.6 and not shopper.is_robot:
        yield track("Product Added", line(random, shopper, basket[0]))
        yield from sign_in(random, shopper)
        yield from buy(random, shopper, basket)


def arrive(shopper: Shopper) -> Iterator[Event]:
    """Yield what the first look at the shop sends."""
    if shopper.is_mobile:
        yield {"type": "screen", "name": "Home", "properties": {"Feed Type": "new"}}
    else:
        yield {"type": "page", "name": "Home", "properties": page("/", "Home")}
        lighting = page("/lighting", "Lighting")
        yield {
            "type": "page",
            "name": "Lighting",
            "category": "Shop",
            "properties": lighting,
        }


def sign_in(random: Random, shopper: Shopper) -> Iterator[Event]:
    """Yield what a sign-in sends: who it is, whom they work for, who they were."""
    yield identify(shopper)
    if random.random() < 0.5:
        yield {"type": "alias", "previousId": shopper.anonymous_id}
    if shopper.company is not None:
        yield {
            "type": "group",
            "groupId": f"company-{shopper.company}",
            "traits": {
                "name": COMPANIES[shopper.company],
                "employees": str(12 * (shopper.company + 1)),
                "plan": random.choice(["Trial", "Business"]),
                "preferences": '{"invoice":"monthly","currency":"EUR"}',
            },
        }


def identify(shopper: Shopper) -> Event:
    """Return the event that says who *shopper* is."""
    city, country, _, _ = shopper.place
    traits = {
        "name": shopper.name,
        "email": shopper.email.upper() if shopper.number % 7 == 0 else shopper.email,
        "phone": shopper.phone,
        "address": {"city": city, "country": country},
        "newsletter": shopper.number % 3 == 0,
    }
    return {"type": "identify", "traits": traits}


def buy(
    random: Random,
    shopper: Shopper,
    basket: list[tuple[str, str, str, float]],
) -> Iterator[Event]:
    """Yield a checkout and, mostly, the order that it leads to."""
    lines = [line(random, shopper, product) for product in basket]
    order: Event = {
        "order_id": f"o-{random.randrange(10**6):06d}",
        "total": amount(shopper, sum(price * 1.2 for *_, price in basket)),
        "currency": "EUR",
        "country": shopper.place[1],
        "coupon": random.choice(["spring10", "", None]),
        "products": lines,
    }
    card = {"last_digits": f"{random.randrange(10**4):04d}", "holder": shopper.name}
    yield track("Checkout Started", order | {"card": card})
    if random.random() < 0.7:
        gift = {"gift_message": "For you ♥"} if random.random() < 0.3 else {}
        yield track("Order Completed", order | gift)


def track(name: str, properties: Event) -> Event:
    """Return the event of an action."""
    return {"type": "track", "event": name, "properties": properties}


def line(
    random: Random,
    shopper: Shopper,
    product: tuple[str, str, str, float],
) -> Event:
    """Return a product as an event holds it."""
    sku, name, category, price = product
    return {
        "product_id": f"p-{sku}",
        "sku": sku,
        "name": name,
        "category": category,
        "price": amount(shopper, price),
        "quantity": random.randint(1, 3),
    }


def amount(shopper: Shopper, value: float) -> float | str:
    """Return *value* as the device sends it: the app sends amounts as text."""
    return f"{value:.2f}" if shopper.is_mobile else round(value, 2)


def page(path: str, title: str) -> Event:
    """Return where a browser is."""
    return {"path": path, "title": title, "url": f"https://shop.example.com{path}"}


# --- what surrounds an event ---------------------------------------------------------


def short_context(shopper: Shopper) -> Event:
    """Return what ``examples/shop.fql`` reads of the surroundings."""
    library = "lantern-ios" if shopper.is_mobile else "lantern.js"
    context: Event = {
        "ip": f"203.0.113.{shopper.number % 256}",
        "library": {"name": library, "version": "2.11.1"},
        "userAgent": shopper.agent,
    }
    if shopper.is_mobile:
        device = {"id": f"device-{shopper.number:06x}", "type": "iOS"}
        context["device"] = device
    if shopper.campaign is not None:
        context["campaign"] = shopper.campaign
    return context


def full_context(shopper: Shopper) -> Event:
    """Return the surroundings as a browser's or an app's library sends them."""
    _, _, locale, zone = shopper.place
    return short_context(shopper) | {
        "active": True,
        "app": {"name": "Lantern", "version": "4.2.0", "build": "4217"},
        "locale": locale,
        "timezone": zone,
        "network": {"wifi": True, "cellular": False, "carrier": "Example Mobile"},
        "os": {"name": "iOS" if shopper.is_mobile else "Linux", "version": "19.3"},
        "screen": {"width": 1470, "height": 956, "density": 2},
        "page": page("/lighting/paper-lantern", "Paper Lantern | Lantern")
        | {"referrer": "https://search.example.com/", "search": "?q=paper+lantern"},
        "consent": {
            "categoryPreferences": {"advertising": False, "analytics": True}
            | {"functional": True, "dataSharing": shopper.number % 2 == 0}
        },
        "userAgentData": {"mobile": shopper.is_mobile, "platform": "Linux"},
    }


def envelope(
    random: Random,
    shopper: Shopper,
    body: Event,
    *,
    number: int,
    is_known: bool,
) -> Event:
    """Return *body* with its ids and times; *number* dates it."""
    made = START + timedelta(seconds=25 * number + random.randrange(20))
    sent = made + timedelta(milliseconds=random.randrange(40, 900))
    got = sent + timedelta(milliseconds=random.randrange(5, 300))
    return {
        **body,
        "messageId": f"message-{number:07d}-{random.getrandbits(32):08x}",
        "anonymousId": shopper.anonymous_id,
        **({"userId": shopper.user_id} if is_known else {}),
        "integrations": {},
        "originalTimestamp": stamp(made),
        "sentAt": stamp(sent),
        "receivedAt": stamp(got),
        "timestamp": stamp(made),
    }


def stamp(moment: datetime) -> str:
    """Return *moment* as events write it, in milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def spoil(random: Random, event: Event) -> Event:
    """Return *event*, or one in thirty times what a faulty sender makes of it."""
    if random.random() >= 1 / 30:
        return event
    match random.randrange(4):
        case 0:
            return event | {"anonymousId": None, "userId": None}
        case 1:
            return event | {"integrations": {"All": False}}
        case 2:
            return event | {"integrations": {"crm": False}}
        case _:
            return event | {"type": "track", "event": 404}


def events(seed: int, *, is_short: bool) -> Iterator[Event]:
    """Yield events without end; the same for the same *seed*."""
    random = Random(seed)
    numbers = count()
    surroundings = short_context if is_short else full_context
    for each in count(1):
        shopper = make_shopper(random, each)
        is_known = False
        for body in visit(random, shopper):
            is_known = is_known or body["type"] == "identify"
            context = surroundings(shopper)
            if is_known:
                context["traits"] = {"name": shopper.name, "email": shopper.email}
            event = envelope(
                random, shopper, body, number=next(numbers), is_known=is_known
            )
            yield spoil(random, event | {"context": context})


def main() -> None:
    """Write as many events as the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=200_000, help="how many events")
    parser.add_argument("--seed", type=int, default=1, help="which events")
    parser.add_argument("--short", action="store_true", help="little context")
    options = parser.parse_args()
    for event in islice(events(options.seed, is_short=options.short), options.count):
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        sys.stdout.buffer.write(text.encode() + b"\n")


if __name__ == "__main__":
    main()
