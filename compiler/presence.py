"""Whether a value is sure to be there, and if not, which fields of the event decide.

Nobody promises that an event has a field, but for a few that every event gets on its
way, those that the event spec requires of its type, what a tracking plan requires, and
what the condition of the mapping has asked for. Null and an empty text count as not
being there, as they do for a field that is required.

What is known is a list of alternatives: sets of paths of which one at least is there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.scopes import ungrouped
from fql.compiler.spec import ALWAYS, ALWAYS_OF
from fql.compiler.types import Type
from fql.grammar import nodes
from fql.grammar.nodes import CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fql.compiler.facts import Facts
    from fql.compiler.scopes import Scope
    from fql.grammar.nodes import Expr

Keys: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absence:
    """A value that can be missing.

    Attributes:
        paths: The paths that decide, each once; empty where nothing of the event does.
        is_certain: Whether it is missing whatever the event holds.
    """

    paths: tuple[nodes.Path | nodes.EventPath, ...] = ()
    is_certain: bool = False


NEVER_THERE = Absence(is_certain=True)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an event.

    Attributes:
        scope: What paths start from, and what the schema says of it.
        alternatives: Sets of paths on the event of which one at least is there.
        is_event: Whether plain paths start from the event.
    """

    scope: Scope
    alternatives: tuple[frozenset[Keys], ...] = ()
    is_event: bool = True

    def with_condition(self, condition: Expr) -> Known:
        """Return this, and that *condition* holds."""
        more = tuple(_guaranteed(condition, self))
        return replace(self, alternatives=(*self.alternatives, *more))

    def without(self, node: Expr) -> Known:
        """Return this, and that the value of *node* is not there."""
        keys = self.keys(ungrouped(node))
        if not keys:
            return self
        left = tuple(
            frozenset(each for each in one if each[: len(keys)] != keys)
            for one in self.alternatives
        )
        return replace(self, alternatives=left)

    def inside_list(self) -> Known:
        """Return what is known where paths start from an element."""
        return replace(self, is_event=False)

    def keys(self, node: Expr) -> Keys | None:
        """Return the keys along which *node* leads from the event; None if it is not.

        A path in parentheses is none.
        """
        if isinstance(node, nodes.EventPath):
            return node.segments
        if isinstance(node, nodes.Path) and self.is_event:
            return node.segments
        return None

    def is_there(self, node: nodes.Path | nodes.EventPath) -> bool:
        """Return whether the path *node* is sure to lead to something."""
        keys = self.keys(node)
        if keys is None:
            return False
        if not keys or keys in _given(self.scope):
            return True
        if any(
            one and all(each[: len(keys)] == keys for each in one)
            for one in self.alternatives
        ):
            return True
        return self.scope.place(node).is_required


def _given(scope: Scope) -> set[Keys]:
    """Return the top-level fields that every event in *scope* has."""
    types = scope.narrowing.types
    own = [set(ALWAYS_OF[name]) for name in types] if types else [set[str]()]
    return {(name,) for name in ALWAYS | set.intersection(*own)}


# --- what conditions say ----------------------------------------------------------

_ORDERS = frozenset({CompareOp.LT, CompareOp.LE, CompareOp.GT, CompareOp.GE})
_TESTS_OF_TEXTS = frozenset({"contains", "match", "exists", "filled"})


def _guaranteed(condition: Expr, known: Known) -> Iterator[frozenset[Keys]]:
    """Yield sets of paths of which one is there where *condition* is true."""
    node = ungrouped(condition)
    match node:
        case nodes.And(operands):
            for operand in operands:
                yield from _guaranteed(operand, known)
        case nodes.Or(operands):
            of_each = [list(_guaranteed(each, known)) for each in operands]
            if all(of_each):
                yield frozenset[Keys]().union(*(sets[0] for sets in of_each))
        case nodes.Path() | nodes.EventPath():
            yield from _as_set(node, known)
        case nodes.Call(name, (argument, *_)) if name in _TESTS_OF_TEXTS:
            yield from _as_set(ungrouped(argument), known)
        case nodes.Compare(left, op, right) if _needs_value(op, ungrouped(right)):
            yield from _as_set(ungrouped(left), known)
        case _:
            return


def _as_set(node: Expr, known: Known) -> Iterator[frozenset[Keys]]:
    keys = known.keys(node)
    if keys:
        yield frozenset({keys})


