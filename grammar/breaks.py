"""Where lines may break: between operands, in brackets, in blocks.

The patterns that everything in the three languages is written in. Like in
`outline.py`, none goes into a child: children are parts among others.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias

from fql.grammar import nodes
from fql.grammar.layout import Blank, Break, Mark, Piece
from fql.grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.grammar.nodes import Expr

Written: TypeAlias = (
    nodes.Expr
    | nodes.Member
    | nodes.Option
    | nodes.FilterAction
    | nodes.FilterDeclaration
    | nodes.MappingDeclaration
    | nodes.DeliveryDeclaration
    | nodes.DatabaseTable
    | nodes.Interval
    | nodes.Declaration
    | nodes.Program
)
"""Every node that is written the same wherever it stands."""

Part: TypeAlias = "Piece | Written"
"""A piece, or a node whose pieces belong there."""

BLANK = Break(" ")
COMMA = Break(", ", broken=",")
MEMBER_END = Break(", ", blank=Blank.KEPT)
ITEM_END = Break(" ", blank=Blank.KEPT)
SECTION_END = Break(" ", blank=Blank.ALWAYS)

INTO = Break("", shift=1)
OUT_OF = Break("", shift=-1, is_closing=True)
BLANK_INTO = Break(" ", shift=1)
BLANK_OUT_OF = Break(" ", shift=-1, is_closing=True)
_INSIDE_EMPTY = Break("", is_closing=True)


def start_of(node: nodes.Node) -> Span:
    """Return the place where *node* begins."""
    return Span(node.span.start, node.span.start)


def end_of(node: nodes.Node) -> Span:
    """Return the place of the bracket that *node* ends with."""
    return Span(node.span.end - 1, node.span.end)


# --- operators -----------------------------------------------------------------------


class Strength(IntEnum):
    """How tightly an expression holds together, by the rule that makes it."""

    EXPRESSION = 0
    CONJUNCTION = 1
    COMPARISON = 2
    OPERAND = 3
    UNARY = 4
    PRIMARY = 5


def _strength(node: Expr) -> Strength:
    match node:
        case nodes.If() | nodes.Or():
            return Strength.EXPRESSION
        case nodes.And():
            return Strength.CONJUNCTION
        case nodes.Compare():
            return Strength.COMPARISON
        case nodes.Coalesce():
            return Strength.OPERAND
        case nodes.Not():
            return Strength.UNARY
        case _:
            return Strength.PRIMARY


def operand(node: Expr, least: Strength) -> Sequence[Part]:
    """Return *node*, in parentheses unless it holds together that tightly."""
    return (node,) if _strength(node) >= least else in_parentheses(node)


def in_parentheses(node: Expr, end: Span | None = None) -> Sequence[Part]:
    """Return *node* in parentheses, the closing one at *end* if the source has it."""
    inner: Sequence[Part] = (node,)
    if isinstance(node, nodes.And | nodes.Or | nodes.Coalesce):
        inner = chain(node, hangs=False)
    closing = () if end is None else (end,)
    return Mark.OPEN, "(", INTO, *inner, OUT_OF, *closing, ")", Mark.CLOSE


def chain(
    node: nodes.And | nodes.Or | nodes.Coalesce, *, hangs: bool = True
) -> Sequence[Part]:
    """Return operands with their operator, each but the first on a line of its own.

    Those lines stand deeper than the first where it *hangs*: where no bracket has set
    the chain off.
    """
    operator, least = _OPERATORS[type(node)]
    first, *rest = node.operands
    parts: list[Part] = [Mark.OPEN]
    if hangs and isinstance(first, nodes.And):
        parts += [Mark.INDENT, *operand(first, least)]
    elif hangs:
        parts += [*operand(first, least), Mark.INDENT]
    else:
        parts += operand(first, least)
    for each in rest:
        parts += [BLANK, operator, *operand(each, least)]
    return [*parts, Mark.CLOSE]


_OPERATORS = {
    nodes.Or: ("or ", Strength.CONJUNCTION),
    nodes.And: ("and ", Strength.COMPARISON),
    nodes.Coalesce: ("?? ", Strength.UNARY),
}


def conditional(node: nodes.If) -> Sequence[Part]:
    """Return *node* with the ``else if`` that follow it, none deeper than another."""
    parts: list[Part] = [start_of(node), Mark.OPEN, "if ", *_hanging(node.condition)]
    parts += [Mark.INDENT, BLANK, "then ", *_then(node)]
    otherwise = node.otherwise
    while isinstance(otherwise, nodes.If):
        parts += [BLANK, "else ", start_of(otherwise), "if ", otherwise.condition]
        parts += [BLANK, "then ", *_then(otherwise)]
        otherwise = otherwise.otherwise
    if otherwise is not None:
        parts += [BLANK, "else ", otherwise]
    return [*parts, Mark.CLOSE]


def _hanging(node: Expr) -> Sequence[Part]:
    """Return *node*, an operator's further lines one level deeper than they were."""
    if isinstance(node, nodes.And | nodes.Or | nodes.Coalesce):
        return Mark.OPEN, Mark.INDENT, node, Mark.CLOSE
    return (node,)


def _then(node: nodes.If) -> Sequence[Part]:
    """Return what *node* gives, kept apart from an ``else`` that is not its own."""
    last: Expr | None = node.then
    while isinstance(last, nodes.If):
        last = last.otherwise
    would_take_else = last is None and node.otherwise is not None
    return in_parentheses(node.then) if would_take_else else (node.then,)


# --- lists and blocks ----------------------------------------------------------------


def joined(items: Sequence[Written], between: Break) -> Sequence[Part]:
    """Return *items* with a break between one and the next."""
    return separated([(item,) for item in items], between)


def separated(groups: Sequence[Sequence[Part]], between: Break) -> Sequence[Part]:
    """Return all parts of *groups*, with a break between one group and the next."""
    parts: list[Part] = []
    for group in groups:
        if parts:
            parts.append(between)
        parts += group
    return parts


def bracketed(opening: str, inner: Sequence[Part], end: Span) -> Sequence[Part]:
    """Return *inner* in brackets, all on one line or each part on its own."""
    closing = {"(": ")", "[": "]", "{": "}"}[opening]
    if not inner:
        return Mark.OPEN, opening, _INSIDE_EMPTY, end, closing, Mark.CLOSE
    return Mark.OPEN, opening, INTO, *inner, OUT_OF, end, closing, Mark.CLOSE


def block(inner: Sequence[Part], end: Span, *, is_broken: bool) -> Sequence[Part]:
    """Return *inner* in braces, with blanks in them on one line."""
    if not inner:
        return bracketed("{", (), end)
    mark = Mark.OPEN_BROKEN if is_broken else Mark.OPEN
    return mark, "{", BLANK_INTO, *inner, BLANK_OUT_OF, end, "}", Mark.CLOSE
