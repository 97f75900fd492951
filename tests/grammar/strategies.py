"""Hypothesis strategies for trees and texts of the three languages.

Trees are those that a text can give: operands hold together as tightly as the grammar
asks, and where they do not there is a `Group`. Their spans mean nothing. For trees
with spans that do, parse what `fql.grammar.format.write` makes of them.

==================== ===================================================
`expressions`        roots of triggers and conditions, ``all`` among them
`mapping_values`     roots of mappings: every node but those of programs
`programs`           whole programs
`trees`              one of these three, by the language's name
`texts`              a tree of a language, written with odd blanks and
                     comments wherever they may stand
`keys`               keys of paths and objects: plain, odd, and keywords
==================== ===================================================

Beside them: `parse` for a language by its name, `nodes_under` a node, the `spots` of
a text where blanks may stand, and what its comments say (`comments_of`).

The strategies are functions so that importing this module costs little.
"""

from __future__ import annotations

import string
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from hypothesis import strategies as st

from fql.grammar import nodes
from fql.grammar.format import write
from fql.grammar.languages import Language, words
from fql.grammar.parse import Parsed, parse_expression, parse_mapping, parse_program
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

    from fql.grammar.nodes import Expr

Root: TypeAlias = "nodes.Expr | nodes.Program"
_ItemT = TypeVar("_ItemT")

NOWHERE = Span(0, 0)
"""The span of every node that is made here."""

_ODD_TEXT = st.text(
    st.one_of(
        st.sampled_from(" \\\"'.-#{}()[]$:,\n\r\t\x85\u2028₂²\u0131\u017f\u212aéß価"),
        st.characters(codec="utf-8"),
    ),
    min_size=1,
    max_size=5,
)

_LOOK_ALIKES = (
    "fal\N{LATIN SMALL LETTER LONG S}e",
    "\N{LATIN SMALL LETTER DOTLESS I}n",
)
"""What regular expressions that ignore case take for ``false`` and ``in``."""


@cache
def _all_words() -> tuple[str, ...]:
    found = {word for each in ("fql", "mapping", "program") for word in words(each)}
    listed = sorted(found | {"all", "item"})
    return (*listed, *map(str.upper, listed), *map(str.title, listed), *_LOOK_ALIKES)


@cache
def keys() -> SearchStrategy[str]:
    """Draw a key of a path or an object: never empty."""
    plain = st.text(string.ascii_lowercase + "_", min_size=1, max_size=8)
    return st.one_of(
        plain,
        plain,
        st.sampled_from(["type", "event", "properties", "0", "007", "9a", "-", "a-b"]),
        st.sampled_from(_all_words()),
        _ODD_TEXT,
    )


def _segments(least: int) -> SearchStrategy[tuple[str, ...]]:
    return st.lists(keys(), min_size=least, max_size=3).map(tuple)


@cache
def _paths() -> SearchStrategy[nodes.Path]:
    return _segments(1).map(lambda segments: nodes.Path(segments, span=NOWHERE))


@cache
def _event_paths() -> SearchStrategy[nodes.EventPath]:
    return _segments(0).map(lambda segments: nodes.EventPath(segments, span=NOWHERE))


@cache
def _numbers() -> SearchStrategy[nodes.Number]:
    return st.one_of(
        st.integers(-(10**20), 10**20),
        st.sampled_from([10**400 - 1, 0, 1, 100]),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from([1.0, 0.5, 1e16, 1e22, -0.0]),
    ).map(lambda value: nodes.Number(value, span=NOWHERE))


def _is_plain(value: str) -> bool:
    """Return whether *value* is no template whatever quotes it stands in."""
    return "{{" not in value or "}}" not in value


@st.composite
def _strings(draw: st.DrawFn) -> nodes.String:
    pieces = st.sampled_from(
        ["a", "Order", " ", "\\", "\\\\", '"', "'", "{", "{{", "}}", "*", "#", "\n"]
    )
    value = draw(
        st.one_of(
            st.lists(pieces, max_size=6).map("".join),
            st.text(st.characters(codec="utf-8"), max_size=8),
        )
    )
    quote = draw(st.sampled_from("\"'")) if _is_plain(value) else "'"
    return nodes.String(value, quote=quote, span=NOWHERE)


@st.composite
def _templates(draw: st.DrawFn) -> nodes.Template:
    texts = st.sampled_from(
        ["", "", "a", "Order ", "\\", "\\\\", '"', "'", "{", "}", "}}", "#", "\n"]
    )
    path = st.one_of(_paths(), _event_paths())
    parts: list[str | nodes.Path | nodes.EventPath] = [draw(texts)]
    for _ in range(draw(st.integers(1, 3))):
        parts += [draw(path), draw(texts)]
    return nodes.Template(tuple(filter(None, parts)), span=NOWHERE)


