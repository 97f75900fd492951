"""Any HTTP API: mappings say what is sent, settings who is calling.

Addresses that do not begin with ``https:`` or ``http:`` start at the setting
``base_url``. An API with several actions of one form is better declared in a file of
its own (`read_declared.py`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from fql.runtime.destinations.declarations import shipped
from fql.runtime.destinations.declared import basic
from fql.runtime.destinations.definitions import Action, Definition, Scheme
from fql.runtime.destinations.making_requests import checked_headers
from fql.runtime.destinations.request_templates import request_of, revealed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fql.runtime.delivery.oauth import Client
    from fql.runtime.destinations.definitions import Call
    from fql.runtime.http_messages import HttpRequest
    from fql.runtime.workspace_parts import Setting

    Settings = Mapping[str, Setting]

_DECLARED = shipped("http")
_SEND = _DECLARED.actions["send"]


class Send(Action):
    """Sends one request for each payload."""

    name = "send"
    title = _SEND.title
    description = _SEND.description
    fields = _SEND.fields

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        """Return the one request that the payload describes."""
        base = _text(call.settings, "base_url")
        parts = dict(call.payload)
        parts["body"] = parts.pop("text", None)
        url = parts.get("url")
        if isinstance(url, str):
            parts["url"] = joined(base, url)
        return [request_of(parts)]


def joined(base: str, url: str) -> str:
    """Return an address that may start at a base.

    The host is always that of the base, where there is one: what stands before it and
    after it is never read as a part of it.

    >>> joined("https://api.example.com/v1/", "/orders")
    'https://api.example.com/v1/orders'
    >>> joined("https://api.example.com", "https://other.example.com/a")
    'https://other.example.com/a'
    """
    if not base or url.lower().startswith(("https://", "http://")):
        return url
    return f"{base.rstrip('/')}/{url.lstrip('/')}"


class Http(Definition):
    """An HTTP API, with whichever way it has to know who is calling."""

    name = "http"
    title = _DECLARED.title
    description = _DECLARED.description
    settings = _DECLARED.settings
    scheme = Scheme.NONE
    actions = (Send(),)
    presets = _DECLARED.all_presets()

    def authenticate(self, request: HttpRequest, call: Call) -> HttpRequest:
        """Return *request* with the header that ``authentication`` asks for."""
        headers = _credentials(call.settings, call.token)
        return replace(request, headers={**request.headers, **checked_headers(headers)})

    def oauth_client(self, settings: Settings) -> Client | None:
        """Return who fetches access tokens, where ``authentication`` is oauth2."""
        if _scheme(settings) is not Scheme.OAUTH2:
            return None
        from fql.runtime.delivery.oauth import Client

        return Client(
            _text(settings, "oauth_url"),
            _text(settings, "client_id"),
            _text(settings, "client_secret"),
            _text(settings, "scope"),
            _text(settings, "refresh_token") or None,
        )

    def test_authentication(self, settings: Settings) -> HttpRequest | None:
        """Return a request for ``test_url``, or None without one."""
        url = _text(settings, "test_url")
        if not url:
            return None
        return request_of({"url": joined(_text(settings, "base_url"), url)}, "GET")


def _credentials(settings: Settings, token: str | None) -> dict[str, str]:
    scheme = _scheme(settings)
    match scheme:
        case Scheme.NONE:
            return {}
        case Scheme.BASIC:
            name, secret = _text(settings, "username"), _text(settings, "password")
            return basic(f"{name}:{secret}")
        case Scheme.BEARER:
            return {"authorization": f"Bearer {_text(settings, 'token')}"}
        case Scheme.HEADER:
            name = _text(settings, "header_name") or "authorization"
            return {name: _text(settings, "header_secret")}
        case Scheme.OAUTH2:
            return {"authorization": f"Bearer {token}"} if token else {}
        case _:
            assert_never(scheme)


def _scheme(settings: Settings) -> Scheme:
    given = _text(settings, "authentication")
    return Scheme(given) if given in tuple(Scheme) else Scheme.NONE


def _text(settings: Settings, name: str) -> str:
    value = revealed({name: settings.get(name)})[name]
    return value if isinstance(value, str) else ""
