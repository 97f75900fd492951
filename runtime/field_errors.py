"""What can be wrong with field declarations, and how it is said.

The reading itself is pydantic's; here its errors become diagnostics that point into
the JSON and speak of fields and keys.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from fql.compiler.field_specs import FieldType, Format
from fql.grammar.diagnostics import Code, Diagnostic
from fql.grammar.json_places import inside
from fql.grammar.source import Source, Span
from fql.runtime.model_errors import mistake_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic_core import ErrorDetails

_SOURCE_NAME = "<fields>"

_WORDS = (*FieldType, *Format, "is", "is_not", "all", "any", "field", "syncMode")
"""What stands in declarations as one of a few words."""


def declaration_mistake(
    error: ErrorDetails, declarations: object, known_keys: Iterable[str]
) -> Diagnostic:
    """Return the diagnostic of one of pydantic's errors.

    Args:
        error: What pydantic found.
        declarations: The JSON in which it was found.
        known_keys: The keys that declarations and their parts have.
    """
    mistake = mistake_of(error, declarations, known_keys, _WORDS)
    message = mistake.message
    if len(mistake.path) == 1:
        # The field itself is named before the message.
        message = message.removeprefix(f"`{mistake.path[0]}` ")
    return _finding(mistake.code, message, mistake.path, help_text=mistake.help)


def too_deep(levels: int) -> Diagnostic:
    """Return the diagnostic that objects are declared in objects too often."""
    message = f"`properties` nest more than {levels} levels deep"
    return _finding(Code.TOO_DEEP, message, ())


def _finding(
    code: Code, message: str, path: Sequence[str | int], *, help_text: str = ""
) -> Diagnostic:
    place = f"field `{_field_name(path)}`" if path else "the fields"
    pointer = reduce(inside, path, "")
    return Diagnostic(
        code=code,
        message=f"{place}: {message}",
        span=Span(0, 0),
        source=Source("", _SOURCE_NAME),
        help=help_text,
        pointer=pointer,
    )


def _field_name(path: Sequence[str | int]) -> str:
    """Return the field's name, and the property's after a dot, of a place in it."""
    names = [str(path[0])]
    rest = path[1:]
    while len(rest) >= 2 and rest[0] == "properties":
        names.append(str(rest[1]))
        rest = rest[2:]
    return ".".join(names)
