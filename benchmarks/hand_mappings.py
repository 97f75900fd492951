"""Five mappings, each with the Python that an engineer would write for it.

The Python builds the same payload for every event of the benchmark, and for any JSON
it leaves out what is not there and raises nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.hand_values import Event, Payload, as_object, as_text
from benchmarks.hand_wide_mappings import PROFILE, REQUEST, profile, request
from fql.compiler.library import to_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ORDER = """{
  id: properties.order_id
  kind: 'order'
  title: "Order {{properties.order_id}} by {{context.traits.name}}"
  buyer: userId ?? anonymousId
  email: lower(context.traits.email)
  country: properties.country
  currency: properties.currency ?? 'EUR'
  total: number(properties.total)
  tier: if number(properties.total) >= 100 then "gold" else "basic"
  coupon: if filled(properties.coupon) then upper(properties.coupon) else 'NONE'
  gift: exists(properties.gift_message)
  is_test: contains(context.traits.email, "@test.example.com")
  items: each properties.products {
    sku, name
    price: number(price)
    qty: quantity
    order: $.properties.order_id
  }
  ip: context.ip
  sent_at: originalTimestamp
  message: messageId
}"""


def order(event: Event) -> Payload:
    """Build the payload of an order."""
    properties = as_object(event.get("properties"))
    context = as_object(event.get("context"))
    traits = as_object(context.get("traits"))
    payload: Payload = {}
    if "order_id" in properties:
        payload["id"] = properties["order_id"]
    payload["kind"] = "order"
    number, name = properties.get("order_id"), traits.get("name")
    payload["title"] = f"Order {as_text(number)} by {as_text(name)}"
    if event.get("userId") is not None:
        payload["buyer"] = event["userId"]
    elif "anonymousId" in event:
        payload["buyer"] = event["anonymousId"]
    email = traits.get("email")
    if "email" in traits:
        payload["email"] = email.lower() if isinstance(email, str) else email
    if "country" in properties:
        payload["country"] = properties["country"]
    currency = properties.get("currency")
    payload["currency"] = "EUR" if currency is None else currency
    total = to_number(properties.get("total"))
    if "total" in properties:
        payload["total"] = total
    payload["tier"] = "gold" if total is not None and total >= 100 else "basic"
    coupon = properties.get("coupon")
    if coupon is None or coupon == "":
        payload["coupon"] = "NONE"
    else:
        payload["coupon"] = coupon.upper() if isinstance(coupon, str) else coupon
    payload["gift"] = properties.get("gift_message") is not None
    payload["is_test"] = isinstance(email, str) and "@test.example.com" in email
    if "products" in properties:
        payload["items"] = _order_items(properties)
    if "ip" in context:
        payload["ip"] = context["ip"]
    if "originalTimestamp" in event:
        payload["sent_at"] = event["originalTimestamp"]
    if "messageId" in event:
        payload["message"] = event["messageId"]
    return payload


def _order_items(properties: dict[str, Any]) -> Any:
    products = properties["products"]
    if isinstance(products, dict):
        products = [products]
    if not isinstance(products, list):
        return products
    items: list[Payload] = []
    for each in products:
        product = as_object(each)
        item: Payload = {}
        if "sku" in product:
            item["sku"] = product["sku"]
        if "name" in product:
            item["name"] = product["name"]
        if "price" in product:
            item["price"] = to_number(product["price"])
        if "quantity" in product:
            item["qty"] = product["quantity"]
        if "order_id" in properties:
            item["order"] = properties["order_id"]
        items.append(item)
    return items


ACTIVITY = """{
  event_type: event ?? "Viewed {{name}}"
  user_id: userId
  device_id: context.device.id ?? anonymousId
  time: timestamp
  insert_id: messageId
  platform: context.device.type ?? 'Web'
  os_name: context.os.name
  os_version: context.os.version
  app_version: context.app.version
  carrier: context.network.carrier
  language: context.locale
  ip: context.ip
  library: 'fql'
  event_properties: properties
  user_properties: context.traits
}"""


def activity(event: Event) -> Payload:
    """Build the payload of an analytics event."""
    context = as_object(event.get("context"))
    device, system = as_object(context.get("device")), as_object(context.get("os"))
    app, network = as_object(context.get("app")), as_object(context.get("network"))
    payload: Payload = {}
    name = event.get("event")
    payload["event_type"] = (
        f"Viewed {as_text(event.get('name'))}" if name is None else name
    )
    if "userId" in event:
        payload["user_id"] = event["userId"]
    if device.get("id") is not None:
        payload["device_id"] = device["id"]
    elif "anonymousId" in event:
        payload["device_id"] = event["anonymousId"]
    if "timestamp" in event:
        payload["time"] = event["timestamp"]
    if "messageId" in event:
        payload["insert_id"] = event["messageId"]
    platform = device.get("type")
    payload["platform"] = "Web" if platform is None else platform
    if "name" in system:
        payload["os_name"] = system["name"]
    if "version" in system:
        payload["os_version"] = system["version"]
    if "version" in app:
        payload["app_version"] = app["version"]
    if "carrier" in network:
        payload["carrier"] = network["carrier"]
    if "locale" in context:
        payload["language"] = context["locale"]
    if "ip" in context:
        payload["ip"] = context["ip"]
    payload["library"] = "fql"
    if "properties" in event:
        payload["event_properties"] = event["properties"]
    if "traits" in context:
        payload["user_properties"] = context["traits"]
    return payload


CONTACT = """{
  id: userId
  language: 'en'
  source: 'web'
  email: lower(traits.email)
  name: traits.name
  phone: drop_null(traits.phone)
  city: traits.address.city
  country: traits.address.country
  newsletter: traits.newsletter = true
  is_staff: match(traits.email, "*@shop.example.com")
  label: "{{traits.name}} <{{traits.email}}>"
  segments: ['contact', 'web']
  consent: { marketing: false, analytics: true }
}"""


def contact(event: Event) -> Payload:
    """Build the payload of a contact."""
    traits = as_object(event.get("traits"))
    address = as_object(traits.get("address"))
    email = traits.get("email")
    payload: Payload = {}
    if "userId" in event:
        payload["id"] = event["userId"]
    payload["language"] = "en"
    payload["source"] = "web"
    if "email" in traits:
        payload["email"] = email.lower() if isinstance(email, str) else email
    if "name" in traits:
        payload["name"] = traits["name"]
    phone = traits.get("phone")
    if isinstance(phone, dict):
        phone = {key: value for key, value in phone.items() if value is not None}
    if phone is not None:
        payload["phone"] = phone
    if "city" in address:
        payload["city"] = address["city"]
    if "country" in address:
        payload["country"] = address["country"]
    payload["newsletter"] = traits.get("newsletter") is True
    payload["is_staff"] = isinstance(email, str) and email.endswith("@shop.example.com")
    payload["label"] = f"{as_text(traits.get('name'))} <{as_text(email)}>"
    payload["segments"] = ["contact", "web"]
    payload["consent"] = {"marketing": False, "analytics": True}
    return payload


MAPPINGS: Mapping[str, tuple[str, Callable[[Event], Payload]]] = {
    "order": (ORDER, order),
    "activity": (ACTIVITY, activity),
    "contact": (CONTACT, contact),
    "request": (REQUEST, request),
    "profile": (PROFILE, profile),
}
"""The mappings' texts, and the functions that build what they do."""
