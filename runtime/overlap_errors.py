"""The wording of what mappings and filters of a program come to together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.errors import listed
from fql.compiler.values import compact_json
from fql.grammar.diagnostics import Code, Label, Severity
from fql.grammar.errors import quoted, shorten
from fql.runtime.errors import finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.drafts import Word
    from fql.runtime.filter_actions import Event

_EXAMPLE = 200
"""Characters of an example event that a finding shows."""


def overlap(
    title: Word, first: Word, action: str, event: Event, *, is_same: bool
) -> Diagnostic:
    """Two mappings that send one action for one event. *is_same*: and one payload."""
    what = "the same request" if is_same else f"the action {quoted(action)}"
    return finding(
        Code.OVERLAP,
        f"{quoted(title.text)} and {quoted(first.text)} send {what} for the same event",
        title.place,
        f"as for {shorten(compact_json(event), _EXAMPLE)}",
        severity=Severity.WARNING if is_same else Severity.NOTE,
        labels=(Label(first.place.span, "the other one"),),
    )


def more_overlaps(destination: Word) -> Diagnostic:
    """Pairs of mappings that were left out."""
    return finding(
        Code.OVERLAP,
        "more mappings of this destination send the same action for the same event",
        destination.place,
        "`fql overlaps` lists them all",
        severity=Severity.NOTE,
    )


def redundant(title: Word, other: Word) -> Diagnostic:
    """A mapping whose events all go out by *other*, with the same payload."""
    return finding(
        Code.REDUNDANT_MAPPING,
        f"{quoted(other.text)} sends all that {quoted(title.text)} does",
        title.place,
        "remove it: every request of it is a double",
        severity=Severity.WARNING,
        labels=(Label(other.place.span, "takes the same events, and perhaps more"),),
    )


def unreachable(title: Word, filters: Sequence[Word]) -> Diagnostic:
    """A mapping to which *filters* let no event pass."""
    names = ", ".join(quoted(each.text) for each in filters)
    which = f"the filter {names} drops" if len(filters) == 1 else f"{names} drop"
    return finding(
        Code.UNREACHABLE_MAPPING,
        f"{which} every event that {quoted(title.text)} takes",
        title.place,
        "narrow what is dropped, or remove the mapping",
        severity=Severity.WARNING,
        labels=tuple(Label(each.place.span, "drops them") for each in filters),
    )


def unhandled(place: Word, names: Sequence[str]) -> Diagnostic:
    """Events of the tracking plan that go nowhere. *place*: the first destination."""
    few = "event" if len(names) == 1 else "events"
    return finding(
        Code.UNHANDLED_EVENT,
        f"no mapping takes the {few} {listed(names)}",
        place.place,
        "add a mapping, or leave it so if they are not wanted anywhere",
        severity=Severity.NOTE,
    )
