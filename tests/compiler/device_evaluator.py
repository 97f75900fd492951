"""The prefix form evaluated as device-mode SDKs do, with JavaScript's values.

Strings are rows of UTF-16 units, numbers are doubles, what is missing is undefined, and
paths are split at dots and walk through strings, lists and inherited members. What
makes the original throw raises `EvaluationError`. One thing is left out, on purpose: a
list in an event is never taken for a call, whatever it looks like.
"""

from __future__ import annotations

import json
from math import isnan, nan
from typing import TYPE_CHECKING, Any

from fql.compiler.semver import OPERATORS, parse_version

if TYPE_CHECKING:
    from collections.abc import Sequence


class EvaluationError(Exception):
    """The original throws here."""


class Undefined:
    """What JavaScript gives for what is not there."""


class Inherited:
    """A function that every value of some kind has."""

    def __init__(self, name: str) -> None:
        self.members = {"name": name, "length": 0}


UNDEFINED = Undefined()
CALLS = {
    "lowercase": 1,
    "length": 1,
    "typeof": 1,
    "contains": 2,
    "match": 2,
    "semver": 3,
}


def evaluate(prefix: Any, event: Any) -> bool:
    """Return whether *event*, JSON, meets the condition *prefix*."""
    return holds(in_units(prefix), in_units(event)) is True


def in_units(value: Any) -> Any:
    """Return JSON with strings as rows of units and numbers as doubles."""
    if isinstance(value, str):
        raw = value.encode("utf-16-le", "surrogatepass")
        pairs = zip(raw[::2], raw[1::2], strict=True)
        return "".join(chr(low | high << 8) for low, high in pairs)
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    if isinstance(value, list):
        return [in_units(each) for each in value]
    if isinstance(value, dict):
        return {in_units(key): in_units(each) for key, each in value.items()}
    return value


def lowered(text: str) -> str:
    whole = text.encode("utf-16-le", "surrogatepass").decode(
        "utf-16-le", "surrogatepass"
    )
    lower: str = in_units(whole.lower())
    return lower


# --- conditions -------------------------------------------------------------------


def holds(prefix: Any, event: Any) -> Any:
    """Return what a condition gives: a bool, or a value where it is a call."""
    if not isinstance(prefix, list):
        return value_of(prefix, event) is True
    op, *operands = prefix
    match op:
        case "!":
            return not truthy(holds(operands[0], event))
        case "and":
            return all(truthy(holds(each, event)) for each in operands)
        case "or":
            return any(truthy(holds(each, event)) for each in operands)
        case "=" | "!=":
            left, right = (result_of(each, event) for each in operands)
            return same(left, right) is (op == "=")
        case "<" | "<=" | ">" | ">=":
            left, right = (result_of(each, event) for each in operands)
            return ordered(op, left, right)
        case "in":
            item, items = (value_of(each, event) for each in operands)
            if not isinstance(items, list):
                raise EvaluationError(op)
            return any(strictly_same(value_of(each, event), item) for each in items)
        case _ if CALLS.get(op) == len(operands):
            return call(op, [value_of(each, event) for each in operands])
        case _:
            raise EvaluationError(op)


def call(name: str, values: Sequence[Any]) -> Any:
    first = values[0]
    match name:
        case "lowercase":
            return lowered(first) if isinstance(first, str) else None
        case "typeof":
            return type_name(first)
        case "length":
            if first is None:
                return 0.0
            return float(len(first)) if isinstance(first, str | list) else nan
        case "semver":
            return compare_versions(*values)
        case _:
            text, part = values
            if not isinstance(text, str) or not isinstance(part, str):
                return False
            return part in text if name == "contains" else glob(part, text)


def compare_versions(version: Any, op: Any, other: Any) -> bool:
    """Return what ``semver`` answers; parts of versions are doubles."""
    parsed = [
        parse_version(each) if isinstance(each, str) else None
        for each in (version, other)
    ]
    compare = OPERATORS.get(op) if isinstance(op, str) else None
    if compare is None or parsed[0] is None or parsed[1] is None:
        return False
    left, right = (in_units(list(each)) for each in parsed if each is not None)
    return compare(tuple(left), tuple(right))


def result_of(operand: Any, event: Any) -> Any:
    """Return a side of a comparison, where calls count."""
    if isinstance(operand, list):
        if operand and CALLS.get(operand[0]) == len(operand) - 1:
            return holds(operand, event)
        return operand
    return value_of(operand, event)


