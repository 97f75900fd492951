"""The two sides of a comparison, and the findings that all comparisons share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from fql.compiler import errors, meaning_errors
from fql.compiler.scopes import ungrouped
from fql.compiler.types import TEXT, Type, describe, overlaps
from fql.compiler.values import parse_json_number
from fql.grammar import nodes
from fql.grammar.diagnostics import Label, Severity
from fql.grammar.errors import shorten
from fql.grammar.nodes import CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.facts import Fact, Facts
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Source


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison.

    Attributes:
        node: The expression, without parentheses around it.
        fact: What is known of it.
    """

    node: Expr
    fact: Fact

    def kind(self, *, is_certain: bool) -> Type:
        """Return what the side is, by itself or by the schema, null left out."""
        return not_null(self.fact.certain if is_certain else self.fact.expected)

    @property
    def lead(self) -> str:
        """What a label says before the type: who says that it is so."""
        return "in events, this is" if self.fact.certain == Type.ANY else "this is"

    def words(self, *, is_certain: bool) -> str:
        """Return what the side is in words."""
        kind = self.kind(is_certain=is_certain)
        return describe(Type.ANY if kind | Type.NULL == Type.ANY else kind)

    @property
    def text(self) -> str | None:
        """The text that literals say it is, if it is one."""
        value = self.fact.constant.value if self.fact.constant else None
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Sides:
    """A comparison and what is known of its sides."""

    node: nodes.Compare
    left: Side
    right: Side
    facts: Facts

    @property
    def source(self) -> Source:
        """The text that the comparison stands in."""
        return self.facts.source

    @property
    def is_same_path(self) -> bool:
        """Whether both sides read the same field."""
        left, right = self.left.node, self.right.node
        return isinstance(left, nodes.Path | nodes.EventPath) and left == right

    def both_ways(self) -> tuple[tuple[Side, Side], tuple[Side, Side]]:
        """Return each side with the other one."""
        return (self.left, self.right), (self.right, self.left)

    def decided(self, *, answer: bool) -> Diagnostic:
        """Return the finding that literals alone give the *answer*."""
        return meaning_errors.decided(self.source, self.node.span, answer=answer)

    def mismatch(self, *, is_certain: bool) -> Diagnostic:
        """Return the finding that the operator is never true between such types."""
        kinds = self._kinds(is_certain=is_certain)
        message = f"`{self.node.op}` is never true between {kinds}"
        return self.mismatched(message, _advice(self), is_certain=is_certain)

    def mismatched(self, message: str, help_: str, *, is_certain: bool) -> Diagnostic:
        """Return a finding about the types of the sides."""
        return errors.type_mismatch(
            self.source,
            self.node.op_span,
            message,
            self._labels(is_certain=is_certain),
            help_=help_,
            severity=Severity.ERROR if is_certain else self.facts.schema_severity,
        )

    def always_different(self, *, is_certain: bool) -> Diagnostic:
        """Return the finding that ``!=`` is always true between such types."""
        return meaning_errors.verdict(
            self.source,
            self.node.op_span,
            f"`!=` is always true between {self._kinds(is_certain=is_certain)}",
            answer=True,
            help_=_advice(self),
            labels=self._labels(is_certain=is_certain),
        )

    def _kinds(self, *, is_certain: bool) -> str:
        left, right = (side.words(is_certain=is_certain) for side in self)
        return f"{left} and {right}"

    def _labels(self, *, is_certain: bool) -> tuple[Label, ...]:
        return tuple(
            Label(
                side.node.span,
                f"{side.lead} {side.words(is_certain=is_certain)}",
            )
            for side in self
            if side.fact.expected != Type.ANY
        )

    def __iter__(self) -> Iterator[Side]:
        yield self.left
        yield self.right


def sides_of(node: nodes.Compare, facts: Facts) -> Sides:
    """Return the sides of *node*."""
    return Sides(
        node,
        Side(ungrouped(node.left), facts.of(node.left)),
        Side(ungrouped(node.right), facts.of(node.right)),
        facts,
    )


@cache
def can_be_equal(left: Type, right: Type) -> bool:
    """Return whether values of both types may be equal."""
    return overlaps(left, right)


@cache
def can_be_ordered(left: Type, right: Type) -> bool:
    """Return whether values of both types may stand in any order."""
    left, right = not_null(left), not_null(right)
    if left & TEXT and right & TEXT:
        return True
    return Type.TIMESTAMP not in (left, right) and bool(left & right & Type.NUMBER)


def not_null(kind: Type) -> Type:
    """Return *kind* without null, unless it is null."""
    return kind & ~Type.NULL or kind


def _advice(sides: Sides) -> str:
    """Return what to type where the types of *sides* do not fit."""
    for side, other in sides.both_ways():
        kind = side.kind(is_certain=False)
        text = other.text
        if kind == Type.NUMBER and text and parse_json_number(text) is not None:
            return f"write `{text.strip()}` without quotes"
        if kind == Type.BOOL and text in ("true", "false"):
            return f"write `{text}` without quotes"
        if kind and not kind & ~TEXT and other.fact.certain & ~Type.NULL == Type.NUMBER:
            return _advice_for_number(side, other, sides.facts)
        if other.fact.certain == Type.NULL:
            return "write `= null` or `!= null`"
    if sides.node.op in (CompareOp.EQ, CompareOp.NE):
        return "compare values of one type"
    return "compare a number with a number, or a text with a text"


def _advice_for_number(text: Side, number: Side, facts: Facts) -> str:
    """Return what to type where *text* meets *number*."""
    written = shorten(facts.text(number.node))
    as_text = f'"{written}"' if number.fact.constant else f"string({written})"
    if text.fact.constant is not None:
        return f"write `{as_text}` to compare texts"
    as_number = f"number({shorten(facts.text(text.node))})"
    return f"write `{as_text}` to compare texts, or `{as_number}` to compare numbers"


def is_beyond(side: Side, op: CompareOp, value: Json) -> bool:
    """Return whether ``side op value`` is ruled out by the bounds of *side*."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    shape = side.fact.shape
    is_out = value in shape.excluded
    is_below = shape.minimum is not None and value < shape.minimum
    is_above = shape.maximum is not None and value > shape.maximum
    match op:
        case CompareOp.LT:
            return is_below or value == shape.minimum
        case CompareOp.LE:
            return is_below or (is_out and value == shape.minimum)
        case CompareOp.GT:
            return is_above or value == shape.maximum
        case CompareOp.GE:
            return is_above or (is_out and value == shape.maximum)
        case _:
            return is_below or is_above or is_out


def out_of_bounds(side: Side, facts: Facts, at: Expr, *, answer: bool) -> Diagnostic:
    """Return the finding that *side* is never what the literal *at* says."""
    shape = side.fact.shape
    return meaning_errors.out_of_bounds(
        facts.source,
        at.span,
        facts.text(side.node),
        shape,
        answer=answer,
        severity=Severity.WARNING if answer else facts.schema_severity,
    )
