"""Which triggers and filters never did what they say, with an event that shows it.

A trigger is compared with what the original trigger engine makes of it, a filter's
condition with the documented language of filters. A verdict that they differ comes with
an event that both have answered, differently. What the text says is this language's
reading, after repairs of its syntax that are sure (``==`` is ``=``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from fql.compiler.differences import find_difference
from fql.compiler.documented import documented_condition, undocumented_orders
from fql.compiler.lower import lower_condition
from fql.compiler.lower_conditions import lower_tree
from fql.compiler.portability import (
    Readings,
    check_portability,
    engine_text,
    portable_text,
    readings,
)
from fql.grammar.condition_tree import Unreadable
from fql.grammar.diagnostics import Code, Severity
from fql.grammar.source import Source
from fql.runtime.audit_entries import EntryKind, read_entries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.differences import Difference
    from fql.compiler.ir import Ir
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.audit_entries import Entry


class Status(StrEnum):
    """What is to be said of an entry.

    ``misread``: the original does otherwise, and an event shows it. ``broken``: no
    sure reading, or the original cannot read it either. ``luck``: the original does
    what is meant, though not because of what is written. ``doubtful``: it is read
    otherwise, and no event was found that shows it.
    """

    FINE = "fine"
    LUCK = "luck"
    DOUBTFUL = "doubtful"
    BROKEN = "broken"
    MISREAD = "misread"


FAILING = frozenset({Status.MISREAD, Status.BROKEN})
"""What makes an audit fail."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about an entry.

    Attributes:
        entry: The trigger or filter.
        status: The result.
        says: What it says, repaired; None where that is not sure.
        reads: What the original makes of it, or why it cannot read it.
        difference: An event, what the text says of it, and what the original does.
        edited: A text that means in both what this one says, or None.
        findings: Why, each at its place in the text.
    """

    entry: Entry
    status: Status
    says: str | None
    reads: str
    difference: Difference | None
    edited: str | None
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """The verdicts on all entries of some files, and what is wrong with the files."""

    verdicts: tuple[Verdict, ...]
    diagnostics: tuple[Diagnostic, ...]

    def count(self, *statuses: Status) -> int:
        """Return how many entries have one of *statuses*."""
        return sum(verdict.status in statuses for verdict in self.verdicts)

    @property
    def has_failed(self) -> bool:
        """Whether an entry misreads, or a file does not read."""
        return bool(self.diagnostics) or self.count(*FAILING) > 0


def audit_sources(sources: Iterable[Source]) -> Audit:
    """Return the audit of all triggers and filters in some files."""
    verdicts: list[Verdict] = []
    wrong: list[Diagnostic] = []
    for source in sources:
        found = read_entries(source)
        verdicts += map(audit_entry, found.entries)
        wrong += found.diagnostics
    return Audit(tuple(verdicts), tuple(wrong))


def audit_entry(entry: Entry) -> Verdict:
    """Return what the original does with an entry, and what it should do."""
    both = readings(Source(entry.text, entry.document.name))
    if entry.kind is EntryKind.FILTER:
        return _filter_verdict(entry, both)
    return _trigger_verdict(entry, both)


# --- triggers ---------------------------------------------------------------------


def _trigger_verdict(entry: Entry, both: Readings) -> Verdict:
    findings = tuple(check_portability(both.source))
    verdict = Verdict(
        entry,
        Status.BROKEN,
        says=None if both.says is None else both.says.source.text,
        reads=_reading(both),
        difference=None,
        edited=None,
        findings=findings,
    )
    if both.says is None:
        return verdict
    if both.agree:
        is_luck = any(each.code is not Code.FALSY_PARENT for each in findings)
        status = Status.LUCK if is_luck or both.says is not both.checked else None
        edited = portable_text(both.source) if status else None
        return replace(verdict, status=status or Status.FINE, edited=edited)
    difference = find_difference(_lowered(both), lower_tree(both.engine))
    return replace(
        verdict,
        status=Status.DOUBTFUL if difference is None else Status.MISREAD,
        difference=difference,
        edited=portable_text(both.source),
    )


def _reading(both: Readings) -> str:
    if isinstance(both.engine, Unreadable):
        return f"nothing: {both.engine.message}"
    return engine_text(both.engine)


def _lowered(both: Readings) -> Ir:
    if both.says is None:
        raise AssertionError("no sure reading")  # pragma: no cover - asked before
    return lower_condition(both.says.root, both.says.types)


# --- filters ----------------------------------------------------------------------


def _filter_verdict(entry: Entry, both: Readings) -> Verdict:
    verdict = Verdict(entry, Status.FINE, entry.text, entry.text, None, None, ())
    errors = [each for each in both.checked.diagnostics if each.is_error]
    if both.says is None or errors:
        # Filters are not forgiving: what does not parse is an error there, too.
        return replace(
            verdict,
            status=Status.BROKEN,
            says=None,
            reads="nothing: where a filter fails, the event is not sent",
            edited=None if both.says is None else both.says.source.text,
            findings=tuple(errors),
        )
    says = _lowered(both)
    difference = find_difference(says, documented_condition(says))
    if difference is None:
        return verdict
    found = undocumented_orders(both.says)
    return replace(
        verdict,
        status=Status.MISREAD,
        reads="as documented, an ordering of texts is never true",
        difference=difference,
        findings=tuple(replace(each, severity=Severity.WARNING) for each in found),
    )
