"""Payload validation: from what an action declares to one function.

`compile_specs` prepares a function for every field and puts them together; a payload
then goes through prepared functions only, and no declaration is looked at again. The
same function serves single events and batches, which the original treats differently.

What happens to a payload, in this order:

1. Empty values are removed: a null that is not allowed; an empty text of a field of
   the action itself, and of a property that holds no text; the same among the elements
   of a list. What stands inside an object in a list is left as it is.
2. Conditions decide what is required (`field_conditions.py`).
3. What is not declared is removed; an object without declared properties is passed on
   as it is.
4. One value where a list is declared becomes a list of one; an object does so only in
   a field of the action itself.
5. Values are coerced and checked (`field_values.py`).

The order and the rules are the original's (Ajv 8 and what surrounds it there), with
three differences: every problem is reported with its place, batches drop empty texts
as single events do, and an unconditional requirement of a property counts even beside
a property that is required under conditions.

The payload is never changed. What is not declared in detail is shared with it.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fql.compiler.field_conditions import conditional_fields
from fql.compiler.field_errors import (
    Finding,
    PayloadError,
    Problem,
    missing,
    not_an_object,
    wrong_type,
)
from fql.compiler.field_specs import (
    MAX_FIELD_DEPTH,
    SYNC_MODE_FIELD,
    TEXT_TYPES,
    FieldCondition,
    FieldSpec,
    FieldType,
    Format,
    Match,
    PresenceCondition,
    Requirement,
    ValueCondition,
)
from fql.compiler.field_values import compile_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fql.compiler.field_conditions import ConditionalField
    from fql.compiler.field_values import Convert
    from fql.compiler.values import Json

__all__ = [
    "MAX_FIELD_DEPTH",
    "SYNC_MODE_FIELD",
    "FieldCondition",
    "FieldSpec",
    "FieldType",
    "Fields",
    "Format",
    "Match",
    "PayloadError",
    "PresenceCondition",
    "Problem",
    "Requirement",
    "ValueCondition",
    "compile_specs",
]

_Members: TypeAlias = "dict[str, Json]"
_ConvertMembers: TypeAlias = "Callable[[_Members, list[Finding]], _Members]"


class Fields:
    """The fields of an action, ready to validate payloads.

    Made by `compile_specs`. Immutable, safe to share between threads, picklable.

    >>> fields = compile_specs({"n": FieldSpec(FieldType.INTEGER, required=True)})
    >>> fields({"n": "5", "other": 1})
    {'n': 5}
    """

    __slots__ = ("_convert", "_specs")

    def __init__(
        self, specs: Mapping[str, FieldSpec], convert: _ConvertMembers
    ) -> None:
        self._specs = dict(specs)
        self._convert = convert

    @property
    def specs(self) -> Mapping[str, FieldSpec]:
        """What was declared, in its order: the ground of a static proof."""
        return MappingProxyType(self._specs)

    def __call__(self, payload: Json) -> dict[str, Json]:
        """Return *payload* as it is sent: emptied, coerced, without unknown fields.

        Linear in the payload's declared part.

        Raises:
            PayloadError: If it breaks a rule; the error holds every problem.
        """
        findings: list[Finding] = []
        if isinstance(payload, dict):
            sent = self._convert(payload, findings)
            if not findings:
                return sent
        else:
            findings.append(not_an_object(payload))
        raise PayloadError([finding.problem() for finding in findings])

    def __reduce__(self) -> tuple[object, ...]:
        return compile_specs, (self._specs,)

    def __repr__(self) -> str:
        return f"<Fields {', '.join(self._specs)}>"


def compile_specs(specs: Mapping[str, FieldSpec]) -> Fields:
    """Compile the fields of an action into the function that validates a payload.

    Args:
        specs: The fields by name. Changing it later has no effect.

    Raises:
        ValueError: If objects are declared more than `MAX_FIELD_DEPTH` levels deep.
    """
    _check_depth(specs)
    return Fields(specs, _members(specs, _Scope.FIELD, allows_additional=False))


def _check_depth(specs: Mapping[str, FieldSpec]) -> None:
    level = list(specs.values())
    for _ in range(MAX_FIELD_DEPTH):
        level = [
            member for spec in level for member in (spec.properties or {}).values()
        ]
    if level:
        raise ValueError(f"properties nest more than {MAX_FIELD_DEPTH} levels deep")


# --- empty values -----------------------------------------------------------------


class _Scope(Enum):
    """Where a value stands, which decides what of it counts as empty."""

    FIELD = "a field of the action"
    PROPERTY = "a member of an object, no list around it"
    ELEMENT = "somewhere in a list"


_HOLDS_TEXT = TEXT_TYPES | {FieldType.DATETIME}


def _drops_null(spec: FieldSpec, scope: _Scope) -> bool:
    if scope is _Scope.ELEMENT:
        return False
    return not spec.is_nullable or spec.is_multiple or spec.has_members


def _drops_blank(spec: FieldSpec, scope: _Scope) -> bool:
    if scope is _Scope.PROPERTY:
        return spec.is_multiple or spec.type not in _HOLDS_TEXT
    return scope is _Scope.FIELD


def _emptying(
    specs: Mapping[str, FieldSpec], scope: _Scope
) -> Callable[[_Members], _Members]:
    """Return the function that copies members as conditions see them.

    These are without the empty ones, and with lists where the action has lists.
    """
    if scope is _Scope.ELEMENT:
        return dict
    drops = {
        name: (_drops_null(spec, scope), _drops_blank(spec, scope))
        for name, spec in specs.items()
    }
    inner = {
        name: _emptying(spec.properties or {}, _Scope.PROPERTY)
        for name, spec in specs.items()
        if spec.has_members and not spec.is_multiple
    }
    lists = {
        name
        for name, spec in specs.items()
        if spec.is_multiple and scope is _Scope.FIELD
    }
    unknown = (False, scope is _Scope.FIELD)

    def empty(members: _Members) -> _Members:
        kept: _Members = {}
        for name, value in members.items():
            drops_null, drops_blank = drops.get(name, unknown)
            if (value is None and drops_null) or (drops_blank and value == ""):
                continue
            if isinstance(value, dict) and name in inner:
                kept[name] = inner[name](value)
            elif name in lists and not isinstance(value, list):
                kept[name] = [value]
            else:
                kept[name] = value
        return kept

    return empty


# --- objects and lists ------------------------------------------------------------


def _members(
    specs: Mapping[str, FieldSpec], scope: _Scope, *, allows_additional: bool
) -> _ConvertMembers:
    """Return the function that reads the members of an object."""
    conditional = conditional_fields(specs, is_whole=scope is _Scope.FIELD)
    table = {
        name: _Member(
            _field(spec, scope),
            # Where there are conditions, empty values are gone before.
            not conditional and _drops_null(spec, scope),
            not conditional and _drops_blank(spec, scope),
        )
        for name, spec in specs.items()
    }
    convert = _reading(table, allows_additional=allows_additional)
    if conditional:
        convert = _with_conditions(convert, conditional, _emptying(specs, scope))
    required = tuple(name for name, spec in specs.items() if spec.required is True)
    return _with_required(convert, required) if required else convert


class _Member(NamedTuple):
    """How to read one member of an object."""

    convert: Convert
    drops_null: bool
    drops_blank: bool


def _reading(
    table: Mapping[str, _Member], *, allows_additional: bool
) -> _ConvertMembers:
    def convert(given: _Members, findings: list[Finding]) -> _Members:
        sent: _Members = {}
        for name, value in given.items():
            member = table.get(name)
            if member is None:
                if allows_additional:
                    sent[name] = value
                continue
            read, drops_null, drops_blank = member
            if (value is None and drops_null) or (drops_blank and value == ""):
                continue
            count = len(findings)
            sent[name] = read(value, findings)
            if len(findings) > count:
                _place(findings, count, name)
        return sent

    return convert


def _with_required(convert: _ConvertMembers, names: tuple[str, ...]) -> _ConvertMembers:
    required = frozenset(names)

    def convert_required(given: _Members, findings: list[Finding]) -> _Members:
        sent = convert(given, findings)
        if not sent.keys() >= required:
            findings.extend(
                missing(given.get(name)).under(name)
                for name in names
                if name not in sent
            )
        return sent

    return convert_required


def _with_conditions(
    convert: _ConvertMembers,
    conditional: tuple[ConditionalField, ...],
    empty: Callable[[_Members], _Members],
) -> _ConvertMembers:
    def convert_conditionally(given: _Members, findings: list[Finding]) -> _Members:
        filled = empty(given)
        required = [field for field in conditional if field.applies(filled)]
        sent = convert(filled, findings)
        for field in required:
            field.report(given, sent, findings)
        return sent

    return convert_conditionally


def _field(spec: FieldSpec, scope: _Scope) -> Convert:
    if spec.is_multiple:
        return _list(spec, scope)
    return _object(spec, scope) if spec.has_members else compile_value(spec)


def _element(spec: FieldSpec) -> Convert:
    """Return the function that reads one element of the list *spec*."""
    # Null is no element, whatever is said of the list.
    element = replace(spec, is_multiple=False, is_nullable=False)
    if element.has_members:
        return _object(replace(element, choices=None), _Scope.ELEMENT)
    return compile_value(element, is_element=True)


def _object(spec: FieldSpec, scope: _Scope) -> Convert:
    """Return the function that reads an object whose members are known."""
    inner = _Scope.ELEMENT if scope is _Scope.ELEMENT else _Scope.PROPERTY
    read_whole = compile_value(replace(spec, is_nullable=False))
    read_members = _members(
        spec.properties or {}, inner, allows_additional=spec.allows_additional
    )

    def convert(value: Json, findings: list[Finding]) -> Json:
        count = len(findings)
        whole = read_whole(value, findings)
        if len(findings) > count or not isinstance(whole, dict):
            return None
        return read_members(whole, findings)

    return convert


def _list(spec: FieldSpec, scope: _Scope) -> Convert:
    """Return the function that reads a list, or one value as a list of one."""
    read = _element(spec)
    wraps_objects = scope is _Scope.FIELD
    drops_null = scope is not _Scope.ELEMENT
    drops_blank = drops_null and spec.type not in _HOLDS_TEXT

    def convert(value: Json, findings: list[Finding]) -> Json:
        if not isinstance(value, list):
            if isinstance(value, dict) and not wraps_objects:
                findings.append(wrong_type(spec, value))
                return None
            return [read(value, findings)]
        sent: list[Json] = []
        for index, each in enumerate(value):
            if (each is None and drops_null) or (drops_blank and each == ""):
                continue
            count = len(findings)
            sent.append(read(each, findings))
            if len(findings) > count:
                _place(findings, count, str(index))
        return sent

    return convert


def _place(findings: list[Finding], start: int, key: str) -> None:
    """Let the findings from *start* on know that they lie under *key*."""
    findings[start:] = [finding.under(key) for finding in findings[start:]]
