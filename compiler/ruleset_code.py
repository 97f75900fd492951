"""The rules of one bucket as one generated Python function.

``bucket(event, row, out, again)`` adds the answers of the rules that hold to *out*, or
to *again* where they have to be looked at once more. Each value is loaded once, if the
row of the event does not have it; rules that share conditions stand in one block behind
them; orders of one value, which differ in their bounds only, are one search in the
sorted bounds.

Like a trigger's function it trusts events first. Where that is wrong, its careful twin,
generated then, gives all its answers to *again*.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, final

from fql.compiler import ir
from fql.compiler.emit_expressions import Style
from fql.compiler.emit_functions import Parts, start
from fql.compiler.emit_statements import settle_value, whole
from fql.compiler.emitter import At
from fql.compiler.optimize import order_terms
from fql.compiler.pymodule import Line, Module, names_of
from fql.compiler.pysource import CAUGHT
from fql.compiler.ruleset_decisions import Decide, Step, arrange
from fql.compiler.ruleset_instants import with_instants
from fql.compiler.ruleset_known import settled_entries
from fql.compiler.ruleset_rows import NO_COLUMNS, Columns, take_columns
from fql.compiler.walk import free_slots, nodes_of, value_key
from fql.compiler.weigh import Weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.compiler.emit_expressions import FunctionWriter
    from fql.compiler.ir import Ir
    from fql.compiler.ruleset_decisions import Answer, Bounds
    from fql.compiler.ruleset_entries import Entry
    from fql.compiler.ruleset_keys import Known
    from fql.compiler.ruleset_rows import Numbers, Row
    from fql.compiler.values import Json

Run: TypeAlias = Callable[["Json", "Row", "Numbers", "Numbers"], object]
"""Adds answers of an event, and of its row, to the one list or to the other."""

FILENAME = "<fql rule set>"

PARAMETERS = "event, row, out, again"

_OFTEN = 3
"""A value that is mentioned so often is loaded before all else."""

_CAUGHT_NAMES = ", ".join([each.__name__ for each in CAUGHT])


def compile_entries(
    entries: Sequence[Entry],
    known: tuple[Known, ...] = (),
    columns: Columns = NO_COLUMNS,
) -> Run:
    """Return the function of the rules in *entries*.

    Args:
        entries: Ways to match.
        known: What is so of every event that the function is given.
        columns: What its rows have.
    """
    left = _left_to_ask(entries, known, columns)
    terms = _terms_of(left)
    steps = arrange(left)
    parts = Parts(Module())
    writer = start(parts, Style.SWIFT, ir.Or(tuple(terms)))
    with writer.body.block("try:"):
        take_columns(writer, columns)
        if len(left) > _OFTEN:
            _load_often_read(writer, terms)
        _Steps(writer).write(steps)
        if not steps:
            writer.body.add("pass")
    writer.body.add(f"except ({_CAUGHT_NAMES}):\n    exactly({PARAMETERS})")
    parts.module.bound["exactly"] = CarefulTwin(tuple(entries), known, columns)
    return finish(parts, writer)


def _left_to_ask(
    entries: Iterable[Entry], known: tuple[Known, ...], columns: Columns
) -> Sequence[Entry]:
    return with_instants(settled_entries(entries, known), columns.keys)


def _terms_of(entries: Iterable[Entry]) -> list[Ir]:
    return [term for entry in entries for term in entry.terms]


@final
class CarefulTwin:
    """A bucket's function for odd events, which is generated when one comes: seldom.

    It holds the entries, which the bucket has anyway, and nothing made of them.

    Attributes:
        entries: The rules.
        run: The function, once it was needed.
    """

    __slots__ = ("_columns", "_known", "entries", "run")

    def __init__(
        self, entries: tuple[Entry, ...], known: tuple[Known, ...], columns: Columns
    ) -> None:
        self.entries = entries
        self._known = known
        self._columns = columns
        self.run: Run | None = None

    def __call__(self, event: Json, row: Row, _: Numbers, again: Numbers) -> None:
        """Add all answers of the event to *again*."""
        if self.run is None:
            self.run = self._generate()
        self.run(event, row, again, again)

    def _generate(self) -> Run:
        left = _left_to_ask(self.entries, self._known, self._columns)
        parts = Parts(Module())
        writer = start(parts, Style.CHECKED, ir.Or(tuple(_terms_of(left))))
        _Steps(writer).write(arrange(left))
        return finish(parts, writer)


def compile_columns(operands: tuple[Ir, ...]) -> Columns:
    """Return columns for *operands*: values that have keys; there is one at least."""
    parts = Parts(Module())
    writer = start(parts, Style.CHECKED, ir.MakeList(operands))
    names = [settle_value(writer, operand).name for operand in operands]
    writer.body.add(f"return ({', '.join(names)},)")
    load = finish(parts, writer, "event")
    keys = [value_key(operand) or () for operand in operands]
    return Columns(operands, (*keys,), load)


def finish(
    parts: Parts, writer: FunctionWriter, parameters: str = PARAMETERS
) -> Callable[..., Any]:
    """Return the function whose body is written; its text is not kept."""
    initial = writer.variables.initial
    lines = writer.body.lines
    if initial:
        lines = [Line(f"    {' = '.join(initial)} = None"), *lines]
    parts.module.add(f"def bucket({parameters}):", lines or [Line("    pass")])
    parts.write()
    module = parts.module
    text = "\n".join([line.text for line in module.lines(is_whole=False)]) + "\n"
    function: Callable[..., Any] = names_of(text, FILENAME, module.given())["bucket"]
    return function


def _load_often_read(writer: FunctionWriter, terms: list[Ir]) -> None:
    """Write the loads and calls of what many terms ask about, each once."""
    seen: set[object] = set()
    for term in terms:
        for node in [*nodes_of(term)][::-1]:
            key = value_key(node)
            if key is None or key in seen or free_slots(node) != (ir.EVENT,):
                continue
            seen.add(key)
            if writer.variables.uses.count(key) >= _OFTEN:
                settle_value(writer, node)


class _Steps:
    """What writes the steps of a bucket's decision."""

    def __init__(self, writer: FunctionWriter) -> None:
        self._writer = writer
        self._body = writer.body
        self._weights = Weights()

    def write(self, steps: Sequence[Step]) -> None:
        """Write *steps*, those inside of them as well."""
        for step in steps:
            match step:
                case Decide((), answers):
                    self._answer(answers)
                case Decide(conditions, answers, inner):
                    with self._block(conditions):
                        self._answer(answers)
                        self.write(inner)
                case _:
                    self._search(step)

    def _block(self, conditions: tuple[Ir, ...]) -> Any:
        node = conditions[0]
        if len(conditions) > 1:
            node = order_terms(ir.And(conditions), self._weights)
        code = self._writer.condition(node, At(self._body.facts))
        self._body.facts |= code.after
        return self._body.block(f"if {whole(code)}:", code.true)

    def _answer(self, answers: Sequence[Answer]) -> None:
        plain = [each.number for each in answers if each.is_plain]
        if len(plain) == 1:
            self._body.add(f"out.append({plain[0]})")
        elif plain:
            self._body.add(f"out += ({', '.join(map(str, plain))})")
        for each in answers:
            if not each.is_plain:
                self._body.add(f"again.append({each.number})")

    def _search(self, step: Bounds) -> None:
        """Look for the bounds that a value, known to be of their kind, keeps."""
        module = self._writer.module
        code = settle_value(self._writer, step.operand)
        bounds = module.bind(step.limits, "constant", "bounds")
        answers = module.bind(step.answers, "constant", "answers")
        find = bisect_left if step.op in (">", "<=") else bisect_right
        name = module.bind(find, "call", find.__name__)
        place = f"{name}({bounds}, {code.name})"
        cut = f":{place}" if step.op in (">", ">=") else f"{place}:"
        with self._body.block(f"if {code.name} == {code.name}:"):
            self._body.add(f"out += {answers}[{cut}]")