@cache
def _constants() -> SearchStrategy[Expr]:
    return st.one_of(
        st.just(nodes.Null(span=NOWHERE)),
        st.booleans().map(lambda value: nodes.Bool(value, span=NOWHERE)),
        _numbers(),
        _strings(),
    )


# --- expressions ---------------------------------------------------------------------

_DEPTH = 2
"""Levels of brackets in what is drawn."""

_SELDOM = st.sampled_from([False, False, False, True])
_OFTEN = st.sampled_from([True, True, False])

_CALLED = ("contains", "match", "length", "a.b", "\\in", "f-1")
_OPTIONS = ("separator", "and", "x_1")


class _Grower:
    """Draws expressions rule by rule, as the grammar makes them."""

    def __init__(
        self, draw: st.DrawFn, leaves: SearchStrategy[Expr], *, is_mapping: bool
    ) -> None:
        self._draw = draw
        self._leaves = leaves
        self._is_mapping = is_mapping

    def expression(self, depth: int) -> Expr:
        kinds = ["conjunction", "conjunction", "conjunction", "conjunction", "or"]
        if self._is_mapping and depth:
            kinds.append("if")
        match self._draw(st.sampled_from(kinds)):
            case "or":
                operands = self._several(lambda: self._conjunction(depth))
                return nodes.Or(operands, span=NOWHERE)
            case "if":
                return self._conditional(depth - 1)
            case _:
                return self._conjunction(depth)

    def object(self, depth: int) -> nodes.Object:
        count = self._draw(st.integers(0, 3))
        members = tuple(self._member(depth) for _ in range(count))
        return nodes.Object(members, span=NOWHERE)

    def _conditional(self, depth: int) -> nodes.If:
        condition, then = self.expression(depth), self.expression(depth)
        otherwise = self.expression(depth) if self._draw(st.booleans()) else None
        if otherwise is not None and _would_take_else(then):
            then = nodes.Group(then, span=NOWHERE)
        return nodes.If(condition, then, otherwise, span=NOWHERE)

    def _conjunction(self, depth: int) -> Expr:
        if self._draw(_SELDOM):
            operands = self._several(lambda: self._comparison(depth))
            return nodes.And(operands, span=NOWHERE)
        return self._comparison(depth)

    def _comparison(self, depth: int) -> Expr:
        left = self._operand(depth)
        if not self._draw(_OFTEN):
            return left
        op = self._draw(st.sampled_from(nodes.CompareOp))
        right = self._operand(depth)
        return nodes.Compare(left, op, right, op_span=NOWHERE, span=NOWHERE)

    def _operand(self, depth: int) -> Expr:
        if self._is_mapping and self._draw(_SELDOM):
            operands = self._several(lambda: self._unary(depth))
            return nodes.Coalesce(operands, span=NOWHERE)
        return self._unary(depth)

    def _unary(self, depth: int) -> Expr:
        times = self._draw(st.sampled_from([0, 0, 0, 0, 1, 2]))
        node = self._primary(depth)
        for _ in range(times):
            node = nodes.Not(node, span=NOWHERE)
        return node

    def _primary(self, depth: int) -> Expr:
        kinds = ["leaf", "leaf"]
        if depth:
            kinds += ["call", "list", "group"]
        if depth and self._is_mapping:
            kinds += ["each", "object"]
        match self._draw(st.sampled_from(kinds)):
            case "call":
                return self._call(depth - 1)
            case "list":
                return nodes.ListLiteral(self._some(depth - 1), span=NOWHERE)
            case "group":
                return nodes.Group(self.expression(depth - 1), span=NOWHERE)
            case "each":
                shape = self.object(depth - 1)
                return nodes.Each(self._primary(depth - 1), shape, span=NOWHERE)
            case "object":
                return self.object(depth - 1)
            case _:
                return self._draw(self._leaves)

    def _call(self, depth: int) -> nodes.Call:
        names: list[str] = []
        if self._is_mapping:
            names = self._draw(st.lists(st.sampled_from(_OPTIONS), max_size=2))
        return nodes.Call(
            self._draw(st.sampled_from(_CALLED)),
            self._some(depth),
            tuple(
                nodes.Option(name, self.expression(depth), span=NOWHERE)
                for name in names
            ),
            name_span=NOWHERE,
            span=NOWHERE,
        )

    def _member(self, depth: int) -> nodes.Member:
        key = self._draw(st.one_of(keys(), st.just("")))
        value: Expr = nodes.Path((key,), span=NOWHERE)
        if not key or self._draw(_OFTEN):
            value = self.expression(depth)
        return nodes.Member(key, value, key_span=NOWHERE, span=NOWHERE)

    def _some(self, depth: int) -> tuple[Expr, ...]:
        count = self._draw(st.integers(0, 3))
        return tuple(self.expression(depth) for _ in range(count))

    def _several(self, make: Callable[[], Expr]) -> tuple[Expr, ...]:
        return tuple(make() for _ in range(self._draw(st.integers(2, 3))))


