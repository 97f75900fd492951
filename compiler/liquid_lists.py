"""The filters of Liquid templates for numbers and lists, as the original has them.

Numbers are doubles: ``7 | divided_by: 2`` is 3.5, and nothing fails on a zero. Each
filter takes the budget of the rendering, the value and its arguments.
"""

from __future__ import annotations

import json as json_module
import math
import re
from typing import TYPE_CHECKING, Final, cast

from fql.compiler import directive_values
from fql.compiler.liquid_values import (
    ELEMENT_COST,
    Budget,
    Liquid,
    elements,
    equals,
    is_nothing,
    is_true,
    number,
    number_or_zero,
    plain,
    read,
    text,
)
from fql.compiler.missing import MISSING
from fql.grammar.directive_texts import path_keys
from fql.grammar.javascript import number_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.directive_values import Value

_MAX_EXACT: Final = 2**53 - 1
_DECIMAL: Final = re.compile(r"-?[0-9.]+e[+-]?[0-9]+")


# --- numbers ----------------------------------------------------------------------


def _operator(compute: Callable[[float, float], float]) -> Callable[..., Liquid]:
    """Return the filter of an operator with two numbers; NaN for one not given."""

    def apply(_: Budget, value: Liquid, *rest: Liquid) -> Liquid:
        right = number_or_zero(rest[0]) if rest else math.nan
        return compute(number_or_zero(value), right)

    return apply


def _choice(choose: Callable[[list[float]], float]) -> Callable[..., Liquid]:
    """Return the filter that chooses from the value and all of its arguments."""

    def apply(_: Budget, value: Liquid, *rest: Liquid) -> Liquid:
        return choose([number_or_zero(each) for each in (value, *rest)])

    return apply


def _whole(convert: Callable[[float], int]) -> Callable[..., Liquid]:
    """Return the filter that makes a number whole."""

    def apply(_: Budget, value: Liquid) -> Liquid:
        given = number_or_zero(value)
        return given if math.isinf(given) else float(convert(given))

    return apply


def _modulo(value: float, divisor: float) -> float:
    if divisor == 0 or math.isinf(value) or math.isnan(divisor):
        return math.nan
    return math.fmod(math.fmod(value, divisor) + divisor, divisor)


def _divided(value: float, divisor: float) -> float:
    if divisor:
        return value / divisor
    if value == 0 or math.isnan(value):
        return math.nan
    return math.copysign(math.inf, value) * math.copysign(1, divisor)


def divided_by(
    _: Budget, value: Liquid, by: Liquid = math.nan, whole: Liquid = MISSING
) -> Liquid:
    """``divided_by: 2``; rounded down if a second argument says so."""
    divisor = math.nan if by is not MISSING and by != by else number_or_zero(by)
    quotient = _divided(number_or_zero(value), divisor)
    if not number_or_zero(whole) or not math.isfinite(quotient):
        return quotient
    return float(math.floor(quotient))


def absolute(_: Budget, value: Liquid) -> Liquid:
    """``abs``."""
    return abs(number_or_zero(value))


def rounded(_: Budget, value: Liquid, digits: Liquid = MISSING) -> Liquid:
    """``round: 2``: halves go up, in decimal."""
    given, places = number_or_zero(value), number_or_zero(digits)
    scaled = _shifted(abs(given), places)
    if not scaled <= _MAX_EXACT:
        return given
    floor = math.floor(scaled)
    result = _shifted(float(floor + (scaled - floor >= 0.5)), -places)
    return -result if given < 0 else result


def _shifted(value: float, places: float) -> float:
    """Return *value* with its decimal point moved; NaN if not by whole places."""
    mantissa, _, power = number_text(value).partition("e")
    written = f"{mantissa}e{number_text(float(power or 0) + places)}"
    return float(written) if _DECIMAL.fullmatch(written) else math.nan


def to_integer(_: Budget, value: Liquid) -> Liquid:
    """``to_integer``: any number, in fact."""
    return number(value)


# --- lists ------------------------------------------------------------------------


def _counted(budget: Budget, value: Liquid) -> list[Value]:
    found = elements(value)
    budget.use(len(found) * ELEMENT_COST)
    return found


def join(budget: Budget, value: Liquid, separator: Liquid = MISSING) -> Liquid:
    """``join: ", "``; a space where no separator is given."""
    mark = " " if is_nothing(separator) else text(separator)
    texts = [directive_values.inserted(each) for each in elements(value)]
    budget.use(sum(map(len, texts)) + len(mark) * len(texts))
    return mark.join(texts)


def first(_: Budget, value: Liquid) -> Liquid:
    """``first``: of a list, or the first character."""
    return _end(value, 0)


def last(_: Budget, value: Liquid) -> Liquid:
    """``last``: of a list, or the last character."""
    return _end(value, -1)


