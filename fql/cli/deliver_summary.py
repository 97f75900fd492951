"""What a delivery came to: events, payloads and where they are now."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, final

from fql.cli.output import heading, say
from fql.grammar.cells import visible
from fql.grammar.report import to_json
from fql.runtime.delivery.jobs import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.cli.findings import Findings
    from fql.cli.output import Format
    from fql.runtime.delivery.accepting import Accepted
    from fql.runtime.delivery.jobs import Claim, Result
    from fql.runtime.delivery.outbox_admin import Count
    from fql.runtime.workspace import Workspace

_OPEN = (State.PENDING, State.CLAIMED)


@final
class DeliveryTally:
    """Counts what `fql deliver` does.

    Args:
        workspace: The program; what waits for other destinations is counted apart.
    """

    def __init__(self, workspace: Workspace) -> None:
        enabled = (each.name for each in workspace.destinations if each.is_enabled)
        self._names = frozenset(enabled)
        self.events = 0
        """How many events there were."""
        self.rejected_lines = 0
        """How many lines were no events."""
        self.payloads = 0
        """How many payloads were made."""
        self.new = 0
        """How many of them were not in the outbox before."""
        self.passed_over: Counter[str] = Counter()
        """Why events, or their ways to a destination, came to no payload."""
        self.delivered: Counter[str] = Counter()
        """How many payloads each destination took."""
        self.retries = 0
        """How many attempts failed and are made again."""
        self.given_up: Counter[tuple[str, str, str]] = Counter()
        """Payloads that were given up, by destination, mapping and reason."""
        self.waiting = 0
        """How many payloads of the program are left in the outbox."""
        self.others: Counter[str] = Counter()
        """How many are there for destinations that the program does not have."""
        self._dead_before = self._dead_after = 0

    def accept(self, accepted: Accepted) -> None:
        """Count what became of some events."""
        self.events += accepted.events
        self.payloads += accepted.payloads
        self.new += accepted.new
        self.passed_over.update(
            str(each.reason) for each in accepted.outcomes if not each.is_built
        )

    def settle(self, claim: Claim, result: Result) -> None:
        """Count what became of a payload."""
        job = claim.job
        match result.state:
            case State.DELIVERED:
                self.delivered[job.destination] += 1
            case State.DEAD:
                self.given_up[job.destination, job.mapping, result.reason] += 1
            case _:
                self.retries += result.is_attempt

    def start(self, counts: Sequence[Count]) -> None:
        """Take note of what is in the outbox before anything is delivered."""
        self._dead_before = self._dead(counts)

    def end(self, counts: Sequence[Count]) -> None:
        """Take note of what is in the outbox afterwards."""
        self._dead_after = self._dead(counts)
        for each in counts:
            if each.state in _OPEN and each.destination in self._names:
                self.waiting += each.jobs
            elif each.state in _OPEN:
                self.others[each.destination] += each.jobs

    def _dead(self, counts: Sequence[Count]) -> int:
        return sum(
            each.jobs
            for each in counts
            if each.state is State.DEAD and each.destination in self._names
        )

    @property
    def dead(self) -> int:
        """How many payloads were given up, by whom ever of those who work beside."""
        return max(self.given_up.total(), self._dead_after - self._dead_before)

    def to_dict(self) -> dict[str, object]:
        """Return the counts as JSON."""
        given_up = [
            {"destination": name, "mapping": mapping, "reason": reason, "count": count}
            for (name, mapping, reason), count in sorted(self.given_up.items())
        ]
        return {
            "events": self.events,
            "rejectedLines": self.rejected_lines,
            "payloads": self.payloads,
            "new": self.new,
            "passedOver": dict(sorted(self.passed_over.items())),
            "delivered": dict(sorted(self.delivered.items())),
            "retries": self.retries,
            "dead": self.dead,
            "givenUp": given_up,
            "waiting": self.waiting,
            "forOtherDestinations": dict(sorted(self.others.items())),
        }


def show_summary(tally: DeliveryTally, findings: Findings, form: Format) -> None:
    """Show what was found on the way, and the counts."""
    if form == "json":
        told = {
            "findings": [to_json(each) for each in findings.kept],
            "summary": tally.to_dict(),
        }
        say(json.dumps(told, indent=2))
        return
    findings.close()
    lines = list(_lines(tally))
    width = max(len(name) for name, _ in lines)
    digits = max(len(f"{number:,}") for _, number in lines)
    for name, number in lines:
        shown = f"{name:<{width}}  {number:>{digits},}"
        say(shown if name.startswith(" ") else heading(shown))


def _lines(tally: DeliveryTally) -> Iterator[tuple[str, int]]:
    """Yield the lines of the table: what is counted, and the number."""
    yield "events", tally.events
    yield "rejected lines", tally.rejected_lines
    yield "payloads accepted", tally.new
    yield "payloads accepted before", tally.payloads - tally.new
    yield "passed over", tally.passed_over.total()
    yield from _parts(tally.passed_over)
    yield "delivered", tally.delivered.total()
    yield from _parts(tally.delivered)
    yield "retries", tally.retries
    yield "dead", tally.dead
    yield from _parts(Counter({"  ".join(k): n for k, n in tally.given_up.items()}))
    yield "waiting", tally.waiting
    if tally.others:
        yield "for destinations that the program does not have", tally.others.total()
        yield from _parts(tally.others)


def _parts(counts: Counter[str]) -> Iterator[tuple[str, int]]:
    for name, number in sorted(counts.items()):
        yield f"  {visible(name)}", number
