"""Testers: one event on its whole way, up to the requests, or to the answers.

What is tested is the real thing: the pipeline with its filters, the definitions that
make the requests, and, where it is asked for, delivery itself with one attempt. Nothing
is remembered of the event, and secrets are masked in all that is shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fql.runtime.delivery.job_making import idempotency_key
from fql.runtime.delivery.masking import MASK, Masker, secrets_in
from fql.runtime.destinations.definitions import Call, WritingAction
from fql.runtime.destinations.delivery_errors import IntegrationError
from fql.runtime.destinations.registry import registry_for
from fql.runtime.outcomes import Decision, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fql.compiler.explain import Explanation
    from fql.compiler.values import Json
    from fql.runtime.delivery.oauth import TokenStore
    from fql.runtime.destinations.definitions import Definition
    from fql.runtime.explain_program import ProgramExplanation
    from fql.runtime.http_messages import AsyncTransport, HttpRequest
    from fql.runtime.outcomes import Outcome
    from fql.runtime.workspace import Workspace
    from fql.runtime.workspace_parts import Destination, DestinationMapping

NO_MATCH = "You may not have any subscriptions that match this event."
"""What the original's tester says where no mapping takes the event."""

KEPT_OUT = "No mapping gets this event: it is kept out before."
"""What is said where filters, or the event itself, keep it from all mappings."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is tested.

    Attributes:
        source: Where the event comes from; None for anywhere.
        destination: The only destination that it goes to; None for all.
        mapping: The only mapping that is tested, whether it is enabled or takes the
            event or not, and without filters; None for all.
        ignore_filters: Whether filters are passed over, as the original's tester does.
    """

    source: str | None = None
    destination: str | None = None
    mapping: str | None = None
    ignore_filters: bool = False


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A request that would be sent, with secrets masked.

    Attributes:
        method: Of the request.
        url: Without credentials.
        headers: By their names in lower case.
        body: As text; empty where there is none.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: str = ""

    def lines(self) -> Iterator[str]:
        """Yield the request as lines of text."""
        yield f"{self.method} {self.url}"
        for name, value in self.headers.items():
            yield f"{name}: {value}"
        if self.body:
            yield ""
            yield from _pretty(self.body).splitlines()

    def to_dict(self) -> dict[str, object]:
        """Return this as JSON."""
        return {
            "method": self.method,
            "url": self.url,
            "headers": dict(self.headers),
            "body": self.body,
        }


