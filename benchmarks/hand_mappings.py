"""Five mappings, each with the Python that an engineer would write for it.

The Python builds the same payload for every event of the benchmark, and for any JSON
it leaves out what is not there and raises nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from fql.compiler.library import to_number, to_string
from fql.compiler.values import compact_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Event: TypeAlias = dict[str, Any]
Payload: TypeAlias = dict[str, Any]


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else to_string(value) or ""


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
    properties = _object(event.get("properties"))
    context = _object(event.get("context"))
    traits = _object(context.get("traits"))
    payload: Payload = {}
    if "order_id" in properties:
        payload["id"] = properties["order_id"]
    payload["kind"] = "order"
    number, name = properties.get("order_id"), traits.get("name")
    payload["title"] = f"Order {_text(number)} by {_text(name)}"
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
        product = _object(each)
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
    context = _object(event.get("context"))
    device, system = _object(context.get("device")), _object(context.get("os"))
    app, network = _object(context.get("app")), _object(context.get("network"))
    payload: Payload = {}
    name = event.get("event")
    payload["event_type"] = (
        f"Viewed {_text(event.get('name'))}" if name is None else name
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
    traits = _object(event.get("traits"))
    address = _object(traits.get("address"))
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
    payload["label"] = f"{_text(traits.get('name'))} <{_text(email)}>"
    payload["segments"] = ["contact", "web"]
    payload["consent"] = {"marketing": False, "analytics": True}
    return payload


REQUEST = """{
  url: "https://crm.example.com/{{type}}/{{userId}}"
  method: 'POST'
  headers: {
    'content-type': 'application/json'
    'idempotency-key': messageId
    'x-source': 'shop'
  }
  data: {
    kind: type
    name: event ?? name
    user: { id: userId, anonymous: anonymousId, email: context.traits.email }
    page: {
      path: context.page.path
      title: context.page.title
      url: context.page.url
      referrer: context.page.referrer
    }
    campaign: {
      name: context.campaign.name
      source: context.campaign.source
      medium: context.campaign.medium
    }
    screen: "{{context.screen.width}}x{{context.screen.height}}"
    mobile: context.userAgentData.mobile = true
    times: { sent: sentAt, received: receivedAt }
    body: to_json(properties)
  }
}"""


def request(event: Event) -> Payload:
    """Build the payload of a request with nested data."""
    context = _object(event.get("context"))
    screen = _object(context.get("screen"))
    kind, user = event.get("type"), event.get("userId")
    headers = {"content-type": "application/json"}
    if "messageId" in event:
        headers["idempotency-key"] = event["messageId"]
    headers["x-source"] = "shop"
    data: Payload = {}
    if "type" in event:
        data["kind"] = kind
    if event.get("event") is not None:
        data["name"] = event["event"]
    elif "name" in event:
        data["name"] = event["name"]
    data["user"] = _user(event, _object(context.get("traits")))
    data["page"] = _page(_object(context.get("page")))
    data["campaign"] = _campaign(_object(context.get("campaign")))
    data["screen"] = f"{_text(screen.get('width'))}x{_text(screen.get('height'))}"
    agent = _object(context.get("userAgentData"))
    data["mobile"] = agent.get("mobile") is True
    times: Payload = {}
    if "sentAt" in event:
        times["sent"] = event["sentAt"]
    if "receivedAt" in event:
        times["received"] = event["receivedAt"]
    data["times"] = times
    if "properties" in event:
        data["body"] = compact_json(event["properties"])
    return {
        "url": f"https://crm.example.com/{_text(kind)}/{_text(user)}",
        "method": "POST",
        "headers": headers,
        "data": data,
    }


def _user(event: Event, traits: dict[str, Any]) -> Payload:
    user: Payload = {}
    if "userId" in event:
        user["id"] = event["userId"]
    if "anonymousId" in event:
        user["anonymous"] = event["anonymousId"]
    if "email" in traits:
        user["email"] = traits["email"]
    return user


def _page(found: dict[str, Any]) -> Payload:
    page: Payload = {}
    if "path" in found:
        page["path"] = found["path"]
    if "title" in found:
        page["title"] = found["title"]
    if "url" in found:
        page["url"] = found["url"]
    if "referrer" in found:
        page["referrer"] = found["referrer"]
    return page


def _campaign(found: dict[str, Any]) -> Payload:
    campaign: Payload = {}
    if "name" in found:
        campaign["name"] = found["name"]
    if "source" in found:
        campaign["source"] = found["source"]
    if "medium" in found:
        campaign["medium"] = found["medium"]
    return campaign


PROFILE = """{
  distinct_id: userId ?? anonymousId
  ip: context.ip
  agent: context.userAgent
  library: context.library.name
  library_version: context.library.version
  app: context.app.name
  app_build: context.app.build
  locale: context.locale
  timezone: context.timezone
  wifi: context.network.wifi ?? false
  cellular: context.network.cellular ?? false
  carrier: context.network.carrier ?? 'none'
  screen_width: context.screen.width
  screen_height: context.screen.height
  density: context.screen.density
  page_path: context.page.path
  page_title: context.page.title
  page_search: context.page.search
  page_referrer: context.page.referrer
  campaign_name: context.campaign.name
  campaign_source: context.campaign.source
  campaign_medium: context.campaign.medium
  campaign_term: context.campaign.term
  ads: context.consent.categoryPreferences.advertising = true
  analytics: context.consent.categoryPreferences.analytics = true
  platform: context.userAgentData.platform
  is_mobile: context.userAgentData.mobile = true
  category: if type = "page" or type = "screen" then "view" else "action"
  at: timestamp
  schema: 3
}"""


def profile(event: Event) -> Payload:
    """Build the flat payload of a profile, thirty fields wide."""
    context = _object(event.get("context"))
    payload: Payload = {}
    if event.get("userId") is not None:
        payload["distinct_id"] = event["userId"]
    elif "anonymousId" in event:
        payload["distinct_id"] = event["anonymousId"]
    _add_device(payload, context)
    _add_visit(payload, context)
    consent = _object(_object(context.get("consent")).get("categoryPreferences"))
    payload["ads"] = consent.get("advertising") is True
    payload["analytics"] = consent.get("analytics") is True
    agent = _object(context.get("userAgentData"))
    if "platform" in agent:
        payload["platform"] = agent["platform"]
    payload["is_mobile"] = agent.get("mobile") is True
    is_view = event.get("type") in ("page", "screen")
    payload["category"] = "view" if is_view else "action"
    if "timestamp" in event:
        payload["at"] = event["timestamp"]
    payload["schema"] = 3
    return payload


def _add_device(payload: Payload, context: dict[str, Any]) -> None:
    if "ip" in context:
        payload["ip"] = context["ip"]
    if "userAgent" in context:
        payload["agent"] = context["userAgent"]
    library, app = _object(context.get("library")), _object(context.get("app"))
    if "name" in library:
        payload["library"] = library["name"]
    if "version" in library:
        payload["library_version"] = library["version"]
    if "name" in app:
        payload["app"] = app["name"]
    if "build" in app:
        payload["app_build"] = app["build"]
    if "locale" in context:
        payload["locale"] = context["locale"]
    if "timezone" in context:
        payload["timezone"] = context["timezone"]
    network = _object(context.get("network"))
    wifi, cellular = network.get("wifi"), network.get("cellular")
    carrier = network.get("carrier")
    payload["wifi"] = False if wifi is None else wifi
    payload["cellular"] = False if cellular is None else cellular
    payload["carrier"] = "none" if carrier is None else carrier


def _add_visit(payload: Payload, context: dict[str, Any]) -> None:
    screen, page = _object(context.get("screen")), _object(context.get("page"))
    if "width" in screen:
        payload["screen_width"] = screen["width"]
    if "height" in screen:
        payload["screen_height"] = screen["height"]
    if "density" in screen:
        payload["density"] = screen["density"]
    if "path" in page:
        payload["page_path"] = page["path"]
    if "title" in page:
        payload["page_title"] = page["title"]
    if "search" in page:
        payload["page_search"] = page["search"]
    if "referrer" in page:
        payload["page_referrer"] = page["referrer"]
    campaign = _object(context.get("campaign"))
    if "name" in campaign:
        payload["campaign_name"] = campaign["name"]
    if "source" in campaign:
        payload["campaign_source"] = campaign["source"]
    if "medium" in campaign:
        payload["campaign_medium"] = campaign["medium"]
    if "term" in campaign:
        payload["campaign_term"] = campaign["term"]


MAPPINGS: Mapping[str, tuple[str, Callable[[Event], Payload]]] = {
    "order": (ORDER, order),
    "activity": (ACTIVITY, activity),
    "contact": (CONTACT, contact),
    "request": (REQUEST, request),
    "profile": (PROFILE, profile),
}
"""The mappings' texts, and the functions that build what they do."""
