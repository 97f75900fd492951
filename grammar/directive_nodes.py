"""The tree of directive JSON: mappings as existing workspaces hold them.

A value is a scalar, a list, an object, or a directive: an object such as
``{"@path": "$.userId"}``. The tree holds what was written, nothing is resolved; an
option is a value like any other even where the engine wants a plain text, since it
validates no further than it looks. Trees compare by what they compute: pointers and
whatever the engine passes over do not count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT_KEY: Final = "__segment_internal_directive"
"""The member of a whole mapping whose directive is given all other members."""

METADATA_KEY: Final = "_metadata"
"""What may stand beside a directive; the engine passes over it."""


@dataclass(frozen=True, slots=True)
class Node:
    """Something written in JSON, at a JSON pointer."""

    pointer: str = field(default="", kw_only=True, compare=False, repr=False)


# --- plain values -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scalar(Node):
    """``"text"``, ``1``, ``true``, ``null``."""

    value: bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Items(Node):
    """``[{"@path": "a"}, 1]``."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Members(Node):
    """``{"id": {"@path": "userId"}}``: an object that is no directive."""

    members: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Rooted(Node):
    """A mapping with a root directive.

    Attributes:
        value: What is evaluated: the root directive with *members* as its ``mapping``,
            or `Failing`.
        members: The other members of the mapping.
    """

    value: Value
    members: Members


# --- directives -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Directive(Node):
    """An object with one key that starts with ``@``.

    Attributes:
        unused: Options that the engine does not read.
        beside: What stands beside the key: metadata, or more such keys.
    """

    unused: tuple[tuple[str, Value], ...] = field(
        default=(), kw_only=True, compare=False, repr=False
    )
    beside: tuple[tuple[str, Value], ...] = field(
        default=(), kw_only=True, compare=False, repr=False
    )


@dataclass(frozen=True, slots=True)
class Path(Directive):
    """``{"@path": "$.properties.total"}``."""

    path: Value


@dataclass(frozen=True, slots=True)
class Template(Directive):
    """``{"@template": "{{traits.first}} {{traits.last}}"}``."""

    template: Value


@dataclass(frozen=True, slots=True)
class Literal(Directive):
    """``{"@literal": "{{not a template}}"}``."""

    value: Value


@dataclass(frozen=True, slots=True)
class If(Directive):
    """``{"@if": {"exists": .., "then": .., "else": ..}}``."""

    exists: Value | None = None
    blank: Value | None = None
    then: Value | None = None
    otherwise: Value | None = None


@dataclass(frozen=True, slots=True)
class Case(Directive):
    """``{"@case": {"operator": "lower", "value": ..}}``."""

    operator: Value | None = None
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Replace(Directive):
    """``{"@replace": {"pattern": "-", "replacement": "", "value": ..}}``."""

    value: Value | None = None
    pattern: Value | None = None
    replacement: Value | None = None
    pattern2: Value | None = None
    replacement2: Value | None = None
    ignorecase: Value | None = None
    is_global: Value | None = None


@dataclass(frozen=True, slots=True)
class ArrayPath(Directive):
    """``{"@arrayPath": ["$.properties.products", {"id": {"@path": "$.sku"}}]}``."""

    path: Value | None = None
    shape: Value | None = None


@dataclass(frozen=True, slots=True)
class Flatten(Directive):
    """``{"@flatten": {"separator": "_", "value": ..}}``."""

    value: Value | None = None
    separator: Value | None = None
    omit_arrays: Value | None = None


@dataclass(frozen=True, slots=True)
class Json(Directive):
    """``{"@json": {"mode": "encode", "value": ..}}``."""

    value: Value | None = None
    mode: Value | None = None


@dataclass(frozen=True, slots=True)
class Merge(Directive):
    """``{"@merge": {"objects": [.., ..], "direction": "right"}}``."""

    objects: Value | None = None
    direction: Value | None = None


@dataclass(frozen=True, slots=True)
class Transform(Directive):
    """``{"@transform": {"apply": {..}, "mapping": {..}}}``."""

    apply: Value | None = None
    mapping: Value | None = None


@dataclass(frozen=True, slots=True)
class ExcludeWhenNull(Directive):
    """``{"@excludeWhenNull": {"@path": "$.traits.phone"}}``."""

    value: Value


@dataclass(frozen=True, slots=True)
class Liquid(Directive):
    """``{"@liquid": "{{ traits.email | downcase }}"}``."""

    template: Value


@dataclass(frozen=True, slots=True)
class Failing(Directive):
    """``{"@oops": ..}``: an object that the engine takes for a directive, and fails.

    Attributes:
        name: The key.
        argument: What stands under it.
        problem: Why the engine fails, for people.
    """

    name: str
    argument: Value
    problem: str


AnyDirective: TypeAlias = (
    Path
    | Template
    | Literal
    | If
    | Case
    | Replace
    | ArrayPath
    | Flatten
    | Json
    | Merge
    | Transform
    | ExcludeWhenNull
    | Liquid
    | Failing
)

Value: TypeAlias = Scalar | Items | Members | Rooted | AnyDirective


# --- forms ------------------------------------------------------------------------

Make: TypeAlias = "Callable[..., AnyDirective]"
"""A class of directives, called with its fields."""

ARGUMENTS: Final[Mapping[str, tuple[Make, str]]] = {
    "@path": (Path, "path"),
    "@template": (Template, "template"),
    "@literal": (Literal, "value"),
    "@excludeWhenNull": (ExcludeWhenNull, "value"),
    "@liquid": (Liquid, "template"),
}
"""The directives with one argument, and the field that holds it."""

OPTIONS: Final[Mapping[str, tuple[Make, Mapping[str, str]]]] = {
    "@if": (
        If,
        {"exists": "exists", "blank": "blank", "then": "then", "else": "otherwise"},
    ),
    "@case": (Case, {"operator": "operator", "value": "value"}),
    "@replace": (
        Replace,
        {
            "pattern": "pattern",
            "replacement": "replacement",
            "pattern2": "pattern2",
            "replacement2": "replacement2",
            "ignorecase": "ignorecase",
            "global": "is_global",
            "value": "value",
        },
    ),
    "@flatten": (
        Flatten,
        {"separator": "separator", "omitArrays": "omit_arrays", "value": "value"},
    ),
    "@json": (Json, {"mode": "mode", "value": "value"}),
    "@merge": (Merge, {"objects": "objects", "direction": "direction"}),
    "@transform": (Transform, {"apply": "apply", "mapping": "mapping"}),
}
"""The directives with options, and the fields that hold these by their JSON keys."""

ARRAY_PATH: Final = "@arrayPath"
"""The directive whose argument is a list: a path and a shape."""

NAMES: Final = frozenset({*ARGUMENTS, *OPTIONS, ARRAY_PATH})
"""Every directive."""

_NAME_OF: Final[Mapping[object, str]] = {
    kind: name for name, (kind, _) in (*ARGUMENTS.items(), *OPTIONS.items())
}


def name_of(directive: Directive) -> str:
    """Return the key of *directive*, such as ``@path``."""
    if isinstance(directive, Failing):
        return directive.name
    return _NAME_OF.get(type(directive), ARRAY_PATH)
