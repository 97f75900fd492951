"""Files that hold mappings: a mapping's text, directive JSON, a program of either kind.

What a file is, its name and its beginning say: JSON ends in ``.json`` or reads as JSON;
of JSON, an object with sources or destinations is a program; of texts, one that begins
with a declaration is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from fql.grammar.diagnostics import has_errors
from fql.grammar.json_places import read_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.fields import Fields
    from fql.compiler.payload import Mapping
    from fql.compiler.trigger import Trigger
    from fql.compiler.values import Json
    from fql.grammar.source import Source

# Nothing that was skipped is looked at again: a line of # could be cut in many ways.
_BEFORE = r"(?:\s|#[^\n]*)*+"
_DECLARATION = re.compile(
    _BEFORE + r"(?:workspace|source|destination|disabled|enrich)\s+[^\s:]"
)
_OPENING = re.compile(_BEFORE + r"\{\s*+[^\"\s]")
_PROGRAM_KEYS = frozenset({"workspace", "sources", "destinations"})


class Kind(Enum):
    """What a file holds."""

    PROGRAM = auto()
    PROGRAM_JSON = auto()
    MAPPING = auto()
    MAPPING_JSON = auto()

    @property
    def is_json(self) -> bool:
        """Whether it is JSON."""
        return self in {Kind.PROGRAM_JSON, Kind.MAPPING_JSON}

    @property
    def is_program(self) -> bool:
        """Whether it is a whole program."""
        return self in {Kind.PROGRAM, Kind.PROGRAM_JSON}


def kind_of(source: Source) -> Kind:
    """Return what *source* holds; whether that has errors is not asked."""
    document = read_json(source)
    is_named_json = source.name.lower().endswith(".json")
    if is_named_json or not has_errors(document.diagnostics):
        value = document.value
        is_program = isinstance(value, dict) and not _PROGRAM_KEYS.isdisjoint(value)
        return Kind.PROGRAM_JSON if is_program else Kind.MAPPING_JSON
    is_program = _DECLARATION.match(source.text) is not None
    return Kind.PROGRAM if is_program else Kind.MAPPING


def is_surely_mapping(source: Source) -> bool:
    """Return whether *source* holds a mapping, and nobody meant a program by it.

    That is JSON with a directive in an object of the mapping, and text in braces whose
    first key is not in double quotes, as it is in JSON.
    """
    if kind_of(source) is Kind.MAPPING:
        return _OPENING.match(source.text) is not None
    value = read_json(source).value
    is_program = isinstance(value, dict) and not _PROGRAM_KEYS.isdisjoint(value)
    return not is_program and _has_directive(value)


def _has_directive(value: Json) -> bool:
    """Return whether a key of *value* or of an object in it begins with ``@``."""
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            if any(key.startswith("@") for key in each):
                return True
            pending.extend(each.values())
    return False


@dataclass(frozen=True, slots=True)
class NamedMapping:
    """A mapping, and what its program says of it.

    Attributes:
        build: The mapping.
        name: Its name in the program; empty for one that stands alone.
        destination: The destination that it is for; empty likewise.
        action: The action that it sends; empty likewise.
        trigger: Which events it takes; None for all.
        in_program: Gives payloads as the program does, with rows of its tables; None
            for one that stands alone.
    """

    build: Mapping
    name: str = ""
    destination: str = ""
    action: str = ""
    trigger: Trigger | None = None
    in_program: Callable[[dict[str, Json]], Json] | None = None

    def payload(self, event: dict[str, Json]) -> Json:
        """Return the payload of *event*. Raises: as the mapping does."""
        return (self.in_program or self.build)(event)


def read_mappings(source: Source, fields: Fields | None = None) -> list[NamedMapping]:
    """Return the mappings in *source*, in its order.

    Args:
        source: A mapping or a program.
        fields: The fields of the action, for a mapping that stands alone.

    Raises:
        FqlError: It has errors.
    """
    kind = kind_of(source)
    if kind.is_program:
        return _of_program(source)
    from fql.compiler.payload import compile_directives, compile_mapping_text

    if kind is Kind.MAPPING:
        return [NamedMapping(compile_mapping_text(source, fields=fields))]
    return [NamedMapping(compile_directives(source, fields=fields))]


def _of_program(source: Source) -> list[NamedMapping]:
    from fql.api import load

    return [
        NamedMapping(
            mapping.build,
            mapping.name,
            destination.name,
            mapping.action,
            mapping.trigger,
            mapping.payload,
        )
        for destination in load(source).destinations
        for mapping in destination.mappings
    ]
