"""Whether a value can be what a schema describes, apart from type and bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.shapes import ANY_LENGTH
from fql.compiler.timestamps import is_timestamp
from fql.compiler.types import TEXT, Type

if TYPE_CHECKING:
    from fql.compiler.shapes import Shape
    from fql.compiler.values import Json


def unlike(shape: Shape, value: Json) -> str:
    """Return what *shape* is that *value* is not, in words; empty where it fits.

    Looked at are whole numbers, timestamps, formats and lengths of texts. The kind of
    *value* is one that *shape* may be.
    """
    if isinstance(value, str):
        return _unlike_text(shape, value)
    if shape.is_whole and isinstance(value, float) and not value.is_integer():
        return "a whole number"
    return ""


def _unlike_text(shape: Shape, text: str) -> str:
    kind = shape.type & TEXT
    if kind == Type.TIMESTAMP and not is_timestamp(text):
        return "a timestamp"
    if shape.lengths != ANY_LENGTH:
        least, most = shape.lengths
        if len(text) < least:
            return f"a text of at least {least:,} characters"
        if most is not None and len(text) > most:
            return f"a text of at most {most:,} characters"
    if shape.format and not _has_format(shape.format, text):
        return f"a text of the format {shape.format}"
    return ""


def _has_format(name: str, text: str) -> bool:
    """Return whether *text* has the format *name*; unknown ones have every text."""
    from fql.compiler.field_specs import Format
    from fql.compiler.formats import format_test

    if name not in tuple(Format):
        return True
    is_of_format = format_test(Format(name))
    return is_of_format is None or is_of_format(text)
