"""From nodes to the pieces that `layout.py` makes lines of.

One case a kind of node says how it is written. None calls another for a child:
children stand among the parts and are taken up from a stack, so a tree may be as deep
as it likes.

Trees made by programs may lack parentheses that a text needs; they are put in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, assert_never

from fql.grammar import nodes, spelling
from fql.grammar.breaks import (
    BLANK,
    BLANK_INTO,
    BLANK_OUT_OF,
    COMMA,
    ITEM_END,
    MEMBER_END,
    SECTION_END,
    Part,
    Strength,
    Written,
    block,
    bracketed,
    chain,
    conditional,
    end_of,
    in_parentheses,
    joined,
    operand,
    separated,
    start_of,
)
from fql.grammar.layout import Break, Mark, Piece
from fql.grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.grammar.languages import Language
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Source

_MAX_SHORT = 3
"""Members of an object that may stay on one line."""

_PROGRAM_WORDS = frozenset(
    {
        *("workspace", "source", "destination", "disabled", "settings", "filter"),
        *("mapping", "when", "send", "drop", "sample", "drop_properties", "enrich"),
        *("allow_properties", "from", "by", "delivery", "table", "on", "every"),
    }
)
"""Words that, alone on a line of a program, may be taken for what comes next."""

_Leaf: TypeAlias = (
    nodes.Null
    | nodes.Bool
    | nodes.Number
    | nodes.String
    | nodes.Path
    | nodes.EventPath
    | nodes.Template
    | nodes.Everything
    | nodes.Invalid
)
_DestinationBlock: TypeAlias = nodes.Object | nodes.DeliveryDeclaration
_DestinationItem: TypeAlias = (
    _DestinationBlock | nodes.FilterDeclaration | nodes.MappingDeclaration
)


def pieces_of(
    root: Written, language: Language, source: Source | None = None
) -> list[Piece]:
    """Return how *root* is written in *language*.

    With *source*, from which *root* was read, objects that the author wrote in several
    lines stay so.

    Raises:
        ValueError: No text means *root*: it has an `Invalid` part, an empty key in a
            path, an empty name, or a number that is not finite.
    """
    outline = _Outline(language, source)
    stack = list(reversed(outline.root(root)))
    pieces: list[Piece] = []
    while stack:
        part = stack.pop()
        if isinstance(part, str | Span | Break | Mark):
            pieces.append(part)
        else:
            stack.extend(reversed(outline.parts(part)))
    return pieces


class _Outline:
    """How nodes are written in one language. Holds no state."""

    def __init__(self, language: Language, source: Source | None) -> None:
        self._language: Language = language
        self._source = source

    def root(self, root: Written) -> Sequence[Part]:
        """Return *root* as a whole text."""
        if isinstance(root, nodes.Path) and self._language != "mapping":
            return _condition(root)
        return (root,)

    def parts(self, node: Written) -> Sequence[Part]:
        """Return what *node* is written as: pieces, and its children."""
        match node:
            case nodes.Member():
                return self._member(node)
            case nodes.Option(name, value):
                return start_of(node), f"{name}: ", value
            case (
                nodes.Drop()
                | nodes.Sample()
                | nodes.DropProperties()
                | nodes.AllowProperties()
            ):
                return _action(node)
            case (
                nodes.FilterDeclaration()
                | nodes.MappingDeclaration()
                | nodes.DeliveryDeclaration()
                | nodes.WorkspaceDeclaration()
                | nodes.SourceDeclaration()
                | nodes.DestinationDeclaration()
                | nodes.EnrichDeclaration()
                | nodes.Program()
            ):
                return _declaration(node)
            case nodes.DatabaseTable(name, database):
                return start_of(node), "table ", *_title(name), " in ", database
            case nodes.Interval(count, unit):
                return start_of(node), "every ", count, " ", *_name(unit)
            case _:
                return self._expression(node)

    def _expression(self, node: Expr) -> Sequence[Part]:
        match node:
            case nodes.Call():
                return _call(node)
            case nodes.ListLiteral(items):
                listed = bracketed("[", joined(items, COMMA), end_of(node))
                return start_of(node), *listed
            case nodes.Not(inner):
                return start_of(node), "!", *operand(inner, Strength.UNARY)
            case nodes.Compare():
                return _comparison(node)
            case nodes.And() | nodes.Or() | nodes.Coalesce():
                return chain(node)
            case nodes.Group(inner):
                return start_of(node), *in_parentheses(inner, end_of(node))
            case nodes.If():
                return conditional(node)
            case nodes.Each(items, shape):
                over = operand(items, Strength.PRIMARY)
                return start_of(node), "each ", *over, " ", shape
            case nodes.Object(members):
                listed = joined(members, MEMBER_END)
                is_broken = not self._may_be_one_line(node)
                return start_of(node), *block(listed, end_of(node), is_broken=is_broken)
            case _:
                return node.span, self._leaf(node)

    def _leaf(self, node: _Leaf) -> str:
        match node:
            case nodes.Null():
                return "null"
            case nodes.Bool(value):
                return "true" if value else "false"
            case nodes.Number(value):
                return spelling.number_text(value)
            case nodes.String(value):
                return spelling.string_text(value, node.quote)
            case nodes.Path(segments):
                return spelling.path_text(segments, self._language)
            case nodes.EventPath(segments):
                return spelling.event_path_text(segments)
            case nodes.Template():
                return spelling.template_text(node, self._language)
            case nodes.Everything():
                return "all"
            case nodes.Invalid():
                raise ValueError("a part that did not parse cannot be written")
            case _:
                assert_never(node)

    def _may_be_one_line(self, node: nodes.Object) -> bool:
        """Return whether *node* is short and simple and was written so."""
        if self._source is None:
            return True
        if len(node.members) > _MAX_SHORT:
            return False
        line = self._source.position(node.span.start).line
        return line == self._source.position(node.span.end).line and all(
            _is_simple(member.value) for member in node.members
        )

    def _member(self, node: nodes.Member) -> Sequence[Part]:
        if self._is_shorthand(node):
            return node.key_span, node.key
        return node.key_span, f"{spelling.key_text(node.key)}: ", node.value

    def _is_shorthand(self, node: nodes.Member) -> bool:
        """Return whether the key alone says what *node* says.

        Not where it would need an escape, or be taken for what comes next.
        """
        match node.value:
            case nodes.Path((name,)) if name == node.key:
                is_word = self._language == "program" and name in _PROGRAM_WORDS
                text = spelling.path_text((name,), self._language)
                return text == name and not is_word
            case _:
                return False


# --- expressions ---------------------------------------------------------------------


def _condition(node: Expr) -> Sequence[Part]:
    """Return *node* as a whole condition, where ``all`` is no path."""
    if isinstance(node, nodes.Path) and node.segments == ("all",):
        return node.span, "\\all"
    return (node,)


def _comparison(node: nodes.Compare) -> Sequence[Part]:
    left = operand(node.left, Strength.OPERAND)
    right = operand(node.right, Strength.OPERAND)
    return *left, node.op_span, f" {node.op.value} ", *right


def _call(node: nodes.Call) -> Sequence[Part]:
    match (*node.arguments, *node.options):
        case (nodes.Object() as only,):
            given: Sequence[Part] = ("(", only, end_of(node), ")")
        case inner:
            given = bracketed("(", joined(inner, COMMA), end_of(node))
    return node.name_span, node.name, *given


def _is_simple(node: Expr) -> bool:
    """Return whether *node* is one step from leaves at most."""
    match node:
        case nodes.Call(_, arguments, options):
            values = (*arguments, *(option.value for option in options))
        case nodes.ListLiteral(items) | nodes.Coalesce(items):
            values = items
        case nodes.Compare(left, _, right):
            values = (left, right)
        case nodes.Not(inner):
            values = (inner,)
        case _:
            values = (node,)
    return all(isinstance(value, _Leaf) for value in values)


# --- programs ------------------------------------------------------------------------


def _declaration(
    node: nodes.FilterDeclaration
    | nodes.MappingDeclaration
    | nodes.DeliveryDeclaration
    | nodes.Declaration
    | nodes.Program,
) -> Sequence[Part]:
    match node:
        case nodes.FilterDeclaration():
            return _filter(node)
        case nodes.MappingDeclaration():
            return _mapping(node)
        case nodes.DeliveryDeclaration(options):
            return start_of(node), "delivery ", options
        case nodes.WorkspaceDeclaration(settings):
            return start_of(node), "workspace ", settings
        case nodes.SourceDeclaration(name, settings):
            return start_of(node), "source ", *_name(name), " ", settings
        case nodes.DestinationDeclaration():
            return _destination(node)
        case nodes.EnrichDeclaration():
            return _enrichment(node)
        case nodes.Program(declarations):
            return joined(declarations, SECTION_END)
        case _:
            assert_never(node)


def _enrichment(node: nodes.EnrichDeclaration) -> Sequence[Part]:
    origin, column = node.origin, spelling.property_text(node.column.text)
    place = _title(origin) if isinstance(origin, nodes.Name) else (origin,)
    return (
        *(start_of(node), "enrich ", *_name(node.name)),
        *(Mark.OPEN, BLANK_INTO, "from ", *place),
        *(BLANK, "on ", node.column.span, column, " = ", node.key),
        *(() if node.interval is None else (BLANK, node.interval)),
        Mark.CLOSE,
    )


def _destination(node: nodes.DestinationDeclaration) -> Sequence[Part]:
    return (
        *(start_of(node), _keyword("destination ", is_enabled=node.is_enabled)),
        *(*_name(node.name), ": ", *_name(node.kind), *_sources(node.sources)),
        *block(_destination_items(node), end_of(node), is_broken=True),
    )


def _sources(sources: Sequence[nodes.Name]) -> Sequence[Part]:
    if not sources:
        return (" ",)
    names = separated([_name(name) for name in sources], COMMA)
    listed = Mark.OPEN, "from ", Mark.INDENT, *names, Mark.CLOSE
    return Mark.OPEN, BLANK_INTO, *listed, BLANK_OUT_OF, Mark.CLOSE


def _destination_items(node: nodes.DestinationDeclaration) -> Sequence[Part]:
    """Return what stands in a destination, in the order of the source."""
    items: list[_DestinationItem] = [*node.settings, *node.delivery]
    items += [*node.filters, *node.mappings]
    items.sort(key=lambda item: item.span.start)
    parts: list[Part] = []
    for index, item in enumerate(items):
        if index:
            parts.append(_between(items[index - 1], item))
        parts += ["settings ", item] if isinstance(item, nodes.Object) else [item]
    return parts


def _between(previous: _DestinationItem, item: _DestinationItem) -> Break:
    """Return the break between two items: filters may stand close together."""
    are_filters = all(isinstance(e, nodes.FilterDeclaration) for e in (previous, item))
    return ITEM_END if are_filters else SECTION_END


def _filter(node: nodes.FilterDeclaration) -> Sequence[Part]:
    actions = joined(node.actions, ITEM_END)
    return (
        *(start_of(node), _keyword("filter ", is_enabled=node.is_enabled)),
        *_title(node.title),
        *(Mark.OPEN, BLANK_INTO, "when ", *_condition(node.condition)),
        *(BLANK_OUT_OF, Mark.CLOSE),
        *block(actions, end_of(node), is_broken=len(node.actions) > 1),
    )


def _mapping(node: nodes.MappingDeclaration) -> Sequence[Part]:
    return (
        *(start_of(node), _keyword("mapping ", is_enabled=node.is_enabled)),
        *_title(node.title),
        *(Mark.OPEN, BLANK_INTO, "when ", *_condition(node.condition)),
        *(BLANK, "send ", *_name(node.action), BLANK_OUT_OF, Mark.CLOSE),
        node.body,
    )


def _action(node: nodes.FilterAction) -> Sequence[Part]:
    match node:
        case nodes.Drop():
            return node.span, "drop"
        case nodes.Sample(percent, path):
            by = () if path is None else (" by ", path)
            return start_of(node), "sample ", percent, *by
        case nodes.DropProperties():
            return start_of(node), "drop_properties ", *_properties(node)
        case nodes.AllowProperties():
            return start_of(node), "allow_properties ", *_properties(node)
        case _:
            assert_never(node)


def _properties(node: nodes.DropProperties | nodes.AllowProperties) -> Sequence[Part]:
    names = [(name.span, spelling.property_text(name.text)) for name in node.names]
    listed = bracketed("[", separated(names, COMMA), end_of(node))
    return node.target_span, spelling.target_text(node.target), " ", *listed


def _keyword(word: str, *, is_enabled: bool) -> str:
    return word if is_enabled else f"disabled {word}"


def _name(name: nodes.Name) -> Sequence[Part]:
    return name.span, spelling.name_text(name.text)


def _title(title: nodes.Name) -> Sequence[Part]:
    return title.span, spelling.string_text(title.text)
