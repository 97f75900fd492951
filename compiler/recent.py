"""What was compiled lately, for texts that come again.

Rules that arrive with each request, or stand in many places, are often the same few
texts. The last ones are kept with what they were compiled to. Triggers and mappings
never change, so that sharing one shows in nothing but time and identity.

What is kept is bounded: `KEPT` texts of a kind, of `LONGEST` characters each, and fewer
of those that a schema or fields come with, which are kept as well. A text with errors
is not kept, and neither is one that has a name of its own, since findings speak of it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from fql.compiler.functions import FUNCTIONS
from fql.compiler.trigger import compile_engine_text, compile_trigger

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.fields import Fields
    from fql.compiler.payload import Mapping
    from fql.compiler.schema import Schema
    from fql.compiler.signatures import FunctionTable
    from fql.compiler.trigger import Trigger
    from fql.grammar.source import Source

_Kept = TypeVar("_Kept")

KEPT: Final = 128
"""How many triggers of each dialect are kept, and how many mappings."""

KEPT_WITH_SCHEMA: Final = 16
"""How many of each that a schema or fields came with, which may be large."""

LONGEST: Final = 1_500
"""The most characters of a text that is kept.

What a text is compiled to takes about a hundred bytes a character: usually less than a
megabyte for all that is kept, some twenty at the very most.
"""


class _Same(Generic[_Kept]):
    """One thing, equal to itself alone: what is equal to it need not be the same."""

    __slots__ = ("value",)

    def __init__(self, value: _Kept) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def _same(value: _Kept | None) -> _Same[_Kept] | None:
    return None if value is None else _Same(value)


def _own(functions: FunctionTable) -> _Same[FunctionTable] | None:
    """Return a table of an embedder; None stands for the language's own functions."""
    return None if functions is FUNCTIONS else _Same(functions)


def _is_kept(text: object) -> bool:
    return type(text) is str and len(text) <= LONGEST


# --- triggers ---------------------------------------------------------------------


def recent_trigger(
    text: str | Source,
    *,
    functions: FunctionTable = FUNCTIONS,
    schema: Schema | None = None,
    is_strict: bool = False,
) -> Trigger:
    """Return what `compile_trigger` does, the same again for a text of late.

    *functions* and *schema* have to be the same too, not only equal.

    Raises:
        FqlError: The text has errors; all findings are in it.
    """
    if not _is_kept(text):
        find: Callable[..., Trigger] = _trigger
    else:
        find = _plain_trigger if schema is None else _schema_trigger
    return find(
        text, functions=_own(functions), schema=_same(schema), is_strict=is_strict
    )


def _trigger(
    text: str | Source,
    *,
    functions: _Same[FunctionTable] | None,
    schema: _Same[Schema] | None,
    is_strict: bool,
) -> Trigger:
    return compile_trigger(
        text,
        functions=functions.value if functions else FUNCTIONS,
        schema=schema.value if schema else None,
        is_strict=is_strict,
    )


_plain_trigger = lru_cache(KEPT)(_trigger)
_schema_trigger = lru_cache(KEPT_WITH_SCHEMA)(_trigger)


def recent_engine_text(text: str | Source) -> Trigger:
    """Return what `compile_engine_text` does, the same again for a text of late.

    Raises:
        FqlError: The trigger engine cannot read the text.
    """
    return _engine_text(text) if _is_kept(text) else compile_engine_text(text)


@lru_cache(KEPT)
def _engine_text(text: str) -> Trigger:
    return compile_engine_text(text)


# --- mappings ---------------------------------------------------------------------


def recent_mapping(
    text: str | Source,
    *,
    functions: FunctionTable = FUNCTIONS,
    schema: Schema | None = None,
    is_strict: bool = False,
    fields: Fields | None = None,
    condition: str | None = None,
) -> Mapping:
    """Return what `compile_mapping_text` does, the same again for a text of late.

    *functions*, *schema* and *fields* have to be the same too, not only equal.

    Raises:
        FqlError: The text has errors, or cannot fit the fields, or the condition has
            errors; all findings are in it.
    """
    if not _is_kept(text) or not (condition is None or _is_kept(condition)):
        find: Callable[..., Mapping] = _mapping
    else:
        is_plain = schema is None and fields is None
        find = _plain_mapping if is_plain else _schema_mapping
    return find(
        text,
        functions=_own(functions),
        schema=_same(schema),
        fields=_same(fields),
        is_strict=is_strict,
        condition=condition,
    )


def _mapping(
    text: str | Source,
    *,
    functions: _Same[FunctionTable] | None,
    schema: _Same[Schema] | None,
    fields: _Same[Fields] | None,
    is_strict: bool,
    condition: str | None,
) -> Mapping:
    from fql.compiler.payload import compile_mapping_text

    return compile_mapping_text(
        text,
        functions=functions.value if functions else FUNCTIONS,
        schema=schema.value if schema else None,
        is_strict=is_strict,
        fields=fields.value if fields else None,
        condition=condition,
    )


_plain_mapping = lru_cache(KEPT)(_mapping)
_schema_mapping = lru_cache(KEPT_WITH_SCHEMA)(_mapping)
