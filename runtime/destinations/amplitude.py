"""Amplitude: events, purchases, users and groups, over its HTTP API.

What is sent follows the public action definitions, so that reports of both agree.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, TypeAlias

from pydantic import SecretStr

from fql.compiler.values import compact_json
from fql.runtime.destinations.amplitude_events import (
    REVENUE_KEYS,
    Members,
    campaign_operations,
    merged,
    milliseconds,
    platform_name,
    revenue_of,
    without,
)
from fql.runtime.destinations.declarations import shipped
from fql.runtime.destinations.definitions import Action, Call, Definition, Scheme
from fql.runtime.destinations.making_requests import (
    form_request,
    json_request,
    request,
)
from fql.runtime.destinations.user_agents import DEVICE_MEMBERS, device_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fql.compiler.values import Json
    from fql.runtime.http_messages import HttpRequest
    from fql.runtime.workspace_parts import Setting

    Settings: TypeAlias = Mapping[str, Setting]

_DECLARED = shipped("amplitude")

_NORTH_AMERICA: Mapping[str, str] = {
    "batch": "https://api2.amplitude.com/batch",
    "deletions": "https://amplitude.com/api/2/deletions/users",
    "groupidentify": "https://api2.amplitude.com/groupidentify",
    "httpapi": "https://api2.amplitude.com/2/httpapi",
    "identify": "https://api2.amplitude.com/identify",
    "usermap": "https://api.amplitude.com/usermap",
    "usersearch": "https://amplitude.com/api/2/usersearch",
}
_EUROPE: Mapping[str, str] = {
    "batch": "https://api.eu.amplitude.com/batch",
    "deletions": "https://analytics.eu.amplitude.com/api/2/deletions/users",
    "groupidentify": "https://api.eu.amplitude.com/groupidentify",
    "httpapi": "https://api.eu.amplitude.com/2/httpapi",
    "identify": "https://api.eu.amplitude.com/identify",
    "usermap": "https://api.eu.amplitude.com/usermap",
    "usersearch": "https://analytics.eu.amplitude.com/api/2/usersearch",
}

_WORKED_IN = frozenset(
    {
        *("time", "session_id", "library", "library2", "min_id_length"),
        *("userAgent", "userAgentData", "userAgentParsing", "includeRawUserAgent"),
        *("utm_properties", "referrer", "setOnce", "setAlways", "add"),
        *("trackRevenuePerProduct",),
    }
)
"""Fields that do not go out as they are."""


class _Declared(Action):
    """An action whose fields stand in the declaration."""

    def __init_subclass__(cls) -> None:
        declared = _DECLARED.actions[cls.name]
        cls.title, cls.description = declared.title, declared.description
        cls.fields, cls.default_trigger = declared.fields, declared.trigger


# --- events -----------------------------------------------------------------------


class LogEvent(_Declared):
    """Sends an event; what the campaign says goes to the properties of its user."""

    name = "logEvent"

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        """Return the one request with the event."""
        members = _event_members(call.payload, REVENUE_KEYS)
        members |= _with_campaign(call.payload)
        return [_events_request(call, [_with_device(call.payload, members)])]


class LogEventV2(_Declared):
    """Sends an event; what happens to the properties of its user is mapped."""

    name = "logEventV2"

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        """Return the one request with the event."""
        payload = call.payload
        members = _event_members(payload, REVENUE_KEYS)
        operations = {
            "$setOnce": payload.get("setOnce"),
            "$set": payload.get("setAlways"),
            "$add": payload.get("add"),
        }
        given: Members = {key: value for key, value in operations.items() if value}
        if given:
            members["user_properties"] = _user_properties(payload) | given
        return [_events_request(call, [_with_device(payload, members)])]


class LogPurchase(_Declared):
    """Sends an order, and an event for each of its products."""

    name = "logPurchase"

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        """Return the one request with all events of the order."""
        payload = call.payload
        is_split = payload.get("trackRevenuePerProduct") is True
        members = _event_members(payload, (*REVENUE_KEYS, "products"))
        members |= _with_campaign(payload)
        order = members if is_split else members | revenue_of(payload)
        events = [_with_device(payload, order)]
        products = payload.get("products")
        for product in products if isinstance(products, list) else []:
            if isinstance(product, dict):
                event = members | (revenue_of(product) if is_split else {})
                events.append(_product_event(event, product, len(events) + 1))
        return [_events_request(call, events)]


def _product_event(members: Members, product: Members, number: int) -> Members:
    told: Members = {
        "event_properties": product,
        "event_type": "Product Purchased",
    }
    event = members | told
    if members.get("insert_id"):
        event["insert_id"] = f"{members['insert_id']}-{number}"
    return event


def _event_members(payload: Mapping[str, Json], omitted: Sequence[str]) -> Members:
    """Return the members of an event that every action sends."""
    members = without(payload, {*_WORKED_IN, *omitted})
    library = _library(payload)
    if isinstance(members.get("platform"), str):
        members["platform"] = platform_name(str(members["platform"]))
    elif library == "analytics.js":
        members["platform"] = "Web"
    for name in ("time", "session_id"):
        moment = milliseconds(payload.get(name))
        if moment is not None:
            members[name] = moment
    if library:
        members["library"] = library
    return members


def _library(payload: Mapping[str, Json]) -> Json:
    """Return what the event says that it was recorded by."""
    told = payload.get("library2")
    if not isinstance(told, dict):
        return payload.get("library")
    return "segment" if told.get("behavior") == "auto" else told.get("mapping")


def _with_campaign(payload: Mapping[str, Json]) -> Members:
    operations = campaign_operations(payload)
    if not operations:
        return {}
    return {"user_properties": merged(operations, _user_properties(payload))}


def _user_properties(payload: Mapping[str, Json]) -> Members:
    given = payload.get("user_properties")
    return dict(given) if isinstance(given, dict) else {}


def _with_device(payload: Mapping[str, Json], members: Members) -> Members:
    """Return an event with what its user agent tells, unless it is mapped.

    The members that are of a user agent come first, as the original writes them: in a
    form their order can be seen.
    """
    event: Members = {}
    if payload.get("userAgentParsing") is True:
        event |= dict.fromkeys(DEVICE_MEMBERS if payload.get("userAgent") else ())
        event |= device_of(payload.get("userAgent"), payload.get("userAgentData"))
    if payload.get("includeRawUserAgent") is True and payload.get("userAgent"):
        event["user_agent"] = payload["userAgent"]
    known = (event | members).items()
    return {name: each for name, each in known if each is not None or name in members}


def _events_request(call: Call, events: list[Members]) -> HttpRequest:
    is_batch = call.payload.get("use_batch_endpoint") is True
    url = _address(call.settings, "batch" if is_batch else "httpapi")
    body: Members = {"api_key": _text(call.settings, "apiKey"), "events": [*events]}
    options = _options(call.payload)
    if options:
        body["options"] = options
    return json_request("POST", url, body)


# --- users and groups -------------------------------------------------------------


class IdentifyUser(_Declared):
    """Sets properties of a user."""

    name = "identifyUser"

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        """Return the one request with what is known of the user."""
        payload = call.payload
        members = without(payload, _WORKED_IN)
        if isinstance(members.get("platform"), str):
            members["platform"] = platform_name(str(members["platform"]))
        elif payload.get("library") == "analytics.js":
            members["platform"] = "Web"
        members |= _with_campaign(payload)
        user = _with_device(payload, members) | {"library": "segment"}
        return [_identification(call, "identify", user)]


class MapUser(_Declared):
    """Joins two ids to one user."""

    name = "mapUser"

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        """Return the one request with the two ids."""
        ids = without(call.payload, ("min_id_length",))
        form = {
            "api_key": _text(call.settings, "apiKey"),
            "mapping": compact_json([ids]),
        }
        options = _options(call.payload)
        if options:
            form["options"] = compact_json(options)
        return [form_request("POST", _address(call.settings, "usermap"), form)]


class GroupIdentifyUser(_Declared):
    """Puts a user into a group, and sets properties of the group."""

    name = "groupIdentifyUser"

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        """Return the requests for the user and for the group, in this order."""
        payload = call.payload
        groups: Json = {str(payload["group_type"]): payload["group_value"]}
        user: Members = {
            "device_id": payload.get("device_id"),
            "groups": groups,
            "insert_id": payload.get("insert_id"),
            "library": "segment",
            "time": milliseconds(payload.get("time")),
            "user_id": payload.get("user_id"),
            "user_properties": groups,
        }
        group: Members = {
            "group_properties": payload.get("group_properties"),
            "group_value": payload["group_value"],
            "group_type": payload["group_type"],
            "library": "segment",
        }
        return [
            _identification(call, "identify", [_present(user)]),
            _identification(call, "groupidentify", [_present(group)]),
        ]


def _present(members: Members) -> Members:
    return {key: value for key, value in members.items() if value is not None}


def _identification(call: Call, name: str, value: Json) -> HttpRequest:
    """Return a form; where there are no options it says so, as the original does."""
    options = _options(call.payload)
    form = {
        "api_key": _text(call.settings, "apiKey"),
        "identification": compact_json(value),
        "options": compact_json(options) if options else "undefined",
    }
    return form_request("POST", _address(call.settings, name), form)


# --- the destination --------------------------------------------------------------


class Amplitude(Definition):
    """Six actions; the key of the project goes into the bodies."""

    name = "amplitude"
    title = _DECLARED.title
    description = _DECLARED.description
    settings = _DECLARED.settings
    scheme = Scheme.NONE
    actions = (
        LogEvent(),
        LogEventV2(),
        LogPurchase(),
        IdentifyUser(),
        MapUser(),
        GroupIdentifyUser(),
    )
    presets = _DECLARED.all_presets()

    def test_authentication(self, settings: Settings) -> HttpRequest:
        """Return a search for a user, which needs both keys."""
        url = f"{_address(settings, 'usersearch')}?user=nobody%40example.com"
        return request("GET", url, None, _basic(settings))

    def on_delete(self, settings: Settings, user_id: str) -> Sequence[HttpRequest]:
        """Return the request that has a user deleted."""
        body: Json = {
            "user_ids": [user_id],
            "requester": "segment",
            "ignore_invalid_id": "true",
            "delete_from_org": "false",
        }
        url = _address(settings, "deletions")
        return [json_request("POST", url, body, _basic(settings))]


def _address(settings: Settings, name: str) -> str:
    is_europe = settings.get("endpoint") == "europe"
    return (_EUROPE if is_europe else _NORTH_AMERICA)[name]


def _options(payload: Mapping[str, Json]) -> Members:
    length = payload.get("min_id_length")
    is_given = isinstance(length, int) and not isinstance(length, bool) and length > 0
    return {"min_id_length": length} if is_given else {}


def _basic(settings: Settings) -> Mapping[str, str]:
    pair = f"{_text(settings, 'apiKey')}:{_text(settings, 'secretKey')}".encode()
    return {"authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _text(settings: Settings, name: str) -> str:
    value = settings.get(name)
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value if isinstance(value, str) else ""
