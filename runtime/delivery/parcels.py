"""Payloads that travel together: what one attempt is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, final

from fql.compiler.values import compact_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fql.runtime.delivery.jobs import Claim
    from fql.runtime.delivery.options import DeliveryOptions
    from fql.runtime.destinations.definitions import Action, BatchRules

Key: TypeAlias = tuple[str, ...]


@dataclass(slots=True)
class _Open:
    """A batch that is still being filled."""

    since: float
    claims: list[Claim] = field(default_factory=list)
    bytes: int = 0


@final
class Parcels:
    """Puts claims of one destination together as its actions take them.

    Args:
        actions: The destination's, by name.
        options: What overrides the rules of the actions.
        clock: Returns seconds; only differences count.
    """

    def __init__(
        self,
        actions: Mapping[str, Action],
        options: DeliveryOptions,
        clock: Callable[[], float],
    ) -> None:
        self._actions = actions
        self._options = options
        self._clock = clock
        self._open: dict[Key, _Open] = {}

    def add(self, claim: Claim) -> list[Sequence[Claim]]:
        """Take a claim; return the parcels that are full now."""
        rules = self._rules(claim)
        if rules is None:
            return [[claim]]
        key, size = _key(claim, rules.keys), _size(claim)
        full: list[Sequence[Claim]] = []
        batch = self._open.get(key)
        if batch is not None and batch.bytes + size > rules.bytes:
            full.append(self._open.pop(key).claims)
            batch = None
        if batch is None:
            batch = self._open[key] = _Open(self._clock())
        batch.claims.append(claim)
        batch.bytes += size
        if len(batch.claims) >= rules.size:
            full.append(self._open.pop(key).claims)
        return full

    def due(self) -> list[Sequence[Claim]]:
        """Return the parcels that have waited long enough."""
        now = self._clock()
        ready = [
            key
            for key, batch in self._open.items()
            if now - batch.since >= self._seconds(batch.claims[0])
        ]
        return [self._open.pop(key).claims for key in ready]

    def rest(self) -> list[Sequence[Claim]]:
        """Return all parcels, full or not."""
        open_, self._open = self._open, {}
        return [each.claims for each in open_.values()]

    @property
    def longest(self) -> float:
        """Seconds that a claim waits here at the most."""
        given = self._options.batch_seconds
        rules = [each.batch for each in self._actions.values() if each.batch]
        return max([each.seconds if given is None else given for each in rules] or [0])

    def _rules(self, claim: Claim) -> BatchRules | None:
        action = self._actions.get(claim.job.action)
        rules = None if action is None else action.batch
        if rules is None:
            return None
        options = self._options
        size = rules.size if options.batch_size is None else options.batch_size
        limit = rules.bytes if options.batch_bytes is None else options.batch_bytes
        smaller = min(rules.size, size), min(rules.bytes, limit)
        return type(rules)(*smaller, self._seconds(claim), rules.keys)

    def _seconds(self, claim: Claim) -> float:
        given = self._options.batch_seconds
        action = self._actions[claim.job.action]
        if given is not None or action.batch is None:
            return given or 0.0
        return action.batch.seconds


def _key(claim: Claim, fields: Sequence[str]) -> Key:
    """Return what a batch has in common: its mapping, and the values of its keys."""
    payload = claim.job.payload
    values = [compact_json(payload.get(name)) for name in fields]
    return (claim.job.mapping, claim.job.action, *values)


def _size(claim: Claim) -> int:
    return len(compact_json(dict(claim.job.payload)).encode())
