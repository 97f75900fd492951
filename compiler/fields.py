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
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fql.compiler.field_conditions import conditional_fields
from fql.compiler.field_emptying import (
    Scope,
    compile_emptying,
    drops_blank,
    drops_blank_element,
    drops_null,
)
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
    FieldCondition,
    FieldSpec,
    FieldType,
    Format,
    Match,
    PresenceCondition,
    Requirement,
    ValueCondition,
)
from fql.compiler.field_values import compile_value, unchecked_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fql.compiler.field_conditions import ConditionalField
    from fql.compiler.field_emptying import Members
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

_ConvertMembers: TypeAlias = "Callable[[Members, list[Finding]], Members]"


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
    return Fields(specs, _members(specs, Scope.FIELD, allows_additional=False))


def _check_depth(specs: Mapping[str, FieldSpec]) -> None:
    level = list(specs.values())
    for _ in range(MAX_FIELD_DEPTH):
        level = [
            member for spec in level for member in (spec.properties or {}).values()
        ]
    if level:
        raise ValueError(f"properties nest more than {MAX_FIELD_DEPTH} levels deep")


# --- objects and lists ------------------------------------------------------------


def _members(
    specs: Mapping[str, FieldSpec], scope: Scope, *, allows_additional: bool
) -> _ConvertMembers:
    """Return the function that reads the members of an object."""
    conditional = conditional_fields(specs, is_whole=scope is Scope.FIELD)
    table = {
        name: _member(spec, scope, is_emptied=bool(conditional))
        for name, spec in specs.items()
    }
    convert = _reading(table, allows_additional=allows_additional)
    if conditional:
        convert = _with_conditions(convert, conditional, compile_emptying(specs, scope))
    required = tuple(name for name, spec in specs.items() if spec.required is True)
    return _with_required(convert, required) if required else convert


class _Member(NamedTuple):
    """How to read one member of an object."""

    convert: Convert
    as_it_is: type | None
    """The type whose values are sent as they are."""
    drops_null: bool
    drops_blank: bool


def _member(spec: FieldSpec, scope: Scope, *, is_emptied: bool) -> _Member:
    """Return how to read a member; is_emptied: whether it is known not to be empty."""
    return _Member(
        _field(spec, scope),
        unchecked_type(spec),
        not is_emptied and drops_null(spec, scope),
        not is_emptied and drops_blank(spec, scope),
    )


def _reading(
    table: Mapping[str, _Member], *, allows_additional: bool
) -> _ConvertMembers:
    def convert(given: Members, findings: list[Finding]) -> Members:
        sent: Members = {}
        for name, value in given.items():
            member = table.get(name)
            if member is None:
                if allows_additional:
                    sent[name] = value
                continue
            read, as_it_is, is_null_dropped, is_blank_dropped = member
            if (value is None and is_null_dropped) or (
                is_blank_dropped and value == ""
            ):
                continue
            if type(value) is as_it_is:
                sent[name] = value
                continue
            count = len(findings)
            sent[name] = read(value, findings)
            if len(findings) > count:
                _place(findings, count, name)
        return sent

    return convert


def _with_required(convert: _ConvertMembers, names: tuple[str, ...]) -> _ConvertMembers:
    required = frozenset(names)

    def convert_required(given: Members, findings: list[Finding]) -> Members:
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
    empty: Callable[[Members], Members],
) -> _ConvertMembers:
    def convert_conditionally(given: Members, findings: list[Finding]) -> Members:
        filled = empty(given)
        required = [field for field in conditional if field.applies(filled)]
        for name, value in filled.items():
            if isinstance(value, list):
                # Lists count for conditions without their empty elements, but
                # problems are placed by the index in the payload.
                filled[name] = given[name]
        sent = convert(filled, findings)
        for field in required:
            field.report(given, sent, findings)
        return sent

    return convert_conditionally


def _field(spec: FieldSpec, scope: Scope) -> Convert:
    if spec.is_multiple:
        return _list(spec, scope)
    return _object(spec, scope) if spec.has_members else compile_value(spec)


def _element(spec: FieldSpec) -> Convert:
    """Return the function that reads one element of the list *spec*."""
    # Null is no element, whatever is said of the list.
    element = replace(spec, is_multiple=False, is_nullable=False)
    if element.has_members:
        return _object(replace(element, choices=None), Scope.ELEMENT)
    return compile_value(element, is_element=True)


def _object(spec: FieldSpec, scope: Scope) -> Convert:
    """Return the function that reads an object whose members are known."""
    inner = Scope.ELEMENT if scope is Scope.ELEMENT else Scope.PROPERTY
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


def _list(spec: FieldSpec, scope: Scope) -> Convert:
    """Return the function that reads a list, or one value as a list of one."""
    read = _element(spec)
    wraps_objects = scope is Scope.FIELD
    is_null_dropped = scope is not Scope.ELEMENT
    is_blank_dropped = drops_blank_element(spec, scope)

    def convert(value: Json, findings: list[Finding]) -> Json:
        if not isinstance(value, list):
            if isinstance(value, dict) and not wraps_objects:
                findings.append(wrong_type(spec, value))
                return None
            return [read(value, findings)]
        sent: list[Json] = []
        for index, each in enumerate(value):
            if (each is None and is_null_dropped) or (is_blank_dropped and each == ""):
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
