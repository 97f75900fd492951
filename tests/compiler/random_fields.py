"""Field declarations and payloads by chance, such that most rules come to bear.

Payloads are made after their declarations: a wholly random one would hardly ever
reach past the first required field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.field_specs import (
    FieldSpec,
    FieldType,
    Format,
    Match,
    PresenceCondition,
    Requirement,
    ValueCondition,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from fql.compiler.field_specs import FieldCondition
    from fql.compiler.values import Json

NAMES = "abcdef"
MAX_DEPTH = 3

SCALARS: list[Json] = [
    *("x", "y", "", "5", "5.0", "3.5", "   ", "0b11", "true", "false", "1", "0"),
    *("a@example.com", "2023-04-21", "2023-04-21T10:00:00Z", "not a date"),
    *(0, 1, 2, 5, -1, 3.5, 2.0, 1e21, 1.5e-7, True, False, None),
]
CONSTANTS: list[Json] = ["x", "y", True, False, 1, 0, 5, "5", None]
TYPICAL: dict[FieldType, Json] = {
    FieldType.STRING: "x",
    FieldType.TEXT: "y",
    FieldType.PASSWORD: "x",
    FieldType.NUMBER: 5,
    FieldType.INTEGER: 1,
    FieldType.BOOLEAN: True,
    FieldType.DATETIME: "2023-04-21",
    FieldType.OBJECT: None,
}


def random_specs(rng: Random, depth: int = 0) -> dict[str, FieldSpec]:
    """Return up to five declared fields."""
    names = rng.sample(NAMES, rng.randrange(0 if depth else 1, 5))
    return {name: _random_spec(rng, depth) for name in names}


def _random_spec(rng: Random, depth: int) -> FieldSpec:
    kind = rng.choice(list(FieldType))
    has_members = kind is FieldType.OBJECT and depth < MAX_DEPTH and rng.random() < 0.7
    return FieldSpec(
        kind,
        required=_random_requirement(rng),
        is_multiple=rng.random() < 0.3,
        is_nullable=rng.random() < 0.3,
        choices=("x", "5", 5, True) if rng.random() < 0.15 else None,
        properties=random_specs(rng, depth + 1) if has_members else None,
        allows_additional=rng.random() < 0.3,
        format=rng.choice(list(Format)) if rng.random() < 0.15 else None,
        minimum=rng.choice([None, None, None, None, 0, 2]),
        maximum=rng.choice([None, None, None, None, 0, 5]),
    )


def _random_requirement(rng: Random) -> bool | Requirement:
    if rng.random() < 0.8:
        return rng.random() < 0.2
    count = rng.choice([1, 1, 2, 3])
    conditions = tuple(_random_condition(rng) for _ in range(count))
    return Requirement(conditions, rng.choice(list(Match)))


def _random_condition(rng: Random) -> FieldCondition:
    field = rng.choice(NAMES)
    if rng.random() < 0.2:
        field = f"{field}.{rng.choice(NAMES)}"
    if rng.random() < 0.4:
        return PresenceCondition(field, is_present=rng.random() < 0.5)
    return ValueCondition(field, rng.choice(CONSTANTS), is_equal=rng.random() < 0.5)


def random_payload(rng: Random, specs: Mapping[str, FieldSpec]) -> dict[str, Json]:
    """Return a payload that mostly fits *specs*."""
    names = [name for name in specs if rng.random() < 0.8]
    rng.shuffle(names)
    payload = {name: _fitting(rng, specs[name]) for name in names}
    if rng.random() < 0.3:
        payload[rng.choice([*NAMES, "unknown"])] = _random_value(rng)
    return payload


def _fitting(rng: Random, spec: FieldSpec) -> Json:
    if rng.random() < 0.3:
        return _random_value(rng)
    value = TYPICAL[spec.type]
    if spec.type is FieldType.OBJECT:
        value = random_payload(rng, spec.properties or {})
    is_listed = spec.is_multiple and rng.random() < 0.8
    return [value for _ in range(rng.randrange(3))] if is_listed else value


def _random_value(rng: Random, depth: int = 0) -> Json:
    kind = rng.random() if depth < MAX_DEPTH else 0
    if kind < 0.6:
        return rng.choice(SCALARS)
    if kind < 0.85:
        count = rng.choice([0, 1, 1, 1, 2, 3])
        return [_random_value(rng, depth + 1) for _ in range(count)]
    names = rng.sample(NAMES, rng.randrange(4))
    return {name: _random_value(rng, depth + 1) for name in names}
