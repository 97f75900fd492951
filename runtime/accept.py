"""The way in: what every event must be, and that each comes once.

The rules are those of the event spec's ingest. A null counts as absent; so does an
empty text where an id is looked for. Nothing here knows destinations, and no rule
looks at what an event is about.
"""

from __future__ import annotations

import time
from collections import deque
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Any, final

from fql.compiler.spec import EVENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from fql.runtime.filter_actions import Event

MAX_MESSAGE_ID = 100
"""Characters of a message id."""

DUPLICATE_WINDOW = 24 * 60 * 60.0
"""Seconds for which the id of a message is remembered."""

MAX_REMEMBERED = 100_000
"""Ids that are remembered at a time; the oldest ones are forgotten first."""


class Rejection(StrEnum):
    """Why an event does not get in, by the codes of the original's ingest.

    Those that the original does not name are ours: of an event that is no object, of
    ``type`` and of ``messageId``.
    """

    NOT_AN_OBJECT = "event_not_object"
    TYPE_MISSING = "type_not_defined"
    TYPE_NOT_STRING = "type_not_string"
    TYPE_UNKNOWN = "type_unknown"
    NO_USER = "no_user_anon_id"
    ID_MISSING = "id_required"
    ID_NOT_STRING = "id_not_string"
    EVENT_MISSING = "event_not_defined"
    EVENT_NOT_STRING = "event_not_string"
    PROPERTIES_NOT_OBJECT = "properties_not_object"
    TRAITS_NOT_OBJECT = "traits_not_object"
    NAME_NOT_STRING = "name_not_string"
    CATEGORY_NOT_STRING = "category_not_string"
    MESSAGE_ID_NOT_STRING = "message_id_not_string"
    MESSAGE_ID_TOO_LONG = "message_id_too_long"
    SOURCE_DISABLED = "source_disabled"


_REQUIRED_IDS = {"group": "groupId", "alias": "userId"}
"""The id that an event of a type cannot do without."""

_IDS = ("userId", "anonymousId", "groupId", "previousId")

_NOTHING: Event = {}

_NAMED = frozenset({"page", "screen"})
"""The types whose ``name`` and ``category`` mean something."""


def find_rejection(event: object) -> Rejection | None:
    """Return why *event* does not get in, or None where it does.

    >>> find_rejection({"type": "track", "userId": "u1"}).value
    'event_not_defined'
    """
    if not isinstance(event, dict):
        return Rejection.NOT_AN_OBJECT
    if _is_usual(event):
        return None
    return (
        _type_fault(event.get("type"))
        or _id_fault(event)
        or _content_fault(event)
        or _message_id_fault(event.get("messageId"))
    )


def _is_usual(event: Event) -> bool:
    """Return whether *event* is one of the usual kind, which breaks no rule.

    Nearly all are. What this cannot tell at a glance, the rules below tell.
    """
    get = event.get
    kind = get("type")
    if kind == "track":
        is_usual = get("event").__class__ is str
    elif kind in ("page", "screen"):
        is_usual = bool(name := get("name", "-")) and name.__class__ is str
        is_usual = is_usual and "category" not in event
    else:
        is_usual = kind == "identify"
    return (
        is_usual
        and (user := get("userId", "")).__class__ is str
        and (anonymous := get("anonymousId", "")).__class__ is str
        and bool(user or anonymous)
        and get("properties", _NOTHING).__class__ is dict
        and get("traits", _NOTHING).__class__ is dict
        and isinstance(message_id := get("messageId", ""), str)
        and len(message_id) <= MAX_MESSAGE_ID
        and "groupId" not in event
        and "previousId" not in event
    )


def _type_fault(kind: object) -> Rejection | None:
    if kind is None:
        return Rejection.TYPE_MISSING
    if not isinstance(kind, str):
        return Rejection.TYPE_NOT_STRING
    return None if kind in EVENT_TYPES else Rejection.TYPE_UNKNOWN


def _id_fault(event: Event) -> Rejection | None:
    get = event.get
    for name in _IDS:
        value = get(name)
        if value is not None and not isinstance(value, str):
            return Rejection.ID_NOT_STRING
    if not (get("userId") or get("anonymousId")):
        return Rejection.NO_USER
    required = _REQUIRED_IDS.get(event["type"])  # type: ignore[arg-type]  # a text here
    return Rejection.ID_MISSING if required and not get(required) else None


