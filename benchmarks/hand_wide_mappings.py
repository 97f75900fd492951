"""The two widest mappings of the benchmark, by hand; see `hand_mappings.py`."""

from __future__ import annotations

from typing import Any

from benchmarks.hand_values import Event, Payload, as_object, as_text
from fql.compiler.values import compact_json

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
    context = as_object(event.get("context"))
    screen = as_object(context.get("screen"))
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
    data["user"] = _user(event, as_object(context.get("traits")))
    data["page"] = _page(as_object(context.get("page")))
    data["campaign"] = _campaign(as_object(context.get("campaign")))
    data["screen"] = f"{as_text(screen.get('width'))}x{as_text(screen.get('height'))}"
    agent = as_object(context.get("userAgentData"))
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
        "url": f"https://crm.example.com/{as_text(kind)}/{as_text(user)}",
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
    context = as_object(event.get("context"))
    payload: Payload = {}
    if event.get("userId") is not None:
        payload["distinct_id"] = event["userId"]
    elif "anonymousId" in event:
        payload["distinct_id"] = event["anonymousId"]
    _add_device(payload, context)
    _add_visit(payload, context)
    consent = as_object(as_object(context.get("consent")).get("categoryPreferences"))
    payload["ads"] = consent.get("advertising") is True
    payload["analytics"] = consent.get("analytics") is True
    agent = as_object(context.get("userAgentData"))
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
    library, app = as_object(context.get("library")), as_object(context.get("app"))
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
    network = as_object(context.get("network"))
    wifi, cellular = network.get("wifi"), network.get("cellular")
    carrier = network.get("carrier")
    payload["wifi"] = False if wifi is None else wifi
    payload["cellular"] = False if cellular is None else cellular
    payload["carrier"] = "none" if carrier is None else carrier


def _add_visit(payload: Payload, context: dict[str, Any]) -> None:
    screen, page = as_object(context.get("screen")), as_object(context.get("page"))
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
    campaign = as_object(context.get("campaign"))
    if "name" in campaign:
        payload["campaign_name"] = campaign["name"]
    if "source" in campaign:
        payload["campaign_source"] = campaign["source"]
    if "medium" in campaign:
        payload["campaign_medium"] = campaign["medium"]
    if "term" in campaign:
        payload["campaign_term"] = campaign["term"]
