"""Checking: is a tree that reads well also one that means something.

`check_condition` is for triggers and the conditions of filters, `check_value` for
mappings. Both find every independent problem, and hand on what they learned for the
next stage, so that it never asks again. Neither raises, whatever the tree; both take
linear time and keep their own stack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from fql.compiler import errors, meaning_errors
from fql.compiler.check_calls import check_call, check_name
from fql.compiler.check_comparisons import check_comparison
from fql.compiler.check_conjunctions import check_terms
from fql.compiler.check_mapping import check_object, misplaced
from fql.compiler.check_names import check_event_name, check_gap
from fql.compiler.check_original import check_original
from fql.compiler.facts import BOOL, gather
from fql.compiler.functions import FUNCTIONS
from fql.compiler.guesses import guessed_nodes
from fql.compiler.payload_functions import PAYLOAD_FUNCTIONS
from fql.compiler.schema import EVENT_SPEC
from fql.compiler.scopes import Role, Visit, event_scope, ungrouped, visits
from fql.compiler.types import Type
from fql.grammar import limits, nodes
from fql.grammar.diagnostics import Code, Severity, arrange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fql.compiler.facts import Callables, Facts
    from fql.compiler.schema import Schema
    from fql.compiler.signatures import Function
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Expr
    from fql.grammar.parse import Parsed
    from fql.grammar.source import Source, Span


@dataclass(frozen=True, slots=True)
class Checked:
    """A tree that was checked, and what the next stage needs to know of it.

    Attributes:
        source: The text.
        root: The tree.
        types: What each expression may be, by its span: what literals and functions
            say, and what the schema expects of fields. Events break their schema, so
            that this decides one thing only: an ordering with a timestamp on a side
            is one of instants.
        diagnostics: What reading and checking found, in source order, at most 100.
    """

    source: Source
    root: Expr
    types: Mapping[Span, Type]
    diagnostics: tuple[Diagnostic, ...]


def check_condition(
    parsed: Parsed[Expr],
    *,
    functions: Mapping[str, Function] = FUNCTIONS,
    schema: Schema | None = None,
    is_strict: bool = False,
) -> Checked:
    """Check the condition of a trigger or a filter.

    Args:
        parsed: Its tree, which may have parts that did not parse.
        functions: What it may call.
        schema: What is known of events; the event spec where it is not given.
        is_strict: Whether what only the schema rules out is an error, not a warning.
    """
    scope = event_scope(schema or EVENT_SPEC)
    found = visits(
        Visit(parsed.root, scope, Role.CONDITION), functions, opaque=nodes.MAPPING_ONLY
    )
    facts = _gathered(parsed, found, functions, is_strict=is_strict)
    findings = [*_long_text(parsed), *_constant(parsed)]
    for visit in found:
        if isinstance(visit.node, nodes.MAPPING_ONLY):
            findings.append(misplaced(visit.node, facts))
        findings += _findings(visit, facts)
    return _checked(parsed, found, facts, findings)


def check_value(
    parsed: Parsed[Expr],
    *,
    functions: Mapping[str, Function] = FUNCTIONS,
    schema: Schema | None = None,
    is_strict: bool = False,
    condition: Expr | None = None,
) -> Checked:
    """Check a mapping, or any value in one.

    Args:
        parsed: Its tree, which may have parts that did not parse.
        functions: What it may call besides the functions of mappings.
        schema: What is known of events; the event spec where it is not given.
        is_strict: Whether what only the schema rules out is an error, not a warning.
        condition: What holds of every event that the mapping gets.
    """
    callables: Callables = {**PAYLOAD_FUNCTIONS, **functions}
    scope = event_scope(schema or EVENT_SPEC, condition)
    found = visits(Visit(parsed.root, scope, Role.VALUE), callables)
    facts = _gathered(parsed, found, callables, is_strict=is_strict)
    findings = [each for visit in found for each in _findings(visit, facts)]
    return _checked(parsed, found, facts, findings)


def _gathered(
    parsed: Parsed[Expr],
    found: Sequence[Visit],
    functions: Callables,
    *,
    is_strict: bool,
) -> Facts:
    return gather(
        parsed.source,
        functions,
        found,
        is_strict=is_strict,
        guessed=guessed_nodes(found, parsed.diagnostics),
    )


def _checked(
    parsed: Parsed[Expr],
    found: Sequence[Visit],
    facts: Facts,
    findings: Sequence[Diagnostic],
) -> Checked:
    diagnostics = [*parsed.diagnostics, *findings]
    return Checked(
        parsed.source,
        parsed.root,
        {visit.node.span: facts.of(visit.node).expected for visit in found},
        tuple(arrange(diagnostics)) if diagnostics else (),
    )


def _long_text(parsed: Parsed[Expr]) -> Iterator[Diagnostic]:
    span = parsed.root.span
    size = len(parsed.source.slice(span).encode("utf-8", "surrogatepass"))
    is_refused = any(each.code is Code.TEXT_TOO_LONG for each in parsed.diagnostics)
    if size > limits.LONG_TEXT and not is_refused:
        yield errors.text_long(parsed.source, span, size)


def _constant(parsed: Parsed[Expr]) -> Iterator[Diagnostic]:
    """Yield that the whole condition is ``true`` or ``false``."""
    root = ungrouped(parsed.root)
    if isinstance(root, nodes.Bool):
        yield meaning_errors.decided(parsed.source, parsed.root.span, answer=root.value)


def _findings(visit: Visit, facts: Facts) -> list[Diagnostic]:
    """Return what is wrong with one expression; its parts have visits of their own."""
    node = visit.node
    if id(node) in facts.guessed:
        return list(check_name(node, facts)) if isinstance(node, nodes.Call) else []
    found = _check_truth(visit, facts) if visit.role is Role.CONDITION else []
    if visit.scope.loops == limits.MAX_LOOPS and _is_loop(node, facts):
        found.append(errors.too_many_loops(facts.source, node.span))
    match node:
        case nodes.Path() | nodes.EventPath():
            if gap := facts.of(node).gap:
                found += check_gap(node, gap, visit, facts)
        case nodes.Compare():
            found += check_comparison(node, facts)
            if visit.scope.schema.events:
                found += check_event_name(node, visit, facts)
        case nodes.And() | nodes.Or():
            found += check_terms(node, visit.terms, facts)
        case (
            nodes.String()
            | nodes.Number()
            | nodes.Bool()
            | nodes.Null()
            | nodes.ListLiteral()
            | nodes.Not()
            | nodes.Group()
            | nodes.Everything()
            | nodes.Invalid()
            | nodes.Template()
            | nodes.Coalesce()
            | nodes.If()
            | nodes.Each()
        ):
            pass
        case nodes.Call():
            found += check_call(node, facts)
            found += check_original(node, visit, facts)
        case nodes.Object():
            found += check_object(node, facts)
        case _:
            assert_never(node)
    return found


def _is_loop(node: Expr, facts: Facts) -> bool:
    """Say whether *node* goes through a list."""
    if isinstance(node, nodes.Call):
        function = facts.functions.get(node.name)
        parameters = function.parameters if function else ()
        return any(parameter.is_condition for parameter in parameters)
    return isinstance(node, nodes.Each)


def _check_truth(visit: Visit, facts: Facts) -> list[Diagnostic]:
    """Return that a condition is never true or false, but something else."""
    node, fact = visit.node, facts.of(visit.node)
    if fact is BOOL or isinstance(node, nodes.Group) or fact.certain == Type.NULL:
        return []
    is_certain = Type.BOOL not in fact.certain
    if not is_certain and Type.BOOL in fact.expected:
        return []
    return [
        errors.not_boolean(
            facts.source,
            node.span,
            fact.certain if is_certain else fact.expected,
            is_literal=fact.constant is not None,
            severity=Severity.ERROR if is_certain else facts.schema_severity,
        )
    ]
