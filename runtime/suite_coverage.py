"""Which tests of a condition events have tried: seen true, seen false.

A test is what ``and``, ``or`` and ``!`` join. It counts where evaluation from left to
right reaches it: behind a part that settles the answer, nothing is seen. What has one
answer for every event does not count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fql.compiler.check import Checked
from fql.compiler.closures import compile_condition
from fql.compiler.ir import Constant
from fql.compiler.lower import lower_condition
from fql.compiler.optimize import optimize
from fql.compiler.reasons import reason_of_tree
from fql.grammar import nodes
from fql.runtime.suite_report import Coverage, Gap, Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fql.compiler.ir import Ir
    from fql.compiler.reasons import Joint, Reason
    from fql.compiler.signatures import FunctionTable
    from fql.compiler.values import Json
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Span
    from fql.runtime.filter_actions import Event
    from fql.runtime.suite_targets import Key, Unit


def spot(unit: Unit, span: Span | None = None) -> Spot:
    """Return the place of *span* in the condition of *unit*; without one, its start."""
    tree = unit.trigger.tree
    if not isinstance(tree, Checked):
        return Spot(unit.title, unit.key.file, 1, 1, unit.trigger.text)
    span = span or tree.root.span
    place = tree.source.position(span.start)
    text = " ".join(tree.source.slice(span).split())
    return Spot(unit.title, tree.source.name, place.line, place.column, text)


@dataclass(slots=True)
class _Part:
    """A test, or others joined, and the answers that were seen."""

    joint: Joint
    parts: tuple[_Part, ...]
    answer: Callable[[Json], bool]
    spot: Spot
    has_choice: bool = True
    seen: set[bool] = field(default_factory=set)

    def ask(self, event: Event) -> bool:
        """Return the answer for *event*, and note which tests gave which."""
        match self.joint:
            case "all":
                return all(part.ask(event) for part in self.parts)
            case "any":
                return any(part.ask(event) for part in self.parts)
            case "not":
                return not self.parts[0].ask(event)
            case _:
                answer = self.answer(event)
                self.seen.add(answer)
                return answer

    def tests(self) -> Iterator[_Part]:
        """Yield the tests that can answer both ways, in source order."""
        if self.joint == "one" and self.has_choice:
            yield self
        for part in self.parts:
            yield from part.tests()

    def gap(self) -> Gap | None:
        """Return what this test was not seen to answer, or None."""
        never = tuple(each for each in (True, False) if each not in self.seen)
        return Gap(self.spot, never) if never else None


class Meter:
    """Counts what conditions were asked about.

    Args:
        units: The conditions, each once.
        functions: What they may call.
    """

    def __init__(self, units: Iterable[Unit], functions: FunctionTable) -> None:
        self._parts = {unit.key: _part_of(unit, functions) for unit in units}

    def note(self, asked: Mapping[Key, Event]) -> None:
        """Count the events that conditions were asked about."""
        for key, event in asked.items():
            self._parts[key].ask(event)

    def coverage(self) -> Coverage:
        """Return what was seen so far."""
        tests = [test for part in self._parts.values() for test in part.tests()]
        gaps = [gap for test in tests if (gap := test.gap()) is not None]
        return Coverage(2 * len(tests), tuple(gaps))


def _part_of(unit: Unit, functions: FunctionTable) -> _Part:
    tree = unit.trigger.tree
    if isinstance(tree, Checked):
        return _of_node(unit, tree, tree.root, functions)
    return _of_reason(unit, reason_of_tree(tree))


def _of_reason(unit: Unit, reason: Reason) -> _Part:
    """Return a part of a condition tree, whose parts have no places."""
    place = spot(unit)
    shown = Spot(place.unit, place.file, place.line, place.column, reason.text)
    parts = tuple(_of_reason(unit, each) for each in reason.parts)
    return _part(reason.joint, parts, reason.node, shown)


def _of_node(unit: Unit, tree: Checked, node: Expr, functions: FunctionTable) -> _Part:
    joint: Joint = "one"
    inner: tuple[Expr, ...] = ()
    match node:
        case nodes.Group(grouped):
            return _of_node(unit, tree, grouped, functions)
        case nodes.And(operands):
            joint, inner = "all", operands
        case nodes.Or(operands):
            joint, inner = "any", operands
        case nodes.Not(operand):
            joint, inner = "not", (operand,)
        case _:
            pass
    parts = tuple(_of_node(unit, tree, each, functions) for each in inner)
    lowered = lower_condition(node, tree.types, functions)
    return _part(joint, parts, lowered, spot(unit, node.span))


def _part(joint: Joint, parts: tuple[_Part, ...], node: Ir, place: Spot) -> _Part:
    has_choice = joint != "one" or not isinstance(optimize(node), Constant)
    return _Part(joint, parts, compile_condition(node), place, has_choice)
