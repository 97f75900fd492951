"""From the parser's reductions to nodes.

One method a rule or alias of the grammars. Each is a pure function of the rule's
children, so trying a repair and dropping it leaves nothing behind. No method reports
anything: the token loop of `parse.py` has seen every token before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from fql.grammar import nodes
from fql.grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fql.grammar.nodes import Expr
    from fql.grammar.tokens import Token

_Children: TypeAlias = "Sequence[Any]"  # what stands where is the grammar's to say
_NodeT = TypeVar("_NodeT", bound=nodes.Node)

_ESCAPED = re.compile(r"\\(?:\\(?=[ \t]))?([\s\S])")
_SEGMENT = re.compile(r"((?:[\w\-]|\\\\[ \t]|\\[\s\S])+)|\[([0-9]+)\]")
_STRING_ESCAPES = {
    '"': re.compile(r'\\([\\"])'),
    "'": re.compile(r"\\([\\'])"),
}


def read_string(literal: str) -> str:
    """Return the value of a string *literal*, which includes its quotes."""
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    return _STRING_ESCAPES[literal[0]].sub(r"\1", inner)


def read_path(text: str) -> tuple[str, ...]:
    r"""Return the keys that the path *text* names; ``\\x`` stands for ``x``.

    A blank may be escaped twice.
    """
    if "\\" not in text and "[" not in text:
        return tuple(text.split("."))
    return tuple(
        match[2] or _ESCAPED.sub(r"\1", match[1]) for match in _SEGMENT.finditer(text)
    )


def read_number(literal: str) -> int | float:
    """Return the value of a number *literal*: an int unless it says otherwise."""
    if "." in literal or "e" in literal or "E" in literal:
        return float(literal)
    return int(literal)


class _Target(NamedTuple):
    """The object that a properties action works on."""

    segments: tuple[str, ...]
    span: Span


class _Block(NamedTuple):
    """What stands between the braces of a destination."""

    items: Sequence[object]
    span: Span

    def all_of(self, kind: type[_NodeT]) -> tuple[_NodeT, ...]:
        """Return the items of one *kind*, in order."""
        return tuple(item for item in self.items if isinstance(item, kind))


def _between(first: Token, last: Token) -> Span:
    return Span(first.span.start, last.span.end)


class Builder:
    """The callbacks of the parser: children of a rule in, a node out."""

    def __getattr__(self, name: str) -> Callable[[list[object]], object]:
        """Find the method of an alias that an imported grammar declares.

        Lark prefixes those with the grammar they stem from: ``mapping__fql__path``.
        """
        prefix, separator, alias = name.rpartition("__")
        if not (prefix and separator and alias):
            raise AttributeError(name)
        method: Callable[[list[object]], object] = getattr(self, alias)
        return method

    # --- expressions ---

    def string(self, children: list[Token]) -> nodes.String:
        (token,) = children
        return nodes.String(read_string(token), quote=token[0], span=token.span)

    def number(self, children: list[Token]) -> nodes.Number:
        (token,) = children
        return nodes.Number(read_number(token), span=token.span)

    def true(self, children: list[Token]) -> nodes.Bool:
        return nodes.Bool(True, span=children[0].span)

    def false(self, children: list[Token]) -> nodes.Bool:
        return nodes.Bool(False, span=children[0].span)

    def null(self, children: list[Token]) -> nodes.Null:
        return nodes.Null(span=children[0].span)

    def invalid(self, children: list[Token]) -> nodes.Invalid:
        return nodes.Invalid(span=children[0].span)

    def path(self, children: list[Token]) -> nodes.Path | nodes.Invalid:
        (token,) = children
        if not token:
            return nodes.Invalid(span=token.span)
        return nodes.Path(read_path(token), span=token.span)

    def event_path(self, children: list[Token]) -> nodes.EventPath | nodes.Invalid:
        (token,) = children
        if not token:
            return nodes.Invalid(span=token.span)
        rest = token[1:]
        segments = read_path(rest.removeprefix(".")) if rest else ()
        return nodes.EventPath(segments, span=token.span)

    def call(
        self, children: tuple[Token, Token, tuple[Expr | nodes.Option, ...], Token]
    ) -> nodes.Call | nodes.Invalid:
        name, _, arguments, closing = children
        if not name:
            return nodes.Invalid(span=_between(name, closing))
        given = arguments or ()
        return nodes.Call(
            str(name),
            tuple(each for each in given if not isinstance(each, nodes.Option)),
            tuple(each for each in given if isinstance(each, nodes.Option)),
            name_span=name.span,
            span=_between(name, closing),
        )

    def arguments(self, children: list[Expr]) -> tuple[Expr, ...]:
        return tuple(children)

    items = arguments

    def option(self, children: tuple[Token, Token, Expr]) -> nodes.Option:
        name, _, value = children
        return nodes.Option(str(name), value, span=name.span.to(value.span))

    def list_literal(
        self, children: tuple[Token, tuple[Expr, ...] | None, Token]
    ) -> nodes.ListLiteral:
        opening, items, closing = children
        return nodes.ListLiteral(items or (), span=_between(opening, closing))

    def group(self, children: tuple[Token, Expr, Token]) -> nodes.Group:
        opening, inner, closing = children
        return nodes.Group(inner, span=_between(opening, closing))

    def negation(self, children: tuple[Token, Expr]) -> nodes.Not:
        bang, operand = children
        return nodes.Not(operand, span=bang.span.to(operand.span))

    def comparison(self, children: tuple[Expr, Token, Expr]) -> nodes.Compare:
        left, op, right = children
        return nodes.Compare(
            left,
            nodes.CompareOp(op.lower()),
            right,
            op_span=op.span,
            span=Span(left.span.start, right.span.end),
        )

    def conjunction(self, children: list[Expr]) -> nodes.And:
        return nodes.And(
            tuple(children), span=Span(children[0].span.start, children[-1].span.end)
        )

    def disjunction(self, children: list[Expr]) -> nodes.Or:
        return nodes.Or(
            tuple(children), span=Span(children[0].span.start, children[-1].span.end)
        )

    # --- mappings ---

    def coalesce(self, children: list[Expr]) -> nodes.Coalesce:
        return nodes.Coalesce(
            tuple(children), span=Span(children[0].span.start, children[-1].span.end)
        )

    def conditional(self, children: _Children) -> nodes.If:
        keyword, condition, _, then, _, otherwise = children
        last = then if otherwise is None else otherwise
        return nodes.If(condition, then, otherwise, span=keyword.span.to(last.span))

    def each(self, children: tuple[Token, Expr, nodes.Object]) -> nodes.Each:
        keyword, items, shape = children
        return nodes.Each(items, shape, span=keyword.span.to(shape.span))

    def object(
        self, children: tuple[Token, tuple[nodes.Member, ...] | None, Token]
    ) -> nodes.Object:
        opening, members, closing = children
        return nodes.Object(members or (), span=_between(opening, closing))

    def members(self, children: list[nodes.Member]) -> tuple[nodes.Member, ...]:
        return tuple(children)

    def member(self, children: _Children) -> nodes.Member:
        key, *rest = children
        key_span = key.span
        if key.type == "STRING":
            name = read_string(key)
        else:
            (name,) = read_path(key)
        value: Expr = rest[-1] if rest else nodes.Path((name,), span=key_span)
        span = Span(key_span.start, value.span.end)
        return nodes.Member(name, value, key_span=key_span, span=span)

    # --- programs ---

    def start(self, children: Sequence[nodes.Declaration]) -> nodes.Program:
        span = Span(children[0].span.start, children[-1].span.end) if children else None
        return nodes.Program(tuple(children), span=span or Span(0, 0))

    def workspace(
        self, children: tuple[Token, nodes.Object]
    ) -> nodes.WorkspaceDeclaration:
        keyword, settings = children
        return nodes.WorkspaceDeclaration(settings, span=keyword.span.to(settings.span))

    def source(
        self, children: tuple[Token, Token, nodes.Object]
    ) -> nodes.SourceDeclaration:
        keyword, name, settings = children
        return nodes.SourceDeclaration(
            _name(name), settings, span=keyword.span.to(settings.span)
        )

    def destination(self, children: _Children) -> nodes.DestinationDeclaration:
        disabled, keyword, name, _, kind, sources, block = children
        return nodes.DestinationDeclaration(
            _name(name),
            _name(kind),
            sources or (),
            block.all_of(nodes.Object),
            block.all_of(nodes.FilterDeclaration),
            block.all_of(nodes.MappingDeclaration),
            is_enabled=disabled is None,
            delivery=block.all_of(nodes.DeliveryDeclaration),
            span=(disabled or keyword).span.to(block.span),
        )

    def sources(self, children: list[Token]) -> tuple[nodes.Name, ...]:
        return tuple(_name(token) for token in children)

    def block(self, children: _Children) -> _Block:
        opening, *items, closing = children
        return _Block(items, _between(opening, closing))

    def enrich(self, children: _Children) -> nodes.EnrichDeclaration:
        keyword, name, origin, _, column, _, key, every, count, unit = children
        interval = None
        if every is not None:
            interval = nodes.Interval(
                self.number([count]), _name(unit), span=_between(every, unit)
            )
        path = self.path([key])
        return nodes.EnrichDeclaration(
            _name(name),
            origin,
            column,
            path if isinstance(path, nodes.Path) else nodes.Path((), span=path.span),
            interval,
            span=_between(keyword, unit or key),
        )

    def file(self, children: list[Token]) -> nodes.Name:
        return _title(children[0])

    def table(self, children: _Children) -> nodes.DatabaseTable:
        keyword, name, _, database = children
        span = keyword.span.to(database.span)
        return nodes.DatabaseTable(_title(name), database, span=span)

    def settings(self, children: tuple[Token, nodes.Object]) -> nodes.Object:
        return children[1]

    def delivery(
        self, children: tuple[Token, nodes.Object]
    ) -> nodes.DeliveryDeclaration:
        keyword, options = children
        return nodes.DeliveryDeclaration(options, span=keyword.span.to(options.span))

    def filter(self, children: _Children) -> nodes.FilterDeclaration:
        disabled, keyword, title, _, condition, _, *actions, closing = children
        return nodes.FilterDeclaration(
            _title(title),
            condition,
            tuple(actions),
            is_enabled=disabled is None,
            span=_between(disabled or keyword, closing),
        )

    def mapping(self, children: _Children) -> nodes.MappingDeclaration:
        disabled, keyword, title, _, condition, _, action, body = children
        return nodes.MappingDeclaration(
            _title(title),
            condition,
            _name(action),
            body,
            is_enabled=disabled is None,
            span=(disabled or keyword).span.to(body.span),
        )

    def drop(self, children: list[Token]) -> nodes.Drop:
        return nodes.Drop(span=children[0].span)

    def sample(self, children: tuple[Token, Token, Token | None]) -> nodes.Sample:
        keyword, percent, path = children
        by = None if path is None else self.path([path])
        return nodes.Sample(
            self.number([percent]),
            by if isinstance(by, nodes.Path) else None,
            span=_between(keyword, path or percent),
        )

    def drop_properties(
        self, children: tuple[Token, _Target, Token, tuple[nodes.Name, ...], Token]
    ) -> nodes.DropProperties:
        keyword, target, _, names, closing = children
        return nodes.DropProperties(
            target.segments,
            names,
            target_span=target.span,
            span=_between(keyword, closing),
        )

    def allow_properties(
        self, children: tuple[Token, _Target, Token, tuple[nodes.Name, ...], Token]
    ) -> nodes.AllowProperties:
        keyword, target, _, names, closing = children
        return nodes.AllowProperties(
            target.segments,
            names,
            target_span=target.span,
            span=_between(keyword, closing),
        )

    def target(self, children: list[Token]) -> _Target:
        (token,) = children
        if token.type == "STRING":
            text = read_string(token)
            segments = tuple(text.split(".")) if text else ()
        else:
            segments = read_path(token)
        return _Target(segments, token.span)

    def names(self, children: list[nodes.Name]) -> tuple[nodes.Name, ...]:
        return tuple(children)

    def name(self, children: list[Token]) -> nodes.Name:
        (token,) = children
        if token.type == "STRING":
            return _title(token)
        return nodes.Name(".".join(read_path(token)), span=token.span)


def _name(token: Token) -> nodes.Name:
    return nodes.Name("".join(read_path(token)), span=token.span)


def _title(token: Token) -> nodes.Name:
    return nodes.Name(read_string(token), span=token.span)
