"""A declared kind that tests change."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from fql.grammar.source import Source
from fql.runtime.destinations.definitions import Call
from fql.runtime.destinations.read_declared import read_declared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.values import Json
    from fql.runtime.destinations.declared import DeclaredDefinition

TICKETS: dict[str, Any] = {
    "name": "tickets",
    "title": "Tickets",
    "settings": {
        "host": {"type": "string", "required": True},
        "token": {"type": "password", "required": True},
        "retries": {"type": "integer", "default": 3},
    },
    "authentication": {"scheme": "bearer", "token": "settings.token"},
    "test": {"url": '"https://{{settings.host}}/me"'},
    "delete": {"url": '"https://{{settings.host}}/people/{{user_id}}"'},
    "actions": {
        "create": {
            "title": "Create ticket",
            "trigger": 'type = "track"',
            "fields": {
                "id": {
                    "type": "string",
                    "required": True,
                    "default": {"@path": "$.userId"},
                },
                "title": {"type": "string"},
                "labels": {"type": "string", "multiple": True},
                "link": {"type": "string", "format": "uri"},
                "more": {"type": "object"},
            },
            "request": {
                "method": "PUT",
                "url": '"https://{{settings.host}}/tickets/{{payload.id}}"',
                "headers": {"x-key": "key", "x-none": "payload.title"},
                "query": {"label": "payload.labels"},
                "json": "{ title: payload.title ?? 'untitled' }",
            },
            "batch": {
                "size": 10,
                "keys": ["title"],
                "request": {
                    "url": '"https://{{settings.host}}/tickets"',
                    "json": "each payloads { id }",
                },
                "results": "each response.items { status: code, message: error }",
            },
        }
    },
    "presets": [
        {
            "name": "Tickets",
            "action": "create",
            "trigger": 'type = "track" and exists(userId)',
            "mapping": "{ id: userId, title: event }",
        }
    ],
}

SETTINGS: Mapping[str, Any] = {
    "host": "api.example.com",
    "token": SecretStr("planted-secret"),
}


def changed(pointer: str, value: object) -> dict[str, Any]:
    """Return the declaration with *value* at *pointer*; None removes."""
    copy = deepcopy(TICKETS)
    *path, last = pointer.split("/")[1:]
    holder: Any = copy
    for key in path:
        holder = holder[int(key)] if isinstance(holder, list) else holder[key]
    if value is None:
        del holder[last]
    elif isinstance(holder, list):
        holder[int(last)] = value
    else:
        holder[last] = value
    return copy


def declared(given: Mapping[str, object] = TICKETS) -> DeclaredDefinition:
    """Return the definition of a declaration, which stands in a file."""
    return read_declared(Source(json.dumps(given, indent=1), "kinds/tickets.json"))


def call(**payload: Json) -> Call:
    """Return a call with *payload*."""
    return Call(payload, SETTINGS, "k1")
