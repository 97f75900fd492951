"""Directive JSON: mappings as existing workspaces hold them, both ways.

`read_directives` turns JSON into a tree of `directive_nodes.py`, with every finding;
`to_json` turns a tree into JSON. What a tree means is the compiler's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from fql.grammar import directive_errors
from fql.grammar.diagnostics import arrange
from fql.grammar.directive_checks import check_tree
from fql.grammar.directive_nodes import (
    ARGUMENTS,
    ARRAY_PATH,
    METADATA_KEY,
    OPTIONS,
    ROOT_KEY,
    ArrayPath,
    Failing,
    Items,
    Members,
    Rooted,
    Scalar,
    name_of,
)
from fql.grammar.json_places import JsonDocument, inside, read_json, without_text
from fql.grammar.limits import MAX_NESTING
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.directive_errors import Fault
    from fql.grammar.directive_nodes import AnyDirective, Value
    from fql.grammar.json_places import Json

    _Split: TypeAlias = tuple[dict[str, Value], tuple[tuple[str, Value], ...]]

_EMPTY: Final = Members(())


@dataclass(frozen=True, slots=True)
class Directives:
    """A mapping in directive JSON that has been read.

    Attributes:
        document: The JSON.
        root: The tree; without members where the JSON is no mapping at all.
        diagnostics: All findings, in source order.
    """

    document: JsonDocument
    root: Value
    diagnostics: tuple[Diagnostic, ...]


def read_directives(given: object, pointer: str = "") -> Directives:
    """Read a mapping in directive JSON; never raises.

    What the original refuses is an error, and so is what it fails on with every event;
    what it evaluates by an accident, or fails on with some events, is a warning.

    Args:
        given: The JSON value, a `Source` with its text, or a `JsonDocument` in which
            it stands. What is no JSON is reported.
        pointer: Where in the document the mapping stands.

    >>> read_directives({"id": {"@path": "$.userId"}}).root
    Members(members=(('id', Path(path=Scalar(value='$.userId'))),))
    """
    document = _document(given)
    reader = _Reader()
    root: Value = _EMPTY
    if not document.diagnostics or document.places:
        value = _value_at(document.value, pointer)
        root = reader.read_root(value, pointer)
    faults = [*reader.faults, *check_tree(root)]
    findings = [fault.diagnostic(document) for fault in faults]
    return Directives(
        document, root, tuple(arrange([*document.diagnostics, *findings]))
    )


def _document(given: object) -> JsonDocument:
    if isinstance(given, JsonDocument):
        return given
    if isinstance(given, Source):
        return read_json(given)
    value = dict(given) if isinstance(given, Mapping) else given
    return without_text(cast("Json", value), "<mapping>")


def _value_at(value: Json, pointer: str) -> Json:
    """Return what *pointer* leads to; it leads to something."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value[key]
        elif isinstance(value, list):
            value = value[int(key)]
    return value


# --- reading ----------------------------------------------------------------------


