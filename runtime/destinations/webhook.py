"""Webhooks: the data of a payload as JSON, at any address, signed.

Two signatures go along where there is a shared secret: ``x-signature``, the original's
HMAC-SHA1 (in a batch over the data of the first payload only), and
``x-signature-256``, HMAC-SHA256 over the body as it is sent. Both are hexadecimal.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from pydantic import SecretStr

from fql.compiler.values import compact_json
from fql.runtime.destinations.declarations import shipped
from fql.runtime.destinations.definitions import Action, BatchRules, Call, Definition
from fql.runtime.destinations.making_requests import JSON_TYPE, request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fql.compiler.values import Json
    from fql.runtime.http_messages import HttpRequest

_DECLARED = shipped("webhook")
_SEND = _DECLARED.actions["send"]

MAX_BATCH = 4_000
"""Payloads of one batch at the most, as in the original."""


class Send(Action):
    """Sends the data of a payload; of a batch, a list of them."""

    name = "send"
    title = _SEND.title
    description = _SEND.description
    fields = _SEND.fields
    batch = BatchRules(size=MAX_BATCH, keys=("url", "method", "headers"))

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        """Return the one request with the data, which may be missing."""
        data = call.payload.get("data")
        return [_request(call, data, signed=data)]

    def perform_batch(self, calls: Sequence[Call]) -> Sequence[HttpRequest]:
        """Return the one request with the data of all."""
        data = [call.payload.get("data") for call in calls]
        return [_request(calls[0], data, signed=data[0])]


def _request(call: Call, data: Json, *, signed: Json) -> HttpRequest:
    body = b"" if data is None else compact_json(data).encode()
    headers = {"content-type": JSON_TYPE} if body else {}
    headers |= _headers(call.payload.get("headers"))
    secret = _secret(call.settings.get("sharedSecret"))
    if secret and signed is not None:
        first = compact_json(signed).encode()
        headers["x-signature"] = hmac.new(secret, first, hashlib.sha1).hexdigest()
        headers["x-signature-256"] = hmac.new(secret, body, hashlib.sha256).hexdigest()
    method = str(call.payload.get("method") or "POST")
    url = str(call.payload["url"])
    return request(method, url, body or None, headers)


def _headers(given: Json) -> Mapping[str, str]:
    """Return the headers of a payload; those without a value are left out."""
    if not isinstance(given, dict):
        return {}
    return {
        name.lower(): value if isinstance(value, str) else compact_json(value)
        for name, value in given.items()
        if value is not None
    }


def _secret(setting: object) -> bytes:
    if isinstance(setting, SecretStr):
        setting = setting.get_secret_value()
    return setting.encode() if isinstance(setting, str) else b""


class Webhook(Definition):
    """The one kind of destination that needs no account anywhere."""

    name = "webhook"
    title = _DECLARED.title
    description = _DECLARED.description
    settings = _DECLARED.settings
    actions = (Send(),)
    presets = _DECLARED.all_presets()
