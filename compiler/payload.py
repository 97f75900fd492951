"""Mappings: payloads from events, compiled to functions."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, final

from fql.compiler.check import check_value
from fql.compiler.closures import compile_value, copy_json
from fql.compiler.functions import FUNCTIONS
from fql.compiler.loads import fields_read
from fql.compiler.lower import lower_value
from fql.compiler.lower_directives import lower_directives
from fql.compiler.missing import MISSING
from fql.grammar.diagnostics import FqlError, has_errors
from fql.grammar.directives import read_directives
from fql.grammar.parse import Parsed, parse_mapping
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.check import Checked
    from fql.compiler.ir import Ir
    from fql.compiler.payload_functions import Value
    from fql.compiler.schema import Schema
    from fql.compiler.signatures import FunctionTable
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.json_places import JsonDocument
    from fql.grammar.nodes import Expr


@final
class Mapping:
    """A compiled mapping: call it with an event to get the payload.

    It never changes and may be shared between threads. Objects and lists that it
    builds are new on every call.

    >>> mapping = compile_mapping_text("{ id: userId, total: properties.total ?? 0 }")
    >>> mapping({"userId": "u1", "properties": {}})
    {'id': 'u1', 'total': 0}

    Attributes:
        source: Where it was written.
        diagnostics: The warnings that compiling gave, in source order.
        node: What the back ends run.
    """

    def __init__(
        self, source: Source, node: Ir, diagnostics: tuple[Diagnostic, ...]
    ) -> None:
        self.source = source
        self.diagnostics = diagnostics
        self.node = node
        self._build: Callable[[Json], Value] = compile_value(node)

    def __call__(self, event: dict[str, Json], *, copy: bool = False) -> Json:
        """Return the payload of *event*; null where nothing is mapped.

        Args:
            event: An object as a JSON reader makes it. It is never changed.
            copy: Whether objects and lists taken whole from the event are copied;
                else the payload shares them with it.
        """
        payload = self._build(event)
        if payload is MISSING:
            return None
        return copy_json(payload) if copy else payload

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The paths of the event that the mapping reads, in source order."""
        return fields_read(self.node)

    def __repr__(self) -> str:
        return f"<Mapping of {self.source.name}>"


def compile_mapping_text(
    text: str | Source | Parsed[Expr],
    *,
    functions: FunctionTable = FUNCTIONS,
    schema: Schema | None = None,
    is_strict: bool = False,
) -> Mapping:
    """Compile a mapping's text.

    Args:
        text: The text, or a parsed part of a larger source.
        functions: What expressions may call, besides the functions of mappings.
        schema: What is known of events beyond the event spec.
        is_strict: Whether what only the schema makes impossible is an error.

    Raises:
        FqlError: The text has errors; all findings are in it.
    """
    checked = check_mapping_text(
        text, functions=functions, schema=schema, is_strict=is_strict
    )
    if has_errors(checked.diagnostics):
        raise FqlError(checked.diagnostics)
    node = lower_value(checked.root, checked.types, functions)
    return Mapping(checked.source, node, tuple(checked.diagnostics))


def check_mapping_text(
    text: str | Source | Parsed[Expr],
    *,
    functions: FunctionTable = FUNCTIONS,
    schema: Schema | None = None,
    is_strict: bool = False,
) -> Checked:
    """Return the tree of a mapping with all that is wrong, syntax included."""
    if not isinstance(text, Parsed):
        text = parse_mapping(Source(text) if isinstance(text, str) else text)
    return check_value(text, functions=functions, schema=schema, is_strict=is_strict)


def compile_directives(
    directives: Json | Source | JsonDocument, pointer: str = ""
) -> Mapping:
    """Compile a mapping of directive JSON, which answers as the original does.

    Args:
        directives: The JSON value, its text, or a document that was read.
        pointer: Where in a document the mapping stands.

    Raises:
        FqlError: The mapping has errors; all findings are in it.
    """
    read = read_directives(directives, pointer)
    if has_errors(read.diagnostics):
        raise FqlError(read.diagnostics)
    return Mapping(read.document.source, lower_directives(read.root), read.diagnostics)
