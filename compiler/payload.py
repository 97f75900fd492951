"""Mappings: payloads from events, compiled to functions."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, final

from fql.compiler.check import check_value
from fql.compiler.closures import compile_value, copy_json
from fql.compiler.functions import FUNCTIONS
from fql.compiler.loads import event_paths, fields_read
from fql.compiler.lower import lower_value
from fql.compiler.missing import MISSING
from fql.compiler.payload_terms import PayloadTerms
from fql.compiler.warm import PAYLOAD_CALLS, counted
from fql.grammar.diagnostics import FqlError, arrange, has_errors
from fql.grammar.directives import Directives, to_json
from fql.grammar.parse import Parsed, parse_expression, parse_mapping
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.check import Checked
    from fql.compiler.fields import Fields
    from fql.compiler.ir import Ir
    from fql.compiler.loads import Keys
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
    builds are new on every call. A mapping that is called often gets faster: from some
    call on it runs generated Python.

    >>> mapping = compile_mapping_text("{ id: userId, total: properties.total ?? 0 }")
    >>> mapping({"userId": "u1", "properties": {}})
    {'id': 'u1', 'total': 0}

    Pickling keeps what was written, and compiles it again.

    Attributes:
        source: Where it was written.
        diagnostics: The warnings that compiling gave, in source order.
        node: What the back ends run.
        declared: The fields of its action, by which payloads are validated, or None.
    """

    source: Source
    diagnostics: tuple[Diagnostic, ...]
    node: Ir
    declared: Fields | None
    _written: Checked | Directives
    _terms: PayloadTerms
    _build: Callable[[Json], Value]

    def __init__(
        self,
        source: Source,
        node: Ir,
        diagnostics: tuple[Diagnostic, ...],
        *,
        written: Checked | Directives,
        terms: PayloadTerms | None = None,
    ) -> None:
        self.__dict__.update(
            source=source,
            diagnostics=diagnostics,
            node=node,
            declared=None if terms is None else terms.fields,
            _written=written,
            _terms=terms or PayloadTerms(),
            _build=counted(
                compile_value(node), calls=PAYLOAD_CALLS, swap=self._generate
            ),
        )

    def __call__(self, event: dict[str, Json], *, copy: bool = False) -> Json:
        """Return the payload of *event*; null where nothing is mapped.

        Args:
            event: An object as a JSON reader makes it. It is never changed.
            copy: Whether objects and lists taken whole from the event are copied;
                else the payload shares them with it.

        Raises:
            MappingError: Directives fail on the event, as the original does.
            PayloadError: The payload does not fit the declared fields.
        """
        built = self._build(event)
        payload = None if built is MISSING else built
        if self.declared is not None:
            payload = self.declared(payload)
        return copy_json(payload) if copy else payload

    def _generate(self) -> None:
        """Go on with generated Python, which builds what the closures do."""
        from fql.compiler.pysource import compile_value_source

        build = compile_value_source(self.node, self.source.name)
        object.__setattr__(self, "_build", build)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a mapping never changes: {name!r} cannot be set")

    @cached_property
    def python_source(self) -> str:
        """The Python source of the function that builds payloads."""
        from fql.compiler.pysource import value_source

        return value_source(self.node, self.source.name)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The paths of the event that it reads, in source order; ``$`` is all of it."""
        return fields_read(self.node)

    @cached_property
    def paths(self) -> tuple[tuple[Keys, Keys | None], ...]:
        """The keys of each path of the event that it reads, in source order.

        The second of a pair are the keys that are read where the first key is absent.
        All of the event, which has no keys, is not among them: `fields` tells.
        """
        return event_paths(self.node)

    @cached_property
    def fills(self) -> tuple[str, ...]:
        """The members of the payload that the mapping fills, such as ``items.sku``."""
        from fql.compiler.fills import members_filled

        return members_filled(self.node)

    def to_text(self, *, exact: bool = True) -> str:
        """Return the mapping in the mapping language, formatted.

        A mapping that was written so is given as it was, comments and all.

        Args:
            exact: Whether the text of directives gives the same for every event, for
                which it may need ``original(...)``. Else it may give another payload
                for events that have an empty value in place of an object.

        Raises:
            FqlError: Directives that no text says; all findings are in it.
        """
        from fql.compiler import convert

        if isinstance(self._written, Directives):
            return convert.text_of(self._written, is_exact=exact)
        return self._written.source.slice(self._written.root.span)

    def to_directives(self, *, exact: bool = False) -> dict[str, Json]:
        """Return the mapping as directive JSON.

        A mapping that was written so is given as it was.

        Args:
            exact: Whether the JSON of a text gives the same for every event; else it
                may give another payload for events that have an empty value in place
                of an object, or a list in place of a text.

        Raises:
            FqlError: A text that no directives say, with the places that they cannot.
        """
        from fql.compiler import convert

        if not isinstance(self._written, Directives):
            return convert.directives_of(self._written, is_exact=exact)
        value = to_json(self._written.root)
        if not isinstance(value, dict):
            raise AssertionError("directives without errors are an object")
        return value

    def __repr__(self) -> str:
        return f"<Mapping of {self.source.name}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key[1])

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (*self._key[:2], self._terms)

    @cached_property
    def _key(self) -> tuple[bool, str, object]:
        """Whether it is JSON, the text, and what it was compiled by."""
        is_json = isinstance(self._written, Directives)
        text = json.dumps(self.to_directives()) if is_json else self.to_text()
        return is_json, text, self._terms.key


def _restore(is_json: bool, text: str, terms: PayloadTerms) -> Mapping:
    if is_json:
        value: Json = json.loads(text)
        return compile_directives(
            value,
            fields=terms.fields,
            condition=terms.condition,
            schema=terms.schema,
            is_strict=terms.is_strict,
        )
    return compile_mapping_text(
        text,
        functions=FUNCTIONS if terms.functions is None else terms.functions,
        schema=terms.schema,
        is_strict=terms.is_strict,
        fields=terms.fields,
        condition=terms.condition,
    )


def compile_mapping_text(
    text: str | Source | Parsed[Expr],
    *,
    functions: FunctionTable = FUNCTIONS,
    schema: Schema | None = None,
    is_strict: bool = False,
    fields: Fields | None = None,
    condition: str | Expr | None = None,
) -> Mapping:
    """Compile a mapping's text.

    Args:
        text: The text, or a parsed part of a larger source.
        functions: What expressions may call, besides the functions of mappings.
        schema: What is known of events beyond the event spec.
        is_strict: Whether what only the schema makes impossible is an error.
        fields: The fields of the action. The mapping is proved against them, and
            payloads are validated.
        condition: What holds of every event that the mapping gets: its trigger.

    Raises:
        FqlError: The text has errors, or cannot fit the fields; all findings are in
            it. So does a *condition* with errors.
    """
    holds = _condition(condition)
    checked = check_mapping_text(
        text,
        functions=functions,
        schema=schema,
        is_strict=is_strict,
        fields=fields,
        condition=holds,
    )
    if has_errors(checked.diagnostics):
        raise FqlError(checked.diagnostics)
    own = None if functions is FUNCTIONS else functions
    held = None if holds is None else _written(holds)
    return Mapping(
        checked.source,
        lower_value(checked.root, checked.types, functions),
        tuple(checked.diagnostics),
        written=checked,
        terms=PayloadTerms(own, schema, is_strict, fields, held),
    )


def check_mapping_text(
    text: str | Source | Parsed[Expr],
    *,
    functions: FunctionTable = FUNCTIONS,
    schema: Schema | None = None,
    is_strict: bool = False,
    fields: Fields | None = None,
    condition: Expr | None = None,
) -> Checked:
    """Return the tree of a mapping with all that is wrong, syntax included."""
    if not isinstance(text, Parsed):
        text = parse_mapping(Source(text) if isinstance(text, str) else text)
    checked = check_value(
        text,
        functions=functions,
        schema=schema,
        is_strict=is_strict,
        condition=condition,
    )
    if fields is None or has_errors(checked.diagnostics):
        return checked
    from fql.compiler.check_payload import prove_text

    findings = prove_text(
        checked,
        fields.specs,
        schema=schema,
        condition=condition,
        functions=functions,
        is_strict=is_strict,
    )
    return replace(
        checked, diagnostics=tuple(arrange([*checked.diagnostics, *findings]))
    )


def _condition(condition: str | Expr | None) -> Expr | None:
    """Return the tree of a condition, which has to parse."""
    if not isinstance(condition, str):
        return condition
    parsed = parse_expression(Source(condition, "<when>"))
    if has_errors(parsed.diagnostics):
        raise FqlError(parsed.diagnostics)
    return parsed.root


def _written(condition: Expr) -> str:
    from fql.grammar.format import write

    return write(condition, language="fql")


def compile_directives(
    directives: Json | Source | JsonDocument,
    pointer: str = "",
    *,
    schema: Schema | None = None,
    is_strict: bool = False,
    fields: Fields | None = None,
    condition: str | Expr | None = None,
) -> Mapping:
    """Compile a mapping of directive JSON, which answers as the original does.

    Args:
        directives: The JSON value, its text, or a document that was read.
        pointer: Where in a document the mapping stands.
        schema: What is known of events beyond the event spec; for the proof only.
        is_strict: Whether what only the schema makes impossible is an error.
        fields: The fields of the action. The mapping is proved against them, and
            payloads are validated.
        condition: What holds of every event that the mapping gets: its trigger.

    Raises:
        FqlError: The mapping has errors, or cannot fit the fields; all findings are
            in it. So does a *condition* with errors.
    """
    from fql.compiler.check_directives import check_directives

    read = check_directives(directives, pointer)
    if has_errors(read.diagnostics):
        raise FqlError(read.diagnostics)
    return mapping_of(
        read, schema=schema, is_strict=is_strict, fields=fields, condition=condition
    )


def mapping_of(
    read: Directives,
    *,
    schema: Schema | None = None,
    is_strict: bool = False,
    fields: Fields | None = None,
    condition: str | Expr | None = None,
) -> Mapping:
    """Compile directives that were read without errors; else as `compile_directives`.

    Raises:
        FqlError: They cannot fit the fields, or the condition has errors.
    """
    from fql.compiler.lower_directives import lower_directives

    holds = _condition(condition)
    diagnostics = read.diagnostics
    if fields is not None:
        from fql.compiler.check_payload import prove_directives

        findings = prove_directives(
            read, fields.specs, schema=schema, condition=holds, is_strict=is_strict
        )
        diagnostics = tuple(arrange([*diagnostics, *findings]))
        if has_errors(diagnostics):
            raise FqlError(diagnostics)
    held = None if holds is None else _written(holds)
    return Mapping(
        read.document.source,
        lower_directives(read.root),
        diagnostics,
        written=read,
        terms=PayloadTerms(None, schema, is_strict, fields, held),
    )
