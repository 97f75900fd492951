"""Rows: what many rules of a set read of an event, read once for all buckets.

A row holds some values of one event, one for each of the set's *columns*. These are
chosen by the rules that are there when the first event comes, and stay as they are.
Rows save time, and nothing depends on them: a function that is not given the row it
expects leaves the event to its careful twin, which needs none.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fql.compiler import ir
from fql.compiler.pytext import ASSIGNED
from fql.compiler.ruleset_instants import instant_of
from fql.compiler.walk import free_slots, nodes_of, value_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fql.compiler.emit_expressions import FunctionWriter
    from fql.compiler.ir import Ir
    from fql.compiler.ruleset_entries import Entry
    from fql.compiler.values import Json
    from fql.compiler.walk import Key

Row: TypeAlias = tuple[object, ...]
"""The value of each column; empty for an event that has no row yet."""

Numbers: TypeAlias = list[int]
"""Answers as they are found."""

MAX_COLUMNS = 32
"""A row has no more values than this."""

_SAMPLE = 2_000
"""At least so many rules, if there are, are looked at to choose the columns."""

_OFTEN_LOADED = 0.02
_OFTEN_CALLED = 0.05
"""A value gets a column if so large a part of the rules reads it, or computes it."""


class Columns(NamedTuple):
    """What the rows of a set hold.

    Attributes:
        operands: The values.
        keys: What they are known by; see `fql.compiler.walk.value_key`.
        load: Returns the row of an event. Raises for no event.
    """

    operands: tuple[Ir, ...]
    keys: tuple[Key, ...]
    load: Callable[[Json], Row]


def _no_row(_: Json) -> Row:
    return ()


NO_COLUMNS = Columns((), (), _no_row)


def often_read(entries: Sequence[Entry]) -> tuple[Ir, ...]:
    """Return what is worth a column, by a sample of *entries*; perhaps nothing."""
    sample = entries[:: max(1, len(entries) // _SAMPLE)]
    operands: dict[Key, Ir] = {}
    counts: Counter[Key] = Counter()
    for entry in sample:
        read = dict([pair for term in entry.terms for pair in _read(term)])
        operands = read | operands
        counts.update(read.keys())
    often = [
        operands[key]
        for key, count in counts.most_common(MAX_COLUMNS)
        if count >= _least(operands[key]) * len(sample)
    ]
    return tuple(often)


def _least(operand: Ir) -> float:
    """Return how large a part of the rules has to read *operand*."""
    return _OFTEN_CALLED if isinstance(operand, ir.Apply) else _OFTEN_LOADED


def _read(term: Ir) -> Iterator[tuple[Key, Ir]]:
    """Yield what *term* reads of the event alone, with its key."""
    for node in nodes_of(term):
        match node:
            case ir.InstantOrder(_, timestamp, ir.Constant()):
                operand = instant_of(timestamp)
            case ir.Load(keeps_missing=False) | ir.ScriptLoad():
                operand = node
            case ir.Apply(_, _, False):
                operand = node
            case _:
                continue
        key = value_key(operand)
        if key is not None and free_slots(operand) == (ir.EVENT,):
            yield key, operand


def take_columns(writer: FunctionWriter, columns: Columns) -> None:
    """Write what takes the values that the function reads from its row."""
    variables = writer.variables
    names = [
        variables.named(key) if variables.uses.count(key) else "_"
        for key in columns.keys
    ]
    known = {(name, ASSIGNED) for name in names if name != "_"}
    if known:
        writer.body.add(f"({', '.join(names)},) = row")
        writer.body.facts |= known
