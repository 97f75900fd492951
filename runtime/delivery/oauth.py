"""OAuth 2 access tokens: fetched once for all who need them, renewed before they end.

Two grants: client credentials, and refresh tokens (RFC 6749, sections 4.4 and 6).
However many requests find that a token no longer holds, one of them fetches the next
and the others wait for it.
"""

from __future__ import annotations

import asyncio
import json
import math
from base64 import b64encode
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, TypeVar, final, runtime_checkable
from urllib.parse import quote_plus, urlencode

from fql.runtime.delivery.store import StoreError
from fql.runtime.destinations.delivery_errors import IntegrationError, RetryableError
from fql.runtime.http_messages import HttpRequest, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fql.runtime.http_messages import AsyncTransport, HttpResponse

MARGIN = 60.0
"""Seconds before its end at which a token is renewed."""

TIMEOUT = 10.0
"""Seconds for a request to the token endpoint."""

FAILURE_SECONDS = 5.0
"""For how long a failure holds for all who ask."""

KNOWN_SECRETS = 8
"""Tokens that are masked: the current ones, and those before."""

_ResultT = TypeVar("_ResultT")

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
        is_basic: Whether id and secret go in a header (basic authentication) instead
            of the body; servers differ in what they take.
    """

    url: str
    id: str
    secret: str = field(repr=False)
    scope: str = ""
    refresh: str | None = field(default=None, repr=False)
    is_basic: bool = False


@runtime_checkable
class TokenStore(Protocol):
    """Keeps tokens from one run to the next. Its methods may block."""

    def load(self, name: str) -> Tokens | None:
        """Return the tokens kept for a destination, or None."""
        ...

    def save(self, name: str, tokens: Tokens) -> None:
        """Keep the tokens of a destination."""
        ...


@final
@dataclass(slots=True)
class MemoryTokens:
    """Access tokens in memory, for as long as the process lives.

    They are not sealed, and so they stay there: a pickle holds none.
    """

    kept: dict[str, Tokens] = field(default_factory=dict)

    def load(self, name: str) -> Tokens | None:
        """Return the tokens kept for a destination, or None."""
        return self.kept.get(name)

    def save(self, name: str, tokens: Tokens) -> None:
        """Keep the tokens of a destination."""
        self.kept[name] = tokens

    def __reduce__(self) -> tuple[type[MemoryTokens], tuple[()]]:
        return MemoryTokens, ()


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
        self._unkept: Tokens | None = None
        self._renew_at: float | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._failure: IntegrationError | None = None
        self._failed_at = 0.0
        self._known: dict[str, None] = {}

    @property
    def secrets(self) -> list[str]:
        """What must not be seen anywhere: the last tokens, too, may still turn up."""
        mine = [self._client.secret, self._client.refresh]
        return [each for each in [*mine, *self._known] if each]

    async def access(self) -> str:
        """Return a token that holds for a while yet.

        Raises:
            IntegrationError: None is to be had; the code says why.
        """
        return await self._other_than(None)

    async def renewed(self, refused: str) -> str:
        """Return another token than *refused*, which the destination did not take.

        Raises:
            IntegrationError: None is to be had; the code says why.
        """
        return await self._other_than(refused)

    async def _other_than(self, refused: str | None) -> str:
        if not self._is_fresh(refused):
            await self._renewed_by_one(refused)
        if self._tokens is None:  # pragma: no cover - without any, that has raised
            raise RuntimeError("no token was fetched")
        return self._tokens.access

    def _is_fresh(self, refused: str | None) -> bool:
        held, renew_at = self._tokens, self._renew_at
        if held is None or held.access == refused or self._unkept:
            return False
        return renew_at is None or renew_at > self._clock()

    async def _renewed_by_one(self, refused: str | None) -> None:
        """Renew the tokens, or wait until somebody else has; all share a failure."""
        if self._failure and self._clock() < self._failed_at + FAILURE_SECONDS:
            raise _again(self._failure)
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew(refused))
            self._renewing.add_done_callback(self._finish)
        await asyncio.shield(self._renewing)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._renewing = None
        error = None if task.cancelled() else task.exception()
        self._failure = error if isinstance(error, IntegrationError) else None
        self._failed_at = self._clock()

    async def _renew(self, refused: str | None) -> None:
        """Take what others have stored meanwhile, or ask; and store what is new.

        A refresh token often holds only once. So the next one must not be lost: until
        it is stored, its access token is not used either.
        """
        tokens = self._unkept or await self._newer(refused)
        if tokens is not None:
            await _stored(lambda: self._store.save(self._name, tokens))
            self._unkept = None

    async def _newer(self, refused: str | None) -> Tokens | None:
        """Return new tokens, or None where others have stored some meanwhile."""
        kept = await _stored(lambda: self._store.load(self._name))
        if kept is not None and kept != self._tokens:
            self._take(kept, MARGIN)
        if self._is_fresh(refused):
            return None
        self._unkept = await self._ask()
        return self._unkept

    async def _ask(self) -> Tokens:
        """Ask the token endpoint for tokens, and hold them."""
        held = self._tokens
        refresh = (held and held.refresh) or self._client.refresh
        request = _request(self._client, refresh)
        try:
            response = await self._transport.send(request, timeout=TIMEOUT)
        except TransportError as error:
            message = f"the token endpoint did not answer: {error.reason}"
            raise RetryableError(message, "OAUTH_REFRESH_FAILED", 503) from error
        now = self._clock()
        tokens = _read(response, now, is_refresh=refresh is not None)
        lasts = MARGIN if tokens.ends_at is None else tokens.ends_at - now
        tokens = replace(tokens, refresh=tokens.refresh or refresh)
        self._take(tokens, min(MARGIN, lasts / 2))
        return tokens

    def _take(self, tokens: Tokens, margin: float) -> None:
        self._tokens = tokens
        ends_at = tokens.ends_at
        self._renew_at = None if ends_at is None else ends_at - margin
        for secret in filter(None, (tokens.access, tokens.refresh)):
            self._known[secret] = None
        while len(self._known) > KNOWN_SECRETS:
            del self._known[next(iter(self._known))]


async def _stored(do: Callable[[], _ResultT]) -> _ResultT:
    """Do something with the store, in a thread."""
    try:
        return await asyncio.to_thread(do)
    except StoreError as error:
        message = f"the tokens cannot be kept: {error.message}"
        raise RetryableError(message, "OAUTH_REFRESH_FAILED", 503) from error


def _again(error: IntegrationError) -> IntegrationError:
    """Return an error like one that was raised before, without its history."""
    kind = RetryableError if error.retryable else IntegrationError
    return kind(error.message, error.code, error.status)


def _request(client: Client, refresh: str | None) -> HttpRequest:
    form: dict[str, str] = {}
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "accept": "application/json",
    }
    if client.is_basic:
        pair = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"
        headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        form = {"client_id": client.id, "client_secret": client.secret}
    if refresh is None:
        form["grant_type"] = "client_credentials"
    else:
        form |= {"grant_type": "refresh_token", "refresh_token": refresh}
    if client.scope:
        form["scope"] = client.scope
    return HttpRequest("POST", client.url, headers, urlencode(form).encode())


def _read(response: HttpResponse, now: float, *, is_refresh: bool) -> Tokens:
    """Return the tokens of an answer.

    Raises:
        IntegrationError: It has none. The other side's words are not repeated: they
            may hold what was sent.
    """
    try:
        told = json.loads(response.body)
    except (ValueError, RecursionError):
        told = None
    members = told if isinstance(told, dict) else {}
    access, refresh = _text(members, "access_token"), _text(members, "refresh_token")
    if response.status == 200 and access:
        seconds = _seconds(members.get("expires_in"))
        return Tokens(access, refresh, None if seconds is None else now + seconds)
    error = members.get("error")
    if isinstance(error, str) and error in _FINAL_ERRORS:
        message = f"the token endpoint refused: {error}"
        code = "REFRESH_TOKEN_EXPIRED" if is_refresh else "OAUTH_REFRESH_FAILED"
        raise IntegrationError(message, code, 401)
    message = f"the token endpoint answered {response.status}, without a token"
    raise RetryableError(message, "OAUTH_REFRESH_FAILED", 503)


def _text(members: Mapping[str, object], name: str) -> str | None:
    value = members.get(name)
    return value if isinstance(value, str) and value else None


def _seconds(value: object) -> float | None:
    """Return for how long a token lasts; some servers write the number as a text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None
