"""Which parts of a condition the trigger engine reads otherwise, one by one.

A test is looked at alone: what it says is compared with what the engine makes of it.
What joins tests is looked at by its form. None of this decides whether a text is
portable (`portability.py` does), only what to say where it is not.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, assert_never

from fql.compiler.condition_parts import (
    KIND_OF_ROOT,
    Comparison,
    Field,
    comparison_of,
    field_of,
    text_call,
)
from fql.compiler.portable import (
    answers_alike,
    conditions_in,
    has_plain_keys,
    portable_tree,
)
from fql.compiler.scopes import ungrouped
from fql.compiler.trigger import check_trigger
from fql.grammar import nodes
from fql.grammar import portability_errors as errors
from fql.grammar.condition_tree import (
    Condition,
    Group,
    GroupOperator,
    Unreadable,
)
from fql.grammar.conditions import generate, read_tree
from fql.grammar.diagnostics import Code
from fql.grammar.nodes import CompareOp
from fql.grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.compiler.check import Checked
    from fql.grammar.condition_tree import Tree
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Expr

_ORDERINGS = (CompareOp.LT, CompareOp.LE, CompareOp.GT, CompareOp.GE)


def misread_parts(checked: Checked, tree: Tree) -> list[Diagnostic]:
    """Return a finding for each part of *checked* that is read otherwise.

    Args:
        checked: What the text says.
        tree: What the engine reads.
    """
    parts = _Parts(checked, tree)
    return [*parts.spellings(), *parts.joints(checked.root), *parts.tests(checked.root)]


class _Parts:
    """The parts of one text."""

    def __init__(self, checked: Checked, tree: Tree) -> None:
        self._checked = checked
        self._source = checked.source
        self._tree = tree
        self._met = [each for each in conditions_in(tree) if each.span]
        self._starts = [_place(each).start for each in self._met]
        self._found = {(each.code, each.span) for each in checked.diagnostics}

    # --- what reading the text has found ---

    def spellings(self) -> Iterator[Diagnostic]:
        """Yield what is no word of the engine, wherever it stands."""
        for code, span in self._found:
            if code is Code.KEYWORD_CASE and self._source.slice(span).lower() != "in":
                yield errors.keyword_not_read(self._source, span)
            elif code is Code.COMMA_FOR_AND:
                yield errors.comma_ignored(self._source, span, is_luck=False)

    # --- what joins tests ---

    def joints(self, node: Expr, *, is_inside: bool = False) -> Iterator[Diagnostic]:
        """Yield what goes wrong between tests. *is_inside*: of parentheses."""
        match node:
            case nodes.Or(operands):
                mixed = [each for each in operands if isinstance(each, nodes.And)]
                if mixed:
                    yield self._mixed(node, mixed, is_inside=is_inside)
                yield from self._inner_joints(operands, is_inside=is_inside)
            case nodes.And(operands):
                yield from self._inner_joints(operands, is_inside=is_inside)
            case nodes.Group(inner):
                if is_inside:
                    yield errors.nested_parentheses(self._source, node.span)
                else:
                    yield from self._early_ends(inner, node.span)
                    yield from self.joints(inner, is_inside=True)
            case nodes.Not(operand) if isinstance(operand, nodes.Group):
                yield errors.negation_lost(
                    self._source, node.span, self._reading(node.span)
                )
            case _:
                pass

    def _inner_joints(
        self, operands: Sequence[Expr], *, is_inside: bool
    ) -> Iterator[Diagnostic]:
        for operand in operands:
            yield from self.joints(operand, is_inside=is_inside)

    def _mixed(
        self, node: nodes.Or, groups: Sequence[nodes.And], *, is_inside: bool
    ) -> Diagnostic:
        last = "and" if node.operands[-1] is groups[-1] else "or"
        spans = () if is_inside else tuple(each.span for each in groups)
        return errors.mixed_operators(self._source, node.span, last, spans)

    def _early_ends(self, inner: Expr, outer: Span) -> Iterator[Diagnostic]:
        """Yield the call at which parentheses around more than it end too early."""
        for node in _tests_of(inner):
            call = ungrouped(node.operand) if isinstance(node, nodes.Not) else node
            if isinstance(call, nodes.Call) and call.span.end < inner.span.end:
                yield errors.nested_parentheses(self._source, call.span)
                return

    # --- tests ---

    def tests(self, root: Expr) -> Iterator[Diagnostic]:
        """Yield a finding for each test that is read otherwise."""
        for node in _tests_of(root):
            if not _is_broken(node) and not self._is_portable(node):
                finding = self._test(node)
                if finding is not None:
                    yield finding

    def _is_portable(self, node: Expr) -> bool:
        alone = portable_tree(replace(self._checked, root=node))
        return answers_alike(alone, read_tree(self._source.slice(node.span)))

    def _test(self, node: Expr) -> Diagnostic | None:
        match node:
            case nodes.Compare():
                return self._compare(node)
            case nodes.Call():
                return self._call(node, node)
            case nodes.Not(operand) if isinstance(operand, nodes.Call):
                if self._is_portable(operand):
                    return self._negated_call(node, operand)
                return self._call(operand, node)
            case nodes.Path(segments) if segments[0] not in KIND_OF_ROOT:
                return errors.field_vanishes(self._source, node.span, segments[0])
            case _:
                return self._unknown(node)

    def _compare(self, node: nodes.Compare) -> Diagnostic | None:
        source, reading = self._source, self._reading(node.span)
        if (Code.DOUBLE_EQUALS, node.op_span) in self._found:
            return errors.second_equals(source, node.op_span, reading)
        left, right = ungrouped(node.left), ungrouped(node.right)
        if isinstance(left, nodes.Path) and left.segments[0] not in KIND_OF_ROOT:
            return errors.field_vanishes(source, node.span, left.segments[0])
        if (Code.BARE_WORD, right.span) in self._found:
            return errors.word_as_text(source, right.span, reading)
        parts = comparison_of(node)
        if parts is None or parts.path is not left:
            return self._unknown(node)
        return self._path(parts.path) or self._constant(node, parts)

    def _path(self, path: nodes.Path) -> Diagnostic | None:
        field = field_of(path)
        if field is not None and has_plain_keys(field):
            equal = Group(GroupOperator.AND, (_equal(field, "a"),))
            written = self._source.slice(path.span)
            if answers_alike(equal, read_tree(f'{written} = "a"')):
                return None
        if path.segments[0] not in KIND_OF_ROOT:
            return errors.field_vanishes(self._source, path.span, path.segments[0])
        return errors.path_misread(self._source, path.span, self._reading(path.span))

    def _constant(self, node: nodes.Compare, parts: Comparison) -> Diagnostic | None:
        source, reading = self._source, self._reading(node.span)
        constant = parts.constant
        is_text = isinstance(constant, nodes.String)
        if (Code.KEYWORD_CASE, constant.span) in self._found:
            return None
        if is_text and source.text[constant.span.start] == "'":
            value = source.text[constant.span.start + 1 : constant.span.end - 1]
            return errors.single_quotes(source, constant.span, value, reading)
        if node.op in _ORDERINGS and not isinstance(constant, nodes.Number):
            return errors.text_order(source, node.span, reading)
        match constant:
            case nodes.String():
                return errors.text_misread(source, constant.span, reading)
            case nodes.Null():
                return errors.null_as_text(source, node.span, reading)
            case nodes.Bool():
                return errors.bool_as_text(source, node.span, reading)
            case nodes.Number():
                return self._number(node, parts)
            case _:
                assert_never(constant)

    def _number(self, node: nodes.Compare, parts: Comparison) -> Diagnostic:
        path = self._source.slice(parts.path.span)
        number = self._source.slice(parts.constant.span)
        equal = f"{path} = {number}"
        if node.op is CompareOp.NE and self._says(equal):
            instead = f"({path} < {number} or {path} > {number})"
            return errors.negated_missing(self._source, node.span, instead)
        reading = self._reading(node.span)
        return errors.number_misread(self._source, node.span, reading)

    def _says(self, text: str) -> bool:
        return answers_alike(portable_tree(check_trigger(text)), read_tree(text))

    def _call(self, call: nodes.Call, whole: Expr) -> Diagnostic | None:
        reading = self._reading(whole.span)
        parts = text_call(call)
        if parts is None:
            return self._unknown(whole)
        path, text = parts
        finding = self._path(path)
        if finding is not None:
            return finding
        literal = ungrouped(call.arguments[1])
        if self._source.text[literal.span.start] == "'":
            value = self._source.text[literal.span.start + 1 : literal.span.end - 1]
            return errors.single_quotes(self._source, literal.span, value, reading)
        if self._source.slice(literal.span) != f'"{text}"' or '"' in text:
            return errors.text_misread(self._source, literal.span, reading)
        if call.name == "match" and path.segments != ("type",):
            return errors.glob_misread(self._source, literal.span, reading)
        return self._unknown(whole)

    def _negated_call(self, node: nodes.Not, call: nodes.Call) -> Diagnostic:
        field = self._source.slice(call.arguments[0].span)
        test = self._source.slice(node.span)
        instead = f'contains({field}, "") and {test}'
        return errors.negated_missing(self._source, node.span, instead)

    def _unknown(self, node: Expr) -> Diagnostic:
        reading = self._reading(node.span)
        return errors.not_understood(self._source, node.span, reading)

    # --- what the engine reads ---

    def _reading(self, span: Span) -> str:
        """Return what the engine reads at *span*, in its own spelling."""
        tree = self._tree
        if isinstance(tree, Unreadable):
            tree = read_tree(self._source.slice(span))
            return "" if isinstance(tree, Unreadable) else _written(tree)
        first = max(bisect_right(self._starts, span.start) - 1, 0)
        near = takewhile(lambda each: _place(each).start < span.end, self._met[first:])
        met = [each for each in near if span.start < _place(each).end]
        operator = tree.operator if len(met) > 1 else GroupOperator.AND
        return _written(Group(operator, tuple(met))) if met else ""


def _equal(field: Field, text: str) -> Condition:
    return Condition(field.kind, "=", field.name, text)


def _place(condition: Condition) -> Span:
    return condition.span or Span(0, 0)


def _written(tree: Group) -> str:
    """Return the engine's spelling of *tree*, without the places it cannot write."""
    return generate(Group(tree.operator, tuple(conditions_in(tree))))


def _is_broken(node: Expr) -> bool:
    """Return whether *node* has a hole that a mistake of syntax left."""
    if isinstance(node, nodes.Compare):
        return _is_broken(node.left) or _is_broken(node.right)
    return isinstance(node, nodes.Invalid)


def _tests_of(node: Expr) -> Iterator[Expr]:
    """Yield what ``and`` and ``or`` join; what a lost negation holds is passed over."""
    match node:
        case nodes.And(operands) | nodes.Or(operands):
            for operand in operands:
                yield from _tests_of(operand)
        case nodes.Group(inner):
            yield from _tests_of(inner)
        case nodes.Not(operand) if isinstance(operand, nodes.Group):
            pass
        case _:
            yield node
