"""Jobs: one payload each, on its way to one destination; and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.values import Json


class State(StrEnum):
    """Where a job stands.

    ``pending``: it waits for its time, or for its turn. ``claimed``: a worker has it,
    as long as its lease lasts. ``delivered`` and ``dead`` are the ends.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Job:
    """One payload for one destination, as it is stored.

    Attributes:
        key: The idempotency key: message id and mapping; unique in a store.
        destination: The name of the destination in the program.
        mapping: The name of the mapping in the program.
        action: The action that it is sent by.
        payload: What the mapping built, after the action's fields.
        message_id: The event's message id, or None.
        user: Whose events are kept in order: user id, else anonymous id, else None.
        event_type: The event's type.
        event_name: The name of a track event, of a page or a screen; or None.
        accepted_at: When it was accepted, in seconds since 1970.
    """

    key: str
    destination: str
    mapping: str
    action: str
    payload: Mapping[str, Json]
    message_id: str | None = None
    user: str | None = None
    event_type: str | None = None
    event_name: str | None = None
    accepted_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in the hands of a worker.

    Attributes:
        id: The store's number of the job; in the order of acceptance.
        job: The job.
        attempt: Which attempt this is, from 1; one more than were made and settled.
        until: When the lease ends and others may take it, in seconds since 1970.
    """

    id: int
    job: Job
    attempt: int
    until: float


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, with all secrets masked.

    Attributes:
        method: Of the request.
        url: Of the request, without credentials.
        status: Of the answer; None where there was none.
        request_body: The beginning of it as text; may be empty.
        response_body: The beginning of it as text; may be empty.
        milliseconds: From the request to the end of the answer.
    """

    method: str
    url: str
    status: int | None
    request_body: str = ""
    response_body: str = ""
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """What one attempt did for one job.

    Attributes:
        state: ``DELIVERED``, ``PENDING`` (it is tried again) or ``DEAD``.
        reason: A code for the failure (``429``, ``ETIMEDOUT``, ``BAD_REQUEST``);
            empty where it was delivered.
        detail: The failure in a sentence; may be empty.
        status: The HTTP status of the last answer, or None.
        due_at: When it is tried again, in seconds since 1970; 0 where it is not.
        is_attempt: Whether anything was sent; if not, the attempt does not count.
        exchanges: What went over the wire, masked.
    """

    state: State
    reason: str = ""
    detail: str = ""
    status: int | None = None
    due_at: float = 0.0
    is_attempt: bool = True
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)
