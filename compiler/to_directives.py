"""From the tree of a mapping's text to the tree of the directives that say the same.

There are two readings. In ``original(...)`` a text means what its directives mean, so
that every part has the one directive of its form, and what has none is an error. Around
it a text means what the language says; there a part becomes directives that give the
same for every event whose fields have the types that they should have, and the few that
they differ for are findings where conversion is to be exact.

Nothing here asks whether a tree is well-formed: it has been checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias, assert_never

from fql.compiler import convert_errors as errors
from fql.compiler.convertible import is_whole, options_of, path_of, test_of
from fql.compiler.payload_functions import LIQUID, ORIGINAL, PATH, TEMPLATE, TRANSFORM
from fql.compiler.scopes import ungrouped
from fql.compiler.spec import OTHER_SPELLING
from fql.grammar import directive_nodes as directives
from fql.grammar import nodes
from fql.grammar.directive_nodes import METADATA_KEY, ROOT_KEY, Items, Members, Scalar
from fql.grammar.directive_rules import failure_of, is_falsy
from fql.grammar.directive_texts import (
    has_triples,
    path_keys,
    split_doubles,
)
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.directive_nodes import AnyDirective, Value
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Span

_NOTHING = Scalar(None)
_EMPTY = Members(())
_NO_SOURCE = Source("")
_PARENTS = "where a parent is false, 0 or an empty text it gives that"
_PROTOTYPE = "__proto__"


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a part is read.

    Attributes:
        is_original: Whether it means what directives mean.
        is_exact: Whether what differs for some events is a finding.
        is_event: Whether paths start from the event.
    """

    is_original: bool = False
    is_exact: bool = False
    is_event: bool = True


def tree_of(
    root: Expr,
    source: Source = _NO_SOURCE,
    *,
    is_original: bool = False,
    is_exact: bool = False,
    is_event: bool = True,
) -> tuple[Value, list[Diagnostic]]:
    """Return the directives of a value, and what has none.

    Args:
        root: The tree, checked. Parts with findings stand for nothing sensible.
        source: The text of the tree; none where findings are of no interest.
        is_original: Whether it stands in ``original(...)``.
        is_exact: Whether what differs for some events is a finding, too.
        is_event: Whether paths start from the event.
    """
    converter = _Converter(source)
    reading = _Reading(is_original, is_exact, is_event)
    return converter.value(root, reading), converter.findings


