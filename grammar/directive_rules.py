"""When the original engine cannot run a directive, whatever it is given.

It finds out when it comes to the directive. Both the check and the compiler ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, assert_never

from fql.grammar import directive_errors as errors
from fql.grammar.directive_nodes import (
    ArrayPath,
    Case,
    Directive,
    ExcludeWhenNull,
    Failing,
    Flatten,
    If,
    Items,
    Json,
    Liquid,
    Literal,
    Members,
    Merge,
    Path,
    Replace,
    Rooted,
    Scalar,
    Template,
    Transform,
    name_of,
)
from fql.grammar.directive_texts import units_in
from fql.grammar.json_places import inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.grammar.directive_errors import Fault
    from fql.grammar.directive_nodes import AnyDirective, Value

MAX_REPLACE: Final = 10
"""UTF-16 units of a text that ``@replace`` looks for, or puts in its place."""

MAX_LIQUID: Final = 1_000
"""UTF-16 units of a Liquid template."""

CASE_OPERATORS: Final = ("lower", "upper")


# --- what a value is before it is resolved ----------------------------------------


def is_falsy(node: Value | None) -> bool:
    """Return whether an option counts as absent: so do null, false, 0 and ``""``."""
    return node is None or (isinstance(node, Scalar) and not node.value)


def text_of(node: Value | None) -> str | None:
    """Return the text that stands there, or None where no text does."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return node.value
    return None


def kind_of(node: Value) -> str:
    """Return what stands there in words: ``a text``, ``null``, ``a directive``."""
    match node:
        case Scalar(value):
            return errors.described(value)
        case Items():
            return "a list"
        case Members() | Rooted():
            return "a directive" if at_keys(node) else "an object"
        case _:
            return "a directive"


def at_keys(node: Members | Rooted) -> list[str]:
    """Return the keys of an object that look like directives."""
    if isinstance(node, Rooted):
        return []
    return [key for key, _ in node.members if key.startswith("@")]


def place_of(directive: Directive) -> str:
    """Return the pointer of what stands under the directive's key."""
    return inside(directive.pointer, name_of(directive))


# --- failures ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Failure:
    """What the engine fails on when it comes to a directive.

    Attributes:
        fault: What it is.
        is_certain: Whether it fails on every value; else only where the directive is
            given a text.
    """

    fault: Fault
    is_certain: bool = True


def failure_of(directive: AnyDirective) -> Failure | None:
    """Return why *directive* itself cannot run, or None if it can.

    What it contains may still fail.
    """
    return next(_failures(directive), None)


def _failures(directive: AnyDirective) -> Iterator[Failure]:
    match directive:
        case Failing(name, _, problem):
            yield Failure(errors.failing(place_of(directive), name, problem))
        case Path(argument) | Template(argument):
            yield from _no_text(directive, argument)
        case If(exists, blank):
            if is_falsy(exists) and is_falsy(blank):
                yield Failure(errors.nothing_to_test(place_of(directive)))
        case Case():
            yield from _case(directive)
        case Replace():
            yield from _replace(directive)
        case Flatten(_, separator):
            yield from _needed(directive, {"separator": separator})
            yield from _no_separator(separator)
        case Json(value, mode):
            yield from _needed(directive, {"mode": mode, "value": value})
        case Merge(objects, direction):
            yield from _needed(directive, {"direction": direction, "objects": objects})
            yield from _not_a(Items, "objects", "a list", objects)
        case Transform(apply, mapping):
            yield from _needed(directive, {"mapping": mapping, "apply": apply})
            yield from _no_object("apply", apply)
        case Liquid(template):
            yield from _liquid(template)
        case ArrayPath() | Literal() | ExcludeWhenNull():
            return
        case _:
            assert_never(directive)


def _needed(
    directive: Directive, options: dict[str, Value | None]
) -> Iterator[Failure]:
    for option, node in options.items():
        if is_falsy(node):
            yield Failure(_not_given(directive, option, node))


