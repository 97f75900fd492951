"""From a checked tree to the IR: where spelling ends.

Paths become loads, names become entries, literals become values, comparisons become
the one comparison they mean. Nothing is reported here: the checker has seen the tree.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, assert_never

from fql.compiler import ir, library
from fql.compiler.convertible import DIRECTIVE_CALLS
from fql.compiler.functions import FUNCTIONS
from fql.compiler.globs import read_glob
from fql.compiler.payload_functions import PAYLOAD_FUNCTIONS, TRANSFORM
from fql.compiler.scopes import ungrouped
from fql.compiler.signatures import ITEM
from fql.compiler.spec import OTHER_SPELLING as OTHER_SPELLING
from fql.compiler.types import Type
from fql.grammar import nodes
from fql.grammar.nodes import CompareOp

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from fql.compiler.ir import Ir
    from fql.compiler.signatures import Function
    from fql.compiler.values import Json
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Span

_ORDER: dict[CompareOp, ir.OrderOp] = {
    CompareOp.LT: "<",
    CompareOp.LE: "<=",
    CompareOp.GT: ">",
    CompareOp.GE: ">=",
}


def lower_condition(
    root: Expr,
    types: Mapping[Span, Type],
    functions: Mapping[str, Function] = FUNCTIONS,
) -> Ir:
    """Return the IR of a trigger or filter condition; it gives a bool.

    Args:
        root: The tree, checked and without errors.
        types: What the checker found each expression to be, by its span.
        functions: The table that the tree was checked with.
    """
    return _Lowering(types, functions).condition(root)


def lower_value(
    root: Expr,
    types: Mapping[Span, Type],
    functions: Mapping[str, Function] = FUNCTIONS,
) -> Ir:
    """Return the IR of a mapping's value; it may give missing.

    Args:
        root: The tree, checked and without errors.
        types: What the checker found each expression to be, by its span.
        functions: The table that the tree was checked with.
    """
    return _Lowering(types, functions).value(root)


def lower_plain(
    root: Expr,
    types: Mapping[Span, Type],
    functions: Mapping[str, Function] = FUNCTIONS,
) -> Ir:
    """Return the IR of any expression, with null for what is missing."""
    return _Lowering(types, functions).plain(root)


def as_condition(node: Ir) -> Ir:
    """Return *node* as one that gives a bool: whether its value is exactly true."""
    if isinstance(node, ir.Apply | ir.Quantify):
        return node if node.function.result == Type.BOOL else ir.IsTrue(node)
    if isinstance(node, ir.CONDITIONS):
        return node
    if isinstance(node, ir.Constant):
        return ir.Constant(node.value is True)
    return ir.IsTrue(node)


class _Lowering:
    """One tree: `_scope` is where paths start, `_item` is what ``item`` names."""

    def __init__(
        self, types: Mapping[Span, Type], functions: Mapping[str, Function]
    ) -> None:
        self._types = types
        self._functions = functions
        self._scope = ir.EVENT
        self._item: int | None = None
        self._slots = 0

    # --- contexts ---

    def condition(self, node: Expr) -> Ir:
        """Lower *node* where only true counts as true."""
        return as_condition(self.plain(node))

    def plain(self, node: Expr) -> Ir:
        """Lower *node* where a missing field is null."""
        match node:
            case nodes.Null():
                return ir.Constant(None)
            case nodes.Bool(value) | nodes.Number(value) | nodes.String(value):
                return ir.Constant(value)
            case nodes.Path(segments):
                return self._path(segments, keeps_missing=False)
            case nodes.EventPath(segments):
                return _event_path(segments, keeps_missing=False)
            case nodes.Call():
                return self._call(node, keeps_missing=False)
            case nodes.ListLiteral(items):
                return _list([self.plain(item) for item in items])
            case nodes.Not(operand):
                return ir.Not(self.condition(operand))
            case nodes.Compare():
                return self._compare(node)
            case nodes.And(operands):
                return ir.And(tuple(self.condition(each) for each in operands))
            case nodes.Or(operands):
                return ir.Or(tuple(self.condition(each) for each in operands))
            case nodes.Group(inner):
                return self.plain(inner)
            case nodes.Everything():
                return ir.Constant(value=True)
            case nodes.Invalid():
                return ir.Constant(None)
            case (
                nodes.Template()
                | nodes.Coalesce()
                | nodes.If()
                | nodes.Each()
                | nodes.Object()
            ):
                return ir.FirstOf((self.value(node), ir.Constant(None)))
            case _:
                assert_never(node)

    def value(self, node: Expr) -> Ir:
        """Lower *node* where missing is told from null."""
        match node:
            case nodes.Path(segments):
                return self._path(segments, keeps_missing=True)
            case nodes.EventPath(segments):
                return _event_path(segments, keeps_missing=True)
            case nodes.Call():
                return self._call(node, keeps_missing=True)
            case nodes.ListLiteral(items):
                return ir.MakeList(tuple(self.value(item) for item in items))
            case nodes.Group(inner):
                return self.value(inner)
            case nodes.Template(parts):
                return ir.Join(
                    tuple(
                        part if isinstance(part, str) else self.value(part)
                        for part in parts
                    )
                )
            case nodes.Coalesce(operands):
                return ir.FirstOf(tuple(self.value(each) for each in operands))
            case nodes.If(condition, then, otherwise):
                return ir.Choose(
                    self.condition(condition),
                    self.value(then),
                    None if otherwise is None else self.value(otherwise),
                )
            case nodes.Each(items, shape):
                return self._each(items, shape)
            case nodes.Object(members):
                return ir.MakeObject(
                    tuple((member.key, self.value(member.value)) for member in members)
                )
            case (
                nodes.Null()
                | nodes.Bool()
                | nodes.Number()
                | nodes.String()
                | nodes.Not()
                | nodes.Compare()
                | nodes.And()
                | nodes.Or()
                | nodes.Everything()
                | nodes.Invalid()
            ):
                return self.plain(node)
            case _:
                assert_never(node)

    # --- paths and slots ---

    def _path(self, segments: tuple[str, ...], *, keeps_missing: bool) -> Ir:
        if self._item is not None and segments[0] == ITEM:
            return ir.Load(self._item, segments[1:], keeps_missing=keeps_missing)
        if self._scope == ir.EVENT:
            return _event_path(segments, keeps_missing=keeps_missing)
        return ir.Load(self._scope, segments, keeps_missing=keeps_missing)

    @contextmanager
    def _new_scope(self) -> Generator[int]:
        """Give a slot from which paths start inside the block."""
        outer, self._scope = self._scope, self._slots + 1
        item, self._item = self._item, None
        self._slots += 1
        yield self._slots
        self._slots -= 1
        self._scope, self._item = outer, item

    @contextmanager
    def _new_item(self) -> Generator[int]:
        """Give a slot that ``item`` names inside the block."""
        outer, self._item = self._item, self._slots + 1
        self._slots += 1
        yield self._slots
        self._slots -= 1
        self._item = outer

    # --- operators ---

    def _compare(self, node: nodes.Compare) -> Ir:
        left, right = self.plain(node.left), self.plain(node.right)
        match node.op:
            case CompareOp.EQ:
                return ir.Equal(left, right)
            case CompareOp.NE:
                return ir.Not(ir.Equal(left, right))
            case CompareOp.IN:
                return ir.Element(left, right)
            case CompareOp.LT | CompareOp.LE | CompareOp.GT | CompareOp.GE:
                is_instant = self._is_instant(node.left) or self._is_instant(node.right)
                order = ir.InstantOrder if is_instant else ir.Order
                return order(_ORDER[node.op], left, right)
            case _:
                assert_never(node.op)

    def _is_instant(self, node: Expr) -> bool:
        """Say whether *node* is a timestamp wherever it is a value at all."""
        return (
            self._types.get(ungrouped(node).span, Type.ANY) & ~Type.NULL
            == Type.TIMESTAMP
        )

    # --- calls and loops ---

    def _call(self, node: nodes.Call, *, keeps_missing: bool) -> Ir:
        function = self._functions.get(node.name)
        if function is None:
            built = self._payload_call(node)
            if keeps_missing:
                return built
            return ir.FirstOf((built, ir.Constant(None)))
        if any(parameter.is_condition for parameter in function.parameters):
            return self._quantify(function, node)
        if keeps_missing and _keeps_null(function):
            return ir.Apply(
                function, (self.value(node.arguments[0]),), passes_missing=True
            )
        arguments = tuple(self.plain(argument) for argument in node.arguments)
        pattern = arguments[-1] if arguments else None
        if function.implementation is library.match and isinstance(
            pattern, ir.Constant
        ):
            return _glob_test(arguments[0], pattern.value)
        return ir.Apply(function, arguments)

    def _quantify(self, function: Function, node: nodes.Call) -> Ir:
        items, condition = node.arguments
        lowered = self.plain(items)
        with self._new_item() as slot:
            return ir.Quantify(function, lowered, slot, self.condition(condition))

    def _payload_call(self, node: nodes.Call) -> Ir:
        if node.name == TRANSFORM:
            first, then = node.arguments
            lowered = self.value(first)
            with self._new_scope() as slot:
                return ir.Let(slot, lowered, self.value(then))
        if node.name in DIRECTIVE_CALLS:
            return self._directives(node)
        entry = PAYLOAD_FUNCTIONS[node.name]
        options = {option.name: _constant(option.value) for option in node.options}
        arguments = tuple(self.value(argument) for argument in node.arguments)
        return ir.Invoke(node.name, entry.bind(options), arguments)

    def _directives(self, node: nodes.Call) -> Ir:
        """Lower a call that means what directives mean, on what paths start from."""
        # Hardly any text has one: reading directives is loaded when it is met.
        from fql.compiler.directive_scopes import Scope
        from fql.compiler.lower_directives import lower_directives
        from fql.compiler.to_directives import tree_of

        is_event = self._scope == ir.EVENT
        tree, _ = tree_of(node, is_event=is_event)
        return lower_directives(tree, Scope(self._scope, is_event))

    def _each(self, items: Expr, shape: nodes.Object) -> Ir:
        lowered = self.value(items)
        with self._new_scope() as slot:
            return ir.ForEach(lowered, slot, self.value(shape))


def _event_path(segments: tuple[str, ...], *, keeps_missing: bool) -> Ir:
    fallback = OTHER_SPELLING.get(segments[0]) if segments else None
    return ir.Load(ir.EVENT, segments, fallback, keeps_missing)


def _keeps_null(function: Function) -> bool:
    """Say whether *function* answers null for null: then missing stays missing."""
    return function.arity == 1 and function.implementation(None) is None


def _glob_test(value: Ir, pattern: Json) -> Ir:
    if isinstance(pattern, str):
        return ir.GlobTest(value, read_glob(pattern))
    return ir.Constant(value=False)


def _list(items: list[Ir]) -> Ir:
    constants = [item.value for item in items if isinstance(item, ir.Constant)]
    if len(constants) == len(items):
        return ir.Constant(constants)
    return ir.MakeList(tuple(items))


def _constant(node: Expr) -> Json:
    """Return the value of an option, which the checker knows to be a literal."""
    match node:
        case nodes.Bool(value) | nodes.Number(value) | nodes.String(value):
            return value
        case nodes.Group(inner):
            return _constant(inner)
        case _:
            return None
