"""A slow, plain validator of payloads: the original's steps, one after the other.

It makes a JSON schema of the declared fields, removes empty values, wraps values in
lists and then walks schema and payload, changing a copy in place. Nothing is prepared
and nothing is fused, so it is obviously the order that `fql.compiler.fields` promises.
Only texts as dates, formats and numbers are read by the code under test; those have
tests of their own.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from fql.compiler.date_texts import is_date_like
from fql.compiler.field_specs import FieldType, Match, PresenceCondition
from fql.compiler.field_values import number_of_text
from fql.compiler.formats import format_test
from fql.compiler.values import number_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.field_specs import FieldCondition, FieldSpec, Requirement

Schema = dict[str, Any]
ABSENT = object()


def validate(specs: Mapping[str, FieldSpec], payload: Any) -> tuple[Any, set[str]]:
    """Return the payload as sent, and the top-level fields that have problems."""
    schema = object_schema(specs, is_whole=True)
    holder = {"": remove_empty(deepcopy(payload), schema, is_root=True)}
    for key, inner in schema["properties"].items():
        value = holder[""].get(key)
        if inner["types"] == ["array"] and value is not None:
            holder[""][key] = value if isinstance(value, list) else [value]
    errors: set[str] = set()
    check(holder, "", schema, (), errors)
    return holder[""], errors


# --- the schema -------------------------------------------------------------------

TYPES = {
    FieldType.STRING: ["string"],
    FieldType.TEXT: ["string"],
    FieldType.PASSWORD: ["string"],
    FieldType.DATETIME: ["string", "number"],
}


def object_schema(
    specs: Mapping[str, FieldSpec], *, is_whole: bool = False, keeps: bool = False
) -> Schema:
    rules: list[tuple[tuple[str, ...], Requirement]] = []
    for name, spec in specs.items():
        if is_whole and not isinstance(spec.required, bool):
            rules.append(((name,), spec.required))
        if spec.has_members:
            rules.extend(
                ((name, key), member.required)
                for key, member in (spec.properties or {}).items()
                if not isinstance(member.required, bool)
            )
    return {
        "types": ["object"],
        "properties": {name: field_schema(spec) for name, spec in specs.items()},
        "required": [name for name, spec in specs.items() if spec.required is True],
        "rules": rules,
        "keeps": keeps,
    }


def field_schema(spec: FieldSpec) -> Schema:
    types = TYPES.get(spec.type, [spec.type.value])
    schema: Schema = {"types": types}
    if spec.has_members:
        inner = object_schema(spec.properties or {}, keeps=spec.allows_additional)
        schema = inner
    if spec.choices is not None and not (spec.has_members and spec.is_multiple):
        schema["enum"] = list(spec.choices)
    if spec.is_multiple:
        return {"types": ["array"], "items": schema}
    if spec.type is FieldType.DATETIME:
        schema["shape"] = is_date_like
    elif spec.type is FieldType.STRING and spec.format:
        schema["shape"] = format_test(spec.format)
    if spec.type in (FieldType.STRING, FieldType.NUMBER):
        schema["least"], schema["most"] = spec.minimum or None, spec.maximum or None
    if spec.is_nullable and not spec.has_members:
        schema["types"] = [*types, "null"]
        if "enum" in schema:
            schema["enum"].append(None)
    return schema


# --- before validation ------------------------------------------------------------


def remove_empty(value: Any, schema: Schema | None, *, is_root: bool = False) -> Any:
    if schema is None:
        return value
    if isinstance(value, list):
        if "items" not in schema:
            return value
        items = schema["items"]
        return [item for item in value if remove_empty(item, items) is not ABSENT]
    if isinstance(value, dict):
        if "properties" not in schema:
            return value
        kept = {}
        for key, member in value.items():
            found = remove_empty(member, schema["properties"].get(key))
            if found is not ABSENT and not (is_root and found == ""):
                kept[key] = found
        return kept
    if value is None and "null" not in schema["types"]:
        return ABSENT
    if value == "" and "string" not in schema["types"]:
        return ABSENT
    return value


# --- validation -------------------------------------------------------------------


def check(
    holder: Any, key: Any, schema: Schema, path: tuple[str, ...], errors: set[str]
) -> None:
    if not any(has_type(holder[key], wanted) for wanted in schema["types"]):
        found = coerce(holder[key], schema["types"])
        if found is ABSENT:
            errors.add(path[0] if path else "")
            return
        holder[key] = found
    value = holder[key]
    if "enum" in schema and not any(same(value, each) for each in schema["enum"]):
        errors.add(path[0])
    if isinstance(value, dict) and "properties" in schema:
        check_members(value, schema, path, errors)
    elif isinstance(value, list) and "items" in schema:
        for index in range(len(value)):
            check(value, index, schema["items"], path, errors)
    elif not is_well_shaped(value, schema):
        errors.add(path[0])


def check_members(
    members: dict[str, Any], schema: Schema, path: tuple[str, ...], errors: set[str]
) -> None:
    for target, requirement in schema["rules"]:
        if holds(members, requirement):
            outer = members.get(target[0])
            is_there = target[0] in members
            if len(target) == 2 and isinstance(outer, dict):
                is_there = target[1] in outer
            if not is_there:
                errors.add((*path, target[0])[0])
    for name in schema["required"]:
        if name not in members:
            errors.add((*path, name)[0])
    for name in list(members):
        if name in schema["properties"]:
            inner = schema["properties"][name]
            check(members, name, inner, (*path, name), errors)
        elif not schema["keeps"]:
            del members[name]


def is_well_shaped(value: Any, schema: Schema) -> bool:
    if isinstance(value, str):
        shape = schema.get("shape")
        if shape and not shape(value):
            return False
        size: float = len(value)
    elif has_type(value, "number"):
        size = value
    else:
        return True
    least, most = schema.get("least"), schema.get("most")
    return (least is None or size >= least) and (most is None or size <= most)


def holds(members: dict[str, Any], requirement: Requirement) -> bool:
    conditions = requirement.conditions
    if len(conditions) == 1:
        return holds_alone(members, conditions[0])
    found = [holds_among_others(members, each) for each in conditions]
    return any(found) if requirement.match is Match.ANY else all(found)


def holds_alone(members: dict[str, Any], condition: FieldCondition) -> bool:
    if not isinstance(condition, PresenceCondition) or "." in condition.field:
        return holds_among_others(members, condition)
    if condition.field not in members:
        return not condition.is_present
    value = members[condition.field]
    found = value if value is None else coerce(value, ["null"])
    if found is None:
        members[condition.field] = None
        return not condition.is_present
    return condition.is_present


def holds_among_others(members: dict[str, Any], condition: FieldCondition) -> bool:
    value: Any = members
    for key in condition.field.split("."):
        value = value.get(key, ABSENT) if isinstance(value, dict) else ABSENT
    if isinstance(condition, PresenceCondition):
        return (value is not ABSENT) == condition.is_present
    return value is not ABSENT and same(value, condition.value) == condition.is_equal


# --- types and coercion -----------------------------------------------------------


def has_type(value: Any, wanted: str) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match wanted:
        case "string":
            return isinstance(value, str)
        case "number":
            return is_number
        case "integer":
            return is_number and value == int(value)
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case _:
            return value is None


def coerce(value: Any, types: list[str]) -> Any:
    if isinstance(value, list) and len(value) == 1 and types not in OWN_KIND:
        value = value[0]
        if len(types) == 1 and has_type(value, types[0]):
            return value
    for wanted in types:
        if (found := coerce_to(value, wanted)) is not ABSENT:
            return found
    return ABSENT


OWN_KIND = (["object"], ["array"])


def coerce_to(value: Any, wanted: str) -> Any:
    is_number = has_type(value, "number")
    match wanted:
        case "string" if value is None:
            return ""
        case "string" if isinstance(value, bool):
            return "true" if value else "false"
        case "string" if is_number:
            return number_text(value)
        case "number" | "integer" if value is None or isinstance(value, bool):
            return int(value or 0)
        case "number" | "integer" if isinstance(value, str):
            number = number_of_text(value)
            is_fit = number is not None and has_type(number, wanted)
            return number if is_fit else ABSENT
        case "boolean" if value is None or same(value, 0) or value == "false":
            return False
        case "boolean" if same(value, 1) or value == "true":
            return True
        case "null" if value is False or same(value, 0) or value == "":
            return None
        case "array" if not isinstance(value, dict):
            return [value]
        case _:
            return ABSENT


def same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            same(left[key], right[key]) for key in left
        )
    return bool(left == right)
