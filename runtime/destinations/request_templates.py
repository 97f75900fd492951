"""Requests from templates: compiled expressions for each part, and how they join.

What an expression reads is a *scope*: an object with the settings and with one payload
or several. Texts of a payload that go into an address are percent-encoded there, so
that no event can choose another address than the template's; fields that are declared
to hold a URL are not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias, cast
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from fql.compiler.field_specs import Format
from fql.compiler.values import compact_json
from fql.runtime.destinations.delivery_errors import PayloadValidationError
from fql.runtime.destinations.making_requests import (
    form_request,
    json_request,
    request,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.compiler.payload import Mapping
    from fql.compiler.values import Json
    from fql.runtime.destinations.definitions import Call
    from fql.runtime.fields import FieldDeclaration
    from fql.runtime.http_messages import HttpRequest
    from fql.runtime.workspace_parts import Setting

    Scope: TypeAlias = dict[str, Json]
    Part: TypeAlias = Mapping | AbstractMapping[str, Mapping]

BODIES = ("json", "form", "body")
"""The parts of which a request has at most one."""

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
"""What a request can be."""


@dataclass(frozen=True, slots=True)
class RequestTemplate:
    """A request, but for the payload and the settings.

    Attributes:
        parts: The compiled parts by name; ``whole`` builds all of them at once.
        method: What it is where no part says so.
        urls: Fields whose values go into addresses as they are.
    """

    parts: AbstractMapping[str, Part]
    method: str = "POST"
    urls: frozenset[str] = field(default=frozenset())

    def request(self, scope: Scope) -> HttpRequest:
        """Return the request for what *scope* holds.

        Raises:
            PayloadValidationError: What comes of it cannot be sent.
        """
        made = request_of(self._built(scope), self.method)
        if not self.urls and not _DOTS.isdisjoint(_segments(made.url)):
            raise PayloadValidationError("the address would lead to another path")
        return made

    def _built(self, scope: Scope) -> Scope:
        encoded = in_addresses(scope, self.urls)
        whole = self.parts.get("whole")
        if whole is not None:
            built = _object(value_of(whole, scope), "the request")
            return built | {"url": _member(value_of(whole, encoded), "url")}
        return {
            name: value_of(part, encoded if name == "url" else scope)
            for name, part in self.parts.items()
        }


_DOTS = frozenset({".", ".."})
"""Segments of a path by which servers go elsewhere, however they are encoded."""


def _segments(url: str) -> list[str]:
    return url.partition("?")[0].partition("#")[0].split("/")


def _member(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, dict) else None


def value_of(part: Part, scope: Scope) -> Json:
    """Return what a part of a template comes to."""
    if isinstance(part, AbstractMapping):
        return {name: each(scope) for name, each in part.items()}
    return part(scope)


def request_of(parts: AbstractMapping[str, Json], method: str = "POST") -> HttpRequest:
    """Return the request of which the parts are known; null stands for nothing.

    Args:
        parts: ``url``, and any of ``method``, ``headers``, ``query``, and one of
            ``json``, ``form`` and ``body``.
        method: What it is where no part says so.

    Raises:
        PayloadValidationError: It cannot be sent.
    """
    given = parts.get("method") or method
    if given not in METHODS:
        raise PayloadValidationError(f"{given!r} is no method that requests have")
    url = parts.get("url")
    if not isinstance(url, str):
        raise PayloadValidationError("the request has no address")
    url = _with_query(url, _object(parts.get("query"), "the query"))
    headers = dict(_texts(_object(parts.get("headers"), "the headers")))
    bodies = [name for name in BODIES if parts.get(name) is not None]
    if len(bodies) > 1:
        told = " and ".join(bodies)
        raise PayloadValidationError(f"the request has several bodies: {told}")
    empty = request(given, url, None, headers)
    return _with_body(empty, bodies[0], parts[bodies[0]]) if bodies else empty


def _with_body(made: HttpRequest, kind: str, value: Json) -> HttpRequest:
    """Return a request with a body, whose type its headers may say otherwise."""
    if kind == "json":
        return json_request(made.method, made.url, value, made.headers)
    if kind == "form":
        members = dict(_texts(_object(value, "the form")))
        return form_request(made.method, made.url, members, made.headers)
    return replace(made, body=text_of(value).encode())


def _with_query(url: str, query: Scope) -> str:
    """Return an address with a query; lists give their name several times."""
    pairs = [
        (name, text_of(each))
        for name, value in query.items()
        for each in (value if isinstance(value, list) else [value])
        if each is not None
    ]
    if not pairs:
        return url
    address, mark, fragment = url.partition("#")
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode(pairs)}{mark}{fragment}"


def _object(value: Json, what: str) -> Scope:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise PayloadValidationError(f"{what} must be an object")
    return value


def _texts(members: Scope) -> Iterator[tuple[str, str]]:
    for name, value in members.items():
        if value is not None:
            yield name, text_of(value)


def text_of(value: Json) -> str:
    """Return a value as text: texts as they are, all else as JSON.

    >>> text_of("a"), text_of(2.0), text_of([1])
    ('a', '2', '[1]')
    """
    return value if isinstance(value, str) else compact_json(value)


# --- what expressions read --------------------------------------------------------


def revealed(settings: AbstractMapping[str, Setting]) -> dict[str, Json]:
    """Return settings with their secrets as plain text."""
    return cast("dict[str, Json]", _revealed(dict(settings)))


def _revealed(value: Setting) -> Json:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case list():
            return [_revealed(each) for each in value]
        case dict():
            return {name: _revealed(each) for name, each in value.items()}
        case _:
            return value


def scope_of(calls: Sequence[Call], *, is_batch: bool) -> Scope:
    """Return what the expressions of an action read."""
    first = calls[0]
    shared: Scope = {"settings": revealed(first.settings), "key": first.key}
    if is_batch:
        shared["payloads"] = [dict(each.payload) for each in calls]
    else:
        shared["payload"] = dict(first.payload)
    return shared


def answer_scope(status: int, body: bytes) -> Scope:
    """Return what an expression about an answer reads; no JSON is null."""
    try:
        response = json.loads(body)
    except (ValueError, RecursionError):
        response = None
    return {"status": status, "response": response}


def url_fields(fields: AbstractMapping[str, FieldDeclaration]) -> frozenset[str]:
    """Return the names of fields that hold whole URLs."""
    urls = {Format.URI, Format.URI_REFERENCE}
    return frozenset(name for name, each in fields.items() if each.format in urls)


def in_addresses(scope: Scope, urls: frozenset[str]) -> Scope:
    """Return a scope whose payloads can stand inside an address.

    Args:
        scope: What expressions read.
        urls: Members of payloads that are whole addresses, and stay as they are.
    """
    changed = dict(scope)
    for name in ("payload", "user_id", "key"):
        if name in scope:
            changed[name] = _encoded(scope[name], urls)
    payloads = scope.get("payloads")
    if isinstance(payloads, list):
        changed["payloads"] = [_encoded(each, urls) for each in payloads]
    return changed


def _encoded(value: Json, kept: frozenset[str] = frozenset()) -> Json:
    match value:
        case str():
            return quote(value, safe="")
        case list():
            return [_encoded(each) for each in value]
        case dict():
            return {
                name: each if name in kept else _encoded(each)
                for name, each in value.items()
            }
        case _:
            return value