def _needs_value(op: CompareOp, right: Expr) -> bool:
    """Say whether a comparison with *right* is true of values other than null only."""
    if op is CompareOp.NE:
        return isinstance(right, nodes.Null)
    if op in _ORDERS:
        return True
    literals = right.items if isinstance(right, nodes.ListLiteral) else (right,)
    return all(
        isinstance(each, nodes.String | nodes.Number | nodes.Bool) for each in literals
    )


# --- what values need -------------------------------------------------------------


def absence_of(node: Expr, known: Known, facts: Facts) -> Absence | None:
    """Return when the value of *node* can be missing; None where it cannot."""
    match node:
        case nodes.Group(inner):
            return absence_of(inner, known, facts)
        case nodes.Null() | nodes.String(""):
            return NEVER_THERE
        case nodes.Path() | nodes.EventPath():
            return None if known.is_there(node) else Absence((node,))
        case nodes.Template(parts):
            return _of_template(parts, known)
        case nodes.Coalesce(operands):
            return _of_coalesce(operands, known, facts)
        case nodes.If():
            return _of_if(node, known, facts)
        case nodes.Each(items, _):
            return absence_of(items, known, facts)
        case nodes.Call():
            return _of_call(node, known, facts)
        case _:
            return None


def _of_template(
    parts: Iterable[str | nodes.Path | nodes.EventPath], known: Known
) -> Absence | None:
    paths: list[nodes.Path | nodes.EventPath] = []
    for part in parts:
        if isinstance(part, str) or known.is_there(part):
            return None
        paths.append(part)
    return Absence(tuple(paths))


def _of_coalesce(
    operands: Iterable[Expr], known: Known, facts: Facts
) -> Absence | None:
    absences: list[Absence] = []
    for operand in operands:
        absence = absence_of(operand, known, facts)
        if absence is None:
            return None
        absences.append(absence)
        known = known.without(operand)
    return _joined(absences)


def _of_if(node: nodes.If, known: Known, facts: Facts) -> Absence | None:
    then = absence_of(node.then, known.with_condition(node.condition), facts)
    if node.otherwise is None:
        otherwise: Absence | None = NEVER_THERE
    else:
        left = _where_false(node.condition, known)
        otherwise = absence_of(node.otherwise, left, facts)
    if then is None and otherwise is None:
        return None
    found = _joined([each for each in (then, otherwise) if each is not None])
    is_certain = found.is_certain and then is not None and otherwise is not None
    paths = found.paths or tuple(_paths_in(node.condition))
    return Absence(paths, is_certain)


def _where_false(condition: Expr, known: Known) -> Known:
    match ungrouped(condition):
        case nodes.Call("exists", (argument,)):
            return known.without(argument)
        case _:
            return known


_PASSING = frozenset(
    {"drop_null", "from_json", "literal", "lower", "original", "replace", "upper"}
)
"""The functions that give a value where they are given one."""


def _of_call(node: nodes.Call, known: Known, facts: Facts) -> Absence | None:
    if node.name in _PASSING and node.arguments:
        return absence_of(node.arguments[0], known, facts)
    if Type.NULL not in facts.of(node).certain:
        return None
    if node.name in {"liquid", "template", "merge", "merge_left", "to_json"}:
        return None
    paths = tuple(_paths_in(node))
    return Absence(paths) if paths else None


def _joined(absences: Iterable[Absence]) -> Absence:
    given = list(absences)
    paths = {each.segments: each for one in given for each in one.paths}
    return Absence(tuple(paths.values()), all(one.is_certain for one in given))


def _paths_in(node: Expr) -> Iterator[nodes.Path | nodes.EventPath]:
    """Yield the paths that stand in *node*, each once."""
    seen: set[Keys] = set()
    pending: list[Expr] = [node]
    while pending:
        match pending.pop():
            case (nodes.Path() | nodes.EventPath()) as path:
                if path.segments not in seen:
                    seen.add(path.segments)
                    yield path
            case nodes.Call(_, inner) | nodes.And(inner) | nodes.Or(inner):
                pending += reversed(inner)
            case nodes.Compare(left, _, right):
                pending += [right, left]
            case nodes.Not(inner_one) | nodes.Group(inner_one):
                pending.append(inner_one)
            case _:
                pass