def _would_take_else(node: Expr | None) -> bool:
    while isinstance(node, nodes.If):
        node = node.otherwise
    return node is None


@st.composite
def _grown(
    draw: st.DrawFn, leaves: SearchStrategy[Expr], depth: int, *, is_mapping: bool
) -> Expr:
    return _Grower(draw, leaves, is_mapping=is_mapping).expression(depth)


@st.composite
def _objects(draw: st.DrawFn, leaves: SearchStrategy[Expr]) -> nodes.Object:
    return _Grower(draw, leaves, is_mapping=True).object(draw(st.integers(0, 1)))


def _conditions(deepest: int) -> SearchStrategy[Expr]:
    everything = st.just(nodes.Everything(span=NOWHERE))
    grown = [
        _grown(_condition_leaves(), depth, is_mapping=False)
        for depth in range(deepest + 1)
    ]
    return st.one_of(*grown, everything)


@cache
def _condition_leaves() -> SearchStrategy[Expr]:
    return st.one_of(_constants(), _paths())


@cache
def _setting_leaves() -> SearchStrategy[Expr]:
    """Draw leaves of settings: strings there are never templates."""
    return st.one_of(_constants(), _paths(), _event_paths())


@cache
def _value_leaves() -> SearchStrategy[Expr]:
    return st.one_of(_constants(), _paths(), _event_paths(), _templates())


@cache
def expressions() -> SearchStrategy[Expr]:
    """Draw the root of a trigger or of a declaration's condition."""
    return _conditions(_DEPTH)


@cache
def mapping_values() -> SearchStrategy[Expr]:
    """Draw the root of a mapping."""
    grown = [
        _grown(_value_leaves(), depth, is_mapping=True) for depth in range(_DEPTH + 1)
    ]
    return st.one_of(grown)


def _bodies() -> SearchStrategy[nodes.Object]:
    return _objects(_value_leaves())


def _settings() -> SearchStrategy[nodes.Object]:
    return _objects(_setting_leaves())


# --- programs ------------------------------------------------------------------------


@cache
def _names() -> SearchStrategy[nodes.Name]:
    return keys().map(lambda text: nodes.Name(text, span=NOWHERE))


@cache
def _titles() -> SearchStrategy[nodes.Name]:
    texts = st.one_of(keys(), st.just(""))
    return texts.map(lambda text: nodes.Name(text, span=NOWHERE))


@st.composite
def _filter_actions(draw: st.DrawFn) -> nodes.FilterAction:
    kind = draw(st.sampled_from(["drop", "sample", "drop some", "allow some"]))
    if kind == "drop":
        return nodes.Drop(span=NOWHERE)
    if kind == "sample":
        path = draw(st.none() | _paths())
        return nodes.Sample(draw(_numbers()), path, span=NOWHERE)
    make = nodes.DropProperties if kind == "drop some" else nodes.AllowProperties
    names = tuple(draw(st.lists(_titles(), min_size=1, max_size=4)))
    return make(draw(_segments(0)), names, target_span=NOWHERE, span=NOWHERE)


@st.composite
def _filters(draw: st.DrawFn) -> nodes.FilterDeclaration:
    return nodes.FilterDeclaration(
        draw(_titles()),
        draw(_conditions(1)),
        tuple(draw(st.lists(_filter_actions(), max_size=2))),
        is_enabled=draw(st.booleans()),
        span=NOWHERE,
    )


@st.composite
def _mappings(draw: st.DrawFn) -> nodes.MappingDeclaration:
    return nodes.MappingDeclaration(
        draw(_titles()),
        draw(_conditions(1)),
        draw(_names()),
        draw(_bodies()),
        is_enabled=draw(st.booleans()),
        span=NOWHERE,
    )


def _few(items: SearchStrategy[_ItemT]) -> SearchStrategy[tuple[_ItemT, ...]]:
    return st.lists(items, max_size=1).map(tuple)