class _Reader:
    """One reading of one mapping.

    Attributes:
        faults: What is no JSON, or nests too deep.
    """

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._levels = 0
        self._moved: dict[str, str] = {}

    def read_root(self, value: Json, pointer: str) -> Value:
        """Read a whole mapping, which has to be an object."""
        if not isinstance(value, dict):
            self.faults.append(directive_errors.no_mapping(pointer, value))
            return _EMPTY
        return self._mapping(value, pointer)

    def _read(self, value: Json, pointer: str) -> Value:
        if isinstance(value, str | int | float | None):
            return Scalar(value, pointer=pointer)
        if self._levels >= MAX_NESTING:
            self.faults.append(directive_errors.too_deep(pointer))
            return Scalar(None, pointer=pointer)
        self._levels += 1
        node = self._container(value, pointer)
        self._levels -= 1
        return node

    def _container(self, value: Json, pointer: str) -> Value:
        if isinstance(value, list):
            items = [
                self._read(item, f"{pointer}/{index}")
                for index, item in enumerate(value)
            ]
            return Items(tuple(items), pointer=pointer)
        if not isinstance(value, dict):
            self.faults.append(directive_errors.no_json(pointer, value))
            return Scalar(None, pointer=pointer)
        for key in cast("Iterable[object]", value):
            if not isinstance(key, str):
                self.faults.append(directive_errors.key_not_text(pointer, key))
                return Scalar(None, pointer=pointer)
        if is_directive(value):
            return self._directive(value, pointer)
        return Members(self._members(value, pointer), pointer=pointer)

    def _members(
        self, value: dict[str, Json], pointer: str
    ) -> tuple[tuple[str, Value], ...]:
        return tuple(
            [
                (key, self._read(each, self._inside(pointer, key)))
                for key, each in value.items()
            ]
        )

    def _inside(self, pointer: str, key: str) -> str:
        place = inside(pointer, key)
        return self._moved.get(place, place)

    # --- root directives ----------------------------------------------------------

    def _mapping(self, value: dict[str, Json], pointer: str) -> Value:
        """Read an object that is a mapping by itself, root directive and all."""
        if ROOT_KEY not in value:
            return self._read(value, pointer)
        own = {key: each for key, each in value.items() if key != ROOT_KEY}
        members = Members(self._members(own, pointer), pointer=pointer)
        place = inside(pointer, ROOT_KEY)
        inner = self._rooted(value[ROOT_KEY], own, place, pointer)
        return Rooted(inner, members, pointer=pointer)

    def _rooted(
        self, value: Json, own: dict[str, Json], place: str, pointer: str
    ) -> Value:
        """Return the root directive at *place* as it is evaluated."""
        if not isinstance(value, dict) or len(value) != 1:
            return self._failing(value, place, directive_errors.ROOT_ALONE)
        ((key, directive),) = value.items()
        if isinstance(directive, list):
            return self._read(value, place)
        if not isinstance(directive, dict):
            return self._failing(value, place, directive_errors.ROOT_OBJECT)
        whole: dict[str, Json] = {key: {**directive, "mapping": own}}
        self._moved[inside(inside(place, key), "mapping")] = pointer
        return self._read(whole, place)

    def _failing(self, value: Json, place: str, problem: str) -> Failing:
        argument = self._read(value, place)
        return Failing(ROOT_KEY, argument, problem, pointer=place)

    # --- directives ---------------------------------------------------------------

    def _directive(self, value: dict[str, Json], pointer: str) -> Value:
        name = next(key for key in value if key.startswith("@"))
        place = self._inside(pointer, name)
        rest = {key: each for key, each in value.items() if key != name}
        beside = self._members(rest, pointer)
        argument = value[name]
        if name in ARGUMENTS:
            make, only = ARGUMENTS[name]
            fields = {only: self._read(argument, place)}
            return make(**fields, pointer=pointer, beside=beside)
        if name == ARRAY_PATH and isinstance(argument, list):
            fields, unused = self._parts(argument, place)
            return ArrayPath(**fields, pointer=pointer, beside=beside, unused=unused)
        if name in OPTIONS and isinstance(argument, dict):
            make, names = OPTIONS[name]
            fields, unused = self._options(argument, place, names)
            return make(**fields, pointer=pointer, beside=beside, unused=unused)
        problem = directive_errors.failing_form(name, argument)
        read = self._read(argument, place)
        return Failing(name, read, problem, pointer=pointer, beside=beside)

    def _parts(self, argument: list[Json], place: str) -> _Split:
        """Read the path, the shape and whatever follows them."""
        parts = [
            self._read(each, f"{place}/{index}") for index, each in enumerate(argument)
        ]
        named = zip(("path", "shape"), parts, strict=False)
        fields: dict[str, Value] = {str(name): part for name, part in named}
        unused = [(str(index), each) for index, each in enumerate(parts) if index > 1]
        return fields, tuple(unused)

    def _options(
        self, argument: dict[str, Json], place: str, names: Mapping[str, str]
    ) -> _Split:
        """Read the options that *names* gives fields for, and the others."""
        fields: dict[str, Value] = {}
        unused: list[tuple[str, Value]] = []
        for key, each in argument.items():
            pointer = self._inside(place, key)
            if key not in names:
                unused.append((key, self._read(each, pointer)))
            elif key == "apply" and isinstance(each, dict):
                fields[key] = self._mapping(each, pointer)
            else:
                fields[names[key]] = self._read(each, pointer)
        return fields, tuple(unused)


def is_directive(value: Mapping[str, Json]) -> bool:
    """Return whether the engine takes this object for a directive.

    One of its keys starts with ``@``, and none but these and metadata stand there.
    """
    keys = [key for key in value if key != METADATA_KEY]
    return bool(keys) and all(key.startswith("@") for key in keys)


# --- writing ----------------------------------------------------------------------


def to_json(node: Value) -> Json:
    """Return the JSON of a tree, with what the engine passes over.

    >>> to_json(ArrayPath(Scalar("$.items")))
    {'@arrayPath': ['$.items']}
    """
    match node:
        case Scalar(value):
            return value
        case Items(items):
            return [to_json(each) for each in items]
        case Members(members):
            return _object(members)
        case Rooted(value, members):
            return {ROOT_KEY: _root_json(value), **_object(members.members)}
        case _:
            return {name_of(node): _argument(node), **_object(node.beside)}


def _object(members: Iterable[tuple[str, Value]]) -> dict[str, Json]:
    return {key: to_json(each) for key, each in members}


def _root_json(value: Value) -> Json:
    """Return the JSON of a root directive, without the members it is given."""
    if isinstance(value, Failing) and value.name == ROOT_KEY:
        return to_json(value.argument)
    whole = to_json(value)
    if not isinstance(whole, dict):
        return whole
    return {key: _without_mapping(each) for key, each in whole.items()}


def _without_mapping(value: Json) -> Json:
    if not isinstance(value, dict):
        return value
    return {key: each for key, each in value.items() if key != "mapping"}


def _argument(node: AnyDirective) -> Json:
    """Return what stands under the key of a directive."""
    if isinstance(node, Failing):
        return to_json(node.argument)
    name = name_of(node)
    if name in ARGUMENTS:
        return to_json(getattr(node, ARGUMENTS[name][1]))
    if isinstance(node, ArrayPath):
        parts = (node.path, node.shape, *(each for _, each in node.unused))
        return [to_json(each) for each in parts if each is not None]
    named = [(key, getattr(node, field)) for key, field in OPTIONS[name][1].items()]
    given = [(key, each) for key, each in named if each is not None]
    return _object((*given, *node.unused))
