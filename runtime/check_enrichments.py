"""What mappings and conditions read of enrichments, held against what there is."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.check_names import segment_span
from fql.compiler.functions import FUNCTIONS
from fql.compiler.liquid import TemplateAt
from fql.compiler.loads import event_paths
from fql.compiler.payload_functions import PAYLOAD_FUNCTIONS
from fql.compiler.plan_rules import COMMON
from fql.compiler.schema import EVENT_SPEC
from fql.compiler.scopes import Role, Visit, event_scope, visits
from fql.compiler.shapes import Shape
from fql.compiler.suggest import nearest
from fql.compiler.to_text import expression_of
from fql.compiler.types import Type, type_of
from fql.grammar import nodes
from fql.runtime import enrichment_errors
from fql.runtime.enrichments import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fql.compiler.facts import Callables
    from fql.compiler.ir import Ir
    from fql.compiler.schema import Schema
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.directives import Directives
    from fql.grammar.nodes import Expr
    from fql.grammar.parse import Parsed
    from fql.grammar.source import Source, Span
    from fql.runtime.enrichments import Enrichment

_SAMPLE = 1_000
"""Rows from which the types of columns are taken."""

_Path = nodes.Path | nodes.EventPath


@dataclass(frozen=True, slots=True)
class Enriched:
    """What the enrichments of a program are to its conditions and mappings.

    Attributes:
        known: The enrichments by name.
    """

    known: Mapping[str, Enrichment]

    def schema(self, schema: Schema | None) -> Schema | None:
        """Return *schema* with what is known of the columns."""
        if not self.known:
            return schema
        base = EVENT_SPEC if schema is None else schema
        common = base.types.get(COMMON, Shape(Type.OBJECT))
        rows = {name: _row_shape(each) for name, each in self.known.items()}
        members = {**common.members, ROOT: Shape(Type.OBJECT, rows)}
        return replace(
            base, types={**base.types, COMMON: replace(common, members=members)}
        )

    def read_by(self, node: Ir) -> tuple[Enrichment, ...]:
        """Return the enrichments that a mapping reads, in the order of the program.

        A Liquid template that speaks of enrichments may read any of them.

        Args:
            node: The mapping.
        """
        if not self.known:
            return ()
        paths = (keys for pair in event_paths(node) for keys in pair if keys)
        read = [keys[1:2] for keys in paths if keys[:1] == (ROOT,)]
        if () in read or any(ROOT in text for text in _templates(node)):
            return tuple(self.known.values())
        return tuple(self.known[name] for name in self.known if (name,) in read)

    def in_condition(self, parsed: Parsed[nodes.Expr]) -> Iterator[Diagnostic]:
        """Yield where a condition reads enrichments, which it cannot."""
        for path in self._paths(parsed.root):
            yield enrichment_errors.in_condition(parsed.source, path.span)

    def in_text(self, parsed: Parsed[nodes.Expr]) -> Iterator[Diagnostic]:
        """Yield what a mapping's text reads that there is not."""
        for path in self._paths(parsed.root):
            spans = _spans(parsed.source, path)
            yield from self._unknown(parsed.source, path, spans)

    def in_directives(self, read: Directives) -> Iterator[Diagnostic]:
        """Yield what a mapping in directive JSON reads that there is not."""
        if not self.known:
            return
        written = expression_of(read.root)
        if written.faults:
            return
        for path in self._paths(written.root):
            pointer = written.pointers[path.span.start]
            span = read.document.span(pointer)
            found = self._unknown(read.document.source, path, (span, span))
            yield from (replace(each, pointer=pointer) for each in found)

    def _paths(self, root: Expr) -> Iterator[nodes.Path | nodes.EventPath]:
        """Yield the paths to enrichments."""
        if not self.known:
            return
        callables: Callables = {**PAYLOAD_FUNCTIONS, **FUNCTIONS}
        whole = Visit(root, event_scope(EVENT_SPEC), Role.VALUE)
        for visit in visits(whole, callables):
            path = visit.node
            if not isinstance(path, _Path) or path.segments[:1] != (ROOT,):
                continue
            if visit.scope.is_on_event(path):
                yield path

    def _unknown(
        self,
        source: Source,
        path: nodes.Path | nodes.EventPath,
        spans: tuple[Span, Span],
    ) -> Iterator[Diagnostic]:
        match path.segments[1:]:
            case (name, *_) if name not in self.known:
                near = nearest(name, self.known)
                yield enrichment_errors.unknown_enrichment(
                    source, spans[0], name, self.known, near=near
                )
            case (name, column, *_):
                columns = self.known[name].columns
                if columns and column not in columns:
                    near = nearest(column, columns)
                    yield enrichment_errors.unknown_column(
                        source, spans[1], column, columns, near=near
                    )
            case _:
                pass  # all of them, or a whole row


def _templates(node: object) -> Iterator[str]:
    """Yield the texts of the Liquid templates in a tree of the IR."""
    pending: list[object] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, TemplateAt):
            yield part.template.text
        elif isinstance(part, tuple):
            pending += part
        elif is_dataclass(part) and type(part).__module__ == ir.__name__:
            pending += [getattr(part, each.name) for each in fields(part)]


def _spans(source: Source, path: nodes.Path | nodes.EventPath) -> tuple[Span, Span]:
    """Return where the name of the enrichment stands, and that of the column."""
    last = len(path.segments) - 1
    name, column = (segment_span(source, path, min(at, last)) for at in (1, 2))
    return name, column


def _row_shape(enrichment: Enrichment) -> Shape:
    """Return what is known of the rows, from the first of them."""
    types: dict[str, Type] = {}
    for row in islice(enrichment.held.table.rows.values(), _SAMPLE):
        for column, cell in row.items():
            if cell is not None:
                types[column] = types.get(column, Type(0)) | _type_of(cell)
    return Shape(Type.OBJECT, {name: Shape(kind) for name, kind in types.items()})


def _type_of(cell: Json) -> Type:
    """Return the kind of *cell*; no text counts as a timestamp.

    Fields that a schema knows as timestamps order as instants, and what a mapping
    gives must not depend on what the first rows happened to hold.
    """
    return Type.STRING if isinstance(cell, str) else type_of(cell)