def _not_given(directive: Directive, option: str, node: Value | None) -> Fault:
    name = name_of(directive)
    if node is None:
        return errors.option_missing(place_of(directive), name, option)
    return errors.option_empty(node.pointer, name, option, _shown(node))


def _shown(node: Value) -> str:
    """Return a value that counts as absent."""
    if text_of(node) is not None:
        return '""'
    return "0" if kind_of(node) == "a number" else kind_of(node)


def _no_text(directive: Directive, argument: Value) -> Iterator[Failure]:
    if isinstance(argument, Directive) or text_of(argument) is not None:
        return
    yield Failure(
        errors.wrong_type(
            argument.pointer,
            name_of(directive),
            "a text or a directive",
            kind_of(argument),
        )
    )


def _no_separator(separator: Value | None) -> Iterator[Failure]:
    if separator is None or isinstance(separator, Directive) or text_of(separator):
        return
    yield Failure(
        errors.wrong_type(separator.pointer, "separator", "a text", kind_of(separator))
    )


def _not_a(
    wanted: type[Items], option: str, described: str, node: Value | None
) -> Iterator[Failure]:
    if node is not None and not isinstance(node, wanted):
        found = kind_of(node)
        yield Failure(errors.wrong_type(node.pointer, option, described, found))


def _no_object(option: str, node: Value | None) -> Iterator[Failure]:
    if isinstance(node, Scalar | Items):
        found = kind_of(node)
        yield Failure(errors.wrong_type(node.pointer, option, "an object", found))


def _case(directive: Case) -> Iterator[Failure]:
    operator, value = directive.operator, directive.value
    yield from _needed(directive, {"operator": operator})
    if operator is None or is_falsy(value):
        return
    is_certain = bool(text_of(value))
    text = text_of(operator)
    if text is None:
        found = kind_of(operator)
        fault = errors.wrong_type(operator.pointer, "operator", "a text", found)
        yield Failure(fault, is_certain)
    elif text not in CASE_OPERATORS:
        fault = errors.not_one_of(operator.pointer, "operator", text, CASE_OPERATORS)
        yield Failure(fault, is_certain)


def _replace(directive: Replace) -> Iterator[Failure]:
    yield from _needed(directive, {"pattern": directive.pattern})
    if is_falsy(directive.value) or not replaces(directive):
        return
    is_certain = isinstance(directive.value, Scalar)
    options = {"pattern": directive.pattern, "replacement": directive.replacement}
    if replaces_twice(directive):
        options |= {
            "pattern2": directive.pattern2,
            "replacement2": directive.replacement2,
        }
    for option, node in options.items():
        text = text_of(node)
        if node is not None and text is not None and units_in(text) > MAX_REPLACE:
            length = units_in(text)
            fault = errors.wrong_length(node.pointer, option, length, MAX_REPLACE)
            yield Failure(fault, is_certain)


def replaces(directive: Replace) -> bool:
    """Return whether the options are of types with which anything is replaced."""
    flags = (directive.ignorecase, directive.is_global)
    return (
        text_of(directive.pattern) is not None
        and _is_text_or_none(directive.replacement)
        and all(_is_bool_or_none(flag) for flag in flags)
    )


def replaces_twice(directive: Replace) -> bool:
    """Return whether the second pattern is looked for, too."""
    return bool(text_of(directive.pattern2)) and _is_text_or_none(
        directive.replacement2
    )


def _is_text_or_none(node: Value | None) -> bool:
    return is_none(node) or text_of(node) is not None


def _is_bool_or_none(node: Value | None) -> bool:
    return is_none(node) or (isinstance(node, Scalar) and isinstance(node.value, bool))


def is_none(node: Value | None) -> bool:
    """Return whether an option is absent or null."""
    return node is None or node == Scalar(None)


def _liquid(template: Value) -> Iterator[Failure]:
    text = text_of(template)
    if text is None:
        found = kind_of(template)
        yield Failure(errors.wrong_type(template.pointer, "@liquid", "a text", found))
    elif (length := units_in(text)) > MAX_LIQUID:
        yield Failure(errors.liquid_too_long(template.pointer, length, MAX_LIQUID))
