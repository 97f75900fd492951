"""Destinations asked for more than payloads: if they know us, or to delete a user.

Their requests go the way of payloads, each once: with the same credentials and access
tokens, to the same addresses, and masked the same in what is told of them.
"""

from __future__ import annotations

import hashlib
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, final

from fql.compiler.values import compact_json
from fql.runtime.delivery.jobs import Claim, Exchange, Job, State
from fql.runtime.delivery.lanes import definition_of, sender_for
from fql.runtime.delivery.masking import Masker, secrets_in
from fql.runtime.delivery.transports import Transports
from fql.runtime.destinations.definitions import Action, Definition
from fql.runtime.destinations.delivery_errors import IntegrationError
from fql.runtime.destinations.registry import registry_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fql.compiler.values import Json
    from fql.runtime.delivery.oauth import Client, TokenStore
    from fql.runtime.destinations.definitions import Call
    from fql.runtime.destinations.registry import Registry
    from fql.runtime.http_messages import AsyncTransport, HttpRequest
    from fql.runtime.workspace import Workspace
    from fql.runtime.workspace_parts import Destination, Setting

    Settings = Mapping[str, Setting]

NOT_SUPPORTED = "NOT_SUPPORTED"
"""The reason where a kind has no request for what is asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a destination said.

    Attributes:
        destination: Its name in the program.
        is_done: Whether it took all requests, of which there was one at least.
        reason: A code for why not; ``NOT_SUPPORTED`` where its kind has no request.
        detail: The same in a sentence; may be empty.
        exchanges: What went over the wire, masked.
    """

    destination: str
    is_done: bool
    reason: str = ""
    detail: str = ""
    exchanges: tuple[Exchange, ...] = ()

    @property
    def is_supported(self) -> bool:
        """Whether its kind has requests for what is asked."""
        return self.is_done or self.reason != NOT_SUPPORTED

    def to_dict(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "destination": self.destination,
            "done": self.is_done,
            "supported": self.is_supported,
            "reason": self.reason or None,
            "detail": self.detail or None,
            "exchanges": [asdict(each) for each in self.exchanges],
        }


async def try_authentication(
    workspace: Workspace,
    destination: str | None = None,
    *,
    transport: AsyncTransport | None = None,
    registry: Registry | None = None,
    tokens: TokenStore | None = None,
) -> list[Asked]:
    """Try the settings of destinations, enabled or not, and return what they say.

    Args:
        workspace: The program.
        destination: The only one that is asked; None for all.
        transport: Sends the requests; over the network by default.
        registry: Which kinds of destinations there are; those installed by default.
        tokens: Keeps access tokens; the workspace by default.

    Raises:
        ValueError: There is no such destination, or its kind is not there.
    """

    def requests(kind: Definition, settings: Settings) -> Sequence[HttpRequest]:
        request = kind.test_authentication(settings)
        return [] if request is None else [request]

    asking = _Asking(requests, "test", tokens or workspace.tokens)
    return await _asked(
        workspace, destination, asking, transport=transport, registry=registry
    )


async def delete_user(
    workspace: Workspace,
    user_id: str,
    destination: str | None = None,
    *,
    transport: AsyncTransport | None = None,
    registry: Registry | None = None,
    tokens: TokenStore | None = None,
) -> list[Asked]:
    """Have destinations, enabled or not, delete a user; return what they say.

    Args:
        workspace: The program.
        user_id: The user.
        destination: The only one that is asked; None for all.
        transport: Sends the requests; over the network by default.
        registry: Which kinds of destinations there are; those installed by default.
        tokens: Keeps access tokens; the workspace by default.

    Raises:
        ValueError: There is no such destination, or its kind is not there.
    """

    def requests(kind: Definition, settings: Settings) -> Sequence[HttpRequest]:
        return kind.on_delete(settings, user_id)

    asking = _Asking(requests, f"delete {user_id}", tokens or workspace.tokens)
    return await _asked(
        workspace, destination, asking, transport=transport, registry=registry
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked.

    Attributes:
        requests: Makes the requests that ask it.
        about: Tells repeats from others.
        tokens: Keeps access tokens.
    """

    requests: Callable[[Definition, Settings], Sequence[HttpRequest]]
    about: str
    tokens: TokenStore


async def _asked(
    workspace: Workspace,
    name: str | None,
    asking: _Asking,
    *,
    transport: AsyncTransport | None,
    registry: Registry | None,
) -> list[Asked]:
    chosen = [each for each in workspace.destinations if name in (None, each.name)]
    if name is not None and not chosen:
        raise ValueError(f"the program has no destination {name!r}")
    kinds = registry or registry_for(chosen)
    async with AsyncExitStack() as stack:
        transports = Transports(stack, transport)
        return [
            await _ask(asking, each, definition_of(kinds, each), transports(each))
            for each in chosen
        ]


async def _ask(
    asking: _Asking,
    destination: Destination,
    kind: Definition,
    transport: AsyncTransport,
) -> Asked:
    once = replace(
        destination, delivery=replace(destination.delivery, attempts=1, batch_size=1)
    )
    mask = Masker(secrets_in(destination.settings))
    try:
        requests = asking.requests(kind, destination.settings)
    except IntegrationError as error:
        return Asked(destination.name, False, error.code, mask(error.message))
    except Exception as error:
        said = mask(f"{type(error).__name__}: {error}")
        return Asked(destination.name, False, "INTERNAL", said)
    if not requests:
        detail = f"{kind.name} has no request for that"
        return Asked(destination.name, False, NOT_SUPPORTED, detail)
    action = _Action(requests)
    sender = sender_for(_Kind(kind, action), once, transport, token_store=asking.tokens)
    told = compact_json([destination.name, asking.about])
    key = hashlib.sha256(told.encode()).hexdigest()[:32]
    job = Job(key, destination.name, "", action.name, {})
    (result,) = (await sender.send([Claim(0, job, 1, float("inf"))])).results
    return Asked(
        destination.name,
        result.state is State.DELIVERED,
        result.reason,
        result.detail,
        result.exchanges,
    )


@final
class _Action(Action):
    """Asks instead of sending a payload."""

    name = title = "ask"

    def __init__(self, requests: Sequence[HttpRequest]) -> None:
        self._requests = requests

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        return self._requests


@final
class _Kind(Definition):
    """A kind with that one action."""

    def __init__(self, kind: Definition, action: Action) -> None:
        self.name, self.title = kind.name, kind.title
        self.settings, self.scheme = kind.settings, kind.scheme
        self.actions = (action,)
        self.idempotency_header = kind.idempotency_header
        self._kind = kind

    def authenticate(self, request: HttpRequest, call: Call) -> HttpRequest:
        return self._kind.authenticate(request, call)

    def oauth_client(self, settings: Settings) -> Client | None:
        return self._kind.oauth_client(settings)