def _content_fault(event: Event) -> Rejection | None:
    if not _is_object(event.get("properties")):
        return Rejection.PROPERTIES_NOT_OBJECT
    if not _is_object(event.get("traits")):
        return Rejection.TRAITS_NOT_OBJECT
    if event["type"] == "track":
        return _event_name_fault(event.get("event"))
    return _name_fault(event) if event["type"] in _NAMED else None


def _event_name_fault(name: object) -> Rejection | None:
    if name is None:
        return Rejection.EVENT_MISSING
    return None if isinstance(name, str) else Rejection.EVENT_NOT_STRING


def _name_fault(event: Event) -> Rejection | None:
    if not _is_name(event.get("name")):
        return Rejection.NAME_NOT_STRING
    if not _is_name(event.get("category")):
        return Rejection.CATEGORY_NOT_STRING
    return None


def _is_object(value: object) -> bool:
    return value is None or isinstance(value, dict)


def _is_name(value: object) -> bool:
    return value is None or (isinstance(value, str) and value != "")


def _message_id_fault(message_id: object) -> Rejection | None:
    if message_id is None:
        return None
    if not isinstance(message_id, str):
        return Rejection.MESSAGE_ID_NOT_STRING
    is_short = len(message_id) <= MAX_MESSAGE_ID
    return None if is_short else Rejection.MESSAGE_ID_TOO_LONG


# --- duplicates -------------------------------------------------------------------


@final
class DuplicateWindow:
    """Remembers for a while which messages came, so that each is processed once.

    Time and memory are bounded: an id is forgotten after `seconds`, or when `limit`
    newer ones have come. It may be shared between threads. A pickle of it remembers
    nothing.

    Args:
        seconds: How long an id is remembered, from its first sight.
        limit: How many ids are remembered at a time, at least one.
        clock: Gives the time in seconds from any start; it never goes back.
    """

    def __init__(
        self,
        seconds: float = DUPLICATE_WINDOW,
        limit: int = MAX_REMEMBERED,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = (seconds, limit, clock)
        self._limit = limit
        self._now = 0.0
        self._seen: dict[Hashable, float] = {}
        self._order: deque[Hashable] = deque()
        self._lock = Lock()

    def is_repeated(self, key: Hashable) -> bool:
        """Return whether *key* came before; from now on, it has."""
        with self._lock:
            self._forget_old()
            return self._is_known(key)

    def find_repeated(self, keys: Sequence[Hashable]) -> list[int]:
        """Return the places of those *keys* that came before; from now on, all have.

        They count as coming at one time, one after the other.
        """
        with self._lock:
            self._forget_old()
            fresh = dict.fromkeys(keys, self._now)
            if len(fresh) == len(keys) and self._seen.keys().isdisjoint(fresh):
                self._remember(fresh)  # none is known or comes twice, as is usual
                return []
            is_known = self._is_known
            return [place for place, key in enumerate(keys) if is_known(key)]

    def _remember(self, fresh: Mapping[Hashable, float]) -> None:
        """Remember what is new, and the newest of what was known."""
        seen, order = self._seen, self._order
        seen.update(fresh)
        order.extend(fresh)
        for _ in range(len(order) - self._limit):
            del seen[order.popleft()]

    def _is_known(self, key: Hashable) -> bool:
        """Return whether *key* came before, and remember it."""
        seen, order = self._seen, self._order
        if key in seen:
            return True
        if len(order) >= self._limit:
            del seen[order.popleft()]
        seen[key] = self._now
        order.append(key)
        return False

    def _forget_old(self) -> None:
        """Look at the clock, and forget what came too long ago."""
        seconds, _, clock = self._settings
        self._now = clock()
        since = self._now - seconds
        order, seen = self._order, self._seen
        while order and seen[order[0]] <= since:
            del seen[order.popleft()]

    def __len__(self) -> int:
        return len(self._seen)

    def __reduce__(self) -> tuple[Any, ...]:
        seconds, limit, clock = self._settings
        return _restored_window, (seconds, limit, clock)


def _restored_window(
    seconds: float, limit: int, clock: Callable[[], float]
) -> DuplicateWindow:
    return DuplicateWindow(seconds, limit, clock=clock)
