"""Analysis: what parts of a condition come to, taken together.

`check.py` looks at each comparison by itself, and at pairs of plain ones. Here proofs
are made, for every event that there can be: a part that never holds, or always; one
that the parts around rule out, or that holds wherever they do; a branch of an `or` that
the other branches cover. What cannot be proved, or not within a budget, is passed over
in silence; so is what checking has reported already.

A part is looked at where it matters. What stands beside it in an `and` holds there, and
what stands beside it in an `or` does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.analysis_errors import verdict
from fql.compiler.analysis_proofs import Claim, Proofs
from fql.compiler.functions import FUNCTIONS
from fql.compiler.lower import lower_condition
from fql.compiler.scopes import terms_of, ungrouped
from fql.compiler.trigger import check_trigger
from fql.grammar import nodes
from fql.grammar.diagnostics import Code, arrange, has_errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fql.compiler.check import Checked
    from fql.compiler.schema import Schema
    from fql.compiler.signatures import Function, FunctionTable
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Expr
    from fql.grammar.parse import Parsed
    from fql.grammar.source import Source, Span

MAX_NESTING = 20
"""Conditions inside one another that are looked into."""

_VERDICTS = frozenset(
    {
        Code.BARE_WORD,
        Code.TYPE_MISMATCH,
        Code.NOT_BOOLEAN,
        Code.NEVER_TRUE,
        Code.ALWAYS_TRUE,
        Code.SWAPPED_MATCH,
        Code.BAD_GLOB,
        Code.BAD_TIMESTAMP,
        Code.BAD_SEMVER_OPERATOR,
    }
)
"""The findings of checking after which nothing more is said of the same part."""

_NEVER = frozenset({Code.NEVER_TRUE, Code.CONTRADICTION})
"""What a plan alone can show. Events break their plans, so that a condition which only
the plan makes needless may well be there to be safe."""


def analyze(
    checked: Checked,
    *,
    functions: Mapping[str, Function] = FUNCTIONS,
    schema: Schema | None = None,
) -> list[Diagnostic]:
    """Return what is proved of the parts of a condition, as warnings in source order.

    First for all events, then, where *schema* has a tracking plan, for those that
    conform to it. A condition with errors has no findings. The time is bounded; what
    it does not suffice for is not said.

    Args:
        checked: The condition, checked.
        functions: What it may call.
        schema: What is known of events.
    """
    if has_errors(checked.diagnostics):
        return []
    findings = _Analysis(checked, functions, None, ()).run()
    if schema is not None and schema.has_plan:
        findings += _Analysis(checked, functions, schema, findings).run()
    return sorted(findings, key=lambda each: each.span)


def check_and_analyze(
    text: str | Source | Parsed[Expr],
    *,
    functions: FunctionTable = FUNCTIONS,
    schema: Schema | None = None,
    is_strict: bool = False,
) -> list[Diagnostic]:
    """Return all that checking and analysis find in a condition, in source order."""
    checked = check_trigger(
        text, functions=functions, schema=schema, is_strict=is_strict
    )
    proved = analyze(checked, functions=functions, schema=schema)
    if not proved:
        return list(checked.diagnostics)
    return arrange([*checked.diagnostics, *proved])


class _Analysis:
    """One walk over one condition."""

    def __init__(
        self,
        checked: Checked,
        functions: Mapping[str, Function],
        schema: Schema | None,
        known: Sequence[Diagnostic],
    ) -> None:
        self._checked = checked
        self._functions = functions
        self._proofs = Proofs(schema)
        self._plan = schema.name if schema else ""
        verdicts = [each for each in checked.diagnostics if each.code in _VERDICTS]
        self._settled = [each.span for each in (*verdicts, *known)]
        self._findings: list[Diagnostic] = []

    def run(self) -> list[Diagnostic]:
        """Return what was found."""
        root = self._checked.root
        if isinstance(ungrouped(root), nodes.Everything | nodes.Bool):
            return []
        if not self._is_settled(root.span) and not _is_junction(root):
            claim = self._claim(root)
            if not self._is_decided(claim, ()):
                self._is_decided(claim.opposite, ())
        self._visit(root, (), 0)
        return self._findings

    def _claim(self, node: Expr) -> Claim:
        types = self._checked.types
        return Claim(node, lower_condition(node, types, self._functions))

    def _is_settled(self, span: Span) -> bool:
        """Return whether something was said of a part of what stands at *span*."""
        return any(
            each.start < span.end and span.start < each.end for each in self._settled
        )

    def _visit(self, node: Expr, around: tuple[Claim, ...], depth: int) -> None:
        """Look at the parts of *node*, which matter where the claims *around* hold."""
        inner = ungrouped(node)
        if depth > MAX_NESTING:
            return
        match inner:
            case nodes.Not(operand):
                self._visit(operand, around, depth + 1)
            case nodes.And() | nodes.Or():
                self._visit_terms(inner, around, depth)
            case _:
                pass

    def _visit_terms(
        self, node: nodes.And | nodes.Or, around: tuple[Claim, ...], depth: int
    ) -> None:
        """Look at what *node* joins: what decides it, what decides nothing.

        Of an `or`, the negated terms are joined by `and`: so both are looked at alike.
        """
        is_or = isinstance(node, nodes.Or)
        terms = terms_of(node)
        claims = [self._term(term, is_or=is_or) for term in terms]
        left = self._possible([each for each in claims if each], around)
        left = self._needed(left, around)
        for term, claim in zip(terms, claims, strict=True):
            if self._proofs.is_spent:
                return
            is_left = claim is None or claim in left
            beside = [each for each in left if each is not claim] if is_left else []
            self._visit(term, (*around, *beside), depth + 1)

    def _term(self, term: Expr, *, is_or: bool) -> Claim | None:
        """Return what is claimed beside *term*; None where something was said of it."""
        if self._is_settled(term.span):
            return None
        claim = self._claim(term)
        return claim.opposite if is_or else claim

    def _possible(
        self, claims: Sequence[Claim], around: tuple[Claim, ...]
    ) -> list[Claim]:
        """Return the claims that can hold together with those before."""
        left: list[Claim] = []
        for claim in claims:
            if not self._is_decided(claim, (*around, *left), is_whole=True):
                left.append(claim)
        return left

    def _needed(self, claims: list[Claim], around: tuple[Claim, ...]) -> list[Claim]:
        """Return the claims that do not hold wherever the others do."""
        left = claims
        for claim in reversed(claims):
            if self._proofs.is_spent:
                break
            others = [each for each in left if each is not claim]
            if self._is_decided(claim.opposite, (*around, *others)):
                left = others
        return left

    def _is_decided(
        self, claim: Claim, around: Sequence[Claim], *, is_whole: bool = False
    ) -> bool:
        """Report that *claim* cannot hold where those *around* do, if that is so.

        Of a junction that can hold nowhere by itself, its own parts tell. *is_whole*:
        whether that decides all that the part is joined with.
        """
        reasons = self._proofs.ruled_out(claim, around)
        if reasons is None:
            return False
        if not reasons and _is_junction(claim.part):
            return True
        source, plan = self._checked.source, self._plan
        found = verdict(source, claim, reasons, plan, is_whole=is_whole)
        if plan and found.code not in _NEVER:
            return False
        self._findings.append(found)
        return True


def _is_junction(node: Expr) -> bool:
    """Return whether *node* is an `and` or an `or`, or the negation of one."""
    inner = ungrouped(node)
    while isinstance(inner, nodes.Not):
        inner = ungrouped(inner.operand)
    return isinstance(inner, nodes.And | nodes.Or)
