"""Condition trees, the visual builder's form of a trigger, and what they mean.

A tree is a `Group` of conditions and, at most, groups; its JSON is that of the
original engine, key for key. The tables `ROOTS` and `MEANINGS` say what each kind of
condition and each operator asks of an event, exactly as there; nothing here evaluates
anything. Reading a tree from text and printing one is `conditions.py`.

How a tree decides about an event:

- An ``and`` group is true when all of its children are, an ``or`` group when one is,
  asked in order and only as far as needed. ``and`` of nothing is true, ``or`` of
  nothing is false. A text that could not be read (`Unreadable`) is never true.
- A condition finds its value with its root (`ROOTS`) and, for the last three kinds,
  its path (`path_keys`), then tests it with its operator (`MEANINGS`). An operator
  that is not in the table is never true.
- A child that is None, and a path without keys such as ``.``, make the original fail
  while it decides: an event for which one of them is asked is not matched at all,
  whatever stands around it. An empty path is no such failure; it finds nothing.
- A path is walked with JavaScript's ``found && found[key]``. An object gives its own
  member, or nothing. A list gives its element for ``0``, ``1``, ... in canonical
  digits, and its ``length``; so does a text, in UTF-16 units. Falsy values (null,
  false, 0, NaN, ``""``) end the walk and *are* what is found. Anything else gives
  nothing. `INHERITED` names are found on everything truthy: what they give exists
  and equals nothing.
- ``number`` tests compare doubles (`fql.grammar.javascript.to_double`): integers
  beyond 2**53 are rounded first. ``text`` tests compare UTF-16 units.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, assert_never, cast

from fql.grammar.javascript import NOT_A_NUMBER, Scalar
from fql.grammar.limits import MAX_NESTING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fql.grammar.source import Span


class GroupOperator(StrEnum):
    """How a group joins its children."""

    AND = "and"
    OR = "or"


class Kind(StrEnum):
    """What a condition asks about, by its JSON name."""

    EVENT_TYPE = "event-type"
    EVENT = "event"
    NAME = "name"
    USER_ID = "userId"
    PROPERTY = "event-property"
    TRAIT = "event-trait"
    CONTEXT = "event-context"


@dataclass(frozen=True, slots=True)
class Root:
    """Where conditions of one kind look: an event's key, or a path below it."""

    key: str
    has_path: bool = False


