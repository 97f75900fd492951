"""A slow, plain evaluator of condition trees: the oracle for every other one.

It takes a tree's JSON and an event and works them out step by step, with none of the
tables that the package itself keeps. Only conversions between texts and numbers are
shared; they have tests of their own.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from fql.grammar.javascript import to_double, to_number, to_text, to_units


class Thing(Enum):
    """What JavaScript knows and JSON does not."""

    UNDEFINED = "undefined"
    INHERITED = "a member that every object inherits"


INHERITED_NAMES = {
    *("__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
    *("__proto__", "constructor", "hasOwnProperty", "isPrototypeOf"),
    *("propertyIsEnumerable", "toLocaleString", "toString", "valueOf"),
}
PATH_ROOTS = {
    "event-property": "properties",
    "event-trait": "traits",
    "event-context": "context",
}
PLAIN_ROOTS = {
    "event-type": "type",
    "event": "event",
    "name": "name",
    "userId": "userId",
}


class OriginalError(Exception):
    """The original raises an error here, so that nothing is matched."""


def evaluate(tree: dict[str, Any], event: Any) -> bool:
    """Return whether the original says that *event* matches *tree*."""
    if "error" in tree:
        return False
    try:
        return evaluate_group(tree, event)
    except OriginalError:
        return False


def evaluate_group(group: dict[str, Any], event: Any) -> bool:
    if group["operator"] == "and":
        return all(evaluate_child(child, event) for child in group["children"])
    return any(evaluate_child(child, event) for child in group["children"])


def evaluate_child(child: dict[str, Any] | None, event: Any) -> bool:
    if child is None:
        raise OriginalError
    if child["type"] == "group":
        return evaluate_group(child, event)
    if event is None:
        raise OriginalError
    if child["type"] in PLAIN_ROOTS:
        actual = member(event, PLAIN_ROOTS[child["type"]])
    else:
        actual = get(member(event, PATH_ROOTS[child["type"]]), child["name"])
    value = child.get("value")
    if value is None and "value" in child:
        value = float("nan")
    return holds(actual, child["operator"], value)


def get(value: Any, path: str) -> Any:
    if path == "":
        return Thing.UNDEFINED
    keys = [key for key in re.split(r"[\[.\]]", path) if key]
    if not keys:
        raise OriginalError
    for key in keys:
        if is_falsy(value):
            break
        value = member(value, key)
    return value


def is_falsy(value: Any) -> bool:
    if value is Thing.UNDEFINED or value is None or value is False:
        return True
    if isinstance(value, int | float):
        return value == 0 or value != value
    return bool(value == "")


def member(value: Any, key: str) -> Any:
    if isinstance(value, dict) and key in value:
        return value[key]
    if isinstance(value, list | str):
        units: Any = to_units(value) if isinstance(value, str) else value
        if key == "length":
            return len(units)
        if re.fullmatch("0|[1-9][0-9]*", key) and len(key) < 10:
            return units[int(key)] if int(key) < len(units) else Thing.UNDEFINED
    return Thing.INHERITED if key in INHERITED_NAMES else Thing.UNDEFINED


def holds(actual: Any, operator: str, expected: Any) -> bool:
    is_text = isinstance(actual, str)
    is_number = isinstance(actual, int | float) and not isinstance(actual, bool)
    negated, positive = operator.startswith("not_"), operator.removeprefix("not_")
    if positive in ("contains", "starts_with", "ends_with"):
        if not is_text:
            return False
        found = text_holds(to_units(actual), positive, to_units(to_text(expected)))
        return found != negated
    if operator in ("<", "<=", ">", ">=", "number_equals", "number_not_equals"):
        number = float("nan") if expected is None else to_number(expected)
        return is_number and number_holds(to_double(actual), operator, number)
    match operator:
        case "=":
            return is_text and to_units(actual) == to_units(to_text(expected))
        case "!=":
            return not is_text or to_units(actual) != to_units(to_text(expected))
        case "exists":
            return actual is not Thing.UNDEFINED and actual is not None
        case "not_exists":
            return actual is Thing.UNDEFINED or actual is None
        case "is_true":
            return actual is True
        case "is_false":
            return actual is False
        case _:
            return False


def text_holds(actual: str, operator: str, expected: str) -> bool:
    match operator:
        case "contains":
            return expected in actual
        case "starts_with":
            return actual.startswith(expected)
        case _:
            return actual.endswith(expected)


def number_holds(actual: float, operator: str, expected: float) -> bool:
    match operator:
        case "<":
            return actual < expected
        case "<=":
            return actual <= expected
        case ">":
            return actual > expected
        case ">=":
            return actual >= expected
        case "number_equals":
            return actual == expected
        case _:
            return actual != expected
