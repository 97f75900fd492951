"""The values that are tried for a field, so that a test about it answers otherwise.

They are guesses, in the order in which a person would make them; whether one does is
for the test to say.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from itertools import islice
from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.globs import Glob
from fql.compiler.missing import MISSING
from fql.compiler.shown import said, show
from fql.compiler.suggest import nearest
from fql.compiler.values import compact_json, parse_json_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fql.compiler.ir import Ir, OrderOp
    from fql.compiler.missing import Missing
    from fql.compiler.values import Json

_MAX_CONSTANTS = 20
"""Constants of one test that are tried."""

_MIRRORED: Mapping[OrderOp, OrderOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITE: Mapping[OrderOp, OrderOp] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}

_NUMBERS: Mapping[OrderOp, tuple[int, str]] = {
    "<": (-1, "were a number less than {}"),
    "<=": (0, "were the number {} or less"),
    ">": (1, "were a number greater than {}"),
    ">=": (0, "were the number {} or more"),
}
"""For each order: the step from the bound to a number that is in it; the words."""

_INSTANTS: Mapping[OrderOp, tuple[str, str]] = {
    "<": ("0001-01-01T00:00:00Z", "were earlier than {}"),
    "<=": ("", "were {} or earlier"),
    ">": ("9999-12-31T23:59:59Z", "were later than {}"),
    ">=": ("", "were {} or later"),
}
"""For each order: a time that is in it (none: the bound itself), and the words."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value to try.

    Attributes:
        value: The value; `MISSING` for none.
        general: All values that would do, in words after the field, or empty.
        cost: How far it is from the value that is there.
    """

    value: Json | Missing
    general: str = ""
    cost: int = 1


def conversions(value: Json | Missing) -> Iterator[Proposal]:
    """Yield *value* as other types, and without blanks around it.

    >>> [each.value for each in conversions("25")]
    [25]
    >>> [each.value for each in conversions(True)]
    ['true', [True]]
    """
    match value:
        case str():
            if value != value.strip():
                yield Proposal(value.strip(), cost=0)
            number = parse_json_number(value)
            if number is not None:
                yield Proposal(number, cost=0)
            if value.lower() in {"true", "false"}:
                yield Proposal(value.lower() == "true", cost=0)
        case bool() | int() | float():
            yield Proposal(compact_json(value), cost=0)
            yield Proposal([value], cost=0)
        case [only]:
            yield Proposal(only, cost=0)
        case _:
            pass


def proposals(node: Ir, value: Json | Missing, *, wanted: bool) -> Iterator[Proposal]:
    """Yield values for the field that *node* reads, so that it answers *wanted*.

    *value* is what the field has.
    """
    while isinstance(node, ir.Not):
        node, wanted = node.term, not wanted
    if wanted:
        yield from _fulfilling(node, value)
    else:
        yield from _failing(node)
    yield from _pool(node, value)


def _fulfilling(node: Ir, value: Json | Missing) -> Iterator[Proposal]:
    match node:
        case ir.Equal(ir.Load() | ir.ScriptLoad(), ir.Constant(constant)) | ir.Equal(
            ir.Constant(constant), ir.Load() | ir.ScriptLoad()
        ):
            yield Proposal(constant, cost=_distance(constant, value))
        case ir.Order(op, left, right):
            yield from _ordered(op, left, right)
        case ir.InstantOrder(op, left, right):
            yield from _timed(op, left, right)
        case ir.Element(_, ir.Constant(list() as items)):
            yield from _listed(items, value)
        case ir.GlobTest(_, glob):
            general = f'matched "{glob.pattern}"'
            yield from (Proposal(text, general) for text in _matching(glob))
        case ir.IsTrue():
            yield Proposal(value=True)
        case ir.Apply(function, (_, ir.Constant(op), ir.Constant(version))) if (
            function.name == "semver"
        ):
            yield from _versions(op, version)
        case ir.Apply(function, (ir.Load(), *rest)) if words := _words(
            function.name, rest, "were there", "contained"
        ):
            yield Proposal(_text_in(rest) or "a", words)
        case _:
            pass


def _failing(node: Ir) -> Iterator[Proposal]:
    match node:
        case ir.Equal(ir.Load() | ir.ScriptLoad(), ir.Constant(constant)) | ir.Equal(
            ir.Constant(constant), ir.Load() | ir.ScriptLoad()
        ):
            yield Proposal(MISSING, f"were not {said(constant)}")
        case ir.Order(op, left, right):
            yield from _ordered(_OPPOSITE[op], left, right)
        case ir.InstantOrder(op, left, right):
            yield from _timed(_OPPOSITE[op], left, right)
        case ir.Element(_, ir.Constant(list() as items)):
            yield Proposal(MISSING, f"were not in {show(items)}")
        case ir.GlobTest(_, glob):
            yield Proposal(MISSING, f'did not match "{glob.pattern}"')
        case ir.IsTrue():
            yield Proposal(value=False)
        case ir.Apply(function, (ir.Load(), *rest)) if words := _words(
            function.name, rest, "were missing", "did not contain"
        ):
            yield Proposal(MISSING, words)
        case _:
            pass
    yield Proposal(MISSING, cost=2)


def _words(name: str, rest: list[Ir], there: str, containing: str) -> str:
    """Return what a call says of its first argument, where there are words for it."""
    if name == "exists":
        return there
    text = _text_in(rest)
    return f"{containing} {said(text)}" if name == "contains" and text else ""


def _text_in(rest: list[Ir]) -> str:
    """Return the text that a call takes as its second and last argument, or none."""
    match rest:
        case [ir.Constant(str() as text)]:
            return text
        case _:
            return ""


def _distance(wanted: Json, value: Json | Missing) -> int:
    """Return 0 where *value* is *wanted* but for letter case or blanks, else 1."""
    if not isinstance(wanted, str) or not isinstance(value, str):
        return 1
    return int(wanted.strip().casefold() != value.strip().casefold())


def _ordered(op: OrderOp, left: Ir, right: Ir) -> Iterator[Proposal]:
    """Yield values in an order with a constant; words where a field is compared."""
    match left, right:
        case ir.Constant(bound), used:
            op = _MIRRORED[op]
        case used, ir.Constant(bound):
            pass
        case _:
            return
    if isinstance(bound, str):
        yield Proposal(f"{bound}a" if ">" in op else bound[:-1])
        yield Proposal(bound)
    elif isinstance(bound, int | float) and not isinstance(bound, bool):
        step, words = _NUMBERS[op]
        is_field = isinstance(used, ir.Load | ir.ScriptLoad)
        yield Proposal(bound + step, words.format(show(bound)) if is_field else "")


def _timed(op: OrderOp, left: Ir, right: Ir) -> Iterator[Proposal]:
    match left, right:
        case ir.Constant(str() as bound), _:
            op = _MIRRORED[op]
        case _, ir.Constant(str() as bound):
            pass
        case _:
            return
    instant, words = _INSTANTS[op]
    yield Proposal(instant or bound, words.format(bound))


def _versions(op: Json, version: Json) -> Iterator[Proposal]:
    """Yield versions that stand to *version* as *op* says."""
    words = _VERSIONS.get(op) if isinstance(op, str) else None
    if words is not None:
        for each in (version, "0", f"{version}.1", "1", "9999"):
            yield Proposal(each, f"were {words} {version}")


_VERSIONS: Mapping[str, str] = {
    "=": "the version",
    "!=": "a version other than",
    "<": "a version before",
    "<=": "a version up to",
    ">": "a version after",
    ">=": "a version from",
}


def _listed(items: list[Json], value: Json | Missing) -> Iterator[Proposal]:
    texts = [each for each in items if isinstance(each, str)]
    near = nearest(value, texts) if isinstance(value, str) else None
    if near is not None:
        yield Proposal(near, cost=_distance(near, value))
    general = f"were one of {show(items).removeprefix('the list ')}"
    yield from (Proposal(each, general) for each in items[:_MAX_CONSTANTS])


def _matching(glob: Glob) -> Iterator[str]:
    """Yield texts that *glob* may match."""
    yield "".join(glob.texts)
    yield glob.pattern.replace("*", "").replace("?", "a")


# --- anything else --------------------------------------------------------------------


def _pool(node: Ir, value: Json | Missing) -> Iterator[Proposal]:
    """Yield what the constants of *node* suggest, for tests that are not simple."""
    for constant in islice(_constants(node), _MAX_CONSTANTS):
        yield from _around(constant, value)
    anything: list[Json] = [None, True, 0, 1, "a", "2020-01-01T00:00:00Z", [], {}]
    for each in anything:
        yield Proposal(each, cost=3)
    yield Proposal(MISSING, cost=3)


def _around(constant: Json, value: Json | Missing) -> Iterator[Proposal]:
    yield Proposal(constant, cost=2)
    yield Proposal([constant], cost=2)
    if isinstance(constant, str):
        yield Proposal(constant.upper(), cost=2)
        yield Proposal(constant.lower(), cost=2)
        if isinstance(value, str):
            yield Proposal(f"{value}{constant}", cost=2)
            yield Proposal(f"{constant}{value}", cost=2)
    elif isinstance(constant, int | float) and not isinstance(constant, bool):
        for number in (constant + 1, constant - 1):
            yield Proposal(number, cost=2)
        if 0 <= constant < _MAX_LENGTH:
            yield from (
                Proposal("x" * (int(constant) + more), cost=2) for more in (0, 1)
            )


_MAX_LENGTH = 1_000
"""The longest text that is proposed where a length may be asked for."""


def _constants(node: object) -> Iterator[Json]:
    """Yield the values that *node* compares with, elements of lists one by one."""
    if isinstance(node, ir.Constant):
        is_list = isinstance(node.value, list)
        yield from node.value if is_list else (node.value,)  # type: ignore[misc]
    elif isinstance(node, Glob):
        yield from node.texts
    elif isinstance(node, tuple):
        for each in node:
            yield from _constants(each)
    elif is_dataclass(node) and type(node).__module__ == ir.__name__:
        for field in fields(node):
            yield from _constants(getattr(node, field.name))
