"""The wording of what analysis proves of the parts of a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.scopes import ungrouped
from fql.grammar import nodes
from fql.grammar.diagnostics import Code, Diagnostic, Label, Severity
from fql.grammar.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.analysis_proofs import Claim
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Source

_SHOWN = 4
"""Other parts that a finding points at."""


def verdict(
    source: Source,
    claim: Claim,
    reasons: Sequence[Claim],
    plan: str = "",
    *,
    is_whole: bool = False,
) -> Diagnostic:
    """That *claim* cannot hold where *reasons* do.

    Args:
        source: The text.
        claim: A part that is never true there, or negated, one that always is.
        reasons: What holds there; none, if that is so everywhere.
        plan: The tracking plan that this rests on, or empty.
        is_whole: Whether all that the part is joined with is decided by this.
    """
    code, message, help_ = _words(source, claim, reasons, is_whole=is_whole)
    is_guard = code is Code.DECIDES_NOTHING and _is_guard(claim.part)
    return Diagnostic(
        code,
        f"{message}, by {plan}" if plan else message,
        claim.part.span,
        source,
        Severity.NOTE if is_guard else Severity.WARNING,
        help_,
        labels=tuple(
            Label(each.part.span, _role(code, each)) for each in reasons[:_SHOWN]
        ),
    )


def _words(
    source: Source, claim: Claim, reasons: Sequence[Claim], *, is_whole: bool
) -> tuple[Code, str, str]:
    """Return the code, the message and the help."""
    are_beside = any(each.is_negated for each in reasons)
    others = _named(source, reasons)
    if not reasons:
        return _alone(is_true=claim.is_negated)
    if claim.is_negated and is_whole and are_beside:
        said = f"this or {others} holds for every event"
        return Code.ALWAYS_TRUE, said, "write `all` to match every event"
    if claim.is_negated:
        said = f"this decides nothing: it always holds {_where(reasons, others)}"
        return Code.DECIDES_NOTHING, said, "remove it"
    if are_beside:
        said = f"this decides nothing: {others} covers it"
        return Code.COVERED, said, "remove it, or narrow the other"
    said = f"this never holds together with {others}"
    return Code.CONTRADICTION, said, "remove one of them, or join them with `or`"


def _alone(*, is_true: bool) -> tuple[Code, str, str]:
    if is_true:
        said = "this holds for every event"
        return Code.ALWAYS_TRUE, said, "remove it, or write `all`"
    return Code.NEVER_TRUE, "this holds for no event", "compare with another value"


def _named(source: Source, claims: Sequence[Claim]) -> str:
    if len(claims) == 1:
        return f"`{shorten(source.slice(claims[0].part.span))}`"
    return "what is marked"


def _where(reasons: Sequence[Claim], others: str) -> str:
    """Return where the claims *reasons*, called *others*, hold."""
    if all(each.is_negated for each in reasons):
        return f"where {others} does not"
    if any(each.is_negated for each in reasons):
        return "where it matters"
    return f"where {others} does"


def _role(code: Code, reason: Claim) -> str:
    """Return what a label says of *reason*."""
    match code:
        case Code.ALWAYS_TRUE:
            return "the rest holds here"
        case Code.COVERED if reason.is_negated:
            return "this covers it"
        case Code.CONTRADICTION:
            return "this rules it out"
        case _ if reason.is_negated:
            return "where this does not hold"
        case _:
            return "where this holds"


# --- guards -----------------------------------------------------------------------

_GUARDS = frozenset({"exists", "typeof"})


def _is_guard(node: Expr) -> bool:
    """Return whether *node* only asks whether something is there, or of a kind.

    Such conditions are often written to be safe, before one that needs them or not.
    """
    inner = ungrouped(node)
    if isinstance(inner, nodes.Compare):
        return any(
            isinstance(side, nodes.Null) or _is_guard(side)
            for side in map(ungrouped, (inner.left, inner.right))
        )
    return isinstance(inner, nodes.Call) and inner.name in _GUARDS
