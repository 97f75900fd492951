"""JavaScript's rules, where the payloads of directive JSON show them.

The original runs on JavaScript, and its payloads tell: which values count as not there,
how lists and objects print in a text, in what order objects keep integer keys. All
functions are pure, and none recurses on the depth of a value. *Missing*, which is
JavaScript's ``undefined``, may stand in lists and objects here; `without_missing` takes
it out.

Not imitated: names that every JavaScript object answers to, such as ``constructor``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from fql.compiler.missing import MISSING, Missing
from fql.compiler.values import quoted
from fql.grammar.javascript import BLANKS, number_text, to_double, to_units

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


Value: TypeAlias = (
    "bool | int | float | str | list[Value] | dict[str, Value] | Missing | None"
)
"""A JSON value in which something may be missing."""

OBJECT_TEXT: Final = "[object Object]"
"""What an object prints in a text."""

_LAST_INDEX: Final = 2**32 - 2
_INDEX_DIGITS: Final = 10

Member = TypeVar("Member")


# --- truth ------------------------------------------------------------------------


def is_falsy(value: Value) -> bool:
    """Return whether *value* counts as false; empty lists and objects do not."""
    if isinstance(value, dict | list):
        return False
    return value is MISSING or not value or value != value


def is_there(value: Value) -> bool:
    """Return whether *value* is neither null nor missing."""
    return value is not None and value is not MISSING


def is_filled(value: Value) -> bool:
    """Return whether *value* is there and is not loosely equal to an empty text.

    Zero, false, an empty text and lists that print nothing are; blanks are not.
    """
    if isinstance(value, list):
        return text_of(value) != ""
    if isinstance(value, str | dict):
        return value != ""
    return is_there(value) and value != 0


# --- paths ------------------------------------------------------------------------


def walk(value: Value, keys: Sequence[str]) -> Value:
    """Return what *keys* lead to from *value*.

    A falsy value on the way ends the walk and is what is found.

    >>> walk({"a": 0}, ("a", "b")), walk({"a": "text"}, ("a", "length"))
    (0, 4)
    """
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key, MISSING)
        elif is_falsy(value):
            return value
        elif isinstance(value, str | list):
            value = _element(value, key)
        else:
            return MISSING
    return value


def _element(value: str | list[Value], key: str) -> Value:
    """Return an element of a list, or a UTF-16 unit of a text, or the length."""
    row = to_units(value) if isinstance(value, str) else value
    if key == "length":
        return len(row)
    index = index_of(key)
    return MISSING if index is None or index >= len(row) else row[index]


def index_of(key: str) -> int | None:
    """Return the index that *key* means: digits in their canonical form, or None."""
    if not (key.isdigit() and key.isascii() and len(key) <= _INDEX_DIGITS):
        return None
    if key[0] == "0" and key != "0":
        return None
    index = int(key)
    return index if index <= _LAST_INDEX else None


# --- objects ----------------------------------------------------------------------


def ordered(members: dict[str, Member]) -> dict[str, Member]:
    """Return *members* with those whose keys are indexes first, in their order.

    >>> list(ordered({"b": 1, "10": 2, "9": 3}))
    ['9', '10', 'b']
    """
    if not any("0" <= key[:1] <= "9" for key in members):
        return members
    indexes = {index: key for key in members if (index := index_of(key)) is not None}
    first = {indexes[index]: members[indexes[index]] for index in sorted(indexes)}
    return {**first, **members}


def entries(value: dict[str, Value] | list[Value]) -> list[tuple[str, Value]]:
    """Return the keys and values of an object or a list, in JavaScript's order."""
    if isinstance(value, dict):
        return list(ordered(value).items())
    return [(str(index), each) for index, each in enumerate(value)]


def without_missing(value: Value, *, keeps_elements: bool = False) -> Value:
    """Return a copy of *value* without what is missing inside it.

    Members go; elements of lists become null, or stay missing if *keeps_elements*.
    """
    root = [value]
    pending: list[dict[str, Value] | list[Value]] = [root]
    while pending:
        holder = pending.pop()
        if isinstance(holder, dict):
            for key, member in holder.items():
                holder[key] = _copied(member, pending)
            continue
        for index, element in enumerate(holder):
            holder[index] = _copied(element, pending)
            if element is MISSING and not keeps_elements and holder is not root:
                holder[index] = None
    return root[0]


def _copied(value: Value, pending: list[dict[str, Value] | list[Value]]) -> Value:
    """Return a container's shallow copy, to be gone through, or the scalar."""
    if isinstance(value, list):
        copy: dict[str, Value] | list[Value] = list(value)
    elif isinstance(value, dict):
        copy = {key: each for key, each in value.items() if each is not MISSING}
    else:
        return value
    pending.append(copy)
    return copy


# --- texts ------------------------------------------------------------------------


def text_of(value: Value) -> str:
    """Return what JavaScript prints for *value*.

    >>> text_of([1, [None, "a"], {}]), text_of(1e21), text_of(2.0)
    ('1,,a,[object Object]', '1e+21', '2')
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int() | float():
            return number_text(value)
        case dict():
            return OBJECT_TEXT
        case list():
            return ",".join(_printed_elements(value))
        case _:
            return "undefined"


def _printed_elements(elements: list[Value]) -> Iterator[str]:
    """Yield the texts between the commas: lists inside print their own the same way."""
    pending: list[Value] = list(reversed(elements))
    if not pending:
        yield ""
    while pending:
        each = pending.pop()
        if isinstance(each, list) and each:
            pending.extend(reversed(each))
        else:
            yield "" if isinstance(each, list) else inserted(each)


def inserted(value: Value) -> str:
    """Return the text that *value* leaves in a template: nothing for null."""
    if isinstance(value, str):
        return value
    return text_of(value) if is_there(value) else ""


def trimmed(text: str) -> str:
    """Return *text* without the blanks at its ends, as JavaScript trims."""
    return text.strip(BLANKS)


def json_text(value: Value) -> Value:
    """Return ``JSON.stringify(value)``; missing for missing.

    >>> json_text({"b": 1.0, "0": [MISSING, float("inf")], "c": MISSING})
    '{"0":[null,null],"b":1}'
    """
    if value is MISSING:
        return MISSING
    pieces: list[str] = []
    levels: list[Iterator[tuple[str, Value]]] = [iter((("", value),))]
    closings = [""]
    while levels:
        for lead, member in levels[-1]:
            pieces.append(lead)
            if isinstance(member, list | dict):
                is_list = isinstance(member, list)
                pieces.append("[" if is_list else "{")
                levels.append(_written_members(member))
                closings.append("]" if is_list else "}")
                break
            pieces.append(_scalar_json(member))
        else:
            levels.pop()
            pieces.append(closings.pop())
    return "".join(pieces)


def _written_members(
    value: list[Value] | dict[str, Value],
) -> Iterator[tuple[str, Value]]:
    """Yield each member with the text that stands before it."""
    lead = ""
    if isinstance(value, list):
        for element in value:
            yield lead, element
            lead = ","
        return
    for key, member in ordered(value).items():
        if member is not MISSING:
            yield f"{lead}{quoted(key)}:", member
            lead = ","


def _scalar_json(value: Value) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        double = to_double(value)
        is_finite = double - double == 0
        return number_text(double) if is_finite else "null"
    return "null"


def kind_of(value: Value) -> str:
    """Return what *value* is, for messages: ``a number``, ``nothing``."""
    match value:
        case None:
            return "null"
        case str():
            return "a text"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "nothing"
