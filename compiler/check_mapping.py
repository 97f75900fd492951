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


MAPPING_NODES = frozenset([*_SPELLINGS, nodes.Call])
"""The expressions that do not belong to a condition, or may have parts that do not."""


def check_is_condition(node: Expr, facts: Facts) -> Iterator[Diagnostic]:
    """Yield that *node*, which stands in a condition, belongs to mappings."""
    spelling = _SPELLINGS.get(type(node))
    if spelling is not None:
        yield mapping_syntax(facts.source, node.span, spelling)
    elif isinstance(node, nodes.Call):
        for option in node.options:
            yield mapping_syntax(facts.source, option.span, "a named option")


def check_object(node: nodes.Object, facts: Facts) -> Iterator[Diagnostic]:
    """Yield the members of *node* whose key another one has before them."""
    firsts: dict[str, Span] = {}
    for member in node.members:
        first = firsts.setdefault(member.key, member.key_span)
        if first is not member.key_span:
            yield errors.duplicate_member(
                facts.source, member.key_span, member.key, first
            )
