"""Checks of a whole program: names, titles, limits of a plan, what cannot work.

They look at drafts, so that program texts and JSON get the same answers. What stands
inside a condition or a mapping is the compiler's to check.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from fql.compiler.suggest import nearest
from fql.grammar import nodes
from fql.grammar.diagnostics import Severity
from fql.runtime import errors
from fql.runtime.check_filters import check_effect, check_filter, check_together
from fql.runtime.delivery_settings import read_delivery
from fql.runtime.filters import Order
from fql.runtime.load_enrichments import check_enrichments
from fql.runtime.settings import check_settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.drafts import (
        DestinationDraft,
        SourceDraft,
        Word,
        WorkspaceDraft,
    )

MAX_TITLE = 64
"""Characters of a title that the original takes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan allows; None is no limit.

    Attributes:
        mappings: Mappings of one destination.
        filters: Filters of one destination.
        conditions: Conditions of one trigger.
    """

    mappings: int | None = None
    filters: int | None = None
    conditions: int | None = None


PLANS: Mapping[str, Plan] = MappingProxyType(
    {
        "business": Plan(mappings=50, filters=10),
        "self_service": Plan(mappings=50, filters=10, conditions=2),
    }
)
"""The plans whose limits can be checked."""


def check_workspace(
    draft: WorkspaceDraft, *, is_complete: bool = True
) -> Iterator[Diagnostic]:
    """Yield what is wrong with a program apart from its conditions and mappings.

    Where the draft is not complete, because parts could not be read, nothing is said
    of what seems to be missing.
    """
    yield from _check_choice(draft.plan, "plan", PLANS)
    yield from _check_choice(draft.order, "order of filters", tuple(Order))
    yield from _check_names([each.name for each in draft.sources], "source")
    yield from _check_names([each.name for each in draft.destinations], "destination")
    yield from _check_names([each.name for each in draft.enrichments], "enrichment")
    yield from check_enrichments(draft.enrichments)
    known = source_names(draft.sources)
    for source in draft.sources:
        yield from check_settings(source.settings)
    for destination in draft.destinations:
        yield from _check_sources(destination, known)
        yield from _check_destination(destination)
        if is_complete:
            yield from _check_completeness(destination)
    plan = PLANS.get(draft.plan.text) if draft.plan else None
    if plan is not None:
        for destination in draft.destinations:
            yield from _check_limits(destination, plan)


def source_names(sources: Iterable[SourceDraft]) -> dict[str, str]:
    """Return the name of each source by all names that refer to it."""
    aliases = {
        alias: each.name.text for each in sources for alias in sorted(each.aliases)
    }
    return aliases | {each.name.text: each.name.text for each in sources}


def _check_choice(
    word: Word | None, what: str, known: Collection[str]
) -> Iterator[Diagnostic]:
    if word is not None and word.text not in known:
        yield errors.unknown_choice(word, what, known, nearest(word.text, known))


def _check_names(
    words: Iterable[Word], kind: str, *, severity: Severity = Severity.ERROR
) -> Iterator[Diagnostic]:
    """Yield each name that another one of its kind has too."""
    first: dict[str, Word] = {}
    for word in words:
        if word.text and first.setdefault(word.text, word) is not word:
            yield errors.name_twice(word, first[word.text], kind, severity=severity)


def _check_sources(
    destination: DestinationDraft, known: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Yield each reference to a source that is none."""
    by_filters = [each.source for each in destination.filters if each.source]
    for word in (*destination.sources, *by_filters):
        if word.text not in known:
            names = set(known.values())
            yield errors.unknown_source(word, names, nearest(word.text, names))


def _check_destination(destination: DestinationDraft) -> Iterator[Diagnostic]:
    """Yield what is wrong with one destination, whatever the plan."""
    filters, mappings = destination.filters, destination.mappings
    yield from check_settings(destination.settings)
    yield from read_delivery(destination.delivery)[1]
    titles = [each.title for each in filters]
    yield from _check_names(titles, "filter", severity=Severity.WARNING)
    names = [each.title for each in mappings]
    yield from _check_names(names, "mapping", severity=Severity.WARNING)
    for title in (*titles, *names):
        if len(title.text) > MAX_TITLE:
            yield errors.title_long(title, MAX_TITLE)
    for each in filters:
        yield from check_filter(each)


def _check_completeness(destination: DestinationDraft) -> Iterator[Diagnostic]:
    """Yield what a destination lacks, or what in it leads to nothing."""
    filters, mappings = destination.filters, destination.mappings
    for each in filters:
        yield from check_effect(each)
    yield from check_together(filters)
    if destination.is_enabled and not any(each.is_enabled for each in mappings):
        yield errors.no_enabled_mapping(destination.name, len(mappings))


# --- limits of a plan ---------------------------------------------------------------


def _check_limits(destination: DestinationDraft, plan: Plan) -> Iterator[Diagnostic]:
    """Yield what a destination has more of than its plan allows."""
    filters, mappings = destination.filters, destination.mappings
    if plan.filters is not None and len(filters) > plan.filters:
        title = filters[plan.filters].title
        yield errors.too_many_filters(title, len(filters), plan.filters)
    if plan.mappings is not None and len(mappings) > plan.mappings:
        title = mappings[plan.mappings].title
        yield errors.too_many_mappings(title, len(mappings), plan.mappings)
    if plan.conditions is None:
        return
    for mapping in mappings:
        count = count_conditions(mapping.trigger.parsed.root)
        if count > plan.conditions:
            place = mapping.trigger.place
            yield errors.too_many_conditions(place, count, plan.conditions)


def count_conditions(root: nodes.Expr) -> int:
    """Return how many conditions ``and`` and ``or`` join in the tree of *root*."""
    count = 0
    pending = [root]
    while pending:
        match pending.pop():
            case nodes.And(operands) | nodes.Or(operands):
                pending.extend(operands)
            case nodes.Group(inner) | nodes.Not(inner):
                pending.append(inner)
            case nodes.Everything():
                pass
            case _:
                count += 1
    return count
