"""The wording of what keeps a condition from being a tree of the visual builder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fql.grammar.condition_tree import ROOTS, GroupOperator, Kind
from fql.grammar.diagnostics import Code, Diagnostic
from fql.grammar.errors import quoted

if TYPE_CHECKING:
    from fql.grammar.nodes import CompareOp, Path
    from fql.grammar.source import Source, Span

_KNOWN = ", ".join(
    f"`{root.key}.…`" if root.has_path else f"`{root.key}`" for root in ROOTS.values()
)

NEGATION: Final = (
    "the visual builder negates single tests only",
    "turn the conditions inside around: `=` to `!=`, `and` to `or`",
)
BARE_PATH: Final = ("this is a field without a test", "write `= true` after it")
NO_TEST: Final = (
    "the visual builder has no such test",
    "compare a field with a constant, or use contains(...) or match(...)",
)
NO_CONSTANT: Final = (
    "the visual builder compares a field with one constant",
    "write a field, an operator and a text, a number, true, false or null",
)
NO_TEXT_TEST: Final = (
    "the visual builder knows only contains and match, of a field and a text",
    'write contains(field, "text") or match(field, "text*")',
)
INNER_WILDCARD: Final = (
    "the visual builder looks for a text at the start, at the end or anywhere",
    'write `"text*"`, `"*text"` or contains(field, "text")',
)


def no_field(path: Path) -> tuple[str, str]:
    """A path that no kind of condition asks about."""
    root = quoted(path.segments[0])
    if any(root == quoted(each.key) for each in ROOTS.values()):
        message = "the visual builder cannot ask about this path"
    else:
        message = f"the visual builder does not know the field {root}"
    return message, f"it knows {_KNOWN}, and keys without dots and brackets below them"


def no_operator(op: CompareOp, *, is_bool: bool) -> tuple[str, str]:
    """An operator that is not there for a bool, or for a text or null."""
    if is_bool:
        message = f"the visual builder has no `{op}` for a bool"
        return message, "only `=` compares with true and false"
    message = f"the visual builder has no `{op}` for a text"
    return message, "`=` and `!=` compare with a text"


def not_offered(kind: Kind) -> tuple[str, str]:
    """A test that is not there for this kind of field."""
    message = f"the visual builder does not offer this test for `{ROOTS[kind].key}`"
    return message, "compare it with a text"


def no_condition(source: Source, span: Span, message: str, help_: str) -> Diagnostic:
    """A part that is no condition of a tree."""
    return Diagnostic(Code.NO_BUILDER_FORM, message, span, source, help=help_)


def nested_group(source: Source, span: Span, outer: GroupOperator) -> Diagnostic:
    """``a and (b or c)``: a list of the other kind inside of a list."""
    inner = "or" if outer is GroupOperator.AND else "and"
    return Diagnostic(
        Code.NO_BUILDER_FORM,
        f"conditions joined by `{inner}` stand in a list that `{outer}` joins",
        span,
        source,
        help="the visual builder has one list; make a trigger of each part",
    )
