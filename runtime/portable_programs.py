"""The triggers of a program that the original trigger engine reads otherwise.

Filters run in another engine and are left out; `audit.py` looks at those.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fql.compiler.portability import check_limits, check_portability
from fql.grammar.nodes import DestinationDeclaration
from fql.grammar.parse import parse_program
from fql.grammar.source import Source, Span
from fql.runtime.audit_entries import EntryKind, read_entries
from fql.runtime.load import is_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.audit_entries import Entry


def check_program_portability(
    source: Source, *, is_portable: bool = True, has_limits: bool = False
) -> list[Diagnostic]:
    """Return what the original reads otherwise in the triggers of a program.

    Args:
        source: The program, or its JSON. What is wrong with it is not reported.
        is_portable: Whether what is read otherwise counts.
        has_limits: Whether what the original's plans and forms refuse counts.
    """

    def check(text: str) -> list[Diagnostic]:
        part = Source(text, source.name)
        found = check_portability(part) if is_portable else []
        return [*found, *(check_limits(part) if has_limits else [])]

    if is_json(source):
        return [
            _placed(finding, entry)
            for entry in read_entries(source).entries
            if entry.kind is EntryKind.TRIGGER
            for finding in check(entry.text)
        ]
    return [
        _moved(finding, source, span.start)
        for span in _triggers(source)
        for finding in check(source.slice(span))
    ]


def _placed(finding: Diagnostic, entry: Entry) -> Diagnostic:
    """Return a finding at the whole text: its parts move with the escapes of JSON."""
    return replace(
        finding,
        source=entry.document,
        span=entry.span,
        pointer=entry.pointer,
        labels=(),
        edits=(),
    )


def _triggers(source: Source) -> Iterator[Span]:
    """Yield where the triggers of a program text stand."""
    for declaration in parse_program(source).root.declarations:
        if isinstance(declaration, DestinationDeclaration):
            for mapping in declaration.mappings:
                yield mapping.condition.span


def _moved(finding: Diagnostic, source: Source, by: int) -> Diagnostic:
    """Return a finding about a part of *source* as one about the whole."""

    def move(span: Span) -> Span:
        return Span(span.start + by, span.end + by)

    return replace(
        finding,
        source=source,
        span=move(finding.span),
        labels=tuple(replace(each, span=move(each.span)) for each in finding.labels),
        edits=tuple(replace(each, span=move(each.span)) for each in finding.edits),
    )