@cache
def _deliveries() -> SearchStrategy[nodes.DeliveryDeclaration]:
    return _settings().map(
        lambda options: nodes.DeliveryDeclaration(options, span=NOWHERE)
    )


@st.composite
def _destinations(draw: st.DrawFn) -> nodes.DestinationDeclaration:
    return nodes.DestinationDeclaration(
        draw(_names()),
        draw(_names()),
        draw(_few(_names())),
        draw(_few(_settings())),
        draw(_few(_filters())),
        draw(_few(_mappings())),
        is_enabled=draw(st.booleans()),
        delivery=draw(_few(_deliveries())),
        span=NOWHERE,
    )


@st.composite
def _enrichments(draw: st.DrawFn) -> nodes.EnrichDeclaration:
    title = draw(_titles())
    origin: nodes.Name | nodes.DatabaseTable = title
    if draw(st.booleans()):
        database = nodes.Call(
            "env", (draw(_strings()),), name_span=NOWHERE, span=NOWHERE
        )
        origin = nodes.DatabaseTable(title, database, span=NOWHERE)
    interval = None
    if draw(st.booleans()):
        interval = nodes.Interval(draw(_numbers()), draw(_names()), span=NOWHERE)
    return nodes.EnrichDeclaration(
        draw(_names()), origin, draw(_titles()), draw(_paths()), interval, span=NOWHERE
    )


@st.composite
def _declarations(draw: st.DrawFn) -> nodes.Declaration:
    kinds = ["workspace", "source", "enrich", "destination", "destination"]
    kind = draw(st.sampled_from(kinds))
    if kind == "enrich":
        return draw(_enrichments())
    if kind == "workspace":
        return nodes.WorkspaceDeclaration(draw(_settings()), span=NOWHERE)
    if kind == "source":
        return nodes.SourceDeclaration(draw(_names()), draw(_settings()), span=NOWHERE)
    return draw(_destinations())


@cache
def programs() -> SearchStrategy[nodes.Program]:
    """Draw a program with at least one declaration."""
    return st.lists(_declarations(), min_size=1, max_size=2).map(
        lambda drawn: nodes.Program(tuple(drawn), span=NOWHERE)
    )


# --- texts ---------------------------------------------------------------------------


def trees(language: Language) -> SearchStrategy[Root]:
    """Draw the root of a text in *language*."""
    strategies: dict[Language, SearchStrategy[Root]] = {
        "fql": expressions(),
        "mapping": mapping_values(),
        "program": programs(),
    }
    return strategies[language]


def parse(language: Language, text: str) -> Parsed[Expr] | Parsed[nodes.Program]:
    """Parse *text*, which may be wrong."""
    source = Source(text)
    match language:
        case "fql":
            return parse_expression(source)
        case "mapping":
            return parse_mapping(source)
        case "program":
            return parse_program(source)


def nodes_under(root: nodes.Node) -> Iterator[nodes.Node]:
    """Yield *root* and all nodes in it that stand in the text by themselves."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, nodes.Template):
            continue
        for each in fields(node):
            value = getattr(node, each.name)
            children = value if isinstance(value, tuple) else (value,)
            stack += [child for child in children if isinstance(child, nodes.Node)]


def spots(root: nodes.Node) -> list[int]:
    """Return offsets, in order, where blanks and comments may stand."""
    ends = {offset for node in nodes_under(root) for offset in node.span}
    return sorted(ends)


_COMMENT_TEXTS = st.text(
    st.one_of(st.sampled_from("ab #!\\\"'{}\t"), st.characters(exclude_categories=[])),
    max_size=6,
).filter(lambda text: "\n" not in text)


@cache
def _noise() -> SearchStrategy[str]:
    return st.one_of(
        st.just(""),
        st.sampled_from([" ", "\n", "\r\n", "\n\n \n", "\t"]),
        st.builds(
            "{}#{}\n{}".format,
            st.sampled_from(["", " ", "\n", "\n\n"]),
            _COMMENT_TEXTS,
            st.sampled_from(["", "\n", "  "]),
        ),
    )


@st.composite
def texts(draw: st.DrawFn, language: Language) -> str:
    """Draw a text without mistakes, with blanks and comments wherever they may be."""
    text = write(draw(trees(language)), language=language)
    at = 0
    parts: list[str] = []
    for spot in [*spots(parse(language, text).root), len(text)]:
        parts += [text[at:spot], draw(_noise())]
        at = spot
    return "".join(parts)


def comments_of(parsed: Parsed[Expr] | Parsed[nodes.Program]) -> list[str]:
    """Return what the comments of *parsed* say, in order."""
    return [comment.text for comment in parsed.comments]
