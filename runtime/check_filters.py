"""Filters that miss their aim: legal, but hardly what their author meant.

Only what is certain from the text alone is reported, always as a warning. Whether one
condition can be true at all is the compiler's to say; here are filters that do nothing,
lists that leave nothing of an object, and filters that together let nothing pass.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.check_actions import check_action
from fql.compiler.scopes import ungrouped
from fql.grammar import nodes
from fql.runtime import filter_errors
from fql.runtime.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.source import Source
    from fql.runtime.drafts import FilterDraft

_NEEDED = "type"
"""The field of the event that triggers ask for."""


def check_filter(draft: FilterDraft) -> Iterator[Diagnostic]:
    """Yield what is odd about each action of one filter."""
    place = draft.title.place
    for action in draft.actions:
        for found in check_action(place.source, action):
            yield found if place.pointer is None else _in_json(found, action)


def check_effect(draft: FilterDraft) -> Iterator[Diagnostic]:
    """Yield that the actions of one filter do nothing, or too much, together."""
    if not draft.actions:
        yield filter_errors.no_effect(draft.title, "has no action")
    elif all(_keeps_everything(action) for action in draft.actions):
        yield filter_errors.no_effect(draft.title, "samples everything")
    yield from _check_lists(draft.title.place.source, draft.actions)


def _in_json(found: Diagnostic, action: nodes.FilterAction) -> Diagnostic:
    """Return *found* with the help that someone who writes JSON needs."""
    if not isinstance(action, nodes.DropProperties | nodes.AllowProperties):
        return found
    (name,) = (each.text for each in action.names if each.span == found.span)
    return replace(found, help=filter_errors.dotted_key_help(action.target, name))


def _keeps_everything(action: nodes.FilterAction) -> bool:
    return isinstance(action, nodes.Sample) and action.percent.value == 1


# --- lists of properties ----------------------------------------------------------

_Lists: TypeAlias = "nodes.DropProperties | nodes.AllowProperties"


def _check_lists(
    source: Source, actions: Sequence[nodes.FilterAction]
) -> Iterator[Diagnostic]:
    """Yield that lists of properties leave nothing, or not enough, of an object."""
    by_target: dict[tuple[str, ...], list[_Lists]] = defaultdict(list)
    for action in actions:
        if isinstance(action, nodes.DropProperties | nodes.AllowProperties):
            by_target[action.target].append(action)
    for target, lists in by_target.items():
        yield from _check_object(source, target, lists)


def _check_object(
    source: Source, target: tuple[str, ...], lists: Sequence[_Lists]
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the *lists* for the object at *target*."""
    allowing = [each for each in lists if isinstance(each, nodes.AllowProperties)]
    if not allowing:
        return
    kept = reduce(frozenset.__and__, map(_names, allowing))
    dropped = {
        name
        for each in lists
        if isinstance(each, nodes.DropProperties)
        for name in _names(each)
    }
    place = Place(source, allowing[-1].span)
    if not kept - dropped:
        others = [each.span for each in lists if each is not allowing[-1]]
        yield filter_errors.emptied(place, ".".join(target), others)
    elif not target and _NEEDED not in kept - dropped:
        yield filter_errors.needed_gone(place, [_NEEDED])


def _names(action: _Lists) -> frozenset[str]:
    return frozenset(name.text for name in action.names)


# --- filters that together let nothing pass ---------------------------------------

_Values: TypeAlias = frozenset[tuple[type, object]]
_Spared: TypeAlias = "dict[nodes.Path, _Values]"
"""What is certain of the events that a filter spares: fields, and their values."""


def check_together(filters: Sequence[FilterDraft]) -> Iterator[Diagnostic]:
    """Yield the filters of one destination that, with one before, let nothing pass.

    Filters are compared with those for the same source.
    """
    by_source: dict[str | None, _Together] = defaultdict(_Together)
    for draft in filters:
        if draft.is_enabled and _drops(draft):
            source = None if draft.source is None else draft.source.text
            other = by_source[source].add(draft)
            if other is not None:
                yield filter_errors.nothing_passes(draft.title, other.title)


def _drops(draft: FilterDraft) -> bool:
    return any(isinstance(action, nodes.Drop) for action in draft.actions)


class _Together:
    """Filters that drop events, and what is certain of the events that they spare."""

    def __init__(self) -> None:
        self._by_condition: dict[nodes.Expr, FilterDraft] = {}
        self._by_negated: dict[nodes.Expr, FilterDraft] = {}
        self._spared: dict[nodes.Path, tuple[_Values, FilterDraft]] = {}

    def add(self, draft: FilterDraft) -> FilterDraft | None:
        """Add a filter; return one before it with which it lets nothing pass."""
        condition = ungrouped(draft.condition.parsed.root)
        negated = (
            ungrouped(condition.operand) if isinstance(condition, nodes.Not) else None
        )
        other = self._by_negated.get(condition)
        if other is None and negated is not None:
            other = self._by_condition.get(negated)
        self._by_condition.setdefault(condition, draft)
        if negated is not None:
            self._by_negated.setdefault(negated, draft)
        apart = self._narrow(draft, _spared(condition))
        return other or apart

    def _narrow(self, draft: FilterDraft, spared: _Spared) -> FilterDraft | None:
        """Add what *draft* spares; return a filter that spares none of it."""
        apart = None
        for path, values in spared.items():
            before, other = self._spared.get(path, (values, draft))
            if other is not draft and before.isdisjoint(values):
                apart = other
            else:
                self._spared[path] = before & values, other
        return apart


def _spared(condition: nodes.Expr) -> _Spared:
    """Return what is certain of events that do not meet *condition*."""
    match ungrouped(condition):
        case nodes.Not(operand):
            return _facts(operand)
        case nodes.Compare(nodes.Path() as path, nodes.CompareOp.NE, value):
            return _fact(path, [value])
        case nodes.Or(operands):
            return _both(map(_spared, operands))
        case _:
            return {}


def _facts(condition: nodes.Expr) -> _Spared:
    """Return what is certain of events that meet *condition*."""
    match ungrouped(condition):
        case nodes.Compare(nodes.Path() as path, nodes.CompareOp.EQ, value):
            return _fact(path, [value])
        case nodes.Compare(
            nodes.Path() as path, nodes.CompareOp.IN, nodes.ListLiteral(items)
        ):
            return _fact(path, items)
        case nodes.And(operands):
            return _both(map(_facts, operands))
        case nodes.Or(operands):
            return _either([_facts(operand) for operand in operands])
        case _:
            return {}


def _fact(path: nodes.Path, values: Sequence[nodes.Expr]) -> _Spared:
    """Return that the field is one of *values*, if all of them are literals."""
    literals = [
        (type(value), value.value)
        for value in values
        if isinstance(value, nodes.String | nodes.Number | nodes.Bool)
    ]
    return {path: frozenset(literals)} if len(literals) == len(values) else {}


def _both(parts: Iterator[_Spared]) -> _Spared:
    """Return what is certain where all of *parts* are."""
    joined: _Spared = {}
    for part in parts:
        for path, values in part.items():
            joined[path] = joined[path] & values if path in joined else values
    return joined


def _either(parts: Sequence[_Spared]) -> _Spared:
    """Return what is certain where at least one of *parts* is."""
    shared = reduce(set.intersection, (set(part) for part in parts))
    return {
        path: frozenset[tuple[type, object]]().union(*(part[path] for part in parts))
        for path in shared
    }
