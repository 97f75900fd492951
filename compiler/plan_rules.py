"""From a tracking plan to shapes, in either form that plans come in.

The short form is an object: the JSON Schema of the ``properties`` of a track by the
name of its event. The other is that of the public API: ``{"rules": [...]}``, perhaps
inside ``{"data": ...}``, where each rule has a ``type``, for tracks the name as
``key``, and a ``jsonSchema`` of the whole event. What the schemas themselves say is
read in `plans.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, cast

from fql.compiler import spec
from fql.compiler.plans import PlanError, escaped, shape_of_schema
from fql.compiler.shapes import Shape, either

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fql.compiler.values import Json

COMMON = "common"
"""The type of the rules for events of every type."""

PROPERTIES = "properties"

_RULES = "rules"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a tracking plan says.

    Attributes:
        events: The shape of ``properties`` by the event name of a track.
        types: The shape of whole events by their type, or `COMMON` for all.
    """

    events: Mapping[str, Shape] = field(default_factory=dict)
    types: Mapping[str, Shape] = field(default_factory=dict)


def read_plan(plan: Mapping[str, object]) -> Plan:
    """Return what *plan*, JSON in either form, says.

    Raises:
        PlanError: It is not well-formed; the message names the place.
    """
    pointer, rules = _rules_of(plan)
    if rules is not None:
        return _plan_of_rules(
            [_rule(each, place) for place, each in _each(rules, pointer)]
        )
    return Plan(
        {
            name: replace(
                shape_of_schema(cast("Json", schema), f"/{escaped(name)}"),
                is_guide=True,
            )
            for name, schema in plan.items()
        }
    )


def _rules_of(plan: Mapping[str, object]) -> tuple[str, list[object] | None]:
    """Return where the rules of *plan* stand and what they are; None in the short form.

    An event may be named ``rules``: its schema is an object, while rules are a list.
    """
    pointer = ""
    holder: object = plan
    data = plan.get("data")
    if _RULES not in plan and isinstance(data, dict) and _RULES in data:
        pointer, holder = "/data", data
    rules = cast("Mapping[str, object]", holder).get(_RULES)
    return f"{pointer}/{_RULES}", rules if isinstance(rules, list) else None


def _each(rules: list[object], pointer: str) -> list[tuple[str, object]]:
    return [(f"{pointer}/{index}", rule) for index, rule in enumerate(rules)]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule: the type of its events in lower case, for tracks their name."""

    type: str
    key: str
    version: float
    shape: Shape


def _rule(rule: object, pointer: str) -> _Rule:
    if not isinstance(rule, dict):
        raise PlanError(pointer, "a rule is an object")
    written = rule.get("type")
    kind = written.lower() if isinstance(written, str) else ""
    if kind not in (COMMON, *spec.EVENT_TYPES):
        known = ", ".join(name.upper() for name in (COMMON, *spec.EVENT_TYPES))
        raise PlanError(pointer, f"type {written!r} is none of {known}")
    key = rule.get("key")
    if kind == spec.TRACK and not (isinstance(key, str) and key):
        raise PlanError(
            pointer, "a rule for tracks has the name of their event as its key"
        )
    version = rule.get("version", 0)
    is_number = isinstance(version, int | float) and not isinstance(version, bool)
    return _Rule(
        kind,
        key if isinstance(key, str) else "",
        version if is_number else 0,
        shape_of_schema(rule.get("jsonSchema", {}), f"{pointer}/jsonSchema"),
    )


def _plan_of_rules(rules: Iterable[_Rule]) -> Plan:
    events: dict[str, _Rule] = {}
    types: dict[str, list[Shape]] = {}
    for rule in rules:
        if rule.type != spec.TRACK:
            types.setdefault(rule.type, []).append(rule.shape)
        elif rule.key not in events or rule.version >= events[rule.key].version:
            events[rule.key] = rule  # of several versions, the last one holds
    return Plan(
        {name: _properties(rule.shape) for name, rule in events.items()},
        {name: reduce(either, shapes) for name, shapes in types.items()},
    )


def _properties(event: Shape) -> Shape:
    """Return what a rule says of ``properties``, which may be missing by it."""
    shape = event.members.get(PROPERTIES, Shape())
    is_sure = PROPERTIES in event.required
    required = shape.required if is_sure else frozenset[str]()
    return replace(shape, required=required, is_guide=True)
