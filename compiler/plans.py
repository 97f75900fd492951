"""From JSON Schema to shapes.

Read are ``type``, ``properties``, ``required``, ``additionalProperties``, ``items``,
``enum``, ``const``, ``minimum``, ``maximum``, both ``exclusive...`` of them in either
form, ``minLength``, ``maxLength``, ``format``, ``anyOf`` and ``oneOf``. Everything else
that a schema may say is passed over, which leaves the shape wider than it could be,
never narrower.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from fql.compiler.shapes import ANYTHING, Shape, either
from fql.compiler.types import Type, type_of

if TYPE_CHECKING:
    from fql.compiler.values import Json

MAX_SCHEMA_NESTING = 100
"""Levels of schemas inside schemas."""

_TYPES = MappingProxyType(
    {
        "array": Type.LIST,
        "boolean": Type.BOOL,
        "integer": Type.NUMBER,
        "null": Type.NULL,
        "number": Type.NUMBER,
        "object": Type.OBJECT,
        "string": Type.STRING,
    }
)
_TIMESTAMP_FORMATS = ("date-time", "date")
_ALTERNATIVES = ("anyOf", "oneOf")
_ELSEWHERE = "$ref"
"""The keyword that stands for a schema which is not at hand."""


def shape_of_schema(schema: Json, pointer: str = "", depth: int = 0) -> Shape:
    """Return what the JSON Schema *schema* says of a value.

    *pointer* is where it stands, for messages, and *depth* how deep.

    Raises:
        PlanError: It is not well-formed, or nested too deep.
    """
    if depth > MAX_SCHEMA_NESTING:
        _refuse(pointer, f"nested more than {MAX_SCHEMA_NESTING} levels deep")
    if isinstance(schema, bool):
        return ANYTHING
    if not isinstance(schema, dict):
        _refuse(pointer, "a schema is an object")
    if _ELSEWHERE in schema:
        return ANYTHING
    for keyword in _ALTERNATIVES:
        if keyword in schema:
            return _alternatives(schema[keyword], f"{pointer}/{keyword}", depth)
    return _object_of(schema, pointer, depth)


def _alternatives(schemas: Json, pointer: str, depth: int) -> Shape:
    if not isinstance(schemas, list) or not schemas:
        _refuse(pointer, "anyOf and oneOf are lists of schemas")
    shapes = [
        shape_of_schema(schema, f"{pointer}/{index}", depth + 1)
        for index, schema in enumerate(schemas)
    ]
    return reduce(either, shapes)


def _object_of(schema: dict[str, Json], pointer: str, depth: int) -> Shape:
    choices = _choices(schema, pointer)
    members = schema.get("properties", {})
    if not isinstance(members, dict):
        _refuse(pointer, "properties is an object of schemas")
    items = schema.get("items")
    least, most, excluded = _bounds(schema, pointer)
    kind = _type(schema, choices, pointer)
    return Shape(
        kind,
        {
            name: shape_of_schema(
                member, f"{pointer}/properties/{escaped(name)}", depth + 1
            )
            for name, member in members.items()
        },
        shape_of_schema(items, f"{pointer}/items", depth + 1)
        if isinstance(items, dict)
        else None,
        choices,
        _required(schema, pointer),
        least,
        most,
        excluded,
        is_closed=schema.get("additionalProperties") is False
        and "patternProperties" not in schema,
        is_guide=bool(members),
        is_whole=schema.get("type") in _WHOLE,
        is_open=_is_open(schema),
        lengths=(
            _length(schema, "minLength", pointer) or 0,
            _length(schema, "maxLength", pointer),
        ),
        format=_format(schema, kind),
        origin=pointer if members else "",
    )


_WHOLE = ("integer", ["integer"], ["integer", "null"], ["null", "integer"])


def _type(schema: dict[str, Json], choices: tuple[Json, ...], pointer: str) -> Type:
    """Return the kinds that *schema* allows; only a format makes a timestamp."""
    written = schema.get("type")
    if written is None:
        return reduce(or_, map(_kind, choices)) if choices else Type.ANY
    names = written if isinstance(written, list) else [written]
    kind = Type(0)
    for name in names:
        if not isinstance(name, str) or name not in _TYPES:
            known = ", ".join(_TYPES)
            _refuse(pointer, f"type {name!r} is none of {known}")
        kind |= _TYPES[name]
    if Type.STRING in kind and schema.get("format") in _TIMESTAMP_FORMATS:
        kind = kind & ~Type.STRING | Type.TIMESTAMP
    return kind


def _kind(choice: Json) -> Type:
    return Type.STRING if isinstance(choice, str) else type_of(choice)


def _choices(schema: dict[str, Json], pointer: str) -> tuple[Json, ...]:
    if "const" in schema:
        return (schema["const"],)
    written = schema.get("enum", [])
    if not isinstance(written, list):
        _refuse(pointer, "enum is a list of values")
    return tuple(written)


def _required(schema: dict[str, Json], pointer: str) -> frozenset[str]:
    written = schema.get("required", [])
    if isinstance(written, bool):  # as the third draft of JSON Schema had it
        return frozenset()
    if not isinstance(written, list):
        _refuse(pointer, "required is a list of names")
    return frozenset(name for name in written if isinstance(name, str))


_Bounds: TypeAlias = "tuple[float | None, float | None, frozenset[float]]"


def _bounds(schema: dict[str, Json], pointer: str) -> _Bounds:
    """Return the least and the most number, and which of them are excluded."""
    least, excludes_least = _bound(schema, ("minimum", "exclusiveMinimum"), pointer)
    most, excludes_most = _bound(schema, ("maximum", "exclusiveMaximum"), pointer)
    excluded = [
        bound
        for bound, is_excluded in ((least, excludes_least), (most, excludes_most))
        if bound is not None and is_excluded
    ]
    return least, most, frozenset(excluded)


def _bound(
    schema: dict[str, Json], names: tuple[str, str], pointer: str
) -> tuple[float | None, bool]:
    """Return a bound and whether it is excluded. *names*: inclusive, exclusive."""
    inclusive, exclusive = names
    plain = _number(schema, inclusive, pointer)
    written = schema.get(exclusive)
    if isinstance(written, bool):  # as the fourth draft of JSON Schema had it
        return plain, written
    strict = _number(schema, exclusive, pointer)
    if plain is None or strict is None:
        return (strict, True) if plain is None else (plain, False)
    is_strict = strict >= plain if inclusive == "minimum" else strict <= plain
    return (strict, True) if is_strict else (plain, False)


def _number(schema: dict[str, Json], name: str, pointer: str) -> float | None:
    bound = schema.get(name)
    if bound is None:
        return None
    if isinstance(bound, bool) or not isinstance(bound, int | float):
        _refuse(pointer, f"{name} is a number")
    return bound


def _length(schema: dict[str, Json], name: str, pointer: str) -> int | None:
    bound = _number(schema, name, pointer)
    return None if bound is None else int(bound)


def _is_open(schema: dict[str, Json]) -> bool:
    """Say whether *schema* says itself that there may be other members."""
    others = schema.get("additionalProperties", False)
    return others is not False or "patternProperties" in schema


def _format(schema: dict[str, Json], kind: Type) -> str:
    """Return the format of texts, but for those that `Type` tells."""
    written = schema.get("format")
    if not isinstance(written, str) or written in _TIMESTAMP_FORMATS:
        return ""
    return written if Type.STRING in kind else ""


def escaped(name: str) -> str:
    """Return *name* as a JSON pointer (RFC 6901) has it."""
    return name.replace("~", "~0").replace("/", "~1")


class PlanError(ValueError):
    """A tracking plan that is not well-formed.

    Attributes:
        pointer: Where, as a JSON pointer.
        problem: What is wrong there.
    """

    def __init__(self, pointer: str, problem: str) -> None:
        self.pointer = pointer
        self.problem = problem
        super().__init__(f"tracking plan, at {pointer or '/'}: {problem}")


def _refuse(pointer: str, problem: str) -> NoReturn:
    raise PlanError(pointer, problem)
