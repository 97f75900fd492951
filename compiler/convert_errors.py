"""The wording of what keeps a mapping from being converted.

One function a finding. Those about texts have a place there; those about directives are
a `Fault` at a JSON pointer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.grammar.diagnostics import Code, Diagnostic
from fql.grammar.directive_errors import Fault
from fql.grammar.directive_nodes import Directive, name_of
from fql.grammar.errors import shorten

if TYPE_CHECKING:
    from fql.grammar.directive_nodes import Value
    from fql.grammar.source import Source, Span

_SANE = "write it inside `original(...)` where the original's reading is right"


def _unsaid(source: Source, span: Span, message: str, help_: str = "") -> Diagnostic:
    return Diagnostic(Code.NO_DIRECTIVE, message, span, source, help=help_)


# --- from texts to directives -----------------------------------------------------


def no_directive(source: Source, span: Span, what: str, help_: str = "") -> Diagnostic:
    """Something that directives do not have. *what*: its name, in backquotes."""
    return _unsaid(source, span, f"directives have no {what}", help_)


def no_such_test(source: Source, span: Span) -> Diagnostic:
    """``if properties.total > 5 then ...``."""
    help_ = "a directive tests `exists(...)` and `filled(...)`, nothing else"
    message = "a directive cannot test this"
    return _unsaid(source, span, message, help_)


def event_inside(source: Source, span: Span) -> Diagnostic:
    """``each items { id: $.userId }``."""
    message = "inside a list or a `transform`, directives cannot reach the event"
    return _unsaid(source, span, message, "paths there start from the item")


def unsayable_path(source: Source, span: Span) -> Diagnostic:
    r"""``properties.a\.b``: the original would split the key."""
    message = "this path has a key that a directive's path cannot say"
    return _unsaid(source, span, message, "it splits keys at dots and at brackets")


def unsayable_template(source: Source, span: Span) -> Diagnostic:
    """``"{{{a}}"``: a template that the original would cut otherwise."""
    message = "the braces in this template are read otherwise in a directive"
    return _unsaid(source, span, message)


def unsayable_object(source: Source, span: Span, key: str) -> Diagnostic:
    """``{ "@path": "a" }``: the original would take the object for a directive."""
    message = f"`{shorten(key)}` is no key of a plain object in a directive"
    return _unsaid(source, span, message)


def not_constant(source: Source, span: Span, what: str) -> Diagnostic:
    """``original(replace(a, b, c))``: an option that is no literal."""
    return _unsaid(source, span, f"{what} of a directive is a literal")


def empty_shape(source: Source, span: Span) -> Diagnostic:
    """``each items {}``."""
    message = "a directive takes an empty shape for none, and gives the list as it is"
    return _unsaid(source, span, message)


def engine_fails(source: Source, span: Span, message: str) -> Diagnostic:
    """A directive that the original refuses, or fails on."""
    return _unsaid(source, span, f"the original cannot run this: {message}")


def differs(source: Source, span: Span, how: str) -> Diagnostic:
    """What directives read otherwise for some events. *how*: for which, and how."""
    return _unsaid(source, span, f"a directive reads this otherwise: {how}", _SANE)


def no_mapping(source: Source, span: Span) -> Diagnostic:
    """``[1, 2]``, ``userId``: a whole mapping that is no object."""
    message = "a whole mapping in JSON is an object or a directive"
    return _unsaid(source, span, message)


def in_condition(source: Source, span: Span, name: str) -> Diagnostic:
    """``any(items, original(item.id) = 1)``."""
    message = f"`{name}` cannot stand in a condition over a list"
    return _unsaid(source, span, message, "directives have no such conditions")


# --- from directives to texts -----------------------------------------------------


def no_text(node: Value, why: str) -> Fault:
    """A directive that no text says. *why*: goes on the sentence."""
    name = f"`{name_of(node)}`" if isinstance(node, Directive) else "this"
    return Fault(node.pointer, f"no text says {name} {why}", code=Code.NO_TEXT)


def no_program(
    source: Source, span: Span, what: str, pointer: str | None
) -> Diagnostic:
    """What JSON says and a program text cannot. *what*: a whole sentence."""
    return Diagnostic(Code.NO_TEXT, what, span, source, pointer=pointer)


def no_text_fails(node: Value, message: str) -> Fault:
    """A directive that fails for every event."""
    message = f"{message}, so that there is nothing to convert"
    return Fault(node.pointer, message, code=Code.NO_TEXT)
