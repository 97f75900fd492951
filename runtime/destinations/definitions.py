"""What a kind of destination is: settings, actions, and the requests they make.

A definition makes requests and reads answers; it sends nothing itself. So the same
code is previewed, tested, batched, sent and sent again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from fql.runtime.destinations.delivery_errors import (
    IntegrationError,
    is_retryable,
    status_code_name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fql.compiler.values import Json
    from fql.runtime.delivery.oauth import Client
    from fql.runtime.fields import FieldDeclaration
    from fql.runtime.http_messages import HttpRequest, HttpResponse
    from fql.runtime.workspace_parts import Setting


class Scheme(StrEnum):
    """How a destination knows who is calling."""

    NONE = "none"
    BASIC = "basic"
    BEARER = "bearer"
    HEADER = "header"
    OAUTH2 = "oauth2"


@dataclass(frozen=True, slots=True)
class Call:
    """One payload that an action is to send.

    Attributes:
        payload: As the action's fields have left it.
        settings: The destination's, with secrets as `pydantic.SecretStr`.
        key: The idempotency key: the same whenever this payload is sent again.
        token: The OAuth access token, where the scheme has one.
    """

    payload: Mapping[str, Json]
    settings: Mapping[str, Setting] = field(repr=False)
    key: str = ""
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one payload at the other side.

    Attributes:
        status: The HTTP status, or the nearest one.
        code: A name for the failure; empty where there is none.
        message: The failure in a sentence; may be empty.
        is_retryable: Whether sending it again may help.
    """

    status: int
    code: str = ""
    message: str = ""
    is_retryable: bool = False

    @property
    def is_delivered(self) -> bool:
        """Whether the other side took it."""
        return 200 <= self.status < 300


def answer_of(status: int) -> Answer:
    """Return what an HTTP status by itself says of a payload.

    >>> answer_of(503).code, answer_of(503).is_retryable, answer_of(204).is_delivered
    ('SERVICE_UNAVAILABLE', True, True)
    """
    if 200 <= status < 300:
        return Answer(status)
    return Answer(
        status,
        code=status_code_name(status),
        message=f"the destination answered {status}",
        is_retryable=is_retryable(status),
    )


@dataclass(frozen=True, slots=True)
class BatchRules:
    """How payloads of one mapping travel together.

    Attributes:
        size: Payloads of one batch at the most.
        bytes: Their JSON together at the most.
        seconds: How long the first of a batch waits for others.
        keys: Fields by whose values batches are kept apart.
    """

    size: int = 1_000
    bytes: int = 4_000_000
    seconds: float = 1.0
    keys: tuple[str, ...] = ()


class Action:
    """One thing that a destination can be told. Subclass it.

    `perform` makes the requests of one payload, in the order in which they go out;
    the next one goes only if the one before was taken. `perform_batch` makes those of
    several at once. Both are pure: no clock, no network, no state.
    """

    name: str
    title: str
    description: str = ""
    fields: Mapping[str, FieldDeclaration] = MappingProxyType({})
    is_open: bool = False
    """Whether payloads may have any members, and are not validated by fields."""
    default_trigger: str | None = None
    batch: BatchRules | None = None
    """How payloads are batched; None where only `perform` is there."""

    def default_mapping(self) -> dict[str, Json]:
        """Return what a new mapping is filled in with, as directive JSON."""
        return {
            name: each.default for name, each in self.fields.items() if each.has_default
        }

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        """Return the requests of one payload.

        Raises:
            IntegrationError: The payload or the settings cannot be sent.
        """
        raise NotImplementedError

    def perform_batch(self, calls: Sequence[Call]) -> Sequence[HttpRequest]:
        """Return the requests of several payloads, all of one mapping.

        Raises:
            IntegrationError: None of them can be sent.
        """
        raise NotImplementedError

    def read(self, response: HttpResponse) -> Answer:
        """Return what an answer says of the payload that was sent."""
        return answer_of(response.status)

    def read_batch(
        self, calls: Sequence[Call], response: HttpResponse
    ) -> Sequence[Answer]:
        """Return what an answer says of each payload of a batch: one a call."""
        return [self.read(response)] * len(calls)


class WritingAction(Action):
    """An action that writes somewhere itself, instead of making requests."""

    def write(self, calls: Sequence[Call]) -> Sequence[Answer]:
        """Write payloads of one mapping; return an answer for each. It may block.

        Raises:
            IntegrationError: None of them was written.
        """
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Preset:
    """A mapping that quick set-up makes.

    Attributes:
        name: What the mapping is called.
        action: What it sends.
        trigger: Which events it takes.
        mapping: What it sends of them, as directive JSON or as a mapping's text.
    """

    name: str
    action: str
    trigger: str
    mapping: Mapping[str, Json] | str


class Definition:
    """One kind of destination. Subclass it.

    `authenticate` is asked for each request before it goes out.
    """

    name: str
    title: str
    description: str = ""
    settings: Mapping[str, FieldDeclaration] = MappingProxyType({})
    scheme: Scheme = Scheme.NONE
    actions: Sequence[Action] = ()
    presets: Sequence[Preset] = ()
    idempotency_header: str | None = "idempotency-key"
    """The header that tells repeats of a request from others; None for none."""

    def action(self, name: str) -> Action | None:
        """Return the action of that name, or None."""
        return next((each for each in self.actions if each.name == name), None)

    def authenticate(self, request: HttpRequest, call: Call) -> HttpRequest:
        """Return *request* with what tells the other side who is calling."""
        return request

    def oauth_client(self, settings: Mapping[str, Setting]) -> Client | None:
        """Return who fetches access tokens and where; None for other schemes."""
        return None

    def test_authentication(
        self, settings: Mapping[str, Setting]
    ) -> HttpRequest | None:
        """Return a request that succeeds only with good settings, or None."""
        return None

    def on_delete(
        self, settings: Mapping[str, Setting], user_id: str
    ) -> Sequence[HttpRequest]:
        """Return the requests that have a user deleted.

        Raises:
            IntegrationError: This destination has no way to do that.
        """
        raise IntegrationError(f"{self.name} cannot delete users", "NOT_SUPPORTED", 501)
