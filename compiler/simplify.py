"""Shorter texts for conditions that mean the same.

`simplify` proposes; it changes no file. What it proposes is sure: each law is sound for
every event (`simplify_laws.py`), and the result is compared with the original, by proof
where the solver gives one, and on events made from the constants of both. A part that
holds a comment is left as it is; parts inside it may still become shorter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fql.compiler.check import check_condition
from fql.compiler.differences import find_difference
from fql.compiler.equivalence import is_equal
from fql.compiler.functions import FUNCTIONS
from fql.compiler.lower import lower_condition
from fql.compiler.simplifier import Simplifier, Step
from fql.compiler.trigger import as_source
from fql.grammar import nodes
from fql.grammar.diagnostics import Edit, FqlError, has_errors
from fql.grammar.format import format_expression, write
from fql.grammar.parse import Parsed, parse_expression
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.signatures import FunctionTable
    from fql.grammar.nodes import Expr

MAX_TEXT = 16 * 1024
"""Code points of a condition that is looked at; longer ones stay as they are."""

EVENTS_TRIED = 2_000
"""Events, in order and at random, that are tried where there is no proof."""


@dataclass(frozen=True, slots=True)
class Simplified:
    """A condition that means what another one meant.

    Attributes:
        text: The condition in its canonical form.
        steps: The laws that were applied, in order; empty where none made it shorter.
    """

    text: str
    steps: tuple[Step, ...]


def simplify(text: str | Source, *, functions: FunctionTable = FUNCTIONS) -> Simplified:
    """Return a condition that gives the same answers, shorter where that can be.

    >>> simplify('!(type != "track") and (event = "A" or event = "B")').text
    'type = "track" and event in ["A", "B"]'

    Args:
        text: The condition.
        functions: What it may call.

    Raises:
        FqlError: It has errors; all findings are in ``diagnostics``.
    """
    source = as_source(text)
    parsed = parse_expression(source)
    edits, steps = simplify_condition(parsed, functions=functions)
    shorter = Source(edited(source.text, edits), source.name)
    return Simplified(format_expression(parse_expression(shorter)), steps)


def simplify_condition(
    parsed: Parsed[Expr], *, functions: FunctionTable = FUNCTIONS
) -> tuple[tuple[Edit, ...], tuple[Step, ...]]:
    """Return the edits that make a condition shorter, and the laws behind them.

    Args:
        parsed: The condition, which may be a part of a larger source.
        functions: What it may call.

    Raises:
        FqlError: It has errors.
    """
    checked = check_condition(parsed, functions=functions)
    if has_errors(checked.diagnostics):
        raise FqlError(checked.diagnostics)
    span = parsed.root.span
    if span.end - span.start > MAX_TEXT:
        return (), ()
    simplifier = Simplifier(checked.types, functions)
    comments = tuple(each.span for each in parsed.comments)
    edits = tuple(_edits(parsed.root, simplifier, comments, parent=None))
    steps = tuple(simplifier.steps)
    if not edits or not _is_same(parsed, edits, functions):
        return (), ()
    return edits, steps


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    """Return *text* with *edits*, which do not overlap, applied."""
    for edit in sorted(edits, key=lambda each: each.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def _edits(
    node: Expr,
    simplifier: Simplifier,
    comments: tuple[Span, ...],
    *,
    parent: Expr | None,
) -> Iterator[Edit]:
    """Yield an edit for each largest part that holds no comment and gets shorter."""
    if any(node.span.contains(each) for each in comments):
        for part in _parts(node):
            yield from _edits(part, simplifier, comments, parent=node)
        return
    shorter = simplifier.condition(node)
    if shorter is not node:
        yield Edit(node.span, write(_fitted(shorter, parent)))


def _parts(node: Expr) -> tuple[Expr, ...]:
    """Return the conditions that *node* joins."""
    match node:
        case nodes.Group(inner):
            return (inner,)
        case nodes.And(operands) | nodes.Or(operands):
            return operands
        case nodes.Not(operand):
            return (operand,)
        case _:
            return ()


def _fitted(node: Expr, parent: Expr | None) -> Expr:
    """Return *node* as it may stand in *parent*; None: it is the whole condition."""
    if parent is None:
        is_true = isinstance(node, nodes.Bool) and node.value
        return nodes.Everything(span=node.span) if is_true else node
    if isinstance(parent, nodes.Group):
        return node
    loose = nodes.And | nodes.Or
    if isinstance(parent, nodes.Not):
        loose |= nodes.Compare
    is_loose = isinstance(node, loose)
    return nodes.Group(node, span=node.span) if is_loose else node


def _is_same(
    parsed: Parsed[Expr], edits: tuple[Edit, ...], functions: FunctionTable
) -> bool:
    """Return whether the edited condition is accepted and answers as before."""
    start, end = parsed.root.span
    moved = tuple(
        replace(each, span=Span(each.span.start - start, each.span.end - start))
        for each in edits
    )
    old = check_condition(
        parse_expression(Source(parsed.source.text[start:end])), functions=functions
    )
    new = check_condition(
        parse_expression(Source(edited(old.source.text, moved))), functions=functions
    )
    if has_errors(new.diagnostics):
        return False
    before = lower_condition(old.root, old.types, functions)
    after = lower_condition(new.root, new.types, functions)
    is_proved = is_equal(before, after)
    if is_proved is None:
        return find_difference(before, after, tries=EVENTS_TRIED) is None
    return is_proved
