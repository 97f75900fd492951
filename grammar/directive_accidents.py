"""Directive JSON that the original does not evaluate as it looks.

Each function here finds one kind of accident; what the engine makes of it is done by
the compiler, faithfully. Nothing here is an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fql.grammar import accident_errors as errors
from fql.grammar.directive_nodes import (
    ARRAY_PATH,
    OPTIONS,
    ArrayPath,
    Case,
    Directive,
    Failing,
    Flatten,
    If,
    Items,
    Json,
    Literal,
    Members,
    Merge,
    Path,
    Replace,
    Rooted,
    Scalar,
    Template,
    name_of,
)
from fql.grammar.directive_rules import (
    is_falsy,
    is_none,
    kind_of,
    place_of,
    replaces,
    replaces_twice,
    text_of,
)
from fql.grammar.directive_texts import (
    WHOLE,
    path_keys,
    split_doubles,
    split_triples,
    without_root,
)
from fql.grammar.json_places import inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.grammar.directive_errors import Fault
    from fql.grammar.directive_nodes import AnyDirective, Value

_DOT_IN_QUOTES: Final = re.compile(r"""\[(["'])[^"'\]]*\.[^"'\]]*\1\]""")
_BRACKETS: Final = re.compile(r"\[.*\]")
_LIVE: Final = re.compile(r"\$[$&`']")


def accidents_in_object(node: Members) -> Iterator[Fault]:
    """Yield what is odd about the keys of a plain object."""
    for key, each in node.members:
        if key.startswith("@"):
            yield errors.taken_as_data(each.pointer, key)
        elif key == "__proto__":
            yield errors.lost_member(each.pointer)


def accidents_beside(node: Directive) -> Iterator[Fault]:
    """Yield what stands in or beside a directive and does nothing."""
    name = name_of(node)
    for key, each in node.beside:
        if key.startswith("@"):
            yield errors.more_directives(each.pointer, name, key)
    if name == ARRAY_PATH:
        for _, each in node.unused:
            yield errors.third_part(each.pointer)
    elif name in OPTIONS:
        known = OPTIONS[name][1]
        own = inside(node.pointer, name) + "/"
        # A root directive is given the other members as an option: not a mistake here.
        given = [each for each in node.unused if each[1].pointer.startswith(own)]
        for key, each in given:
            yield errors.unknown_option(each.pointer, name, key, known)


def accidents_of(node: AnyDirective) -> Iterator[Fault]:
    """Yield what is odd about a directive itself, not its parts."""
    match node:
        case Path(path):
            yield from _path(path)
        case Template(template):
            yield from _template(template)
        case Literal(value):
            if _holds_directive(value):
                yield errors.literal_resolved(value.pointer)
        case If():
            yield from _if(node)
        case Case(_, value):
            yield from _falsy(node, value)
        case Replace(value):
            yield from _falsy(node, value)
            yield from _replace(node)
        case ArrayPath(path, shape):
            yield from _path(path)
            yield from _shape(shape)
        case Flatten(_, _, omit_arrays):
            yield from _flag("omitArrays", omit_arrays)
        case Json(_, mode):
            text = text_of(mode)
            if mode is not None and text and text not in {"encode", "decode"}:
                yield errors.mode_unknown(mode.pointer, text)
        case Merge(_, direction):
            text = text_of(direction)
            if direction is not None and text and text not in {"left", "right"}:
                yield errors.direction_is_right(direction.pointer, text)
        case _:
            return


def _falsy(node: Directive, value: Value | None) -> Iterator[Fault]:
    if value is not None and is_falsy(value):
        yield errors.nothing_given(value.pointer, name_of(node), _shown(value))


def _shown(value: Value) -> str:
    if isinstance(value, Scalar) and value.value == "":
        return "an empty text"
    return "zero" if kind_of(value) == "a number" else kind_of(value)


def _flag(option: str, value: Value | None) -> Iterator[Fault]:
    if value is None or is_falsy(value) or kind_of(value) == "true":
        return
    yield errors.taken_for_true(value.pointer, option)


def _holds_directive(value: Value) -> bool:
    """Return whether a directive stands in a list or an object."""
    match value:
        case Items(items):
            parts = list(items)
        case Members(members):
            parts = [each for _, each in members]
        case _:
            return False
    return any(isinstance(part, Directive) or _holds_directive(part) for part in parts)


# --- paths and templates ----------------------------------------------------------


def _path(node: Value | None) -> Iterator[Fault]:
    path = text_of(node)
    if node is None or path is None:
        return
    read = without_root(path)
    if not path.startswith("$.") and read != path:
        yield errors.root_removed_inside(node.pointer, read)
    keys = path_keys(read)
    if not keys and read not in WHOLE:
        yield errors.whole_event(node.pointer)
    if keys and keys[0].startswith("$") and keys[0] == path_keys(path)[0]:
        yield errors.dollar_is_key(node.pointer)
    if _DOT_IN_QUOTES.search(read):
        yield errors.dot_in_key(node.pointer, keys)
        return
    for key in keys:
        if _BRACKETS.search(key):
            yield errors.brackets_in_key(node.pointer, key)


def _template(node: Value) -> Iterator[Fault]:
    template = text_of(node)
    if template is None:
        return
    triples = split_triples(template)
    doubles = [split_doubles(text) for text in triples[::2]]
    placeholders = [*triples[1::2], *(path for part in doubles for path in part[1::2])]
    for path in placeholders:
        yield from _placeholder(node.pointer, path)
    if any("{{" in text for part in doubles for text in part[::2]):
        yield errors.braces_stay(node.pointer)


def _placeholder(pointer: str, path: str) -> Iterator[Fault]:
    if path.startswith("$"):
        yield errors.root_in_template(pointer, path)
    elif "|" in path:
        yield errors.filter_in_template(pointer, path)
    elif path in WHOLE:
        yield errors.blank_placeholder(pointer)


# --- options ----------------------------------------------------------------------


def _if(node: If) -> Iterator[Fault]:
    if node.exists is not None and node.blank is not None:
        yield errors.blank_ignored(node.blank.pointer)
    tested = node.blank if node.exists is None else node.exists
    option = "blank" if node.exists is None else "exists"
    if tested is not None and not isinstance(tested, Directive | Failing):
        yield errors.test_of_constant(tested.pointer, option)
    if node.otherwise is not None and is_falsy(node.otherwise):
        yield errors.else_ignored(node.otherwise.pointer, _shown(node.otherwise))


def _replace(node: Replace) -> Iterator[Fault]:
    if not replaces(node):
        if not is_falsy(node.pattern):
            yield errors.replaces_nothing(place_of(node))
        return
    for replacement in (node.replacement, node.replacement2):
        live = _LIVE.search(text_of(replacement) or "")
        if replacement is not None and live:
            yield errors.live_replacement(replacement.pointer, live[0])
    yield from _second_pattern(node)


def _second_pattern(node: Replace) -> Iterator[Fault]:
    if replaces_twice(node):
        return
    pattern, replacement = node.pattern2, node.replacement2
    if pattern is not None and not is_falsy(pattern):
        is_wrong = text_of(pattern) is None
        why = f"`{'pattern2' if is_wrong else 'replacement2'}` is no text"
        place = pattern if is_wrong or replacement is None else replacement
        yield errors.second_pattern_ignored(place.pointer, why)
    elif replacement is not None and not is_none(replacement):
        why = "there is no `pattern2`"
        yield errors.second_pattern_ignored(replacement.pointer, why)


def _shape(shape: Value | None) -> Iterator[Fault]:
    if shape is None or isinstance(shape, Directive | Rooted):
        return
    if not isinstance(shape, Members) or not shape.members:
        yield errors.shape_ignored(shape.pointer)
