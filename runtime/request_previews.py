"""The requests that an event would cause, without sending any."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias, cast

from pydantic import SecretStr

from fql.compiler.payload import compile_directives
from fql.runtime.destinations.definitions import Call
from fql.runtime.destinations.registry import installed_registry
from fql.runtime.fields import compile_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fql.compiler.values import Json
    from fql.runtime.destinations.definitions import Action, Definition
    from fql.runtime.destinations.registry import Registry
    from fql.runtime.http_messages import HttpRequest
    from fql.runtime.workspace_parts import Setting

    Members: TypeAlias = dict[str, Json]

TEST_EVENT: Mapping[str, Json] = {
    "anonymousId": "anonymous1234",
    "context": {},
    "event": "Test Event",
    "messageId": "message1234",
    "properties": {},
    "receivedAt": None,
    "sentAt": None,
    "timestamp": None,
    "traits": {},
    "type": "track",
    "userId": "user1234",
}
"""What an event of a preview has that does not bring its own; null stands for nothing.

The members and their order are those of the test events that the public actions library
makes, so that requests which are signed over a whole event come out the same.
"""


def preview_requests(
    destination: str,
    action: str,
    event: dict[str, Json],
    *,
    settings: Mapping[str, Setting],
    mapping: Mapping[str, Json] | None = None,
    registry: Registry | None = None,
) -> list[HttpRequest]:
    """Return the requests that *event* would cause, in order. Nothing is sent.

    What the event lacks is filled in as `completed` says.

    Args:
        destination: The kind of destination: ``webhook``.
        action: One of its actions.
        event: An object as a JSON reader makes it. It is never changed.
        settings: The destination's.
        mapping: Directive JSON, laid over the action's defaults.
        registry: Which kinds there are; those that are installed by default.

    Raises:
        ValueError: There is no such destination or action.
        FqlError: The mapping has errors.
        MappingError: It fails on the event.
        PayloadError: The settings or the payload are not what is declared.
        IntegrationError: The payload cannot be sent.
    """
    known = installed_registry() if registry is None else registry
    definition, chosen = _find(known, destination, action)
    given = compile_fields(definition.settings)(_revealed(settings))
    directives = chosen.default_mapping() | dict(mapping or {})
    built = compile_directives(directives)(completed(event))
    payload = compile_fields(chosen.fields)(built)
    call = Call(payload, cast("Mapping[str, Setting]", given))
    return [definition.authenticate(each, call) for each in chosen.perform(call)]


def completed(event: Mapping[str, Json]) -> Members:
    """Return *event* with what every test event has.

    >>> completed({"type": "page", "userId": "u1"})["event"]
    'Test Event'
    """
    whole = {**TEST_EVENT, **event}
    return {
        key: value for key, value in whole.items() if value is not None or key in event
    }


def _find(
    registry: Registry, destination: str, action: str
) -> tuple[Definition, Action]:
    definition = registry.get(destination)
    if definition is None:
        raise ValueError(_unknown("destination", destination, registry))
    chosen = definition.action(action)
    if chosen is None:
        names = [each.name for each in definition.actions]
        raise ValueError(_unknown(f"action of {destination}", action, names))
    return definition, chosen


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}"
    return f"there is no {what} {name!r}; {hint}"


def _revealed(settings: Mapping[str, Setting]) -> Members:
    """Return settings as their fields check them, secrets as plain text."""
    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in settings.items()
    }
    return cast("Members", plain)
