"""The fields of events, as the event spec describes them: data, nothing else.

A field's kind is a `Type`; a dict describes an object by its known members; ``ANY``
stands where the spec leaves the kind open or real events take liberties. Everything may
be missing, objects may hold more than is listed, and events break their spec: the
checker warns by these tables, and nothing that runs relies on them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

Fields: TypeAlias = "Mapping[str, Type | Fields]"
"""What is known of the members of an object."""

_ANY = Type.ANY
_BOOL = Type.BOOL
_LIST = Type.LIST
_NUMBER = Type.NUMBER
_OBJECT = Type.OBJECT
_STRING = Type.STRING
_TIMESTAMP = Type.TIMESTAMP

TRACK = "track"
EVENT_TYPES = (TRACK, "identify", "page", "screen", "group", "alias")
"""The values of ``type``."""

_ADDRESS: Fields = MappingProxyType(
    {
        "city": _STRING,
        "country": _STRING,
        "postalCode": _ANY,
        "state": _STRING,
        "street": _STRING,
    }
)

_PERSON: Fields = MappingProxyType(
    {
        "address": _ANY,
        "age": _NUMBER,
        "avatar": _STRING,
        "birthday": _ANY,
        "company": _ANY,
        "createdAt": _ANY,
        "description": _STRING,
        "email": _STRING,
        "firstName": _STRING,
        "gender": _STRING,
        "id": _ANY,
        "lastName": _STRING,
        "name": _STRING,
        "phone": _ANY,
        "title": _STRING,
        "username": _STRING,
        "website": _STRING,
    }
)

_COMPANY: Fields = MappingProxyType(
    {
        "address": _ADDRESS,
        "avatar": _STRING,
        "createdAt": _ANY,
        "description": _STRING,
        "email": _STRING,
        "employees": _ANY,
        "id": _ANY,
        "industry": _STRING,
        "name": _STRING,
        "phone": _ANY,
        "plan": _STRING,
        "website": _STRING,
    }
)

_CONTEXT: Fields = MappingProxyType(
    {
        "active": _BOOL,
        "app": {
            "name": _STRING,
            "version": _ANY,
            "build": _ANY,
            "namespace": _STRING,
        },
        "campaign": {
            "name": _STRING,
            "source": _STRING,
            "medium": _STRING,
            "term": _STRING,
            "content": _STRING,
        },
        "consent": {"categoryPreferences": _OBJECT},
        "device": {
            "id": _STRING,
            "advertisingId": _STRING,
            "adTrackingEnabled": _BOOL,
            "manufacturer": _STRING,
            "model": _STRING,
            "name": _STRING,
            "type": _STRING,
            "version": _ANY,
            "token": _STRING,
        },
        "groupId": _ANY,
        "ip": _STRING,
        "library": {"name": _STRING, "version": _STRING},
        "locale": _STRING,
        "network": {
            "bluetooth": _BOOL,
            "carrier": _STRING,
            "cellular": _BOOL,
            "wifi": _BOOL,
        },
        "os": {"name": _STRING, "version": _ANY},
        "page": {
            "path": _STRING,
            "referrer": _STRING,
            "search": _STRING,
            "title": _STRING,
            "url": _STRING,
        },
        "personas": {
            "computation_class": _STRING,
            "computation_key": _STRING,
            "computation_id": _STRING,
            "namespace": _STRING,
            "audience_settings": _OBJECT,
        },
        "referrer": {
            "id": _STRING,
            "type": _STRING,
            "name": _STRING,
            "url": _STRING,
            "link": _STRING,
        },
        "screen": {"width": _NUMBER, "height": _NUMBER, "density": _NUMBER},
        "timezone": _STRING,
        "traits": _PERSON,
        "userAgent": _STRING,
        "userAgentData": _OBJECT,
    }
)

TIMESTAMPS = (
    "receivedAt",
    "sentAt",
    "timestamp",
    "originalTimestamp",
    "received_at",
    "sent_at",
    "original_timestamp",
)
"""The top-level fields that order as instants; some go by two names."""

OTHER_SPELLING: Mapping[str, str] = MappingProxyType(
    {
        "received_at": "receivedAt",
        "sent_at": "sentAt",
        "original_timestamp": "originalTimestamp",
    }
)
"""Top-level fields and the key that is read where their own is absent."""

COMMON: Fields = MappingProxyType(
    {
        "anonymousId": _STRING,
        "channel": _STRING,
        "context": _CONTEXT,
        "integrations": _OBJECT,
        "messageId": _STRING,
        "type": _STRING,
        "userId": _STRING,
        "version": _NUMBER | _STRING,
        **dict.fromkeys(TIMESTAMPS, _TIMESTAMP),
    }
)
"""The fields of every event."""

OWN: Mapping[str, Fields] = MappingProxyType(
    {
        TRACK: {
            "event": _STRING,
            "properties": {
                "currency": _STRING,
                "revenue": _NUMBER,
                "value": _NUMBER,
            },
        },
        "identify": {"traits": _PERSON},
        "page": {
            "category": _STRING,
            "name": _STRING,
            "properties": {
                "keywords": _LIST,
                "name": _STRING,
                "path": _STRING,
                "referrer": _STRING,
                "search": _STRING,
                "title": _STRING,
                "url": _STRING,
            },
        },
        "screen": {
            "category": _STRING,
            "name": _STRING,
            "properties": {"name": _STRING},
        },
        "group": {"groupId": _STRING, "traits": _COMPANY},
        "alias": {"previousId": _STRING},
    }
)
"""The fields that events of one type have besides the common ones."""

ALWAYS = frozenset({"messageId", "receivedAt", "timestamp", "type"})
"""The fields that every event has by the time it is mapped."""

ALWAYS_OF: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        TRACK: frozenset({"event"}),
        "identify": frozenset(),
        "page": frozenset(),
        "screen": frozenset(),
        "group": frozenset({"groupId"}),
        "alias": frozenset({"previousId", "userId"}),
    }
)
"""The fields that events of one type have to have besides."""