@dataclass(frozen=True, slots=True)
class _Converter:
    """One conversion of one tree."""

    source: Source
    findings: list[Diagnostic] = field(default_factory=list)

    def value(self, node: Expr, at: _Reading) -> Value:
        """Return the directives of *node*."""
        match node:
            case nodes.Null():
                return Scalar(None)
            case nodes.Bool(value) | nodes.Number(value) | nodes.String(value):
                return Scalar(value)
            case nodes.Path() | nodes.EventPath():
                return self._path(node, at)
            case nodes.Call():
                return self._call(node, at)
            case nodes.ListLiteral(items):
                return Items(tuple([self.value(item, at) for item in items]))
            case nodes.Group(inner):
                return self.value(inner, at)
            case nodes.Template():
                return self._template(node, at)
            case nodes.Coalesce(operands):
                return self._coalesce(operands, at)
            case nodes.If():
                return self._if(node, at)
            case nodes.Each():
                return self._each(node, at)
            case nodes.Object():
                return self._object(node, at)
            case (
                nodes.Not()
                | nodes.Compare()
                | nodes.And()
                | nodes.Or()
                | nodes.Everything()
                | nodes.Invalid()
            ):
                return self._refuse(errors.no_directive, node.span, "conditions")
            case _:
                assert_never(node)

    def _refuse(
        self, error: Callable[..., Diagnostic], span: Span, *details: str
    ) -> Value:
        self.findings.append(error(self.source, span, *details))
        return _NOTHING

    def _differs(self, span: Span, at: _Reading, how: str) -> None:
        """Report what differs for some events, if nothing may."""
        if at.is_exact and not at.is_original:
            self.findings.append(errors.differs(self.source, span, how))

    def _runs(self, directive: AnyDirective, span: Span) -> Value:
        """Return *directive*; one that cannot run is reported."""
        failure = failure_of(directive)
        if failure is not None:
            self._refuse(errors.engine_fails, span, failure.fault.message)
        return directive

    def _given(self, node: Expr, at: _Reading) -> Value:
        """Return the directives of an option, which count as given, whatever it is."""
        value = self.value(node, at)
        return directives.Literal(value) if is_falsy(value) else value

    # --- paths and templates ---

    def _path(self, node: nodes.Path | nodes.EventPath, at: _Reading) -> Value:
        if isinstance(node, nodes.EventPath) and not at.is_event:
            return self._refuse(errors.event_inside, node.span)
        path = path_of(node.segments)
        if path is None:
            return self._refuse(errors.unsayable_path, node.span)
        found = directives.Path(Scalar(path))
        if at.is_original or not node.segments:
            return found
        self._check_reading(node, at)
        other = OTHER_SPELLING.get(node.segments[0]) if at.is_event else None
        if other is None:
            return found
        self._differs(node.span, at, f"null counts as absent, and `{other}` is read")
        fallback = path_of((other, *node.segments[1:]))
        return directives.If(found, None, found, directives.Path(Scalar(fallback)))

    def _check_reading(self, node: nodes.Path | nodes.EventPath, at: _Reading) -> None:
        """Report where a directive finds what a path of the language does not."""
        inner = node.segments[1:] if at.is_event else node.segments
        if "length" in inner:
            how = "it is the length of a list or a text there"
            self.findings.append(errors.differs(self.source, node.span, how))
        elif inner:
            self._differs(node.span, at, _PARENTS)

    def _template(self, node: nodes.Template, at: _Reading) -> Value:
        pieces: list[str] = []
        wanted: list[object] = [""]
        for part in node.parts:
            if isinstance(part, str):
                pieces.append(part)
                wanted[-1] = part
                continue
            self._path(part, replace(at, is_original=True))
            keys = part.segments
            pieces.append(f"{{{{{'.'.join(keys) or '.'}}}}}")
            wanted += [keys, ""]
        text = "".join(pieces)
        split = [
            path_keys(piece) if index % 2 else piece
            for index, piece in enumerate(split_doubles(text))
        ]
        if has_triples(text) or split != wanted:
            return self._refuse(errors.unsayable_template, node.span)
        how = "an object prints as `[object Object]`, a list without its brackets"
        self._differs(node.span, at, how)
        return directives.Template(Scalar(text))

    # --- choices ---

    def _coalesce(self, operands: Sequence[Expr], at: _Reading) -> Value:
        *tried, last = operands
        value = self._given(last, at)
        for operand in reversed(tried):
            first = self._given(operand, at)
            value = directives.If(first, None, first, value)
        return value

    def _if(self, node: nodes.If, at: _Reading) -> Value:
        test, is_negated = test_of(node.condition)
        if test is None:
            return self._refuse(errors.no_such_test, node.condition.span)
        tested = self._given(test.argument, at)
        then: Value | None = self.value(node.then, at)
        otherwise = None if node.otherwise is None else self._given(node.otherwise, at)
        if is_negated:
            # `then` may be falsy, `else` may not.
            then, otherwise = otherwise, self._given(node.then, at)
        if test.name == "filled":
            how = "0, false and an empty list are not filled"
            self._differs(node.condition.span, at, how)
            return directives.If(None, tested, then, otherwise)
        return directives.If(tested, None, then, otherwise)

    # --- objects and lists ---

    def _each(self, node: nodes.Each, at: _Reading) -> Value:
        if not node.shape.members:
            return self._refuse(errors.empty_shape, node.shape.span)
        items = self.value(node.items, at)
        match items:
            case directives.Path(Scalar(str()) as path):
                items = path
            case Scalar(str()):
                items = directives.Literal(items)
            case _:
                pass
        shape = self.value(node.shape, replace(at, is_event=False))
        return directives.ArrayPath(items, shape)

    def _object(self, node: nodes.Object, at: _Reading) -> Value:
        members: list[tuple[str, Value]] = []
        for member in node.members:
            if member.key in {_PROTOTYPE, ROOT_KEY}:
                self._refuse(errors.unsayable_object, member.key_span, member.key)
            members.append((member.key, self.value(member.value, at)))
        odd = [each for each in node.members if each.key.startswith("@")]
        rest = [each for each in node.members if each.key != METADATA_KEY]
        if odd and len(odd) == len(rest):
            self._refuse(errors.unsayable_object, odd[0].key_span, odd[0].key)
        return Members(tuple(members))

    # --- calls ---

    def _call(self, node: nodes.Call, at: _Reading) -> Value:
        make = _CALLS.get(node.name)
        if make is None:
            return self._refuse(errors.no_directive, node.name_span, f"`{node.name}`")
        return make(self, node, at)

    def original(self, node: nodes.Call, at: _Reading) -> Value:
        return self.value(node.arguments[0], replace(at, is_original=True))

    def raw_path(self, node: nodes.Call, at: _Reading) -> Value:
        path = self.value(node.arguments[0], replace(at, is_original=True))
        return self._runs(directives.Path(path), node.span)

    def raw_template(self, node: nodes.Call, at: _Reading) -> Value:
        template = self.value(node.arguments[0], replace(at, is_original=True))
        return self._runs(directives.Template(template), node.span)

    def liquid(self, node: nodes.Call, at: _Reading) -> Value:
        template = self.value(node.arguments[0], at)
        return self._runs(directives.Liquid(template), node.span)

    def literal(self, node: nodes.Call, at: _Reading) -> Value:
        return directives.Literal(self.value(node.arguments[0], at))

    def case(self, node: nodes.Call, at: _Reading) -> Value:
        value = self._given(node.arguments[0], at)
        return directives.Case(Scalar(node.name), value)

    def drop_null(self, node: nodes.Call, at: _Reading) -> Value:
        return directives.ExcludeWhenNull(self.value(node.arguments[0], at))

    def json(self, node: nodes.Call, at: _Reading) -> Value:
        self._differs(node.span, at, "its numbers are doubles")
        mode = "encode" if node.name == "to_json" else "decode"
        value = self._given(node.arguments[0], at)
        return directives.Json(value, Scalar(mode))

    def replace(self, node: nodes.Call, at: _Reading) -> Value:
        value = self._given(node.arguments[0], at)
        texts = [ungrouped(each) for each in node.arguments[1:]]
        for text in texts:
            if not isinstance(text, nodes.String):
                return self._refuse(errors.not_constant, text.span, "a pattern")
        given = [each.value for each in texts if isinstance(each, nodes.String)]
        if not at.is_original:
            # A `$` in a replacement is alive there.
            given[1::2] = [each.replace("$", "$$") for each in given[1::2]]
        patterns: list[Value | None] = [Scalar(each) for each in given]
        options = options_of(node)
        pattern, substitute, pattern2, substitute2 = [*patterns, None, None][:4]
        replacing = self._runs(
            directives.Replace(
                *(value, pattern, substitute, pattern2, substitute2),
                ignorecase=Scalar(value=True) if options.get("ignorecase") else None,
                is_global=Scalar(value=False) if options.get("first_only") else None,
            ),
            node.span,
        )
        if at.is_original:
            return replacing
        self._differs(node.span, at, "a list or an object becomes an empty text")
        return _where_there(replacing, value)

    def flatten(self, node: nodes.Call, at: _Reading) -> Value:
        value = self.value(node.arguments[0], at)
        options = options_of(node)
        separator = options.get("separator", "_")
        flat = self._runs(
            directives.Flatten(
                value,
                Scalar(separator),
                Scalar(value=True) if options.get("omit_arrays") else None,
            ),
            node.span,
        )
        if at.is_original:
            return flat
        self._differs(node.span, at, "what is no object becomes one")
        return _where_there(flat, value)

    def merge(self, node: nodes.Call, at: _Reading) -> Value:
        self._differs(node.span, at, "a text or a list has members")
        for argument in node.arguments:
            if not at.is_original and not is_whole(argument):
                how = "a member that is missing erases one that is not"
                self.findings.append(errors.differs(self.source, argument.span, how))
        given = [self.value(each, at) for each in node.arguments]
        # Functions merge two objects or more: an empty one was put in.
        objects = Items(tuple([each for each in given if each != _EMPTY] or given))
        direction = "left" if node.name == "merge_left" else "right"
        return directives.Merge(objects, Scalar(direction))

    def transform(self, node: nodes.Call, at: _Reading) -> Value:
        first, then = node.arguments
        applied = self.value(first, at)
        if not at.is_original and not isinstance(ungrouped(first), nodes.Object):
            how = "its first step is to give an object"
            self.findings.append(errors.differs(self.source, first.span, how))
        mapping = self._given(then, replace(at, is_event=False))
        return self._runs(directives.Transform(applied, mapping), node.span)


_Make: TypeAlias = "Callable[[_Converter, nodes.Call, _Reading], Value]"

_CALLS: Mapping[str, _Make] = MappingProxyType(
    {
        ORIGINAL: _Converter.original,
        PATH: _Converter.raw_path,
        TEMPLATE: _Converter.raw_template,
        LIQUID: _Converter.liquid,
        TRANSFORM: _Converter.transform,
        "drop_null": _Converter.drop_null,
        "flatten": _Converter.flatten,
        "from_json": _Converter.json,
        "literal": _Converter.literal,
        "lower": _Converter.case,
        "merge": _Converter.merge,
        "merge_left": _Converter.merge,
        "replace": _Converter.replace,
        "to_json": _Converter.json,
        "upper": _Converter.case,
    }
)
"""The functions that directives have."""


def _where_there(directive: Value, value: Value) -> Value:
    """Return *directive*, which is only asked where *value* is there."""
    tested = directives.Literal(value) if is_falsy(value) else value
    return directives.If(tested, None, directive, tested)
