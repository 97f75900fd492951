"""From the tree of directives to the tree of the text that says the same.

The text is one that stands in ``original(...)``: each directive becomes the form that
stands for it. Accidents are spelled out: an ``else`` that does not count is left out,
what never has a value becomes ``drop_null(null)``. What no text says is a finding; what
the original never runs has none either.

Places in the result mean nothing. Whether the text really says the same is for
`convert.py` to prove.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, assert_never

from fql.compiler import convert_errors as errors
from fql.compiler.directive_values import ordered
from fql.compiler.payload_functions import LIQUID, PATH, TEMPLATE, TRANSFORM
from fql.grammar import directive_nodes as directives
from fql.grammar import nodes
from fql.grammar.directive_nodes import Items, Members, Rooted, Scalar
from fql.grammar.directive_rules import (
    failure_of,
    is_falsy,
    replaces,
    replaces_twice,
    text_of,
)
from fql.grammar.directive_texts import (
    has_triples,
    path_keys,
    split_doubles,
    without_root,
)
from fql.grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.grammar.directive_errors import Fault
    from fql.grammar.directive_nodes import AnyDirective, Value
    from fql.grammar.nodes import Expr

_HERE = Span(0, 0)
_PROTOTYPE = "__proto__"


@dataclass(frozen=True, slots=True)
class Expression:
    """What directives become.

    Attributes:
        root: The expression that stands for them in ``original(...)``. Each span is
            empty and starts at an index of *pointers*.
        faults: What has no text; with any of these *root* is no use.
        pointers: Where in the JSON the parts stand.
    """

    root: Expr
    faults: tuple[Fault, ...]
    pointers: tuple[str, ...]


def expression_of(root: Value) -> Expression:
    """Return the expression that stands for *root*, a tree without errors."""
    writer = _Writer()
    expression = writer.value(root, is_event=True)
    return Expression(expression, tuple(writer.faults), tuple(writer.pointers))


def call(name: str, *arguments: Expr, **options: bool | str) -> nodes.Call:
    """Return a call that stands nowhere; its *options* in their order."""
    given = [
        nodes.Option(option, _literal(value), span=_HERE)
        for option, value in options.items()
    ]
    return nodes.Call(name, arguments, tuple(given), name_span=_HERE, span=_HERE)


def _literal(value: bool | int | float | str | None) -> Expr:
    match value:
        case None:
            return nodes.Null(span=_HERE)
        case bool():
            return nodes.Bool(value, span=_HERE)
        case str():
            # Single quotes: braces in it are no template.
            return nodes.String(value, quote="'", span=_HERE)
        case _:
            return nodes.Number(value, span=_HERE)


_NOTHING = call("drop_null", _literal(None))
"""What never has a value."""


@dataclass(frozen=True, slots=True)
class _Writer:
    """One conversion of one tree."""

    faults: list[Fault] = field(default_factory=list)
    pointers: list[str] = field(default_factory=lambda: [""])

    def value(self, node: Value | None, *, is_event: bool) -> Expr:
        """Return the expression of *node*. *is_event*: its paths start there."""
        if node is None:
            return _NOTHING
        expression = self._expression(node, is_event=is_event)
        return replace(expression, span=self._place(node))

    def _place(self, node: Value) -> Span:
        """Return the span that stands for the place of *node*."""
        self.pointers.append(node.pointer)
        return Span(len(self.pointers) - 1, len(self.pointers) - 1)

    def _expression(self, node: Value, *, is_event: bool) -> Expr:
        match node:
            case Scalar(value):
                return _literal(value)
            case Items(items):
                values = [self.value(each, is_event=is_event) for each in items]
                return nodes.ListLiteral(tuple(values), span=_HERE)
            case Members():
                return self._object(node, is_event=is_event)
            case Rooted(value):
                return self.value(value, is_event=is_event)
            case _:
                failure = failure_of(node)
                if failure is not None:
                    message = failure.fault.message
                    self.faults.append(errors.no_text_fails(node, message))
                    return _NOTHING
                return self._directive(node, is_event=is_event)

    def _refuse(self, node: Value, why: str) -> Expr:
        self.faults.append(errors.no_text(node, why))
        return _NOTHING

    def _object(self, node: Members, *, is_event: bool) -> nodes.Object:
        members = [
            self._member(key, self.value(value, is_event=is_event))
            for key, value in ordered(dict(node.members)).items()
            if key != _PROTOTYPE
        ]
        return nodes.Object(tuple(members), span=self._place(node))

    def _member(self, key: str, value: Expr) -> nodes.Member:
        return nodes.Member(key, value, key_span=value.span, span=value.span)

    def _directive(self, node: AnyDirective, *, is_event: bool) -> Expr:
        def inner(value: Value | None) -> Expr:
            return self.value(value, is_event=is_event)

        match node:
            case directives.Path(path):
                return self._path(path, is_event=is_event)
            case directives.Template(template):
                return self._template(template, is_event=is_event)
            case directives.Literal(value):
                return call("literal", inner(value))
            case directives.If():
                return self._if(node, is_event=is_event)
            case directives.Case(operator, value):
                name = text_of(operator) or ""
                return _NOTHING if is_falsy(value) else call(name, inner(value))
            case directives.Replace():
                return self._replace(node, is_event=is_event)
            case directives.ArrayPath():
                return self._array_path(node, is_event=is_event)
            case directives.Flatten():
                return self._flatten(node, is_event=is_event)
            case directives.Json(value, mode):
                return self._json(node, value, text_of(mode), is_event=is_event)
            case directives.Merge():
                return self._merge(node, is_event=is_event)
            case directives.Transform(apply, mapping):
                applied = inner(apply)
                return call(TRANSFORM, applied, self.value(mapping, is_event=False))
            case directives.ExcludeWhenNull(value):
                return call("drop_null", inner(value))
            case directives.Liquid(template):
                return call(LIQUID, inner(template))
            case directives.Failing():
                raise AssertionError("a failing directive has a failure")
            case _:
                assert_never(node)

    # --- paths and templates ---

    def _path(self, path: Value, *, is_event: bool) -> Expr:
        text = text_of(path)
        if text is None:
            return call(PATH, self.value(path, is_event=is_event))
        keys = path_keys(without_root(text))
        found = _path_along(keys, is_event=is_event)
        return call(PATH, _literal(text)) if found is None else found

    def _template(self, template: Value, *, is_event: bool) -> Expr:
        text = text_of(template)
        if text is None:
            return call(TEMPLATE, self.value(template, is_event=is_event))
        parts = [] if has_triples(text) else _template_parts(text, is_event=is_event)
        if not parts:
            return call(TEMPLATE, _literal(text))
        if len(parts) == 1 and isinstance(parts[0], str):
            return _literal(parts[0])
        return nodes.Template(tuple(parts), span=_HERE)

    # --- choices ---

    def _if(self, node: directives.If, *, is_event: bool) -> Expr:
        exists, blank = node.exists, node.blank
        otherwise = None
        if not is_falsy(node.otherwise):
            otherwise = self.value(node.otherwise, is_event=is_event)
        if exists is not None and is_falsy(exists):
            # It is asked, and gives no for null and yes for the others.
            exists = directives.Literal(exists)
        tested = self.value(blank if exists is None else exists, is_event=is_event)
        then = self.value(node.then, is_event=is_event)
        if exists is not None and then == tested and otherwise is not None:
            more = otherwise.operands if isinstance(otherwise, nodes.Coalesce) else ()
            return nodes.Coalesce((then, *(more or (otherwise,))), span=_HERE)
        test = call("filled" if exists is None else "exists", tested)
        return nodes.If(test, then, otherwise, span=_HERE)

    # --- functions ---

    def _replace(self, node: directives.Replace, *, is_event: bool) -> Expr:
        if is_falsy(node.value):
            return _NOTHING
        if not replaces(node):
            return self._refuse(node, "with options of these types")
        texts = [node.pattern, node.replacement]
        if replaces_twice(node):
            texts += [node.pattern2, node.replacement2]
        options: dict[str, bool | str] = {}
        if node.ignorecase == Scalar(value=True):
            options["ignorecase"] = True
        if node.is_global == Scalar(value=False):
            options["first_only"] = True
        value = self.value(node.value, is_event=is_event)
        given = [_literal(text_of(text) or "") for text in texts]
        return call("replace", value, *given, **options)

    def _flatten(self, node: directives.Flatten, *, is_event: bool) -> Expr:
        separator = text_of(node.separator)
        if separator is None:
            return self._refuse(node, "with a separator that a directive gives")
        options: dict[str, bool | str] = {"separator": separator}
        if not is_falsy(node.omit_arrays):
            options["omit_arrays"] = True
        return call("flatten", self.value(node.value, is_event=is_event), **options)

    def _json(
        self, node: Value, value: Value | None, mode: str | None, *, is_event: bool
    ) -> Expr:
        if mode not in {"encode", "decode"}:
            return self._refuse(node, "of a mode that never gives anything")
        name = "to_json" if mode == "encode" else "from_json"
        return call(name, self.value(value, is_event=is_event))

    def _merge(self, node: directives.Merge, *, is_event: bool) -> Expr:
        objects = node.objects.items if isinstance(node.objects, Items) else ()
        if not objects:
            return self._refuse(node, "of no objects")
        if isinstance(node.direction, directives.Directive):
            return self._refuse(node, "with a direction that a directive gives")
        name = "merge_left" if text_of(node.direction) == "left" else "merge"
        values = [self.value(each, is_event=is_event) for each in objects]
        if len(values) == 1:
            values.append(nodes.Object((), span=_HERE))
        return call(name, *values)

    def _array_path(self, node: directives.ArrayPath, *, is_event: bool) -> Expr:
        shape = node.shape
        is_text = text_of(node.path) is not None and node.path is not None
        path = directives.Path(node.path) if is_text and node.path else node.path
        items = self.value(path, is_event=is_event)
        if isinstance(shape, directives.Directive):
            return self._refuse(node, "with a directive as its shape")
        if not isinstance(shape, Members) or not shape.members:
            return items
        written = self._object(shape, is_event=False)
        return nodes.Each(items, written, span=_HERE)


# --- paths ------------------------------------------------------------------------


def _path_along(
    keys: Sequence[str], *, is_event: bool
) -> nodes.Path | nodes.EventPath | None:
    """Return the path along *keys*, or None if no text says it."""
    if not keys and is_event:
        return nodes.EventPath((), span=_HERE)
    if not keys or not all(keys):
        return None
    return nodes.Path(tuple(keys), span=_HERE)


def _template_parts(
    text: str, *, is_event: bool
) -> list[str | nodes.Path | nodes.EventPath]:
    """Return the parts of a template; none where a text would be read otherwise."""
    parts: list[str | nodes.Path | nodes.EventPath] = []
    for index, piece in enumerate(split_doubles(text)):
        if index % 2:
            path = _path_along(path_keys(piece), is_event=is_event)
            if path is None:
                return []
            parts.append(path)
        elif "{" in piece or "}" in piece:
            return []
        elif piece:
            parts.append(piece)
    return parts or [""]
