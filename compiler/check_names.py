"""Names: fields that no event has, words that should be texts, events of no plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from fql.compiler import errors
from fql.compiler.scopes import Role, ungrouped
from fql.compiler.shapes import Absence
from fql.compiler.suggest import nearest
from fql.compiler.types import Type
from fql.grammar import nodes
from fql.grammar.diagnostics import Label
from fql.grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.facts import Facts
    from fql.compiler.scopes import Visit
    from fql.compiler.shapes import Gap
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.source import Source


def check_gap(
    path: nodes.Path | nodes.EventPath, gap: Gap, visit: Visit, facts: Facts
) -> Iterator[Diagnostic]:
    """Yield what is wrong with *path*, which leads to nothing that the schema knows."""
    if visit.role is Role.WORD and _is_word(path, visit):
        (word,) = path.segments
        near = nearest(word, gap.holder.members)
        yield errors.bare_word(facts.source, path.span, word, near)
    else:
        yield from _gap(path, gap, visit.scope.schema.name, facts)


def _is_word(path: nodes.Path | nodes.EventPath, visit: Visit) -> bool:
    return (
        isinstance(path, nodes.Path)
        and len(path.segments) == 1
        and visit.scope.is_on_event(path)
    )


def _gap(
    path: nodes.Path | nodes.EventPath, gap: Gap, plan: str, facts: Facts
) -> Iterator[Diagnostic]:
    """Yield what is wrong with *path*. *plan*: what the tracking plan is called."""
    source, severity = facts.source, facts.schema_severity
    span = segment_span(source, path, gap.index)
    name = path.segments[gap.index]
    names = (".".join(path.segments[: gap.index]), name)
    kind = gap.holder.type & ~Type.NULL
    near = nearest(name, gap.holder.members) if gap.holder.is_guide else None
    labels = _described(path, span, gap, plan)
    match gap.absence:
        case Absence.UNKNOWN if near is not None:
            yield errors.unknown_field(
                source, span, name, near, severity=severity, labels=labels
            )
        case Absence.UNKNOWN:
            if gap.holder.origin and not gap.holder.is_open:
                yield errors.unplanned_field(
                    source, span, names, gap.holder.members, labels=labels
                )
        case Absence.FORBIDDEN:
            yield errors.forbidden_field(
                source,
                span,
                names,
                gap.holder.members,
                suggestion=near,
                severity=severity,
                is_planned=bool(gap.holder.origin),
                labels=labels,
            )
        case Absence.NO_CONTAINER:
            yield errors.field_of_scalar(source, span, names, kind, severity=severity)
        case Absence.NO_INDEX:
            yield errors.field_of_list(source, span, names, severity=severity)
        case _:
            assert_never(gap.absence)


def _described(
    path: nodes.Path | nodes.EventPath, segment: Span, gap: Gap, plan: str
) -> tuple[Label, ...]:
    """Return a label that says where *plan* describes what should hold *segment*."""
    start = path.span.start
    if not gap.holder.origin or segment.start <= start:
        return ()
    text = f"described in {plan} at {gap.holder.origin}"
    return (Label(Span(start, segment.start - 1), text),)


def segment_span(
    source: Source, path: nodes.Path | nodes.EventPath, index: int
) -> Span:
    """Return where segment *index* of *path* stands.

    That is all of the path where it has escapes or indices in brackets.
    """
    start, end = path.span
    text = source.text[start:end]
    if isinstance(path, nodes.EventPath) and text.startswith("$."):
        start, text = start + 2, text[2:]
    segments = text.split(".")
    if tuple(segments) != path.segments:
        return path.span
    start += sum(len(segment) + 1 for segment in segments[:index])
    return Span(start, start + len(segments[index]))


def check_event_name(
    node: nodes.Compare, visit: Visit, facts: Facts
) -> Iterator[Diagnostic]:
    """Yield the names beside ``event`` that the tracking plan nearly has."""
    events = visit.scope.schema.events
    path = ungrouped(node.left)
    if (
        not isinstance(path, nodes.Path | nodes.EventPath)
        or path.segments != ("event",)
        or not visit.scope.is_on_event(path)
    ):
        return
    right = ungrouped(node.right)
    names = right.items if isinstance(right, nodes.ListLiteral) else (right,)
    for name in names:
        if isinstance(name, nodes.String) and name.value not in events:
            near = nearest(name.value, events)
            if near is not None:
                yield errors.unknown_event(
                    facts.source,
                    name.span,
                    name.value,
                    near,
                    severity=facts.schema_severity,
                )
