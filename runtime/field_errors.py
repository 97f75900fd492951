"""What can be wrong with field declarations, and how it is said.

The reading itself is pydantic's; here its errors become diagnostics that point into
the JSON and speak of fields and keys.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fql.compiler.field_specs import FieldType, Format
from fql.grammar.diagnostics import Code
from fql.runtime.model_errors import Mistake, located, mistake_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic_core import ErrorDetails

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.json_places import JsonDocument

_WORDS = (*FieldType, *Format, "is", "is_not", "all", "any", "field", "syncMode")
"""What stands in declarations as one of a few words."""


def declaration_mistake(
    error: ErrorDetails, document: JsonDocument, known_keys: Iterable[str]
) -> Diagnostic:
    """Return the diagnostic of one of pydantic's errors.

    Args:
        error: What pydantic found.
        document: The declarations in which it was found.
        known_keys: The keys that declarations and their parts have.
    """
    mistake = mistake_of(error, document.value, known_keys, _WORDS)
    message = mistake.message
    if len(mistake.path) == 1:
        # The field itself is named before the message.
        message = message.removeprefix(f"`{mistake.path[0]}` ")
    return _finding(replace(mistake, message=message), document)


def too_deep(levels: int, document: JsonDocument) -> Diagnostic:
    """Return the diagnostic that objects are declared in objects too often."""
    message = f"`properties` nest more than {levels} levels deep"
    return _finding(Mistake(Code.TOO_DEEP, message, ()), document)


def _finding(mistake: Mistake, document: JsonDocument) -> Diagnostic:
    path = mistake.path
    place = f"field `{_field_name(path)}`" if path else "the fields"
    message = f"{place}: {mistake.message}"
    return located(replace(mistake, message=message), document)


def _field_name(path: Sequence[str | int]) -> str:
    """Return the field's name, and the property's after a dot, of a place in it."""
    names = [str(path[0])]
    rest = path[1:]
    while len(rest) >= 2 and rest[0] == "properties":
        names.append(str(rest[1]))
        rest = rest[2:]
    return ".".join(names)
