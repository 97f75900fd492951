"""What is known of the value of each expression, before any event comes.

A `Fact` keeps apart what is certain, because literals and functions say so, and what is
only expected, because a schema does. The first may be an error and may be relied on;
the second is worth a warning. Findings are not made here (`check.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, assert_never

from fql.compiler.payload_functions import PayloadFunction
from fql.compiler.shapes import ANYTHING, Gap, Shape
from fql.compiler.types import Type, type_of
from fql.grammar import nodes
from fql.grammar.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from fql.compiler.scopes import Scope, Visit
    from fql.compiler.signatures import Function
    from fql.compiler.values import Json
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Source


Callables: TypeAlias = "Mapping[str, Function | PayloadFunction]"
"""What a text may call, by name."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that literals alone say."""

    value: Json


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a value.

    Attributes:
        certain: The kinds that it may be, whatever event comes.
        expected: Those of them that it may be by the schema.
        shape: What else the schema knows of it, where it is there.
        gap: Where a path leaves what the schema knows, or None.
        constant: What it is, if literals alone say so.
    """

    certain: Type
    expected: Type
    shape: Shape = ANYTHING
    constant: Constant | None = None
    gap: Gap | None = None

    @property
    def is_timestamp(self) -> bool:
        """Whether the value, where it is there, orders as an instant."""
        return self.expected in _TIMESTAMPS


_TIMESTAMPS = (Type.TIMESTAMP, Type.TIMESTAMP | Type.NULL)

UNKNOWN = Fact(Type.ANY, Type.ANY)
"""Nothing is known."""

BOOL = Fact(Type.BOOL, Type.BOOL)
"""True or false, and nothing more is known."""

TYPE_NAMES = ("string", "number", "bool", "list", "object", "null")
"""What ``typeof`` answers."""

_TYPE_NAME = Shape(Type.STRING, choices=TYPE_NAMES)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of every expression of one tree.

    Attributes:
        source: The text.
        functions: What it may call.
        is_strict: Whether what a schema rules out is an error.
        guessed: The identities of nodes that reading guessed at; nothing is known of
            their values.
    """

    source: Source
    functions: Callables
    is_strict: bool
    guessed: Collection[int]
    _by_node: Mapping[int, Fact]

    @property
    def schema_severity(self) -> Severity:
        """How bad it is what only a schema rules out."""
        return Severity.ERROR if self.is_strict else Severity.WARNING

    def of(self, node: Expr) -> Fact:
        """Return what is known of *node*; nothing, if it was not visited."""
        return self._by_node.get(id(node), UNKNOWN)

    def text(self, node: Expr) -> str:
        """Return what the author wrote for *node*."""
        return self.source.slice(node.span)


def gather(
    source: Source,
    functions: Callables,
    visits: Sequence[Visit],
    *,
    is_strict: bool,
    guessed: Collection[int],
) -> Facts:
    """Return what is known of the visited expressions. Each stands before its parts."""
    by_node: dict[int, Fact] = {}
    facts = Facts(source, functions, is_strict, guessed, by_node)
    for node, scope, _, _ in reversed(visits):
        key = id(node)
        by_node[key] = UNKNOWN if key in guessed else _infer(node, scope, facts)
    return facts


def _infer(node: Expr, scope: Scope, facts: Facts) -> Fact:
    match node:
        case nodes.Path() | nodes.EventPath():
            place = scope.place(node)
            if place.shape is ANYTHING and place.gap is None:
                return UNKNOWN
            return Fact(Type.ANY, place.type, place.shape, gap=place.gap)
        case nodes.Bool(value) | nodes.Number(value) | nodes.String(value):
            return _literal(value)
        case nodes.Compare() | nodes.And() | nodes.Or() | nodes.Not():
            return BOOL
        case nodes.Null():
            return _literal(None)
        case nodes.Call():
            return _call(node, facts)
        case nodes.ListLiteral(items):
            return _list([facts.of(item) for item in items])
        case nodes.Group(inner):
            return facts.of(inner)
        case nodes.Everything():
            return BOOL
        case nodes.Invalid():
            return UNKNOWN
        case nodes.Template():
            return Fact(Type.STRING, Type.STRING)
        case nodes.Coalesce(operands):
            return _first_of([facts.of(operand) for operand in operands])
        case nodes.If(_, then, otherwise):
            other = _literal(None) if otherwise is None else facts.of(otherwise)
            return _one_of([facts.of(then), other])
        case nodes.Each():
            return Fact(Type.ANY, Type.ANY)
        case nodes.Object():
            return Fact(Type.OBJECT, Type.OBJECT)
        case _:
            assert_never(node)


def _literal(value: Json) -> Fact:
    kind = type_of(value)
    return Fact(kind, kind, constant=Constant(value))


def _list(items: Sequence[Fact]) -> Fact:
    values = [item.constant.value for item in items if item.constant is not None]
    is_constant = len(values) == len(items)
    return Fact(
        Type.LIST, Type.LIST, constant=Constant(values) if is_constant else None
    )


def _call(node: nodes.Call, facts: Facts) -> Fact:
    function = facts.functions.get(node.name)
    if function is None:
        return UNKNOWN
    kind = function.result
    if isinstance(function, PayloadFunction) and kind != Type.BOOL:
        kind |= Type.NULL  # it may be missing
    return Fact(kind, kind, _TYPE_NAME if node.name == "typeof" else ANYTHING)


def _one_of(alternatives: Sequence[Fact]) -> Fact:
    return Fact(
        _either([each.certain for each in alternatives]),
        _either([each.expected for each in alternatives]),
    )


def _first_of(operands: Sequence[Fact]) -> Fact:
    """Return what is known of the first operand that is not null."""
    *tried, last = operands
    certain = [_not_null(fact.certain) for fact in tried]
    expected = [_not_null(fact.expected) for fact in tried]
    return Fact(_either([*certain, last.certain]), _either([*expected, last.expected]))


def _either(kinds: Sequence[Type]) -> Type:
    """Return all of *kinds*, with few steps: combining flags is slow."""
    found, *others = kinds
    everything: Type = Type.ANY
    for kind in others:
        if found is everything:
            break
        if kind is not found:
            found = everything if kind is everything else found | kind
    return found


@cache
def _not_null(kind: Type) -> Type:
    """Return *kind* without null. Remembered: there are few."""
    return kind & ~Type.NULL
