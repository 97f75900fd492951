"""A lane for each destination of a workspace."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from fql.runtime.delivery.lane import Lane
from fql.runtime.delivery.oauth import MemoryTokens, TokenSource
from fql.runtime.delivery.pace import Pace
from fql.runtime.delivery.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.runtime.delivery.jobs import Claim, Result
    from fql.runtime.delivery.oauth import Client, TokenStore
    from fql.runtime.destinations.definitions import Definition
    from fql.runtime.destinations.registry import Registry
    from fql.runtime.http_messages import AsyncTransport
    from fql.runtime.workspace import Workspace
    from fql.runtime.workspace_parts import Destination

    Settle = Callable[[Claim, Result], None]
    Transports = Callable[[Destination], AsyncTransport]


def lanes_for(
    workspace: Workspace,
    *,
    registry: Registry,
    transports: Transports,
    token_store: TokenStore,
    clock: Callable[[], float] = time.time,
    draw: Callable[[], float] = random.random,
) -> Callable[[Settle], dict[str, Lane]]:
    """Return what makes the lanes of a workspace, for `Engine`.

    Args:
        workspace: Whose enabled destinations get one each.
        registry: Which kinds of destinations there are.
        transports: Returns what sends the requests of a destination.
        token_store: Keeps access tokens; sealed by what is secret in the settings, if
            they leave this process.
        clock: Returns seconds since 1970.
        draw: Returns a number from 0 to 1, for pauses.

    Raises:
        ValueError: A destination is of a kind that is not there.
        DefinitionError: A kind does not load.
    """

    def lane(destination: Destination, settle: Settle) -> Lane:
        definition = definition_of(registry, destination)
        transport = transports(destination)
        sender = sender_for(
            definition,
            destination,
            transport,
            token_store=token_store,
            clock=clock,
            draw=draw,
        )
        actions = {each.name: each for each in definition.actions}
        return Lane(
            destination.name,
            sender,
            actions,
            destination.delivery,
            pace=Pace(destination.delivery.rate, clock),
            settle=settle,
            clock=clock,
        )

    enabled = [each for each in workspace.destinations if each.is_enabled]
    return lambda settle: {each.name: lane(each, settle) for each in enabled}


def sender_for(
    definition: Definition,
    destination: Destination,
    transport: AsyncTransport,
    *,
    token_store: TokenStore,
    clock: Callable[[], float] = time.time,
    draw: Callable[[], float] = random.random,
) -> Sender:
    """Return what makes the attempts of a destination; see `lanes_for`.

    Args:
        definition: What kind of destination it is.
        destination: The destination.
        transport: Sends the requests.
        token_store: Keeps access tokens; sealed by what is secret in the settings, if
            they leave this process.
        clock: Returns seconds since 1970.
        draw: Returns a number from 0 to 1, for pauses.
    """
    client = definition.oauth_client(destination.settings)
    tokens = None
    if client is not None:
        tokens = TokenSource(
            destination.name,
            client,
            transport=transport,
            store=_sealed(token_store, client),
            clock=clock,
        )
    return Sender(
        definition,
        destination.settings,
        destination.delivery,
        transport,
        tokens=tokens,
        clock=clock,
        draw=draw,
    )


def _sealed(store: TokenStore, client: Client) -> TokenStore:
    """Return what keeps the tokens of *client* in *store*, for no other eyes.

    Raises:
        ModuleNotFoundError: They leave this process, and the extra ``delivery``, which
            brings the package that seals, is not installed.
    """
    if isinstance(store, MemoryTokens):
        return store
    try:
        from fql.runtime.delivery.sealed_tokens import SealedTokens
    except ModuleNotFoundError as error:
        error.add_note('tokens are sealed by an extra: pip install "fql[delivery]"')
        raise
    return SealedTokens(store, client)


def definition_of(registry: Registry, destination: Destination) -> Definition:
    """Return what kind of destination one is.

    Raises:
        ValueError: It is of a kind that is not there.
        DefinitionError: The kind does not load.
    """
    definition = registry.get(destination.kind)
    if definition is None:
        known = ", ".join(sorted(registry))
        kind = f"the kind {destination.kind!r}"
        raise ValueError(f"{destination.name} is of {kind}; there are: {known}")
    return definition
