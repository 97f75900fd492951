"""What is wrong with a mapping in directive JSON, found before any event.

The original validates a mapping before every use, but not inside lists and literals,
and not all of it; what it does not look at may fail when an event comes to it. Here
both are found at once:

- what it refuses, and what it fails on with every event, is an error;
- what it fails on with some events, and what it evaluates otherwise than it looks
  (`directive_accidents.py`), is a warning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Final, assert_never

from fql.grammar import accident_errors
from fql.grammar import directive_errors as errors
from fql.grammar.directive_accidents import (
    accidents_beside,
    accidents_in_object,
    accidents_of,
)
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
from fql.grammar.directive_rules import (
    MAX_REPLACE,
    at_keys,
    failure_of,
    kind_of,
    place_of,
    text_of,
)
from fql.grammar.directive_texts import units_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.grammar.directive_errors import Fault
    from fql.grammar.directive_nodes import AnyDirective, Value


class Reach(IntEnum):
    """How many events a part of a mapping is evaluated for."""

    NONE = 0
    SOME = 1
    ALL = 2


@dataclass(frozen=True, slots=True)
class _Look:
    """How the engine looks at a part.

    Attributes:
        is_validated: Whether it validates the part.
        is_early: Whether it does so before it is given an event.
        reach: How many events the part is evaluated for.
    """

    is_validated: bool = True
    is_early: bool = True
    reach: Reach = Reach.ALL

    def within(self, reach: Reach) -> _Look:
        """Return the look at a part that at most *reach* events come to."""
        return self if self.reach <= reach else replace(self, reach=reach)

    def beyond(self) -> _Look:
        """Return the look at a part that is not validated."""
        return replace(self, is_validated=False)

    def validated_now(self) -> _Look:
        """Return the look at a part that is validated, if only when it is reached."""
        is_early = self.is_early and self.is_validated
        return replace(self, is_validated=True, is_early=is_early)

    def refused(self, fault: Fault) -> Iterator[Fault]:
        """Yield a fault of what is validated, as bad as it is there."""
        if self.is_early or self.reach is Reach.ALL:
            yield fault
        elif self.reach is Reach.SOME:
            yield errors.where_reached(fault)

    def reached(self, fault: Fault, *, is_certain: bool) -> Iterator[Fault]:
        """Yield a fault that shows when an event comes to it, as bad as it is."""
        if self.reach is Reach.ALL and is_certain:
            yield fault
        elif self.reach is not Reach.NONE:
            yield errors.where_reached(fault)


_VALIDATED: Final = _Look()


def check_tree(root: Value) -> Iterator[Fault]:
    """Yield everything that is wrong or odd in a mapping."""
    yield from _check(root, _VALIDATED)


def refusal_of(node: Value) -> Fault | None:
    """Return why the engine refuses a mapping when it validates it, or None."""
    return next(_check(node, _Look(reach=Reach.NONE)), None)


def reached(root: Value) -> Iterator[tuple[AnyDirective, Reach]]:
    """Yield every directive that events come to, and how many do."""
    pending: list[tuple[Value, _Look]] = [(root, _VALIDATED)]
    while pending:
        node, look = pending.pop()
        match node:
            case Scalar():
                continue
            case Items(items):
                pending.extend([(each, look) for each in reversed(items)])
            case Members(members):
                pending.extend([(each, look) for _, each in reversed(members)])
            case Rooted(value):
                pending.append((value, look))
            case _:
                yield node, look.reach
                parts = [
                    (part, inner)
                    for part, inner in _evaluated(node, look)
                    if part is not None and inner.reach is not Reach.NONE
                ]
                pending.extend(reversed(parts))


def _check(node: Value, look: _Look) -> Iterator[Fault]:
    match node:
        case Scalar():
            return
        case Path(Scalar(str())) if not node.beside:
            # Nearly all of most mappings: nothing but the path can be odd.
            if look.reach is not Reach.NONE:
                yield from accidents_of(node)
        case Items(items):
            for each in items:
                yield from _check(each, look.beyond())
        case Members():
            yield from _check_object(node, look)
        case Rooted(value):
            yield from _check(value, look)
            if look.reach is not Reach.NONE and not isinstance(
                value, Transform | Failing
            ):
                yield accident_errors.root_without_use(value.pointer)
        case _:
            yield from _check_directive(node, look)


def _check_object(node: Members, look: _Look) -> Iterator[Fault]:
    found = at_keys(node)
    if look.is_validated and found:
        others = [key for key, _ in node.members if key != found[0]]
        fault = errors.keys_beside(node.pointer, found[0], others)
        yield from look.refused(fault)
        return
    if look.reach is not Reach.NONE:
        yield from accidents_in_object(node)
    for _, each in node.members:
        yield from _check(each, look)


def _check_directive(node: AnyDirective, look: _Look) -> Iterator[Fault]:
    refusals = list(_refusals(node)) if look.is_validated else []
    for fault in refusals:
        yield from look.refused(fault)
    failure = None if refusals else failure_of(node)
    if failure is not None:
        yield from look.reached(failure.fault, is_certain=failure.is_certain)
    elif look.reach is not Reach.NONE and not refusals:
        yield from accidents_beside(node)
        yield from accidents_of(node)
    for part, inner in _parts(node, look):
        yield from _check(part, inner)


# --- what is validated ------------------------------------------------------------


def _refusals(node: AnyDirective) -> Iterator[Fault]:
    """Yield what the engine refuses about a directive itself, not its parts."""
    others = [key for key, _ in node.beside if key.startswith("@")]
    if others:
        yield errors.keys_beside(node.pointer, name_of(node), others)
    options = [key for key, _ in node.unused if key.startswith("@")]
    if options:
        yield errors.options_are_directive(place_of(node), name_of(node), options[0])
    yield from _refused_options(node)


def _refused_options(node: AnyDirective) -> Iterator[Fault]:
    match node:
        case Failing(name, _, problem):
            yield errors.failing(place_of(node), name, problem)
        case Path(argument) | Template(argument):
            yield from _text_or_directive(name_of(node), argument)
        case Liquid(template):
            yield from _text("@liquid", template)
        case Case(operator, value):
            yield from _text("operator", operator)
            yield from _text_or_directive("value", value)
        case Replace():
            yield from _replace(node)
        case ArrayPath(path):
            yield from _required(node, {"path": path})
            yield from _text_or_directive("path", path)
        case Json(value, mode):
            yield from _required(node, {"value": value, "mode": mode})
            yield from _one_of("mode", mode, ("encode", "decode"))
        case Flatten(value, separator):
            yield from _required(node, {"value": value})
            yield from _text("separator", separator)
        case Merge(objects, direction):
            yield from _required(node, {"objects": objects})
            yield from _one_of("direction", direction, ("left", "right"))
            yield from _objects(objects)
        case Transform(apply, mapping):
            yield from _required(node, {"apply": apply, "mapping": mapping})
            yield from _object_or_directive("apply", apply)
            yield from _object_or_directive("mapping", mapping)
        case If() | Literal() | ExcludeWhenNull():
            return
        case _:
            assert_never(node)


def _replace(node: Replace) -> Iterator[Fault]:
    yield from _required(node, {"pattern": node.pattern, "value": node.value})
    for option, given in (("pattern", node.pattern), ("replacement", node.replacement)):
        yield from _text(option, given)
        yield from _short(option, given, least=option == "pattern")
    yield from _text_or_directive("value", node.value)
    for option, given in (("ignorecase", node.ignorecase), ("global", node.is_global)):
        if given is not None and kind_of(given) not in {"true", "false"}:
            yield errors.wrong_type(
                given.pointer, option, "true or false", kind_of(given)
            )


def _required(node: Directive, options: dict[str, Value | None]) -> Iterator[Fault]:
    for option, given in options.items():
        if given is None:
            yield errors.option_missing(place_of(node), name_of(node), option)


def _text(name: str, given: Value | None) -> Iterator[Fault]:
    if given is not None and text_of(given) is None:
        yield errors.wrong_type(given.pointer, name, "a text", kind_of(given))


def _text_or_directive(name: str, given: Value | None) -> Iterator[Fault]:
    if given is not None and kind_of(given) not in {"a text", "a directive"}:
        wanted = "a text or a directive"
        yield errors.wrong_type(given.pointer, name, wanted, kind_of(given))


def _object_or_directive(name: str, given: Value | None) -> Iterator[Fault]:
    if given is not None and kind_of(given) not in {"an object", "a directive"}:
        wanted = "an object or a directive"
        yield errors.wrong_type(given.pointer, name, wanted, kind_of(given))


def _objects(given: Value | None) -> Iterator[Fault]:
    if isinstance(given, Items):
        for each in given.items:
            yield from _object_or_directive("each of `objects`", each)
    elif given is not None:
        yield errors.wrong_type(given.pointer, "objects", "a list", kind_of(given))


def _one_of(
    name: str, given: Value | None, allowed: tuple[str, ...]
) -> Iterator[Fault]:
    yield from _text(name, given)
    text = text_of(given)
    if given is not None and text is not None and text.lower() not in allowed:
        yield errors.not_one_of(given.pointer, name, text, allowed)


def _short(name: str, given: Value | None, *, least: int) -> Iterator[Fault]:
    text = text_of(given)
    if given is not None and text is not None:
        length = units_in(text)
        if not least <= length <= MAX_REPLACE:
            yield errors.wrong_length(given.pointer, name, length, MAX_REPLACE)


# --- how its parts are looked at --------------------------------------------------


def _parts(node: AnyDirective, look: _Look) -> Iterator[tuple[Value, _Look]]:
    """Yield what a directive contains, and how the engine looks at it."""
    if look.is_validated and not isinstance(node, ArrayPath):
        for _, each in node.unused:
            yield each, look.within(Reach.NONE)
    for part, inner in _evaluated(node, look):
        if part is not None:
            yield part, inner


def _evaluated(node: AnyDirective, look: _Look) -> Iterator[tuple[Value | None, _Look]]:
    match node:
        case Path(part) | Template(part):
            yield part, look
        case Literal(part) | ExcludeWhenNull(part):
            yield part, look if kind_of(part) == "a directive" else look.beyond()
        case If(exists, blank, then, otherwise):
            yield exists, look
            yield blank, look if exists is None else look.within(Reach.NONE)
            yield then, look.within(Reach.SOME)
            yield otherwise, look.within(Reach.SOME)
        case Case(_, value):
            yield value, look
        case Replace():
            yield node.value, look
            for option in (node.pattern, node.replacement):
                yield option, look.within(Reach.NONE)
            for option in (node.pattern2, node.replacement2):
                yield option, look.within(Reach.NONE)
        case ArrayPath(path, shape):
            yield path, look
            yield shape, look.within(Reach.SOME)
        case Flatten(value, separator, omit_arrays):
            yield value, look
            yield separator, look
            yield omit_arrays, look.within(Reach.NONE)
        case Json(value, mode):
            yield value, look
            yield mode, look.within(Reach.NONE)
        case Merge(objects, direction):
            yield direction, look
            yield from _merged(objects, look)
        case Transform(apply, mapping):
            yield apply, look.validated_now()
            yield mapping, look
        case Liquid() | Failing():
            return
        case _:
            assert_never(node)


def _merged(objects: Value | None, look: _Look) -> Iterator[tuple[Value, _Look]]:
    """Yield what is merged: unlike other lists, this one is validated."""
    if isinstance(objects, Items):
        for each in objects.items:
            yield each, look
    elif objects is not None:
        yield objects, look.within(Reach.NONE)