@dataclass(frozen=True, slots=True)
class MappingTest:
    """What one mapping makes of the event.

    Attributes:
        outcome: What became of its payload.
        requests: What would be sent; empty where something was, or nothing can be.
        problem: Why no request can be made; empty where there is none.
    """

    outcome: Outcome
    requests: tuple[ShownRequest, ...] = ()
    problem: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return this as JSON; what does not apply is left out."""
        told: dict[str, object] = {"outcome": self.outcome.to_dict()}
        if self.requests:
            told["requests"] = [each.to_dict() for each in self.requests]
        if self.problem:
            told["problem"] = self.problem
        return told

    def lines(self) -> Iterator[str]:
        """Yield what would be sent, or what was, as lines of text."""
        outcome = self.outcome
        yield f'{outcome.destination}: "{outcome.mapping}" {outcome.action}'
        if self.problem:
            yield f"  no request: {self.problem}"
        for request in self.requests:
            yield from _indented(request.lines())
        for exchange in outcome.exchanges:
            status = "no answer" if exchange.status is None else str(exchange.status)
            yield f"  {exchange.method} {exchange.url}"
            yield from _indented(_pretty(exchange.request_body).splitlines(), 4)
            yield f"  {status} after {exchange.milliseconds:.0f} ms"
            yield from _indented(_pretty(exchange.response_body).splitlines(), 4)
        if outcome.attempt:
            reason = f" ({outcome.reason}: {outcome.detail})" if outcome.reason else ""
            yield f"  {outcome.decision}{reason}"


@dataclass(frozen=True, slots=True)
class EventTest:
    """What became of one event at every destination, and what was sent of it.

    Attributes:
        explanation: What the pipeline decided, and why.
        mappings: What each mapping that takes the event makes of it.
        trigger: Why the trigger of the one mapping that is tested takes the event or
            does not; None where all are.
    """

    explanation: ProgramExplanation
    mappings: tuple[MappingTest, ...]
    trigger: Explanation | None = None

    @property
    def is_matched(self) -> bool:
        """Whether a mapping took the event."""
        return bool(self.mappings)

    @property
    def message(self) -> str:
        """What is to be said first; empty where a mapping took the event."""
        if self.is_matched:
            return ""
        outcomes = [
            each for told in self.explanation.destinations for each in told.outcomes
        ]
        is_asked = any(each.stage is Stage.MATCH for each in outcomes)
        return NO_MATCH if is_asked or not outcomes else KEPT_OUT

    @property
    def is_sound(self) -> bool:
        """Whether each payload can be sent, and was delivered where it was sent."""
        return all(
            not each.problem
            and each.outcome.decision in {Decision.BUILT, Decision.DELIVERED}
            for each in self.mappings
        )

    def to_dict(self) -> dict[str, object]:
        """Return the test as JSON."""
        told = self.explanation.to_dict()
        if self.trigger is not None:
            told["trigger"] = self.trigger.to_dict()
        told["mappings"] = [each.to_dict() for each in self.mappings]
        if self.message:
            told["message"] = self.message
        return told

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, *, color: bool = False) -> str:
        """Return the test for people. *color*: whether to add ANSI colours."""
        parts = [self.message] if self.message else []
        if self.trigger is not None:
            parts.append(self.trigger.to_text(color=color))
        parts.append(self.explanation.to_text(color=color))
        parts += ["\n".join(each.lines()) for each in self.mappings]
        return "\n\n".join(parts)


def try_event(
    workspace: Workspace, event: dict[str, Json], choice: Choice = Choice()
) -> EventTest:
    """Return what becomes of *event*, up to the requests. Nothing is sent.

    Args:
        workspace: The program.
        event: An object as a JSON reader makes it. It is never changed.
        choice: What is tested.

    Raises:
        ValueError: There is no such source, destination or mapping.
    """
    tested = _tested(workspace, choice)
    explanation = tested.explain(event, source=choice.source)
    kinds = _definitions(tested)
    found = [
        _shown(outcome, *kinds[outcome.destination or ""])
        for each in explanation.destinations
        for outcome in each.outcomes
        if outcome.mapping is not None
    ]
    trigger = _trigger(workspace, event, choice)
    return EventTest(explanation, tuple(found), trigger)


async def send_event(
    workspace: Workspace,
    event: dict[str, Json],
    choice: Choice = Choice(),
    *,
    transport: AsyncTransport | None = None,
    tokens: TokenStore | None = None,
) -> EventTest:
    """Do the same as `try_event`, and send the requests, each once.

    Args:
        workspace: The program.
        event: As for `try_event`.
        choice: As for `try_event`.
        transport: Sends the requests; over the network by default.
        tokens: Keeps access tokens; the workspace by default.

    Raises:
        ValueError: There is no such source, destination or mapping.
    """
    from fql.runtime.delivery.direct import deliver

    tested = _tested(workspace, choice)
    explanation = tested.explain(event, source=choice.source)
    outcomes = await deliver(
        tested,
        [event],
        source=choice.source,
        transport=transport,
        tokens=tokens or workspace.tokens,
    )
    found = [MappingTest(each) for each in outcomes if each.mapping is not None]
    trigger = _trigger(workspace, event, choice)
    return EventTest(explanation, tuple(found), trigger)


# --- what is tested ---------------------------------------------------------------


def _tested(workspace: Workspace, choice: Choice) -> Workspace:
    """Return the part of a workspace that is tested; it remembers nothing."""
    destinations = [
        each
        for each in workspace.destinations
        if choice.destination in (None, each.name)
    ]
    if not destinations and choice.destination is not None:
        raise ValueError(f"the program has no destination {choice.destination!r}")
    if choice.mapping is not None:
        destinations = [_chosen(destinations, choice.mapping)]
    elif choice.ignore_filters:
        destinations = [replace(each, filters=()) for each in destinations]
    once = [
        replace(each, delivery=replace(each.delivery, attempts=1, batch_size=1))
        for each in destinations
    ]
    return replace(workspace, destinations=tuple(once), window=None)


def _chosen(destinations: Sequence[Destination], name: str) -> Destination:
    """Return the destination of a mapping, with that mapping alone, always taken."""
    found = list(_named(destinations, name))
    if not found:
        raise ValueError(f"the program has no mapping {name!r}")
    if len(found) > 1:
        names = " and ".join(each.name for each, _ in found)
        raise ValueError(f"{name!r} is a mapping of {names}: choose a destination")
    destination, mapping = found[0]
    from fql.compiler.trigger import compile_trigger

    always = replace(mapping, trigger=compile_trigger("all"), is_enabled=True)
    return replace(
        destination, filters=(), mappings=(always,), is_enabled=True, sources=()
    )


def _named(
    destinations: Sequence[Destination], name: str
) -> Iterator[tuple[Destination, DestinationMapping]]:
    for destination in destinations:
        for mapping in destination.mappings:
            if name in {mapping.name, f"{destination.name}/{mapping.name}"}:
                yield destination, mapping


def _trigger(
    workspace: Workspace, event: dict[str, Json], choice: Choice
) -> Explanation | None:
    """Return why the one mapping that is tested takes the event, or does not."""
    if choice.mapping is None:
        return None
    destinations = [
        each
        for each in workspace.destinations
        if choice.destination in (None, each.name)
    ]
    ((_, mapping),) = _named(destinations, choice.mapping)
    return mapping.trigger.explain(event)


def _definitions(
    workspace: Workspace,
) -> dict[str, tuple[Destination, Definition | None]]:
    registry = registry_for(workspace.destinations)
    return {
        each.name: (each, registry.get(each.kind)) for each in workspace.destinations
    }


# --- requests ---------------------------------------------------------------------


def _shown(
    outcome: Outcome, destination: Destination, definition: Definition | None
) -> MappingTest:
    """Return an outcome with the requests that would be sent."""
    if not outcome.is_built:
        return MappingTest(outcome)
    action = None if definition is None else definition.action(outcome.action or "")
    if definition is None or action is None:
        what = f"{destination.kind} {outcome.action}"
        return MappingTest(outcome, problem=f"nobody knows what {what} is")
    if isinstance(action, WritingAction):
        return MappingTest(outcome)
    payload = outcome.payload if isinstance(outcome.payload, dict) else {}
    token = MASK if definition.oauth_client(destination.settings) else None
    call = Call(payload, destination.settings, idempotency_key(outcome), token)
    try:
        requests = [
            definition.authenticate(each, call) for each in action.perform(call)
        ]
    except IntegrationError as error:
        return MappingTest(outcome, problem=f"{error.message} ({error.code})")
    masker = Masker(secrets_in(destination.settings))
    return MappingTest(outcome, tuple(_masked(each, masker) for each in requests))


def _masked(request: HttpRequest, mask: Masker) -> ShownRequest:
    headers = {name: mask(value) for name, value in request.headers.items()}
    body = (request.body or b"").decode("utf-8", "replace")
    return ShownRequest(request.method, mask.url(request.url), headers, mask(body))


def _pretty(body: str) -> str:
    """Return a body over several lines, where it is JSON."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return json.dumps(value, indent=2, ensure_ascii=False)


def _indented(lines: Iterator[str] | Sequence[str], depth: int = 2) -> Iterator[str]:
    for each in lines:
        yield f"{' ' * depth}{each}".rstrip()
