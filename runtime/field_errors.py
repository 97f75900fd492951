"""What can be wrong with field declarations, and how it is said.

The reading itself is pydantic's; here its errors become diagnostics that point into
the JSON and speak of fields and keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.field_errors import shown
from fql.compiler.field_specs import FieldType, Format
from fql.compiler.suggest import nearest
from fql.grammar.diagnostics import Code, Diagnostic
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic_core import ErrorDetails

_SOURCE_NAME = "<fields>"

_WORDS = (*FieldType, *Format, "is", "is_not", "all", "any", "field", "syncMode")
"""What stands in declarations as one of a few words."""

_EXPECTED = {
    "bool_type": "true or false",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "mapping_type": "an object",
    "float_type": "a number",
    "finite_number": "a finite number",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "a string",
}


def declaration_mistake(
    error: ErrorDetails, declarations: object, known_keys: Iterable[str]
) -> Diagnostic:
    """Return the diagnostic of one of pydantic's errors.

    Args:
        error: What pydantic found.
        declarations: The JSON in which it was found.
        known_keys: The keys that declarations and their parts have.
    """
    path = _path(error["loc"], declarations)
    last = path[-1] if path else ""
    match error["type"]:
        case "extra_forbidden":
            message = f"unknown key `{last}`"
            help_text = _did_you_mean(last, known_keys)
            return _finding(Code.UNKNOWN_KEY, message, path, help_text=help_text)
        case "missing":
            message = f"`{error['loc'][-1]}` is missing"
            return _finding(Code.BAD_MODEL, message, path)
        case "recursion_loop" | "recursion_depth_exceeded":
            return _finding(Code.TOO_DEEP, "is nested too deeply", path[:1])
        case "value_error":
            # Our own words, after pydantic's "Value error, ".
            message = error["msg"].partition(", ")[2]
            return _finding(Code.BAD_MODEL, message, path)
        case _:
            return _wrong_value(error, path)


def too_deep(levels: int) -> Diagnostic:
    """Return the diagnostic that objects are declared in objects too often."""
    message = f"`properties` nest more than {levels} levels deep"
    return _finding(Code.TOO_DEEP, message, ())


def _wrong_value(error: ErrorDetails, path: Sequence[str]) -> Diagnostic:
    value = error["input"]
    expected = _EXPECTED.get(error["type"]) or error.get("ctx", {}).get("expected")
    # The field itself is named before the message.
    name = f"`{path[-1]}` " if len(path) > 1 else ""
    if not expected:
        return _finding(Code.BAD_MODEL, f"{name}is wrong: {error['msg']}", path)
    message = f"{name}must be {expected} but is {shown(value)}"
    help_text = _did_you_mean(value, _WORDS) if isinstance(value, str) else ""
    return _finding(Code.BAD_MODEL, message, path, help_text=help_text)


def _finding(
    code: Code, message: str, path: Sequence[str], *, help_text: str = ""
) -> Diagnostic:
    place = f"field `{_field_name(path)}`" if path else "the fields"
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
    return Diagnostic(
        code=code,
        message=f"{place}: {message}",
        span=Span(0, 0),
        source=Source("", _SOURCE_NAME),
        help=help_text,
        pointer=pointer,
    )


def _path(location: tuple[int | str, ...], value: object) -> tuple[str, ...]:
    """Return the keys of *location* that exist in *value*.

    Others are pydantic's: names of alternatives, or a key that is missing.
    """
    path: list[str] = []
    for part in location:
        inner = _members(value)
        if part in inner:
            path.append(str(part))
            value = inner[part]
    return tuple(path)


def _members(value: object) -> dict[object, object]:
    """Return what *value* holds by key or index."""
    match value:
        case dict():
            return {**value}
        case list() | tuple():
            return dict(enumerate(value))
        case _:
            return {}


def _field_name(path: Sequence[str]) -> str:
    """Return the field's name, and the property's after a dot, of a place in it."""
    names = [path[0]]
    rest = path[1:]
    while len(rest) >= 2 and rest[0] == "properties":
        names.append(rest[1])
        rest = rest[2:]
    return ".".join(names)


def _did_you_mean(written: str, known: Iterable[str]) -> str:
    near = nearest(written, known)
    return f"did you mean `{near}`?" if near else ""