ROOTS: Final[Mapping[Kind, Root]] = {
    Kind.EVENT_TYPE: Root("type"),
    Kind.EVENT: Root("event"),
    Kind.NAME: Root("name"),
    Kind.USER_ID: Root("userId"),
    Kind.PROPERTY: Root("properties", has_path=True),
    Kind.TRAIT: Root("traits", has_path=True),
    Kind.CONTEXT: Root("context", has_path=True),
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an operator asks of the value that was found.

    Attributes:
        needs: The type the found value must have; with another, or with nothing
            found, the answer is false, negated or not. ``any`` is every value and
            nothing at all.
        test: ``present`` is true for what is neither null nor nothing; the others
            compare the found value, on the left, with the operand. ``equal`` is
            strict: equal type and value.
        operand: What the condition's value counts as: ``text`` and ``number`` are
            `to_text` and `to_number` of it, ``true`` and ``false`` those constants.
        is_negated: Whether the answer of the test is turned around.
    """

    needs: Literal["any", "text", "number", "bool"]
    test: Literal[
        "equal",
        "less",
        "less_equal",
        "greater",
        "greater_equal",
        "contains",
        "starts_with",
        "ends_with",
        "present",
    ]
    operand: Literal["text", "number", "true", "false", "none"]
    is_negated: bool = False


MEANINGS: Final[Mapping[str, Meaning]] = {
    "=": Meaning("any", "equal", "text"),
    "!=": Meaning("any", "equal", "text", is_negated=True),
    "<": Meaning("number", "less", "number"),
    "<=": Meaning("number", "less_equal", "number"),
    ">": Meaning("number", "greater", "number"),
    ">=": Meaning("number", "greater_equal", "number"),
    "number_equals": Meaning("number", "equal", "number"),
    "number_not_equals": Meaning("number", "equal", "number", is_negated=True),
    "contains": Meaning("text", "contains", "text"),
    "not_contains": Meaning("text", "contains", "text", is_negated=True),
    "starts_with": Meaning("text", "starts_with", "text"),
    "not_starts_with": Meaning("text", "starts_with", "text", is_negated=True),
    "ends_with": Meaning("text", "ends_with", "text"),
    "not_ends_with": Meaning("text", "ends_with", "text", is_negated=True),
    "exists": Meaning("any", "present", "none"),
    "not_exists": Meaning("any", "present", "none", is_negated=True),
    "is_true": Meaning("bool", "equal", "true"),
    "is_false": Meaning("bool", "equal", "false"),
}

INHERITED: Final = frozenset(
    {
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    }
)
"""The names that every JavaScript object answers to, its own or not."""

_GROUP_OPERATORS: Final = {operator.value: operator for operator in GroupOperator}
_KINDS: Final = {kind.value: kind for kind in Kind}
_KEY: Final = re.compile(r"[^\[.\]]+")


@dataclass(frozen=True, slots=True)
class Condition:
    """``properties.total > 10``: one test of one value.

    Attributes:
        kind: What is asked about.
        operator: A key of `MEANINGS`, or any other text: the original takes whatever
            stands there.
        name: The path below the root, as one text; only for the kinds that have one.
        value: What is compared with, or None where the JSON has no value. A number
            that JSON shows as null is NaN.
        span: The part of the text it was read from, in code points.
    """

    kind: Kind
    operator: str
    name: str | None = None
    value: Scalar | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    """``a and b``: conditions joined by one operator.

    A child is None where the text had parentheses in which nothing was read.
    """

    operator: GroupOperator
    children: tuple[Child, ...]
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What stands for the tree of a text that the original cannot read."""

    message: str
    span: Span | None = field(default=None, compare=False, repr=False)


Child: TypeAlias = Condition | Group | None
Tree: TypeAlias = Group | Unreadable


class TreeError(ValueError):
    """A JSON value is no condition tree, or one that has no text.

    Attributes:
        pointer: The JSON pointer of the place, ``""`` for the whole value.
    """

    def __init__(self, message: str, pointer: str = "") -> None:
        self.pointer = pointer
        super().__init__(f"{message} (at {pointer or 'the root'})")


def path_keys(name: str) -> tuple[str, ...]:
    """Return the keys of a condition's path: it splits at ``.``, ``[`` and ``]``.

    Empty keys vanish; ``.`` alone has none.

    >>> path_keys("items[0].id")
    ('items', '0', 'id')
    """
    return tuple(_KEY.findall(name))


def to_json(tree: Tree) -> dict[str, object]:
    """Return the JSON object of *tree*, with its keys in the original's order.

    NaN, which ``properties.a = -`` compares with, is null. A number beyond the range
    of doubles stays infinite, so that the tree means the same when it is taken back;
    the original prints null for it, too.
    """
    if isinstance(tree, Unreadable):
        return {"error": tree.message}
    return _group_json(tree)


def _group_json(group: Group) -> dict[str, object]:
    children = [_child_json(child) for child in group.children]
    return {"type": "group", "operator": group.operator.value, "children": children}


def _child_json(child: Child) -> dict[str, object] | None:
    match child:
        case None:
            return None
        case Group():
            return _group_json(child)
        case Condition(kind, operator, name, value):
            shape: dict[str, object] = {"type": kind.value}
            if name is not None:
                shape["name"] = name
            shape["operator"] = operator
            if value is not None:
                shape["value"] = _json_value(value)
            return shape
        case _:
            assert_never(child)


def _json_value(value: Scalar) -> Scalar | None:
    return None if isinstance(value, float) and math.isnan(value) else value


def from_json(tree: object) -> Tree:
    """Return the tree that a JSON value stands for; unknown keys are passed over.

    Raises:
        TreeError: The value has not the form of a tree, or nests deeper than
            `MAX_NESTING`.
    """
    shape = _object(tree, "")
    if "error" in shape:
        return Unreadable(_error_text(shape["error"]))
    if shape.get("type") != "group":
        raise TreeError("a condition tree is a group", "/type")
    return _group(shape, "", 1)


def _group(shape: Mapping[str, object], pointer: str, depth: int) -> Group:
    if depth > MAX_NESTING:
        raise TreeError(f"groups nest deeper than {MAX_NESTING}", pointer)
    operator = shape.get("operator")
    if not isinstance(operator, str) or operator not in _GROUP_OPERATORS:
        message = 'the operator of a group is "and" or "or"'
        raise TreeError(message, f"{pointer}/operator")
    children = _list(shape.get("children"), f"{pointer}/children")
    return Group(
        _GROUP_OPERATORS[operator],
        tuple(
            _child(child, f"{pointer}/children/{index}", depth)
            for index, child in enumerate(children)
        ),
    )


def _child(value: object, pointer: str, depth: int) -> Child:
    if value is None:
        return None
    shape = _object(value, pointer)
    if shape.get("type") == "group":
        return _group(shape, pointer, depth + 1)
    return _condition(shape, pointer)


def _condition(shape: Mapping[str, object], pointer: str) -> Condition:
    given = shape.get("type")
    if not isinstance(given, str) or given not in _KINDS:
        message = f"the type of a condition is one of {', '.join(_KINDS)}"
        raise TreeError(message, f"{pointer}/type")
    kind = _KINDS[given]
    operator = _text(shape.get("operator"), f"{pointer}/operator")
    name = None
    if ROOTS[kind].has_path:
        name = _text(shape.get("name"), f"{pointer}/name")
    value = None
    if "value" in shape:
        value = _scalar(shape["value"], f"{pointer}/value")
    return Condition(kind, operator, name, value)


def _error_text(error: object) -> str:
    return error if isinstance(error, str) else "the text could not be read"


def _object(value: object, pointer: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TreeError("a group or a condition is an object", pointer)
    return cast("Mapping[str, object]", value)


def _list(value: object, pointer: str) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise TreeError("a group has a list of children", pointer)
    return cast("Sequence[object]", value)


def _text(value: object, pointer: str) -> str:
    if not isinstance(value, str):
        raise TreeError("a condition has this as a text", pointer)
    return value


def _scalar(value: object, pointer: str) -> Scalar:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NOT_A_NUMBER
    if not isinstance(value, str | int | float):
        raise TreeError("a condition's value is a text, a number or a bool", pointer)
    return value
