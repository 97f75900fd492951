"""Rules run as device-mode SDKs run them: one after the other, each on what is left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.compiler.device_evaluator import found, holds, in_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def run(rules: Iterable[Any], event: Any, destination: str | None = None) -> Any:
    """Return what the rules leave of *event*, a copy; None where they drop it."""
    left = json.loads(json.dumps(event))
    for rule in rules:
        if rule.get("destinationName") not in {None, destination}:
            continue
        for matcher, transformers in zip(
            rule["matchers"], rule["transformers"], strict=True
        ):
            if matches(matcher, left):
                left = transformed(left, transformers)
    return left


def matches(matcher: Any, event: Any) -> bool:
    if matcher["type"] == "all":
        return True
    prefix = json.loads(matcher["ir"])
    return holds(in_units(prefix), in_units(event)) is True


def transformed(event: Any, transformers: Sequence[Any]) -> Any:
    for each in transformers:
        match each:
            case {"type": "drop"}:
                return None
            case {"type": "sample_event", "config": {"sample": {"percent": percent}}}:
                assert not 0 < percent < 1, "the original's draw is not specified"
                if percent <= 0:
                    return None
            case {"type": "drop_properties", "config": {"drop": fields}}:
                reduce_objects(event, fields, keeps=False)
            case {"type": "allow_properties", "config": {"allow": fields}}:
                reduce_objects(event, fields, keeps=True)
            case _:
                raise AssertionError(each)
    return event


def reduce_objects(event: Any, fields: dict[str, list[str]], *, keeps: bool) -> None:
    for path, names in fields.items():
        target = found(event, path) if path else event
        for each in target if isinstance(target, list) else [target]:
            reduce_object(each, names, keeps=keeps)


def reduce_object(value: Any, names: Sequence[str], *, keeps: bool) -> None:
    if isinstance(value, dict):
        for name in [name for name in value if (name in names) is not keeps]:
            del value[name]
    elif isinstance(value, list):
        for index in range(len(value)):
            if (str(index) in names) is not keeps:
                value[index] = None
