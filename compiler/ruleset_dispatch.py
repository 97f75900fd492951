"""The dispatcher of a divided bucket, as a generated Python function.

It loads the value of each place once, if the row of the event does not have it, by
statements that raise for no event, and runs the buckets that the value leads to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fql.compiler import ir
from fql.compiler.emit_expressions import Style
from fql.compiler.emit_functions import Parts, start
from fql.compiler.emit_statements import settle_value
from fql.compiler.pymodule import Module
from fql.compiler.ruleset_code import PARAMETERS, finish
from fql.compiler.ruleset_keys import scalar_key
from fql.compiler.ruleset_rows import NO_COLUMNS, Columns, take_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.emit_expressions import FunctionWriter
    from fql.compiler.ruleset_code import Run
    from fql.compiler.ruleset_places import Place, Runs

_RUN = f".run({PARAMETERS})"


def compile_dispatch(
    places: Iterable[Place[Any]], always: Runs | None, columns: Columns = NO_COLUMNS
) -> Run:
    """Return the function that runs the buckets an event leads to.

    Args:
        places: Values of the event with their tables, which may change later in what
            they hold, not in their shapes.
        always: A bucket that every event leads to.
        columns: What the rows of the set hold; an event without a row gets one.
    """
    parts = Parts(Module())
    places = list(places)
    operands = tuple([place.operand for place in places])
    writer = start(parts, Style.CHECKED, ir.MakeList(operands))
    if columns.keys:
        load = parts.module.bind(columns.load, "call", "the row of an event")
        writer.body.add(f"if not row:\n    row = {load}(event)")
    take_columns(writer, columns)
    dispatch = _Dispatch(writer)
    for place in places:
        dispatch.write(place)
    if always is not None:
        writer.body.add(f"{dispatch.bind(always)}{_RUN}")
    return finish(parts, writer)


class _Dispatch:
    """What writes the look-ups of one dispatcher."""

    def __init__(self, writer: FunctionWriter) -> None:
        self._writer = writer
        self._body = writer.body

    def bind(self, value: object) -> str:
        """Return a name for a table or a bucket."""
        return self._writer.module.bind(value, "constant", "a table or a bucket")

    def write(self, place: Place[Any]) -> None:
        """Write what the value of *place* leads to."""
        value = settle_value(self._writer, place.operand).name
        is_string = f"isinstance({value}, str)"
        if place.texts or place.prefixes or place.parts.table:
            with self._body.block(f"if {is_string}:"):
                self._write_text(place, value)
        if place.scalars:
            key = self._writer.module.function(scalar_key, "a key")
            with self._body.block(f"if not {is_string}:"):
                self._look_up(place.scalars, f"{key}({value})")

    def _write_text(self, place: Place[Any], value: str) -> None:
        if place.texts:
            self._look_up(place.texts, value)
        for length, table in place.prefixes.items():
            self._look_up(table, f"{value}[:{length}]")
        if place.parts.table:
            buckets = f"{self.bind(place.parts)}.found({value})"
            self._body.add(f"for found in {buckets}:\n    found{_RUN}")

    def _look_up(self, table: object, key: str) -> None:
        self._body.add(f"found = {self.bind(table)}.get({key})")
        self._body.add(f"if found is not None:\n    found{_RUN}")
