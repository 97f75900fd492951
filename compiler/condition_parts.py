"""The parts of a condition as the visual builder knows them: field, test, value.

What a text says, cut into these parts; whether they make a condition of a tree is for
`builder.py` to say, and whether the trigger engine reads them so for `portable.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from fql.compiler.globs import GlobKind, read_glob
from fql.compiler.scopes import ungrouped
from fql.grammar import nodes
from fql.grammar.condition_tree import ROOTS, Kind
from fql.grammar.nodes import CompareOp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.grammar.javascript import Scalar
    from fql.grammar.nodes import Expr

KIND_OF_ROOT: Mapping[str, Kind] = MappingProxyType(
    {root.key: kind for kind, root in ROOTS.items()}
)
"""The kind of the conditions that look below a key of the event."""

_MIRRORED = {
    CompareOp.EQ: CompareOp.EQ,
    CompareOp.NE: CompareOp.NE,
    CompareOp.LT: CompareOp.GT,
    CompareOp.LE: CompareOp.GE,
    CompareOp.GT: CompareOp.LT,
    CompareOp.GE: CompareOp.LE,
}
_TEXT_FUNCTIONS = frozenset({"contains", "match"})
_GLOB_TESTS = {
    GlobKind.PREFIX: "starts_with",
    GlobKind.SUFFIX: "ends_with",
    GlobKind.SUBSTRING: "contains",
    GlobKind.EQUAL: "=",
}
_SPLITS_A_PATH = frozenset(".[]")


class Field(NamedTuple):
    """What a condition asks about; *name* is the path below the root."""

    kind: Kind
    name: str | None


class TextTest(NamedTuple):
    """An operator of a tree and the text that it looks for."""

    operator: str
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``properties.total >= 10``: a field, an operator, a constant, in this order."""

    path: nodes.Path
    op: CompareOp
    constant: nodes.Null | nodes.Bool | nodes.Number | nodes.String


def field_of(path: nodes.Path) -> Field | None:
    """Return what *path* asks about, or None where no condition asks about that."""
    root, *rest = path.segments
    kind = KIND_OF_ROOT.get(root)
    if kind is None or bool(rest) != ROOTS[kind].has_path:
        return None
    if any(not _SPLITS_A_PATH.isdisjoint(segment) for segment in rest):
        return None
    return Field(kind, ".".join(rest) if rest else None)


def comparison_of(node: nodes.Compare) -> Comparison | None:
    """Return a field compared with a constant, either way round; else None."""
    left, right = ungrouped(node.left), ungrouped(node.right)
    if isinstance(left, nodes.Path):
        return _comparison(left, node.op, right)
    if isinstance(right, nodes.Path) and node.op in _MIRRORED:
        return _comparison(right, _MIRRORED[node.op], left)
    return None


def _comparison(path: nodes.Path, op: CompareOp, other: Expr) -> Comparison | None:
    if isinstance(other, nodes.Null | nodes.Bool | nodes.Number | nodes.String):
        return Comparison(path, op, other)
    return None


def constant_value(
    constant: nodes.Null | nodes.Bool | nodes.Number | nodes.String,
) -> Scalar | None:
    """Return the value of a constant; None is null."""
    return None if isinstance(constant, nodes.Null) else constant.value


def text_call(call: nodes.Call) -> tuple[nodes.Path, str] | None:
    """Return the field and the text of ``contains`` or ``match``; else None."""
    if call.name not in _TEXT_FUNCTIONS or call.options or len(call.arguments) != 2:
        return None
    subject, text = map(ungrouped, call.arguments)
    if isinstance(subject, nodes.Path) and isinstance(text, nodes.String):
        return subject, text.value
    return None


def text_test(function: str, text: str) -> TextTest | None:
    """Return the test that ``contains`` or ``match`` makes with *text*.

    None where no single test of a tree asks the same, as for ``a*b``. ``*`` alone asks
    for any text, as every text contains the empty one.

    >>> text_test("match", "Order *"), text_test("match", "a?")
    (TextTest(operator='starts_with', text='Order '), None)
    """
    if function == "contains":
        return TextTest("contains", text)
    glob = read_glob(text)
    if glob.kind is GlobKind.ALWAYS:
        return TextTest("contains", "")
    operator = _GLOB_TESTS.get(glob.kind)
    return None if operator is None else TextTest(operator, glob.texts[0])
