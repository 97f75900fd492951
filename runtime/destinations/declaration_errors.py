"""The wording of what reading declared destinations can find.

One function a finding: data in, `Diagnostic` out. JSON of another form is worded in
`fql.runtime.model_errors`, expressions where they are compiled.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fql.compiler.errors import listed
from fql.grammar.diagnostics import Code, Diagnostic
from fql.grammar.errors import quoted
from fql.runtime.errors import did_you_mean, finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.runtime.places import Place


def at(found: Diagnostic, place: Place) -> Diagnostic:
    """Return what was found in a part of the file, as found at the part's *place*."""
    pointer = f"{place.pointer}{found.pointer or ''}"
    return replace(found, source=place.source, span=place.span, pointer=pointer)


def no_actions(place: Place) -> Diagnostic:
    """A destination that can do nothing."""
    return finding(
        Code.BAD_MODEL,
        "this destination has no actions",
        place,
        'declare one: `"actions": {"send": {"fields": {...}, "request": {...}}}`',
    )


def no_request(place: Place) -> Diagnostic:
    """An action that sends nothing."""
    return finding(
        Code.BAD_MODEL,
        "this action makes no request",
        place,
        'say what is sent: `"request": {"url": "...", "json": "payload"}`',
    )


def several_bodies(place: Place, names: Sequence[str]) -> Diagnostic:
    """A request that has more than one body. *names*: which ones."""
    return finding(
        Code.BAD_MODEL,
        f"a request has one body, and this one has {len(names)}",
        place,
        f"keep one of {listed(names)}",
    )


def no_such_key(place: Place, name: str, suggestion: str | None) -> Diagnostic:
    """A batch that is kept apart by a field that is not declared."""
    return finding(
        Code.UNKNOWN_KEY,
        f"the action has no field {quoted(name)}",
        place,
        did_you_mean(suggestion, "batches are kept apart by fields of their action"),
    )
