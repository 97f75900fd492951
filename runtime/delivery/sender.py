"""One attempt: payloads of one mapping out to their destination, and what came back."""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

from fql.runtime.delivery.backoff import LONGEST_PAUSE, next_attempt, retry_after
from fql.runtime.delivery.jobs import Exchange, Result, State
from fql.runtime.delivery.masking import Masker, secrets_in
from fql.runtime.destinations.definitions import Action, Answer, Call, WritingAction
from fql.runtime.destinations.delivery_errors import IntegrationError
from fql.runtime.http_messages import TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fql.runtime.delivery.jobs import Claim
    from fql.runtime.delivery.oauth import TokenSource
    from fql.runtime.delivery.options import DeliveryOptions
    from fql.runtime.destinations.definitions import Definition
    from fql.runtime.http_messages import AsyncTransport, HttpRequest, HttpResponse
    from fql.runtime.workspace_parts import Setting

SHOWN_BODY = 2_000
"""Characters that are kept of a body."""

_NOT_SPLIT = frozenset({401, 403, 404, 405})
"""Refusals that concern the address or the caller, never a single payload."""

_ASKS_ALL = frozenset({429, 503})
"""Answers whose ``Retry-After`` is meant for all requests."""

_HOPELESS = frozenset({"EREFUSED", "BAD_REQUEST"})
"""What keeps a request from going out, today and tomorrow."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of sending.

    Attributes:
        results: One for each claim, in their order.
        is_served: Whether the destination could serve any of them: a refusal is an
            answer, too.
        pause: Seconds for which it wants no requests; 0 for none.
        requests: How many were sent.
    """

    results: Sequence[Result]
    is_served: bool = True
    pause: float = 0.0
    requests: int = 1


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What one attempt did: an answer for each payload.

    Attributes:
        answers: One a payload, in their order.
        exchanges: What went over the wire.
        asked: Seconds that the other side asked to wait, or None.
    """

    answers: Sequence[Answer]
    exchanges: tuple[Exchange, ...] = ()
    asked: float | None = None


@final
class Sender:
    """Sends the payloads of one destination.

    Args:
        definition: What kind of destination it is.
        settings: The destination's.
        options: How it is delivered to.
        transport: Sends requests.
        tokens: Hands out access tokens, where the scheme has any.
        clock: Returns seconds since 1970.
        draw: Returns a number from 0 to 1, for pauses.
    """

    def __init__(
        self,
        definition: Definition,
        settings: Mapping[str, Setting],
        options: DeliveryOptions,
        transport: AsyncTransport,
        *,
        tokens: TokenSource | None,
        clock: Callable[[], float],
        draw: Callable[[], float],
    ) -> None:
        self._definition = definition
        self._settings = settings
        self._options = options
        self._transport = transport
        self._tokens = tokens
        self._clock = clock
        self._draw = draw
        self._started_at = clock()
        self._secrets = list(secrets_in(settings))
        self._mask, self._masked = Masker(self._secrets), list[str]()

    async def send(self, claims: Sequence[Claim]) -> Sent:
        """Try to deliver *claims*, all of one mapping.

        Where a batch as a whole is refused for what may be the fault of one payload,
        its halves are tried by themselves.
        """
        action = self._definition.action(claims[0].job.action)
        if action is None:
            name = claims[0].job.action
            lost = IntegrationError(f"there is no action {name!r}", "NO_ACTION", 404)
            return self._sent(claims, _failed(claims, lost))
        attempt = await self._attempt(action, claims)
        if len(claims) > 1 and _is_split(attempt.answers):
            middle = len(claims) // 2
            first = await self.send(claims[:middle])
            second = await self.send(claims[middle:])
            return Sent(
                [*first.results, *second.results],
                first.is_served or second.is_served,
                max(first.pause, second.pause),
                len(attempt.exchanges) + first.requests + second.requests,
            )
        return self._sent(claims, attempt)

    async def _attempt(self, action: Action, claims: Sequence[Claim]) -> _Attempt:
        """Send, and send again what was refused for a token that no longer holds."""
        try:
            token = await self._tokens.access() if self._tokens else None
        except IntegrationError as error:
            return _failed(claims, error)
        attempt = await self._try(action, claims, token)
        if token is None or self._tokens is None:
            return attempt
        refused = [at for at, each in enumerate(attempt.answers) if each.status == 401]
        if not refused:
            return attempt
        again = [claims[at] for at in refused]
        try:
            token = await self._tokens.renewed(token)
        except IntegrationError as error:
            second = _failed(again, error)
        else:
            second = await self._try(action, again, token)
        return _joined(attempt, refused, second)

    async def _try(
        self, action: Action, claims: Sequence[Claim], token: str | None
    ) -> _Attempt:
        """Send once. What is wrong with a definition is an answer, too."""
        calls = [
            Call(each.job.payload, self._settings, each.job.key, token)
            for each in claims
        ]
        exchanges: list[Exchange] = []
        try:
            attempt = await self._perform(action, calls, exchanges)
        except IntegrationError as error:
            attempt = _failed(claims, error)
        except Exception as error:
            broken = Answer(500, "INTERNAL", f"{type(error).__name__}: {error}")
            attempt = _Attempt([broken] * len(claims))
        answers = [
            each if each.status in _STATUSES else _SENSELESS
            for each in list(attempt.answers)[: len(claims)]
        ]
        answers += [_UNTOLD] * (len(claims) - len(answers))
        return _Attempt(answers, tuple(exchanges), attempt.asked)

    async def _perform(
        self, action: Action, calls: Sequence[Call], exchanges: list[Exchange]
    ) -> _Attempt:
        """Send the requests of *calls* until one is refused."""
        if isinstance(action, WritingAction):
            return _Attempt(await asyncio.to_thread(action.write, calls))
        is_batch = len(calls) > 1
        requests = action.perform_batch(calls) if is_batch else action.perform(calls[0])
        answers: Sequence[Answer] = [Answer(200)] * len(calls)
        for number, request in enumerate(requests):
            keyed = self._with_key(request, calls, number)
            response = await self._exchange(keyed, calls[0], exchanges)
            if isinstance(response, TransportError):
                return _Attempt([_unanswered(response)] * len(calls))
            if is_batch:
                answers = action.read_batch(calls, response)
            else:
                answers = [action.read(response)]
            if not all(each.is_delivered for each in answers):
                return _Attempt(answers, asked=self._asked(response))
        return _Attempt(answers)

    def _asked(self, response: HttpResponse) -> float | None:
        return retry_after(response.headers, self._clock())

    def _with_key(
        self, request: HttpRequest, calls: Sequence[Call], number: int
    ) -> HttpRequest:
        """Return *request* with its idempotency key, unless it has one of its own."""
        name = self._definition.idempotency_header
        if name is None or name.lower() in map(str.lower, request.headers):
            return request
        key = key_of([each.key for each in calls], number)
        return replace(request, headers={**request.headers, name: key})

    async def _exchange(
        self, request: HttpRequest, call: Call, exchanges: list[Exchange]
    ) -> HttpResponse | TransportError:
        """Send a request; what went over the wire is added to *exchanges*."""
        signed = self._definition.authenticate(request, call)
        started = time.perf_counter()
        response: HttpResponse | TransportError
        try:
            response = await self._transport.send(signed, timeout=self._options.timeout)
        except TransportError as error:
            response = error
        took = (time.perf_counter() - started) * 1_000
        exchanges.append(self._told(request, response, took))
        return response

    def _told(
        self,
        request: HttpRequest,
        response: HttpResponse | TransportError,
        milliseconds: float,
    ) -> Exchange:
        mask = self._masker()
        if isinstance(response, TransportError):
            status, answered = None, mask(response.reason)
        else:
            status, answered = (
                response.status,
                mask.beginning(response.body, SHOWN_BODY),
            )
        return Exchange(
            request.method,
            mask.url(request.url),
            status,
            mask.beginning(request.body or b"", SHOWN_BODY),
            answered,
            milliseconds,
        )

    def _masker(self) -> Masker:
        """Return what masks the secrets of now: tokens come and go."""
        tokens = self._tokens.secrets if self._tokens else []
        if self._masked != tokens:
            self._mask, self._masked = Masker([*self._secrets, *tokens]), tokens
        return self._mask

    def _sent(self, claims: Sequence[Claim], attempt: _Attempt) -> Sent:
        results = [
            self._result(claim, answer, attempt)
            for claim, answer in zip(claims, attempt.answers, strict=True)
        ]
        pause = 0.0
        if any(each.status in _ASKS_ALL for each in attempt.answers):
            pause = min(attempt.asked or 0.0, LONGEST_PAUSE)
        is_served = not all(each.is_retryable for each in attempt.answers)
        return Sent(results, is_served, pause, len(attempt.exchanges))

    def _result(self, claim: Claim, answer: Answer, attempt: _Attempt) -> Result:
        if answer.is_delivered:
            return Result(
                State.DELIVERED, status=answer.status, exchanges=attempt.exchanges
            )
        due = None
        if answer.is_retryable:
            due = next_attempt(
                claim.attempt,
                now=self._clock(),
                since=max(claim.job.accepted_at, self._started_at),
                options=self._options,
                asked=attempt.asked,
                draw=self._draw,
            )
        return Result(
            State.DEAD if due is None else State.PENDING,
            reason=answer.code or str(answer.status),
            detail=self._masker()(answer.message),
            status=answer.status,
            due_at=due or 0.0,
            exchanges=attempt.exchanges,
        )


_UNTOLD = Answer(
    500,
    "UNKNOWN_ERROR",
    "the destination said nothing of this payload of the batch",
    is_retryable=True,
)


_SENSELESS = Answer(
    500, "UNKNOWN_ERROR", "the destination told a status that is none", True
)
_STATUSES = range(1_000)
"""What is told of a payload may be any number; only these can be kept."""


def _failed(claims: Sequence[Claim], error: IntegrationError) -> _Attempt:
    answer = Answer(error.status, error.code, error.message, error.retryable)
    return _Attempt([answer] * len(claims))


def _unanswered(error: TransportError) -> Answer:
    if error.code in _HOPELESS:
        return Answer(400, error.code, error.reason)
    return Answer(408, error.code, error.reason, is_retryable=True)


def _joined(first: _Attempt, places: Sequence[int], second: _Attempt) -> _Attempt:
    """Return *first* with the answers of *second* at some of its places."""
    answers = list(first.answers)
    for at, answer in zip(places, second.answers, strict=True):
        answers[at] = answer
    exchanges = (*first.exchanges, *second.exchanges)
    return _Attempt(answers, exchanges, second.asked or first.asked)


def _is_split(answers: Sequence[Answer]) -> bool:
    """Return whether all payloads were refused for good, which one may have caused."""
    statuses = {each.status for each in answers}
    is_one_answer = len(statuses) == 1 and not any(
        each.is_delivered or each.is_retryable for each in answers
    )
    return is_one_answer and not statuses & _NOT_SPLIT


def key_of(keys: Sequence[str], number: int) -> str:
    """Return the idempotency key of a request.

    That of the only payload; of several, one that is made of theirs. Later requests of
    the same payloads have a number behind it: they are no repeats of the first.
    """
    key = keys[0]
    if len(keys) > 1:
        key = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:32]
    return f"{key}-{number + 1}" if number else key
