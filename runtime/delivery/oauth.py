"""OAuth 2 access tokens: fetched once for all who need them, renewed before they end.

Two grants: client credentials, and refresh tokens (RFC 6749, sections 4.4 and 6).
However many requests find that a token no longer holds, one of them fetches the next
and the others wait for it.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, final
from urllib.parse import urlencode

from fql.runtime.destinations.delivery_errors import IntegrationError, RetryableError
from fql.runtime.http_messages import HttpRequest, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.runtime.http_messages import AsyncTransport, HttpResponse

MARGIN = 60.0
"""Seconds before its end at which a token is renewed."""

TIMEOUT = 10.0
"""Seconds for a request to the token endpoint."""

_FINAL_ERRORS = frozenset({"invalid_grant", "invalid_client", "unauthorized_client"})
"""What a token endpoint says when asking again cannot help."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint handed out.

    Attributes:
        access: Goes along with requests.
        refresh: Fetches the next access token; None where credentials do.
        ends_at: When the access token ends, in seconds since 1970; None if unknown.
    """

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    ends_at: float | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks for tokens, and where.

    Attributes:
        url: The token endpoint.
        id: The client's id.
        secret: The client's secret.
        scope: What the token is to allow; empty for what the server sees fit.
        refresh: The refresh token to start with; None for client credentials.
    """

    url: str
    id: str
    secret: str = field(repr=False)
    scope: str = ""
    refresh: str | None = field(default=None, repr=False)


class TokenStore(Protocol):
    """Keeps tokens from one run to the next. Its methods may block."""

    def load(self, name: str) -> Tokens | None:
        """Return the tokens kept for a destination, or None."""
        ...

    def save(self, name: str, tokens: Tokens) -> None:
        """Keep the tokens of a destination."""
        ...


@final
class TokenSource:
    """Hands out the access token of one destination.

    Args:
        name: The destination's.
        client: Who asks.
        transport: Sends the requests.
        store: Keeps what comes back.
        clock: Returns seconds since 1970.
    """

    def __init__(
        self,
        name: str,
        client: Client,
        *,
        transport: AsyncTransport,
        store: TokenStore,
        clock: Callable[[], float],
    ) -> None:
        self._name = name
        self._client = client
        self._transport = transport
        self._store = store
        self._clock = clock
        self._tokens: Tokens | None = None
        self._turn = asyncio.Lock()

    @property
    def secrets(self) -> list[str]:
        """What must not be seen anywhere."""
        held = self._tokens
        known = [self._client.secret, self._client.refresh]
        if held is not None:
            known += [held.access, held.refresh]
        return [each for each in known if each]

    async def access(self) -> str:
        """Return a token that holds for a while yet.

        Raises:
            IntegrationError: None is to be had; the code says why.
        """
        if self._is_fresh():
            return self._held().access
        async with self._turn:
            if self._tokens is None:
                self._tokens = await asyncio.to_thread(self._store.load, self._name)
            if not self._is_fresh():
                await self._renew()
            return self._held().access

    async def renewed(self, refused: str) -> str:
        """Return another token than *refused*, which the destination did not take.

        Raises:
            IntegrationError: None is to be had; the code says why.
        """
        async with self._turn:
            if self._tokens is None or self._tokens.access == refused:
                await self._renew()
            return self._held().access

    def _is_fresh(self) -> bool:
        held = self._tokens
        if held is None:
            return False
        return held.ends_at is None or held.ends_at - MARGIN > self._clock()

    def _held(self) -> Tokens:
        if self._tokens is None:
            raise RuntimeError("no token was fetched")
        return self._tokens

    async def _renew(self) -> None:
        refresh = self._tokens.refresh if self._tokens else None
        refresh = refresh or self._client.refresh
        try:
            response = await self._transport.send(
                _request(self._client, refresh), timeout=TIMEOUT
            )
        except TransportError as error:
            message = f"the token endpoint did not answer: {error.reason}"
            raise RetryableError(message, "OAUTH_REFRESH_FAILED", 503) from error
        tokens = _read(response, self._clock())
        self._tokens = replace(tokens, refresh=tokens.refresh or refresh)
        await asyncio.to_thread(self._store.save, self._name, self._tokens)


def _request(client: Client, refresh: str | None) -> HttpRequest:
    form = {"client_id": client.id, "client_secret": client.secret}
    if refresh is None:
        form["grant_type"] = "client_credentials"
    else:
        form |= {"grant_type": "refresh_token", "refresh_token": refresh}
    if client.scope:
        form["scope"] = client.scope
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "accept": "application/json",
    }
    return HttpRequest("POST", client.url, headers, urlencode(form).encode())


def _read(response: HttpResponse, now: float) -> Tokens:
    """Return the tokens of an answer.

    Raises:
        IntegrationError: It has none. The other side's words are not repeated: they
            may hold what was sent.
    """
    try:
        told = json.loads(response.body)
    except ValueError:
        told = None
    members = told if isinstance(told, dict) else {}
    access = members.get("access_token")
    if response.status == 200 and isinstance(access, str) and access:
        refresh, seconds = members.get("refresh_token"), members.get("expires_in")
        ends_at = None
        if isinstance(seconds, int | float) and not isinstance(seconds, bool):
            ends_at = now + seconds
        refresh = refresh if isinstance(refresh, str) and refresh else None
        return Tokens(access, refresh, ends_at)
    if members.get("error") in _FINAL_ERRORS:
        message = f"the token endpoint refused: {members['error']}"
        raise IntegrationError(message, "REFRESH_TOKEN_EXPIRED", 401)
    message = f"the token endpoint answered {response.status}, without a token"
    raise RetryableError(message, "OAUTH_REFRESH_FAILED", 503)
