"""What values contribute to the text of a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.library import to_string
from fql.compiler.missing import MISSING

if TYPE_CHECKING:
    from fql.compiler.payload_functions import Value


def text_of(value: Value) -> str:
    """Return *value* as text: a string's own, JSON of the rest, none of null.

    The result is always of the type ``str`` itself, which formats as it is.

    >>> text_of("a"), text_of(1.0), text_of(None), text_of([True])
    ('a', '1', '', '[true]')
    """
    if isinstance(value, str):
        return str.__str__(value)
    return "" if value is MISSING else to_string(value) or ""
