"""Conditions in the form that filters in device-mode SDKs evaluate: prefix arrays.

``["=", "type", {"value": "track"}]``: a list is an operator and its operands, a string
a path, an object a literal. That evaluator is another one, in JavaScript, and answers
otherwise in corners: a missing field is not null there, only numbers have an order,
results of functions count in comparisons alone. `encode_condition` writes a condition
down and reports each construct for which some event would get another answer there: a
warning where that takes an event of a known kind (with text beyond ASCII, a number in a
timestamp's field, a field by its second name), otherwise an error, for which `encode`
refuses.

Events are taken to be such as get in: ``properties`` and ``traits`` are objects. One
difference no condition can avoid: a list in an event that itself looks like a call,
``["length", "userId"]``, is evaluated there by ``=``, ``!=`` and the orderings.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler import device_errors as errors
from fql.compiler.closures import compile_condition, compile_value
from fql.compiler.device_operands import (
    Constant,
    Field,
    Operand,
    Result,
    Truth,
    Unknown,
    constant_prefix,
)
from fql.compiler.device_relations import (
    check_contains,
    check_element,
    check_equality,
    check_match,
    check_order,
    check_semver,
)
from fql.compiler.device_texts import literal_faults, path_faults
from fql.compiler.lower import lower_condition, lower_plain
from fql.compiler.scopes import ungrouped
from fql.compiler.types import Type
from fql.grammar import nodes
from fql.grammar.diagnostics import FqlError, arrange, has_errors
from fql.grammar.nodes import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fql.compiler.check import Checked
    from fql.compiler.device_operands import Prefix
    from fql.compiler.signatures import Function
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Expr

    Functions: TypeAlias = Mapping[str, Function]

_TESTS: Mapping[str, Callable[..., Iterator[errors.Finding]]] = MappingProxyType(
    {"contains": check_contains, "match": check_match, "semver": check_semver}
)
"""The functions that give a bool, and what is wrong with their operands there."""

_VALUES = frozenset({"length", "lowercase", "typeof"})
"""The other functions of that evaluator; each takes one value."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A condition in the prefix form.

    Attributes:
        prefix: The form. Where there are errors, it is not to be used: it answers
            otherwise, or cannot be evaluated at all.
        diagnostics: The constructs for which some event gets another answer there,
            errors and warnings, in source order.
    """

    prefix: Prefix
    diagnostics: tuple[Diagnostic, ...]


def encode(checked: Checked, functions: Functions) -> Prefix:
    """Return a condition in the prefix form.

    Args:
        checked: The condition, without errors.
        functions: What it was checked with.

    Raises:
        FqlError: The condition would be answered otherwise there; the constructs that
            cause it are in ``diagnostics``, warnings too. For warnings alone nothing is
            raised.
    """
    encoded = encode_condition(checked, functions)
    if has_errors(encoded.diagnostics):
        raise FqlError(encoded.diagnostics)
    return encoded.prefix


def encode_condition(checked: Checked, functions: Functions) -> Encoded:
    """Return a condition in the prefix form, with what is answered otherwise there.

    Args:
        checked: The condition, without errors.
        functions: What it was checked with.
    """
    encoder = _Encoder(checked, functions)
    prefix = encoder.condition(checked.root)
    return Encoded(prefix, tuple(arrange(encoder.findings)))


class _Encoder:
    """One condition: `findings` collects what is answered otherwise."""

    def __init__(self, checked: Checked, functions: Functions) -> None:
        self._checked = checked
        self._source = checked.source
        self._functions = functions
        self.findings: list[Diagnostic] = []

    def condition(self, node: Expr) -> Prefix:
        """Return *node* where only true counts as true."""
        match ungrouped(node):
            case nodes.Path() as path:
                return self._path(path)
            case nodes.Not(operand):
                return ["!", self.condition(operand)]
            case nodes.And(operands):
                return ["and", *map(self.condition, operands)]
            case nodes.Or(operands):
                return ["or", *map(self.condition, operands)]
            case nodes.Compare() | nodes.Call() as test if not _is_constant(test):
                return self._test(test)
            case constant:
                lowered = lower_condition(
                    constant, self._checked.types, self._functions
                )
                return {"value": compile_condition(lowered)({})}

    def _test(self, node: nodes.Compare | nodes.Call) -> Prefix:
        if isinstance(node, nodes.Call):
            return self._call(node)
        left, right = self._operand(node.left), self._operand(node.right)
        match node.op:
            case CompareOp.EQ | CompareOp.NE:
                findings = check_equality(left, right)
            case CompareOp.IN:
                findings = check_element(left, right)
            case _:
                is_instant = self._is_instant(node.left) or self._is_instant(node.right)
                findings = check_order(node, left, right, is_instant=is_instant)
        self._report(findings, node)
        return [node.op.value, left.prefix, right.prefix]

    def _call(self, node: nodes.Call) -> Prefix:
        """Return a call whose result is the answer, or counts in a comparison."""
        if node.name not in _TESTS and node.name not in _VALUES:
            self._report([errors.unknown_function(node.name)], node)
            return [node.name]
        operands = [self._argument(each) for each in node.arguments]
        if node.name in _TESTS:
            self._report(_TESTS[node.name](*operands), node)
        return [node.name, *(operand.prefix for operand in operands)]

    # --- operands ---

    def _operand(self, node: Expr) -> Operand:
        """Return one side of a comparison."""
        bare = ungrouped(node)
        match bare:
            case nodes.Path():
                return Field(node, self._path(bare))
            case _ if _is_constant(bare):
                return self._constant(node)
            case nodes.Call(name) if name in _TESTS:
                return Truth(node, self._call(bare))
            case nodes.Call(name) if name in _VALUES:
                return Result(node, self._call(bare), name)
            case nodes.Call():
                return Unknown(node, self._call(bare))
            case nodes.ListLiteral():
                self._report([errors.fields_in_list()], node)
                return Unknown(node, [])
            case _:
                self._report([errors.condition_as_value()], node)
                return Unknown(node, self.condition(bare))

    def _argument(self, node: Expr) -> Operand:
        """Return an argument of a call: there, only fields and literals count."""
        operand = self._operand(node)
        if isinstance(operand, Result | Truth):
            self._report([errors.nested_result()], node)
            return Unknown(node, operand.prefix)
        return operand

    def _constant(self, node: Expr) -> Constant:
        lowered = lower_plain(node, self._checked.types, self._functions)
        value: Json = compile_value(lowered)({})  # type: ignore[assignment]  # plain
        operand = Constant(node, constant_prefix(value), value)
        self._report(literal_faults(value), node)
        return operand

    def _path(self, node: nodes.Path) -> Prefix:
        self._report(path_faults(node.segments), node)
        return ".".join(node.segments)

    def _is_instant(self, node: Expr) -> bool:
        kinds = self._checked.types.get(ungrouped(node).span, Type.ANY)
        return kinds & ~Type.NULL == Type.TIMESTAMP

    def _report(self, findings: Iterable[errors.Finding], node: Expr) -> None:
        """Report *findings* at their nodes, those that have none at *node*."""
        for finding in findings:
            at = finding.node or node
            self.findings.append(finding.at(self._source, at.span))


def _is_constant(node: Expr) -> bool:
    """Return whether *node* reads no field, so that its value is known."""
    pending = [node]
    while pending:
        match pending.pop():
            case nodes.Path() | nodes.EventPath():
                return False
            case nodes.Call(_, arguments):
                pending.extend(arguments)
            case nodes.ListLiteral(items):
                pending.extend(items)
            case nodes.And(operands) | nodes.Or(operands):
                pending.extend(operands)
            case nodes.Compare(left, _, right):
                pending.extend((left, right))
            case nodes.Not(inner) | nodes.Group(inner):
                pending.append(inner)
            case _:
                pass
    return True
