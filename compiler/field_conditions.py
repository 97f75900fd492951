"""When a field is required because of the fields beside it.

Conditions look at the payload after empty values are removed and before anything is
coerced, as in the original: a field that is `true` does not equal `"true"`. Also as in
the original, a requirement of a single condition on presence takes 0 and false (alone,
or alone in a list) for null; a value so taken is then null for what follows, and
the field it belongs to is sent as its type's null: ``""``, 0 or false.

Two things are otherwise than there. A condition on ``object.property`` asks about an
object only, where the original takes anything that is none to fulfil it; and a list of
values means any of them, not the list.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias, assert_never

from fql.compiler.field_errors import describe_requirement, missing
from fql.compiler.field_specs import Match, PresenceCondition, ValueCondition
from fql.compiler.field_values import is_null_like
from fql.compiler.values import equals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fql.compiler.field_emptying import Members
    from fql.compiler.field_errors import Finding
    from fql.compiler.field_specs import FieldCondition, FieldSpec, Requirement
    from fql.compiler.values import Json

Test: TypeAlias = "Callable[[Members], bool]"
"""Tells whether a condition holds; may turn the null-like value it asks for to null."""

Read: TypeAlias = "Callable[[Members], Json | _Absent]"


class _Absent(Enum):
    ABSENT = "absent"


_ABSENT = _Absent.ABSENT


@dataclass(frozen=True, slots=True)
class ConditionalField:
    """A field, or ``object.property``, that is required while a test holds."""

    path: tuple[str, ...]
    applies: Test
    reason: str

    def report(self, given: Members, sent: Members, findings: list[Finding]) -> None:
        """Add to *findings* what is missing of *sent*, which was made from *given*."""
        before: Json = given
        after: Json = sent
        for depth, key in enumerate(self.path, start=1):
            if not isinstance(after, dict):
                return
            before = before.get(key) if isinstance(before, dict) else None
            if key not in after:
                found = missing(before, self.reason)
                findings.append(replace(found, path=self.path[:depth]))
                return
            after = after[key]


def conditional_fields(
    specs: Mapping[str, FieldSpec], *, is_whole: bool
) -> tuple[ConditionalField, ...]:
    """Return what is required under conditions about *specs*.

    The conditions of an object's property are about what stands beside the object, so
    they are found here with the object.

    Args:
        specs: The members of an object.
        is_whole: Whether that object is the payload, and no object around it asks
            for these members.
    """
    found: list[ConditionalField] = []
    for name, spec in specs.items():
        members = spec.properties if spec.has_members else None
        for key, member in (members or {}).items():
            if not isinstance(member.required, bool):
                found.append(_conditional((name, key), member.required))
        if is_whole and not isinstance(spec.required, bool):
            found.append(_conditional((name,), spec.required))
    return tuple(found)


def _conditional(path: tuple[str, ...], requirement: Requirement) -> ConditionalField:
    reason = describe_requirement(requirement)
    return ConditionalField(path, compile_requirement(requirement), reason)


def compile_requirement(requirement: Requirement) -> Test:
    """Return the test whether *requirement* applies."""
    if len(requirement.conditions) == 1:
        return _only(requirement.conditions[0])
    tests = tuple(map(_one_of_several, requirement.conditions))
    if requirement.match is Match.ANY:
        return lambda members: any(test(members) for test in tests)
    return lambda members: all(test(members) for test in tests)


def _only(condition: FieldCondition) -> Test:
    if isinstance(condition, PresenceCondition) and "." not in condition.field:
        return _fills(condition.field, is_present=condition.is_present)
    return _one_of_several(condition)


def _one_of_several(condition: FieldCondition) -> Test:
    read = _reader(condition.field)
    match condition:
        case PresenceCondition(_, is_present):
            return lambda members: (read(members) is not _ABSENT) == is_present
        case ValueCondition(_, value, is_equal):
            return _compares(read, value, is_equal=is_equal)
        case _:
            assert_never(condition)


def _fills(field: str, *, is_present: bool) -> Test:
    def test(members: Members) -> bool:
        if field not in members:
            return not is_present
        if is_null_like(members[field]):
            members[field] = None
            return not is_present
        return is_present

    return test


def _compares(read: Read, value: Json, *, is_equal: bool) -> Test:
    options = tuple(value) if isinstance(value, list) else (value,)

    def test(members: Members) -> bool:
        found = read(members)
        if found is _ABSENT:
            return False
        return any(equals(found, option) for option in options) == is_equal

    return test


def _reader(field: str) -> Read:
    """Return the function that gets a field, or one property of an object field."""
    name, dot, key = field.partition(".")
    if not dot:
        return lambda members: members.get(field, _ABSENT)

    def read(members: Members) -> Json | _Absent:
        outer = members.get(name)
        return outer.get(key, _ABSENT) if isinstance(outer, dict) else _ABSENT

    return read
