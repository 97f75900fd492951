"""The wording of filters that miss their aim: legal, but hardly what is meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fql.compiler.errors import listed
from fql.grammar.diagnostics import Code, Diagnostic, Label, Severity
from fql.grammar.errors import quoted
from fql.runtime.errors import finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from fql.grammar.source import Span
    from fql.runtime.drafts import Word
    from fql.runtime.places import Place

_WARNING = Severity.WARNING


def no_effect(title: Word, why: str) -> Diagnostic:
    """A filter that changes no event. *why*: what its actions are."""
    return finding(
        Code.NO_EFFECT,
        f"this filter {why}, so every event passes it unchanged",
        title.place,
        "add an action, such as `drop`, or remove the filter",
        severity=_WARNING,
    )


def dotted_key_help(target: Iterable[str], name: str) -> str:
    """Return how JSON names the key that *name*, with a dot, seems to mean."""
    *path, last = name.split(".")
    holder = json.dumps(".".join([*target, *path]), ensure_ascii=False)
    key = json.dumps(last, ensure_ascii=False)
    return f"name the object before the list: `{holder}: [{key}]`"


def emptied(place: Place, target: str, others: Collection[Span]) -> Diagnostic:
    """Lists of properties that together leave nothing of the object at *target*."""
    name = quoted(target) if target else "the event"
    return finding(
        Code.EMPTIED_OBJECT,
        f"nothing is left of {name}",
        place,
        "name everything to be kept in one `allow_properties`",
        severity=_WARNING,
        labels=tuple(Label(each, "and this takes the rest away") for each in others),
    )


def needed_gone(place: Place, needed: Collection[str]) -> Diagnostic:
    """An allow list for the whole event without what every mapping asks for."""
    return finding(
        Code.EMPTIED_OBJECT,
        f"the event loses {listed(needed)}, which triggers look at",
        place,
        "add them to the list, or name an object inside the event",
        severity=_WARNING,
    )


def nothing_passes(title: Word, first: Word) -> Diagnostic:
    """Two filters that each drop what the other spares."""
    return finding(
        Code.NOTHING_PASSES,
        f"no event passes both {quoted(first.text)} and {quoted(title.text)}",
        title.place,
        "write one filter that drops what is meant by neither: `!(a or b)`",
        severity=_WARNING,
        labels=(Label(first.place.span, "it drops what this one spares"),),
    )