def _end(value: Liquid, index: int) -> Liquid:
    given = plain(value)
    if isinstance(given, list):
        return given[index] if given else MISSING
    return given[index] if isinstance(given, str) and given else ""


def size(_: Budget, value: Liquid) -> Liquid:
    """``size``: of a list or a text; zero for anything else."""
    return read(value, ("length",)) if isinstance(value, list | str) else 0


def total(_: Budget, value: Liquid, member: Liquid = MISSING) -> Liquid:
    """``sum: "price"``: what is no number counts as zero."""
    numbers = [
        number(each if is_nothing(member) else read(each, text(member).split(".")))
        for each in elements(value)
    ]
    return sum(each for each in numbers if not math.isnan(each))


def compact(budget: Budget, value: Liquid) -> Liquid:
    """``compact``: without null."""
    return [each for each in _counted(budget, value) if not is_nothing(each)]


def push(budget: Budget, value: Liquid, element: Liquid = MISSING) -> Liquid:
    """``push: 1``."""
    return [*_counted(budget, value), plain(element)]


def unshift(budget: Budget, value: Liquid, element: Liquid = MISSING) -> Liquid:
    """``unshift: 1``."""
    return [plain(element), *_counted(budget, value)]


def pop(budget: Budget, value: Liquid) -> Liquid:
    """``pop``: without the last element."""
    return _counted(budget, value)[:-1]


def shift(budget: Budget, value: Liquid) -> Liquid:
    """``shift``: without the first element."""
    return _counted(budget, value)[1:]


def where(
    budget: Budget, value: Liquid, member: Liquid = MISSING, wanted: Liquid = MISSING
) -> Liquid:
    """``where: "type", "a"``: the elements whose member is that, or is true."""
    keys = path_keys(text(member))
    if not keys:
        return []
    found = [(each, read(each, keys)) for each in _counted(budget, value)]
    return [each for each, part in found if _is_wanted(part, wanted)]


def _is_wanted(found: Liquid, wanted: Liquid) -> bool:
    return is_true(found) if wanted is MISSING else equals(found, wanted)


def cut(
    budget: Budget, value: Liquid, start: Liquid = MISSING, length: Liquid = MISSING
) -> Liquid:
    """``slice: 1, 2``: a part of a list or a text, from the end if negative."""
    given = plain(value)
    if is_nothing(given):
        return []
    row = given if isinstance(given, list) else text(given)
    begin = number_or_zero(start)
    count = 1.0 if length is MISSING else number_or_zero(length)
    begin += len(row) if begin < 0 else 0
    if begin < 0 or count < 0 or (start is MISSING and isinstance(row, list)):
        return row[:0]
    budget.use(min(count, len(row)))
    end = min(begin + count, len(row))
    return row[math.ceil(min(begin, len(row))) : math.ceil(end)]


# --- other filters ----------------------------------------------------------------


def default(
    _: Budget,
    value: Liquid,
    other: Liquid = MISSING,
    *,
    allow_false: Liquid = False,
) -> Liquid:
    """``default: "x", allow_false: true``: for null, false and what is empty."""
    given = plain(value)
    if isinstance(given, list | str):
        return given if given else other
    if given is False and is_true(allow_false) and allow_false not in (0, ""):
        return False
    return given if is_true(given) else other


def raw(_: Budget, value: Liquid) -> Liquid:
    """``raw``: the value as it is."""
    return value


def json(budget: Budget, value: Liquid, space: Liquid = 0) -> Liquid:
    """``json``: JSON text, indented if an argument says by how much."""
    written = directive_values.json_text(plain(value))
    if not isinstance(written, str):
        return written
    budget.use(len(written))
    indent = min(int(number_or_zero(space)), 10)
    if indent <= 0:
        return written
    tree = cast("object", json_module.loads(written))
    return json_module.dumps(tree, indent=indent, ensure_ascii=False)


FILTERS: Final[dict[str, Callable[..., Liquid]]] = {
    "abs": absolute,
    "at_least": _choice(max),
    "at_most": _choice(min),
    "ceil": _whole(math.ceil),
    "compact": compact,
    "default": default,
    "divided_by": divided_by,
    "first": first,
    "floor": _whole(math.floor),
    "inspect": json,
    "join": join,
    "json": json,
    "jsonify": json,
    "last": last,
    "minus": _operator(lambda left, right: left - right),
    "modulo": _operator(_modulo),
    "plus": _operator(lambda left, right: left + right),
    "pop": pop,
    "push": push,
    "raw": raw,
    "round": rounded,
    "shift": shift,
    "size": size,
    "slice": cut,
    "sum": total,
    "times": _operator(lambda left, right: left * right),
    "to_integer": to_integer,
    "unshift": unshift,
    "where": where,
}
"""The filters here by name."""