def value_of(operand: Any, event: Any) -> Any:
    if isinstance(operand, dict):
        return operand["value"]
    return operand if isinstance(operand, list) else found(event, operand)


# --- values -----------------------------------------------------------------------


def truthy(value: Any) -> bool:
    if value is None or value is UNDEFINED or value is False or value == "":
        return False
    return not (isinstance(value, float) and (value == 0.0 or isnan(value)))


def strictly_same(left: Any, right: Any) -> bool:
    if isinstance(left, list | dict) or isinstance(right, list | dict):
        return left is right
    return type(left) is type(right) and bool(left == right)


def same(left: Any, right: Any) -> bool:
    if is_object(left) and is_object(right):
        return json.dumps(left) == json.dumps(right)
    return strictly_same(left, right)


def is_object(value: Any) -> bool:
    return value is None or isinstance(value, list | dict)


def ordered(op: str, left: Any, right: Any) -> bool:
    if not isinstance(left, float) or not isinstance(right, float):
        return False
    match op:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case _:
            return left >= right


def type_name(value: Any) -> str:
    names = {bool: "boolean", float: "number", str: "string", Inherited: "function"}
    missing = "undefined" if value is UNDEFINED else "object"
    return names.get(type(value), missing)


# --- paths ------------------------------------------------------------------------

OF_ALL = {"constructor", "toString", "valueOf", "hasOwnProperty"}
OF_TEXTS_AND_LISTS = OF_ALL | {"at", "concat", "includes", "indexOf", "slice"}
OF_TEXTS = OF_TEXTS_AND_LISTS | {"search", "link", "repeat", "trim", "match"}
OF_LISTS = OF_TEXTS_AND_LISTS | {"keys", "values", "find", "filter", "map"}


def found(event: Any, path: str) -> Any:
    value = event
    for key in path.split("."):
        value = member(value, key) if truthy(value) else UNDEFINED
    return value


def member(value: Any, key: str) -> Any:
    if isinstance(value, Inherited):
        return value.members.get(key, UNDEFINED)
    if isinstance(value, dict) and key in value:
        return value[key]
    if isinstance(value, str | list):
        if key == "length":
            return float(len(value))
        if key.isdecimal() and str(int(key)) == key:
            return value[int(key)] if int(key) < len(value) else UNDEFINED
    known = OF_TEXTS if isinstance(value, str) else OF_ALL
    known = OF_LISTS if isinstance(value, list) else known
    return Inherited(key) if key in known else UNDEFINED


# --- patterns ---------------------------------------------------------------------


def glob(pattern: str, text: str) -> bool:
    try:
        parts = list(read(pattern))
    except (IndexError, ValueError):
        return False
    reached = {0}
    for part in parts:
        if part == "*":
            reached = set(range(min(reached), len(text) + 1)) if reached else set()
        else:
            reached = {
                at + 1 for at in reached if at < len(text) and takes(part, text[at])
            }
    return len(text) in reached


def takes(part: Any, unit: str) -> bool:
    is_negated, ranges = part
    return any(low <= unit <= high for low, high in ranges) is not is_negated


def read(pattern: str) -> Any:
    """Yield ``*``, or whether it is negated and the ranges of a class."""
    at = 0
    while at < len(pattern):
        unit = pattern[at]
        at += 1
        if unit == "*":
            yield "*"
        elif unit == "?":
            yield True, []
        elif unit == "\\":
            yield False, [(pattern[at], pattern[at])]
            at += 1
        elif unit == "[":
            is_negated = pattern[at] == "^"
            ranges, at = read_ranges(pattern, at + is_negated)
            yield is_negated, ranges
        else:
            yield False, [(unit, unit)]


def read_ranges(pattern: str, at: int) -> tuple[list[tuple[str, str]], int]:
    ranges: list[tuple[str, str]] = []
    while not ranges or pattern[at] != "]":
        low, at = read_unit(pattern, at)
        high = low
        if pattern[at] == "-":
            high, at = read_unit(pattern, at + 1)
        ranges.append((low, high))
    return ranges, at + 1


def read_unit(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at] in "-]":
        raise ValueError(pattern)
    at += pattern[at] == "\\"
    return pattern[at], at + 1
