"""The public API, as far as filters of destinations go: list, create, enable.

Requests that are refused for their rate are sent again when the answer says so. Those
that fail otherwise are sent again after growing pauses where that can do no harm: a
request to create something only if the other side certainly did not act on it. Where
nobody knows whether it did, `UncertainError` says so, and the caller has to look.
"""

from __future__ import annotations

import json
import random
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, final
from urllib.parse import quote, urlencode

from fql.runtime.http_messages import (
    HttpRequest,
    HttpResponse,
    Transport,
    TransportError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fql.compiler.values import Json

BASE_URL = "https://api.segmentapis.com"
TOKEN_VARIABLE = "PUBLIC_API_TOKEN"  # noqa: S105 - the name of a variable
"""The environment variable that holds the bearer token."""

PAGE_SIZE = 200
MAX_ATTEMPTS = 6
"""How often one request is sent at most."""

MAX_PAUSE = 300.0
"""Seconds that an answer may ask to wait; longer ones are refused."""

_TOKEN = re.compile(r"[!-~]+")
_ADDRESS = re.compile(r"https?://[^\s?#]+")
_MEDIA_TYPE = "application/vnd.segment.v1+json"
_FIRST_PAUSE = 0.5
_LARGEST_PAUSE = 30.0
_TOO_MANY_REQUESTS = 429
_NOT_IMPLEMENTED = 501
_MAX_PAGES = 10_000
_SHOWN = 300
"""Characters shown of what the API says."""


class ApiError(Exception):
    """A request that failed for good. The text says which, and why."""


class UncertainError(ApiError):
    """A request to change something, of which nobody knows whether it was done."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Time, for a client that waits.

    Attributes:
        sleep: Waits so many seconds.
        now: Returns the time of day in seconds since 1970.
        fraction: Returns a random number from 0 up to 1.
    """

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    fraction: Callable[[], float] = random.random

    def before(self, attempt: int) -> float:
        """Return the seconds to wait before *attempt* (2 is the first repetition)."""
        ceiling = min(_LARGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (attempt - 2))
        return ceiling * self.fraction()

    def asked(self, response: HttpResponse, attempt: int) -> float:
        """Return the seconds that an answer asks to wait, else those of `before`."""
        said = response.headers.get("retry-after", "").strip()
        if said.isdecimal():
            return float(said)
        try:
            instant = parsedate_to_datetime(said)
        except ValueError:
            return self.before(attempt)
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        return max(
            0.0, (instant - datetime.fromtimestamp(self.now(), UTC)).total_seconds()
        )


USUAL_PAUSES = Pauses()


@final
class PublicApi:
    """A client of the public API.

    Args:
        transport: What sends requests.
        token: The bearer token.
        base_url: Where the API is.
        page_size: Filters asked for at once; the API may give fewer.
        pauses: What waits.

    Raises:
        ApiError: The token or the address cannot be one.
    """

    def __init__(
        self,
        transport: Transport,
        token: str,
        *,
        base_url: str = BASE_URL,
        page_size: int = PAGE_SIZE,
        pauses: Pauses = USUAL_PAUSES,
    ) -> None:
        if not _TOKEN.fullmatch(token):
            raise ApiError("the token is empty, or holds what no token holds")
        if not _ADDRESS.fullmatch(base_url):
            raise ApiError(f"{base_url!r} is no address such as {BASE_URL}")
        self._transport = transport
        self._headers = {"Authorization": f"Bearer {token}", "Accept": _MEDIA_TYPE}
        self._base_url = base_url.rstrip("/")
        self._page_size = page_size
        self._pauses = pauses

    def filters(self, destination: str) -> Iterator[dict[str, Json]]:
        """Yield the filters of a destination, as the API answers them.

        Raises:
            ApiError: They cannot be read to the end.
        """
        seen: set[str] = set()
        query: dict[str, str | int] = {"pagination.count": self._page_size}
        for _ in range(_MAX_PAGES):
            path = f"{_filters_path(destination)}?{urlencode(query)}"
            request = self._request("GET", path)
            data = _data(request, self._send(request, is_safe=True))
            filters = data.get("filters")
            if not isinstance(filters, list):
                raise ApiError(f"{_name(request)}: the answer has no filters")
            for each in filters:
                if isinstance(each, dict) and _is_new(each, seen):
                    yield each
            cursor = _next_cursor(data)
            if cursor is None:
                return
            if cursor == query.get("pagination.cursor"):
                break
            query["pagination.cursor"] = cursor
        raise ApiError(f"the filters of {destination} have no last page")

    def create_filter(
        self, destination: str, definition: Mapping[str, Json]
    ) -> dict[str, Json]:
        """Create a filter and return it.

        Raises:
            UncertainError: It may have been created.
            ApiError: It was not created.
        """
        return self._change("POST", _filters_path(destination), definition)

    def enable_filter(self, destination: str, identity: str) -> dict[str, Json]:
        """Switch a filter on and return it. Doing so twice does no harm.

        Raises:
            ApiError: The API refuses, or does not answer.
        """
        path = f"{_filters_path(destination)}/{quote(identity, safe='')}"
        return self._change("PATCH", path, {"enabled": True}, is_safe=True)

    # --- one request ---

    def _change(
        self,
        method: str,
        path: str,
        value: Mapping[str, Json],
        *,
        is_safe: bool = False,
    ) -> dict[str, Json]:
        body = json.dumps(value, ensure_ascii=False).encode("utf-8")
        request = self._request(method, path, body)
        response = self._send(request, is_safe=is_safe)
        try:
            data = _data(request, response)
        except ApiError as error:
            raise UncertainError(str(error)) from error
        made = data.get("filter")
        return made if isinstance(made, dict) else data

    def _request(
        self, method: str, path: str, body: bytes | None = None
    ) -> HttpRequest:
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = _MEDIA_TYPE
        return HttpRequest(method, self._base_url + path, headers, body)

    def _send(self, request: HttpRequest, *, is_safe: bool) -> HttpResponse:
        """Send *request* until it succeeds or fails for good.

        *is_safe*: whether it may be sent again though it may have been acted on.
        """
        failure = ""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            response, failure, may_have_acted = self._try(request)
            if response is not None and not failure:
                return response
            if may_have_acted and not is_safe:
                raise UncertainError(f"{_name(request)}: {failure}")
            if attempt == MAX_ATTEMPTS:
                break
            self._wait(request, response, attempt + 1)
        raise ApiError(f"{_name(request)}: {failure}, {MAX_ATTEMPTS} times")

    def _try(self, request: HttpRequest) -> tuple[HttpResponse | None, str, bool]:
        """Return the answer, why to try again, and whether it may have acted.

        Raises:
            ApiError: Trying again is useless.
        """
        try:
            response = self._transport.send(request)
        except TransportError as error:
            return None, error.reason, not error.is_unsent
        status = response.status
        if 200 <= status < 300:
            return response, "", False
        failure = f"the API answers {status}{_said(response)}"
        if status == _TOO_MANY_REQUESTS:
            return response, failure, False
        if status >= 500 and status != _NOT_IMPLEMENTED:
            return response, failure, True
        raise ApiError(f"{_name(request)}: {failure}")

    def _wait(
        self, request: HttpRequest, response: HttpResponse | None, attempt: int
    ) -> None:
        """Wait before *attempt*, as long as *response* asks for."""
        if response is None:
            seconds = self._pauses.before(attempt)
        else:
            seconds = self._pauses.asked(response, attempt)
        if seconds > MAX_PAUSE:
            raise ApiError(f"{_name(request)}: the API asks to wait {seconds:.0f} s")
        self._pauses.sleep(seconds)


def _filters_path(destination: str) -> str:
    return f"/destination/{quote(destination, safe='')}/filters"


def _name(request: HttpRequest) -> str:
    return f"{request.method} {request.url}"


def _data(request: HttpRequest, response: HttpResponse) -> dict[str, Json]:
    """Return what an answer is about.

    Raises:
        ApiError: It is not in the API's form.
    """
    try:
        value = json.loads(response.body)
    except (ValueError, RecursionError) as error:
        raise ApiError(f"{_name(request)}: the answer is no JSON") from error
    data = value.get("data") if isinstance(value, dict) else None
    if not isinstance(data, dict):
        raise ApiError(f"{_name(request)}: the answer has no data")
    return data


def _next_cursor(data: Mapping[str, Json]) -> str | None:
    pagination = data.get("pagination")
    cursor = pagination.get("next") if isinstance(pagination, dict) else None
    return cursor if isinstance(cursor, str) and cursor else None


def _is_new(filter_: Mapping[str, Json], seen: set[str]) -> bool:
    """Return whether a filter is not one of *seen*, and add it.

    Pages overlap where filters come and go between two requests.
    """
    identity = filter_.get("id")
    if not isinstance(identity, str):
        return True
    is_new = identity not in seen
    seen.add(identity)
    return is_new


def _said(response: HttpResponse) -> str:
    """Return what the API says of an error: ``: the title is too long``."""
    try:
        errors = json.loads(response.body)["errors"]
        messages = [each.get("message") or each["type"] for each in errors]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""
    words = "; ".join(str(each) for each in messages)[:_SHOWN]
    return f": {words}" if words else ""
