"""Requests with the usual kinds of bodies.

Whatever an event brings can end up in a header or an address, so both are checked: a
line end in a header would start another one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from fql.compiler.values import compact_json
from fql.runtime.destinations.delivery_errors import PayloadValidationError
from fql.runtime.http_messages import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.values import Json

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded;charset=UTF-8"

MAX_HEADER = 8_192
"""Characters of one header's value."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def json_request(
    method: str, url: str, value: Json, headers: Mapping[str, str] | None = None
) -> HttpRequest:
    """Return a request whose body is *value* as JSON."""
    body = compact_json(value).encode()
    return request(method, url, body, {"content-type": JSON_TYPE, **(headers or {})})


def form_request(
    method: str, url: str, members: Mapping[str, str], headers: Mapping[str, str] = {}
) -> HttpRequest:
    """Return a request whose body is *members* as an HTML form sends them."""
    body = urlencode(members).encode()
    return request(method, url, body, {"content-type": FORM_TYPE, **headers})


def request(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str]
) -> HttpRequest:
    """Return a request with header names in lower case.

    Raises:
        PayloadValidationError: The address or a header cannot be sent.
    """
    return HttpRequest(method, checked_url(url), checked_headers(headers), body)


def checked_url(url: str) -> str:
    """Return *url* if requests can go there.

    Raises:
        PayloadValidationError: It is no address of a web server.
    """
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        is_web = False
    if not is_web or not url.isprintable() or " " in url:
        raise PayloadValidationError(f"{url!r} is no address of a web server")
    return url


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return *headers* by their names in lower case.

    Raises:
        PayloadValidationError: A name or a value cannot stand in a header.
    """
    checked: dict[str, str] = {}
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise PayloadValidationError(f"{name!r} is no name of a header")
        if len(value) > MAX_HEADER or not _HEADER_VALUE.fullmatch(value):
            raise PayloadValidationError(
                f"the value of the header {name} cannot be sent"
            )
        checked[name.lower()] = value
    return checked
