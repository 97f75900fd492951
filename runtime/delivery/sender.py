"""One attempt: payloads of one mapping out to their destination, and what came back."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

from fql.runtime.delivery.backoff import next_attempt, retry_after
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


_HOPELESS = frozenset({"EREFUSED", "BAD_REQUEST"})
"""What keeps a request from going out, today and tomorrow."""


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
        self._secrets = list(secrets_in(settings))
        self._mask, self._masked = Masker(self._secrets), list[str]()

    async def send(self, claims: Sequence[Claim]) -> list[Result]:
        """Try to deliver *claims*, all of one mapping; return a result for each.

        Where a batch as a whole is refused for what may be the fault of one payload,
        its halves are tried by themselves.
        """
        action = self._definition.action(claims[0].job.action)
        if action is None:
            name = claims[0].job.action
            lost = IntegrationError(f"there is no action {name!r}", "NO_ACTION", 404)
            return self._results(claims, _failed(claims, lost))
        attempt = await self._attempt(action, claims)
        if len(claims) > 1 and _is_split(attempt.answers):
            middle = len(claims) // 2
            halves = (claims[:middle], claims[middle:])
            return [each for half in halves for each in await self.send(half)]
        return self._results(claims, attempt)

    async def _attempt(self, action: Action, claims: Sequence[Claim]) -> _Attempt:
        try:
            token = await self._tokens.access() if self._tokens else None
            attempt = await self._try(action, claims, token)
            if token and self._tokens and _is_unauthorised(attempt.answers):
                token = await self._tokens.renewed(token)
                again = await self._try(action, claims, token)
                earlier = (*attempt.exchanges, *again.exchanges)
                attempt = replace(again, exchanges=earlier)
        except IntegrationError as error:
            return _failed(claims, error)
        return attempt

    async def _try(
        self, action: Action, claims: Sequence[Claim], token: str | None
    ) -> _Attempt:
        calls = [
            Call(each.job.payload, self._settings, each.job.key, token)
            for each in claims
        ]
        if isinstance(action, WritingAction):
            return _Attempt(await asyncio.to_thread(action.write, calls))
        is_batch = len(calls) > 1
        requests = action.perform_batch(calls) if is_batch else action.perform(calls[0])
        exchanges: list[Exchange] = []
        answers: Sequence[Answer] = [Answer(200)] * len(calls)
        for request in requests:
            response = await self._exchange(request, calls[0], exchanges)
            if isinstance(response, TransportError):
                return _Attempt([_unanswered(response)] * len(calls), tuple(exchanges))
            answers = (
                action.read_batch(calls, response)
                if is_batch
                else [action.read(response)]
            )
            if not all(each.is_delivered for each in answers):
                asked = retry_after(response.headers, self._clock())
                return _Attempt(answers, tuple(exchanges), asked)
        return _Attempt(answers, tuple(exchanges))

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
            status, answered = response.status, _shown(mask, response.body)
        return Exchange(
            request.method,
            mask.url(request.url),
            status,
            _shown(mask, request.body or b""),
            answered,
            milliseconds,
        )

    def _masker(self) -> Masker:
        """Return what masks the secrets of now: tokens come and go."""
        tokens = self._tokens.secrets if self._tokens else []
        if self._masked != tokens:
            self._mask, self._masked = Masker([*self._secrets, *tokens]), tokens
        return self._mask

    def _results(self, claims: Sequence[Claim], attempt: _Attempt) -> list[Result]:
        answers = list(attempt.answers)[: len(claims)]
        answers += [_UNTOLD] * (len(claims) - len(answers))
        return [
            self._result(claim, answer, attempt)
            for claim, answer in zip(claims, answers, strict=True)
        ]

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
                accepted_at=claim.job.accepted_at,
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


def _failed(claims: Sequence[Claim], error: IntegrationError) -> _Attempt:
    answer = Answer(error.status, error.code, error.message, error.retryable)
    return _Attempt([answer] * len(claims))


def _unanswered(error: TransportError) -> Answer:
    if error.code in _HOPELESS:
        return Answer(400, error.code, error.reason)
    return Answer(408, error.code, error.reason, is_retryable=True)


def _is_unauthorised(answers: Sequence[Answer]) -> bool:
    return any(each.status == 401 for each in answers)


def _is_split(answers: Sequence[Answer]) -> bool:
    """Return whether all payloads were refused for good, which one may have caused."""
    statuses = {each.status for each in answers}
    is_one_answer = len(statuses) == 1 and not any(
        each.is_delivered or each.is_retryable for each in answers
    )
    return is_one_answer and not statuses & _NOT_SPLIT


def _shown(mask: Masker, body: bytes) -> str:
    """Return the beginning of a body as text.

    More than is shown is masked: what was cut through a secret would not be known.
    """
    return mask(body[: SHOWN_BODY * 4].decode("utf-8", "replace"))[:SHOWN_BODY]
