"""What each directive does with values: the original's answers, accidents and all.

Pure; a directive that the original fails on raises `MappingError`. Functions with
options are frozen dataclasses, called with the resolved value, so that a back end can
see what they do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

from fql.compiler.directive_replace import replaceable
from fql.compiler.directive_values import (
    entries,
    inserted,
    kind_of,
    ordered,
    walk,
    without_missing,
)
from fql.compiler.missing import MISSING
from fql.compiler.payload_errors import MappingError
from fql.grammar.directive_texts import (
    path_keys,
    split_doubles,
    split_triples,
    without_root,
)
from fql.grammar.javascript import json_number, to_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.directive_values import Value


@dataclass(frozen=True, slots=True)
class Place:
    """Where a directive stands, for messages.

    Attributes:
        member: The place in the payload.
        path: The field of the event that the directive is given, or an empty text.
    """

    member: str = ""
    path: str = ""

    def fail(self, message: str) -> NoReturn:
        """Raise the error of this place."""
        raise MappingError(message, self.member, self.path)


@dataclass(frozen=True, slots=True)
class Fail:
    """A directive that cannot run."""

    message: str
    place: Place

    def __call__(self) -> NoReturn:
        """Raise the error."""
        self.place.fail(self.message)


@dataclass(frozen=True, slots=True)
class FailOnText:
    """``@case`` or ``@replace`` with options that only texts come to."""

    message: str
    place: Place
    is_replacing: bool

    def __call__(self, value: Value) -> Value:
        """Return what is no text as the directive does; raise for a text."""
        text = replaceable(value) if self.is_replacing else value
        if isinstance(text, str):
            self.place.fail(self.message)
        return "" if self.is_replacing else value


def nothing() -> Value:
    """Return missing."""
    return MISSING


def dropped(_: Value) -> Value:
    """Return missing, whatever is given."""
    return MISSING


def unless_null(value: Value) -> Value:
    """Return *value*; missing for null."""
    return MISSING if value is None else value


# --- paths and templates ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Walk:
    """``@path`` with the keys of a known path, from what the path starts at."""

    keys: tuple[str, ...]

    def __call__(self, start: Value) -> Value:
        """Return what the keys lead to."""
        return walk(start, self.keys)


@dataclass(frozen=True, slots=True)
class WalkGivenPath:
    """``@path`` with a path that another directive gives."""

    place: Place

    def __call__(self, start: Value, path: Value) -> Value:
        """Return what *path* leads to from *start*."""
        if not isinstance(path, str):
            self.place.fail(f"a path is a text, not {kind_of(path)}")
        return walk(start, path_keys(without_root(path)))


@dataclass(frozen=True, slots=True)
class FillGivenTemplate:
    """``@template`` with a template that another directive gives."""

    place: Place

    def __call__(self, start: Value, template: Value) -> Value:
        """Return *template* with its placeholders filled."""
        if not isinstance(template, str):
            self.place.fail(f"a template is a text, not {kind_of(template)}")
        return fill_doubles(start, _filled(start, split_triples(template)))


def inserted_start(start: Value) -> str:
    """Return what ``{{ }}`` leaves: templates take nothing for an empty object."""
    return inserted({} if start is MISSING else start)


def fill_doubles(start: Value, template: str) -> str:
    """Return *template* with the placeholders in two braces filled.

    What was inserted for placeholders in three braces is searched, too.
    """
    return _filled(start, split_doubles(template)) if "{{" in template else template


def _filled(start: Value, parts: list[str]) -> str:
    if start is MISSING:
        start = {}
    texts = [
        inserted(walk(start, path_keys(part))) if index % 2 else part
        for index, part in enumerate(parts)
    ]
    return "".join(texts)


# --- objects ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MakeMembers:
    """An object whose members may be missing and stay in it."""

    keys: tuple[str, ...]

    def __call__(self, *members: Value) -> Value:
        """Return the object."""
        return dict(zip(self.keys, members, strict=True))


def make_items(*items: Value) -> Value:
    """Return a list whose elements may be missing."""
    return list(items)


@dataclass(frozen=True, slots=True)
class Merger:
    """``@merge``: the members of all, where two have a key the later one wins."""

    wins_left: bool = False

    def __call__(self, *objects: Value) -> Value:
        """Return the members of all objects, elements and units under their index."""
        merged: dict[str, Value] = {}
        for each in reversed(objects) if self.wins_left else objects:
            if isinstance(each, str):
                merged.update(entries(list(to_units(each))))
            elif isinstance(each, dict | list):
                merged.update(entries(each))
        return ordered(merged)


def merge_towards(direction: Value, *objects: Value) -> Value:
    """Return ``@merge`` of objects with a direction that another directive gives."""
    return Merger(direction == "left")(*objects)


MAX_FLATTENED: Final = 1_000
"""Levels that ``@flatten`` takes: the keys together grow with the square of them."""


@dataclass(frozen=True, slots=True)
class Flattener:
    """``@flatten``: one level, the keys joined."""

    separator: str
    omits_arrays: bool
    place: Place

    def __call__(self, value: Value) -> Value:
        """Return the flat object; a scalar stands under an empty key."""
        inner = dict if self.omits_arrays else (dict, list)
        flat: dict[str, Value] = {}
        pending = [("", value, 0)]
        while pending:
            name, each, level = pending.pop()
            if not isinstance(each, inner):
                flat[name] = each
                continue
            if level >= MAX_FLATTENED:
                self.place.fail(f"`@flatten` takes at most {MAX_FLATTENED:,} levels")
            prefix = f"{name}{self.separator}" if name else ""
            pending.extend(
                [
                    (f"{prefix}{key}", part, level + 1)
                    for key, part in reversed(entries(each))
                ]
            )
        return ordered(flat)


@dataclass(frozen=True, slots=True)
class FlattenWithSeparator:
    """``@flatten`` with a separator that another directive gives."""

    omits_arrays: bool
    place: Place

    def __call__(self, value: Value, separator: Value) -> Value:
        """Return the flat object."""
        if not isinstance(separator, str):
            self.place.fail(f"a separator is a text, not {kind_of(separator)}")
        return Flattener(separator, self.omits_arrays, self.place)(value)


def without_missing_members(value: Value) -> Value:
    """Return *value* without members that are missing; elements stay so."""
    return without_missing(value, keeps_elements=True)


def mark_nulls(value: Value) -> Value:
    """Return *value* with missing in place of null, in objects at any depth."""
    if value is None:
        return MISSING
    if not isinstance(value, dict):
        return value
    root = dict(value)
    pending = [root]
    while pending:
        members = pending.pop()
        for key, member in members.items():
            if member is None:
                members[key] = MISSING
            elif isinstance(member, dict):
                members[key] = copy = dict(member)
                pending.append(copy)
    return root


# --- JSON -------------------------------------------------------------------------


def read_json_text(value: Value) -> Value:
    """Return what a JSON text says; anything that is none as it is.

    Numbers are doubles. So is a text that nests too deep to be read.
    """
    if not isinstance(value, str):
        return value
    try:
        return _decoded(value)
    except (ValueError, RecursionError):
        return value


def _decoded(text: str) -> Value:
    value: Value = json.loads(
        text,
        parse_constant=_refuse,
        parse_float=_number,
        parse_int=_number,
        object_pairs_hook=_object,
    )
    return value


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _number(digits: str) -> float:
    return json_number(float(digits))


def _object(pairs: Sequence[tuple[str, Value]]) -> dict[str, Value]:
    return ordered(dict(pairs))


# --- scopes -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequireObject:
    """What ``@transform`` is given where that may be something else than an object."""

    place: Place

    def __call__(self, given: Value) -> Value:
        """Return *given*, an empty object for missing; raise if it is no object."""
        if given is MISSING:
            return {}
        if not isinstance(given, dict):
            self.place.fail(f"`@transform` works on an object, not on {kind_of(given)}")
        return given


def alone(value: Value) -> Value:
    """Return a list that holds just *value*."""
    return [value]


def only(items: Value) -> Value:
    """Return the one element of a list."""
    return items[0] if isinstance(items, list) else MISSING
