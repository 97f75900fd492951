"""What `and` and `or` join: values that exclude each other, literals that decide.

Only what two single comparisons of one path say is looked at, and only for equality.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fql.compiler import meaning_errors
from fql.compiler.scopes import ungrouped
from fql.compiler.values import equals
from fql.grammar import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.compiler.facts import Facts
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Span


class _Claim(NamedTuple):
    """That a path has a value, or that it has another."""

    path: nodes.Path | nodes.EventPath
    is_equal: bool
    value: Json
    span: Span

    @property
    def key(self) -> object:
        """What claims about the same path share."""
        return type(self.path), self.path.segments


def check_terms(
    node: nodes.And | nodes.Or, terms: Sequence[Expr], facts: Facts
) -> Iterator[Diagnostic]:
    """Yield what is certain of all of *terms* together, which *node* joins.

    An `and` is decided by two values for one path, an `or` by two values that one path
    is not to have, and either by a claim and its opposite.
    """
    is_or = isinstance(node, nodes.Or)
    for term in terms:
        if _decides(ungrouped(term), is_or=is_or):
            yield meaning_errors.absorbed(
                facts.source, node.span, term.span, answer=is_or
            )
    claims = [claim for term in terms if (claim := _claim(term, facts))]
    if len(claims) < 2:
        return
    firsts: dict[object, _Claim] = {}
    for claim in claims:
        if claim.is_equal is not is_or:
            firsts.setdefault(claim.key, claim)
    for claim in claims:
        first = firsts.get(claim.key)
        if first is not None:
            yield from _clash(first, claim, facts, answer=is_or)


def _decides(term: Expr, *, is_or: bool) -> bool:
    """Return whether the literal *term* alone says what all of them give."""
    if isinstance(term, nodes.Null):
        return not is_or
    return isinstance(term, nodes.Bool) and term.value is is_or


def _claim(term: Expr, facts: Facts) -> _Claim | None:
    comparison = ungrouped(term)
    if not isinstance(comparison, nodes.Compare):
        return None
    if comparison.op not in (nodes.CompareOp.EQ, nodes.CompareOp.NE):
        return None
    is_equal = comparison.op is nodes.CompareOp.EQ
    left, right = ungrouped(comparison.left), ungrouped(comparison.right)
    for path, other in ((left, right), (right, left)):
        constant = facts.of(other).constant
        if isinstance(path, nodes.Path | nodes.EventPath) and constant is not None:
            return _Claim(path, is_equal, constant.value, comparison.span)
    return None


def _clash(
    first: _Claim, claim: _Claim, facts: Facts, *, answer: bool
) -> Iterator[Diagnostic]:
    """Yield what *claim* makes of the *first* one about the same path."""
    source, span, text = facts.source, claim.span, facts.text(claim.path)
    is_same = equals(first.value, claim.value)
    if claim.is_equal is not first.is_equal:
        if is_same:
            yield meaning_errors.opposites(
                source, span, text, claim.value, first=first.span, answer=answer
            )
    elif not is_same:
        values = (first.value, claim.value)
        clash = meaning_errors.tautology if answer else meaning_errors.contradiction
        yield clash(source, span, text, values, first=first.span)
