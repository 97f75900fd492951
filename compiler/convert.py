"""Mappings from one spelling into the other, and the proof that nothing changed.

`text_of` gives the text of directive JSON, `directives_of` the JSON of a text. A text
is handed out only if it compiles to the same program as the directives do: it gives the
same payload for every event, failures included, by construction. Where the language
reads a path or a template otherwise than the original, the text is wrapped in
``original(...)``, which means what directives mean; where both are the same, it is not.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from fql.compiler import convert_errors as errors
from fql.compiler import ir
from fql.compiler.check import check_value
from fql.compiler.check_directives import check_directives
from fql.compiler.convertible import path_of
from fql.compiler.directive_values import ordered
from fql.compiler.lower import lower_value
from fql.compiler.lower_directives import lower_directives
from fql.compiler.payload_functions import ORIGINAL
from fql.compiler.scopes import ungrouped
from fql.compiler.to_directives import tree_of
from fql.compiler.to_text import call, expression_of
from fql.grammar import nodes
from fql.grammar.diagnostics import FqlError, arrange, has_errors
from fql.grammar.directive_nodes import (
    ArrayPath,
    Items,
    Members,
    Merge,
    Node,
    Path,
    Rooted,
    Scalar,
)
from fql.grammar.directive_rules import text_of as scalar_text
from fql.grammar.directive_texts import path_keys, without_root
from fql.grammar.directives import to_json
from fql.grammar.format import format_mapping, write
from fql.grammar.parse import parse_mapping
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from fql.compiler.check import Checked
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.directive_nodes import AnyDirective, Value
    from fql.grammar.directives import Directives
    from fql.grammar.nodes import Expr
    from fql.grammar.parse import Parsed

_EMPTY = Members(())
_HERE = Span(0, 0)

# --- from directives to texts -----------------------------------------------------


def text_of(read: Directives, *, is_exact: bool = True) -> str:
    """Return the text of a mapping in directive JSON, formatted.

    Args:
        read: The mapping, without errors.
        is_exact: Whether the text gives the same for every event. Else paths and
            templates are read as the language reads them, so that a payload may be
            another where an event has an empty value in place of an object.

    Raises:
        FqlError: No text says the mapping; all findings are in it.
    """
    return format_mapping(_text_of(read, is_exact=is_exact))


def body_of(read: Directives, *, is_exact: bool = True) -> nodes.Object:
    """Return the object that a program's mapping holds for *read*; see `text_of`.

    Each member that needs it is wrapped by itself. Spans mean nothing.

    Raises:
        FqlError: No text says the mapping, or it is not built member by member.
    """
    if not isinstance(read.root, Members):
        raise _refusal(read, "in a program, whose mappings are objects")
    members = [
        nodes.Member(
            key,
            _text_of(replace(read, root=value), is_exact=is_exact).root,
            key_span=_HERE,
            span=_HERE,
        )
        for key, value in ordered(dict(read.root.members)).items()
        if key != "__proto__"
    ]
    return nodes.Object(tuple(members), span=_HERE)


def _text_of(read: Directives, *, is_exact: bool) -> Parsed[Expr]:
    """Return the text of a mapping or of a value in one, read again."""
    written = expression_of(read.root)
    if written.faults:
        found = [fault.diagnostic(read.document) for fault in written.faults]
        raise FqlError(arrange(found))
    wanted = lower_directives(_plain(read.root))
    original = _read_back(call(ORIGINAL, written.root))
    if isinstance(original, str):
        raise _refusal(read, f"that could be read: {original}")
    if _lowered(original) != wanted:
        raise _refusal(read, "without changing what it means")
    bare = _read_back(written.root)
    if not isinstance(bare, str) and _says_same(bare, wanted, is_exact=is_exact):
        return bare.parsed
    return original.parsed


class _Reading(NamedTuple):
    """A text that was written and read."""

    parsed: Parsed[Expr]
    checked: Checked


def _read_back(expression: Expr) -> _Reading | str:
    """Return the text of *expression*, or why there is none that compiles."""
    try:
        line = write(expression, language="mapping")
    except ValueError as error:
        return str(error)
    parsed = parse_mapping(Source(line))
    checked = check_value(parsed)
    if has_errors(checked.diagnostics):
        return _first_message(checked.diagnostics)
    return _Reading(parsed, checked)


def _lowered(text: _Reading) -> Ir:
    return lower_value(text.checked.root, text.checked.types)


def _says_same(text: _Reading, wanted: Ir, *, is_exact: bool) -> bool:
    """Return whether a text without ``original`` says what the directives say."""
    if is_exact:
        return _folded(_lowered(text)) == wanted
    tree, findings = tree_of(text.checked.root)
    return not findings and lower_directives(tree) == wanted


def _refusal(read: Directives, why: str) -> FqlError:
    fault = errors.no_text(read.root, why)
    return FqlError([fault.diagnostic(read.document)])


def _first_message(diagnostics: tuple[Diagnostic, ...]) -> str:
    return next(each.message for each in diagnostics if each.is_error)


def _plain(node: Value) -> Value:
    """Return *node* with its paths spelled as conversion spells them.

    What is merged is given without empty objects, which add nothing.
    """
    match node:
        case Scalar():
            return node
        case Merge(Items(objects)):
            given = [each for each in objects if each != _EMPTY] or objects
            plain_items = Items(tuple([_plain(each) for each in given]))
            return replace(node, objects=plain_items)
        case Items(items):
            return replace(node, items=tuple([_plain(each) for each in items]))
        case Members(members):
            plain = tuple([(key, _plain(value)) for key, value in members])
            return replace(node, members=plain)
        case Rooted(value):
            return _plain(value)
        case Path(path) if scalar_text(path) is not None:
            return replace(node, path=_plain_path(path))
        case ArrayPath(path) if path is not None and scalar_text(path) is not None:
            shape = None if node.shape is None else _plain(node.shape)
            return replace(node, path=_plain_path(path), shape=shape)
        case _:
            return _plain_fields(node)


def _plain_fields(node: AnyDirective) -> AnyDirective:
    """Return *node* with its options spelled as conversion spells them."""
    parts = {each.name: getattr(node, each.name) for each in fields(node)}
    plain: dict[str, Any] = {
        name: _plain(cast("Value", part))
        for name, part in parts.items()
        if isinstance(part, Node)
    }
    return replace(node, **plain)


def _plain_path(path: Value) -> Value:
    keys = path_keys(without_root(scalar_text(path) or ""))
    spelled = path_of(keys)
    return path if spelled is None else Scalar(spelled)


def _folded(node: Ir) -> Ir:
    """Return *node* with its constant objects as constants, as directives have them."""
    match node:
        case ir.MakeObject(members):
            inner = tuple([(key, _folded(value)) for key, value in members])
            constants = {
                key: value.value
                for key, value in inner
                if isinstance(value, ir.Constant)
            }
            is_constant = len(constants) == len(inner)
            return ir.Constant(constants) if is_constant else ir.MakeObject(inner)
        case ir.MakeList(items):
            values = tuple([_folded(item) for item in items])
            constant = [each.value for each in values if isinstance(each, ir.Constant)]
            is_constant = len(constant) == len(values)
            return ir.Constant(constant) if is_constant else ir.MakeList(values)
        case _:
            return node


# --- from texts to directives -----------------------------------------------------


def directives_of(checked: Checked, *, is_exact: bool = False) -> dict[str, Json]:
    """Return the directive JSON of a mapping's text.

    Args:
        checked: The text, without errors.
        is_exact: Whether the JSON gives the same for every event; what it would not
            is refused. Else it may give another payload for events that have an empty
            value in place of an object, or a list in place of a text.

    Raises:
        FqlError: Directives cannot say it; all findings, with their places, are in it.
    """
    tree, findings = tree_of(checked.root, checked.source, is_exact=is_exact)
    value = to_json(tree)
    if not findings and not isinstance(value, dict):
        root = ungrouped(checked.root)
        findings = [errors.no_mapping(checked.source, root.span)]
    if findings or not isinstance(value, dict):
        raise FqlError(arrange(findings))
    read = check_directives(value)
    if has_errors(read.diagnostics):
        message = _first_message(read.diagnostics)
        span = checked.root.span
        raise FqlError([errors.engine_fails(checked.source, span, message)])
    return value
