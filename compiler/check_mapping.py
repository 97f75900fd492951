"""Mapping syntax: objects whose members clash, and mapping syntax in conditions."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from fql.compiler import errors
from fql.grammar import nodes
from fql.grammar.slip_errors import mapping_syntax

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fql.compiler.facts import Facts
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Span

_SPELLINGS: Mapping[type[nodes.Node], str] = MappingProxyType(
    {
        nodes.Coalesce: "`??`",
        nodes.Each: "`each`",
        nodes.EventPath: "`$`",
        nodes.If: "`if`",
        nodes.Object: "`{ }`",
        nodes.Template: "`{{ }}`",
    }
)


def misplaced(node: Expr, facts: Facts) -> Diagnostic:
    """Return the finding that *node*, which only mappings may hold, is elsewhere."""
    return mapping_syntax(facts.source, node.span, _SPELLINGS[type(node)])


def check_object(node: nodes.Object, facts: Facts) -> Iterator[Diagnostic]:
    """Yield the members of *node* whose key another one has before them."""
    firsts: dict[str, Span] = {}
    for member in node.members:
        first = firsts.setdefault(member.key, member.key_span)
        if first is not member.key_span:
            yield errors.duplicate_member(
                facts.source, member.key_span, member.key, first
            )
