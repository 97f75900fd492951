"""Directive JSON, resolved the plain way: straight from the JSON, for every event.

The oracle of the lowering. It keeps what is undefined inside values until the very
end, where the lowering leaves it out early. What single values do (texts, JSON, the
walk of a path) it takes from the compiler, and which first steps of ``@transform`` are
refused; those have tests of their own.
"""

from __future__ import annotations

from typing import Any

from fql.compiler import directive_functions as functions
from fql.compiler import directive_values as values
from fql.compiler.check_directives import check_directives
from fql.compiler.directive_functions import Place
from fql.compiler.directive_replace import Replacement, Replacer
from fql.compiler.missing import MISSING
from fql.compiler.payload_errors import MappingError
from fql.grammar.directive_checks import refusal_of

ANYWHERE = Place()


def payload_of(mapping: Any, event: Any) -> Any:
    """Return the payload, or MISSING where nothing is mapped."""
    return cleaned(resolve(mapping, event), in_lists=None)


def cleaned(value: Any, in_lists: Any) -> Any:
    """Return *value* without missing members; elements become *in_lists*."""
    if isinstance(value, dict):
        return {
            key: cleaned(each, in_lists)
            for key, each in value.items()
            if each is not MISSING
        }
    if isinstance(value, list):
        return [
            in_lists if each is MISSING else cleaned(each, in_lists) for each in value
        ]
    return value


def resolve(mapping: Any, payload: Any) -> Any:
    """Return what *mapping* gives for *payload*, with what is undefined inside it."""
    if isinstance(mapping, list):
        return [resolve(each, payload) for each in mapping]
    if not isinstance(mapping, dict):
        return mapping
    keys = [key for key in mapping if key != "_metadata"]
    if not keys or not all(key.startswith("@") for key in keys):
        ordered = values.ordered(mapping)
        return {key: resolve(each, payload) for key, each in ordered.items()}
    run = DIRECTIVES.get(keys[0])
    if run is None:
        raise MappingError(f"no directive {keys[0]}")
    return run(mapping[keys[0]], payload)


def options(given: Any) -> dict[str, Any]:
    """Return the options of a directive, which have to be an object."""
    if not isinstance(given, dict):
        raise MappingError("no options")
    return given


def needed(given: dict[str, Any], key: str) -> Any:
    """Return an option that has to be there and to count as true."""
    if values.is_falsy(given.get(key, MISSING)):
        raise MappingError(f"no {key}")
    return given[key]


def path(given: Any, payload: Any) -> Any:
    return functions.WalkGivenPath(ANYWHERE)(payload, resolve(given, payload))


def template(given: Any, payload: Any) -> Any:
    return functions.FillGivenTemplate(ANYWHERE)(payload, resolve(given, payload))


def choice(given: Any, payload: Any) -> Any:
    given = options(given)
    if values.is_falsy(given.get("exists")) and values.is_falsy(given.get("blank")):
        raise MappingError("nothing to test")
    if "exists" in given:
        holds = values.is_there(resolve(given["exists"], payload))
    else:
        holds = values.is_filled(resolve(given["blank"], payload))
    if holds and "then" in given:
        return resolve(given["then"], payload)
    if not holds and not values.is_falsy(given.get("else")):
        return resolve(given["else"], payload)
    return MISSING


def case(given: Any, payload: Any) -> Any:
    given = options(given)
    operator = needed(given, "operator")
    if values.is_falsy(given.get("value")):
        return MISSING
    value = resolve(given["value"], payload)
    if not isinstance(value, str):
        return value
    if operator not in ("lower", "upper"):
        raise MappingError("no such operator")
    return value.lower() if operator == "lower" else value.upper()


def replace(given: Any, payload: Any) -> Any:
    given = options(given)
    pattern, text = needed(given, "pattern"), given.get("replacement")
    if values.is_falsy(given.get("value")):
        return MISSING
    value = resolve(given["value"], payload)
    steps = [Replacement(pattern, text or "")]
    if given.get("pattern2"):
        steps.append(Replacement(given["pattern2"], given.get("replacement2") or ""))
    if any(len(part) > 10 for step in steps for part in (step.pattern, step.text)):
        raise MappingError("too long")
    replacer = Replacer(
        tuple(steps),
        is_global=given.get("global") is not False,
        ignores_case=given.get("ignorecase") is True,
    )
    return replacer(value)


def array_path(given: Any, payload: Any) -> Any:
    if not isinstance(given, list):
        raise MappingError("no list")
    start, shape = [*given, MISSING, MISSING][:2]
    if isinstance(start, str):
        root = path(start, payload)
    else:
        root = MISSING if start is MISSING else resolve(start, payload)
    if not isinstance(root, dict | list) or not isinstance(shape, dict) or not shape:
        return root
    items = [root] if isinstance(root, dict) else root
    return [resolve(shape, item) for item in items]


def flatten(given: Any, payload: Any) -> Any:
    given = options(given)
    separator = resolve(needed(given, "separator"), payload)
    if not isinstance(separator, str):
        raise MappingError("no separator")
    value = resolve(given["value"], payload) if "value" in given else MISSING
    omits_arrays = not values.is_falsy(given.get("omitArrays", MISSING))
    return functions.Flattener(separator, omits_arrays, ANYWHERE)(value)


def json(given: Any, payload: Any) -> Any:
    given = options(given)
    mode = needed(given, "mode")
    value = resolve(needed(given, "value"), payload)
    if mode == "encode":
        return values.json_text(value)
    return functions.read_json_text(value) if mode == "decode" else MISSING


def merge(given: Any, payload: Any) -> Any:
    given = options(given)
    direction = resolve(needed(given, "direction"), payload)
    objects = needed(given, "objects")
    if not isinstance(objects, list):
        raise MappingError("no objects")
    resolved = [resolve(each, payload) for each in objects]
    return functions.merge_towards(direction, *resolved)


def transform(given: Any, payload: Any) -> Any:
    given = options(given)
    mapping, apply = needed(given, "mapping"), needed(given, "apply")
    if not isinstance(apply, dict) or refusal_of(check_directives(apply).root):
        raise MappingError("no object, or one that is not validated")
    if not isinstance(payload, dict) and payload is not MISSING:
        raise MappingError("not given an object")
    whole = {} if payload is MISSING else payload
    return resolve(mapping, cleaned(resolve(apply, whole), in_lists=MISSING))


def exclude_when_null(given: Any, payload: Any) -> Any:
    return functions.mark_nulls(resolve(given, payload))


DIRECTIVES = {
    "@path": path,
    "@template": template,
    "@literal": resolve,
    "@if": choice,
    "@case": case,
    "@replace": replace,
    "@arrayPath": array_path,
    "@flatten": flatten,
    "@json": json,
    "@merge": merge,
    "@transform": transform,
    "@excludeWhenNull": exclude_when_null,
}
