"""The functions that embedders call. Each only picks what does the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from fql.compiler.functions import FUNCTIONS
from fql.compiler.recent import recent_engine_text, recent_mapping, recent_trigger
from fql.compiler.trigger import Trigger, as_source
from fql.grammar.diagnostics import Diagnostic, Severity
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping as AbstractMapping
    from collections.abc import Sequence
    from os import PathLike

    from fql.compiler.examples import ExampleEvents
    from fql.compiler.fields import Fields
    from fql.compiler.payload import Mapping
    from fql.compiler.schema import Schema
    from fql.compiler.signatures import FunctionTable
    from fql.compiler.simplify import Simplified
    from fql.compiler.values import Json
    from fql.runtime.destinations.registry import Registry
    from fql.runtime.filters import Filter
    from fql.runtime.load import ProgramLike
    from fql.runtime.suite_report import Report
    from fql.runtime.workspace import Workspace

Dialect: TypeAlias = Literal["fql", "trigger"]
"""``fql`` is this language, ``trigger`` the original engine's reading of it."""


def compile(
    text: str | Source,
    *,
    dialect: Dialect = "fql",
    schema: Schema | AbstractMapping[str, object] | None = None,
    strict: bool = False,
    functions: FunctionTable = FUNCTIONS,
) -> Trigger:
    """Compile a condition to a function of events.

    The same text with the same settings gives the same trigger again for a while.

    Args:
        text: The condition.
        dialect: How to read it.
        schema: What is known of events beyond the event spec: a `Schema`, or the JSON
            of a tracking plan.
        strict: Whether what only the schema makes impossible is an error.
        functions: What the condition may call, in the dialect ``fql``.

    Raises:
        FqlError: The text has errors; all findings are in ``diagnostics``.
    """
    if _is_engine(dialect):
        return recent_engine_text(text)
    return recent_trigger(
        text,
        functions=functions,
        schema=_as_schema(schema),
        is_strict=strict,
    )


def check(
    text: str | Source,
    *,
    dialect: Dialect = "fql",
    schema: Schema | AbstractMapping[str, object] | None = None,
    strict: bool = False,
    functions: FunctionTable = FUNCTIONS,
) -> list[Diagnostic]:
    """Return everything that is wrong or doubtful in a condition, in source order.

    Compiling gives these findings too, but for those of the analysis: parts that are
    proved to contradict or to cover each other, FQL340 to FQL342. In the dialect
    ``trigger``, what is found is where the original engine reads the text otherwise
    than it says. The arguments are those of `compile`.
    """
    if _is_engine(dialect):
        return _check_engine_text(text)
    from fql.compiler.analyze import check_and_analyze

    return check_and_analyze(
        as_source(text),
        functions=functions,
        schema=_as_schema(schema),
        is_strict=strict,
    )


def format(text: str) -> str:
    """Return a condition in its canonical form, comments kept.

    Raises:
        FqlError: The text has syntax errors.
    """
    from fql.grammar.format import format_expression
    from fql.grammar.parse import parse_expression

    return format_expression(parse_expression(Source(text)))


def simplify(text: str | Source, *, functions: FunctionTable = FUNCTIONS) -> Simplified:
    """Return a condition that gives the same answers, shorter where that can be.

    Args:
        text: The condition.
        functions: What it may call.

    Raises:
        FqlError: The text has errors.
    """
    from fql.compiler.simplify import simplify as shortened

    return shortened(text, functions=functions)


def compile_mapping(
    text_or_directives: str | Source | dict[str, Json],
    *,
    fields: Fields | AbstractMapping[str, object] | None = None,
    when: str | None = None,
    schema: Schema | AbstractMapping[str, object] | None = None,
    strict: bool = False,
    functions: FunctionTable = FUNCTIONS,
) -> Mapping:
    """Compile a mapping, in its own language or as directive JSON.

    The same text with the same settings gives the same mapping again for a while.

    Args:
        text_or_directives: The text, or the JSON object.
        fields: The fields of its action: compiled, or their declarations by name. The
            mapping is proved against them, and its payloads are validated.
        when: The trigger of the mapping, which tells the proof what events have.
        schema: As for `compile`.
        strict: As for `compile`.
        functions: What expressions in a text may call.

    Raises:
        FqlError: The mapping, its trigger or the fields have errors, or the payload
            cannot fit the fields; all findings are in ``diagnostics``.
    """
    declared = _as_fields(fields)
    known = _as_schema(schema)
    if not isinstance(text_or_directives, str | Source):
        from fql.compiler.payload import compile_directives

        return compile_directives(
            text_or_directives,
            schema=known,
            is_strict=strict,
            fields=declared,
            condition=when,
        )
    return recent_mapping(
        text_or_directives,
        functions=functions,
        schema=known,
        is_strict=strict,
        fields=declared,
        condition=when,
    )


def load(
    program: ProgramLike,
    *,
    environment: AbstractMapping[str, str] | None = None,
    schema: Schema | AbstractMapping[str, object] | None = None,
    strict: bool = False,
    functions: FunctionTable = FUNCTIONS,
    registry: Registry | None = None,
) -> Workspace:
    """Load a program, ready for events: `Workspace.process` takes one.

    Args:
        program: The path of a program file or of its JSON, a `Source` with either, or
            the JSON as data.
        environment: Where settings find their variables; the process's own by default.
        schema: As for `compile`.
        strict: As for `compile`.
        functions: What conditions and mappings may call.
        registry: Which kinds of destinations there are; those that are installed by
            default. What a destination says is compared with what its kind takes.

    Raises:
        FqlError: The program has errors, or cannot be read. All findings, of all its
            parts, are in ``diagnostics``.
    """
    from fql.runtime.assemble import Terms
    from fql.runtime.destinations.registry import installed_registry
    from fql.runtime.load import load as load_program

    known = installed_registry() if registry is None else registry
    terms = Terms(functions, _as_schema(schema), strict, known)
    return load_program(program, environment=environment, terms=terms)


def run_tests(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]],
    *,
    select: str = "",
    fail_fast: bool = False,
    update: bool = False,
    coverage: bool = False,
    mutate: bool = False,
    functions: FunctionTable = FUNCTIONS,
) -> Report:
    """Run files of tests; their form is described in ``docs/testing.md``.

    Args:
        paths: Files of tests, or folders with some.
        select: Only tests in whose ``file::name`` this occurs, in any case.
        fail_fast: Whether the first failure ends the run.
        update: Whether snapshots are written, and not compared.
        coverage: Whether the report says which conditions no event has tried.
        mutate: Whether it says which changes of conditions no test notices.
        functions: What conditions and mappings may call.

    Returns:
        A report. What is wrong with files is in its ``diagnostics``.
    """
    from os import PathLike

    from fql.runtime.suite_run import Choice, run_suites

    given = [paths] if isinstance(paths, str | PathLike) else paths
    choice = Choice(select, fail_fast, update, coverage, mutate, functions)
    return run_suites(given, choice)


def compile_filter(
    definition: AbstractMapping[str, object] | Source,
    *,
    schema: Schema | AbstractMapping[str, object] | None = None,
    strict: bool = False,
    functions: FunctionTable = FUNCTIONS,
) -> Filter:
    """Compile a filter to a function from an event to what is left of it, or None.

    Args:
        definition: The filter's JSON, ``{"if": ..., "actions": [...]}``.
        schema: As for `compile`.
        strict: As for `compile`.
        functions: What its condition may call.

    Raises:
        FqlError: The filter has errors; all findings are in ``diagnostics``.
    """
    from fql.runtime.assemble import Terms
    from fql.runtime.load import compile_filter as compile_definition

    terms = Terms(functions, _as_schema(schema), strict)
    return compile_definition(definition, terms=terms)


def examples(
    condition: str | Source | Trigger,
    *,
    count: int = 5,
    wanted: bool = True,
    near: bool = False,
    seed: int = 0,
    schema: Schema | AbstractMapping[str, object] | None = None,
) -> ExampleEvents:
    """Return events that a condition matches, or with ``wanted=False`` does not.

    They look like those of a shop, each was tried with the condition, and no two are
    equal. The same arguments give the same events.

    Args:
        condition: Its text, or the compiled condition.
        count: How many events are wanted. There may be fewer, or none.
        wanted: Whether they are to match. Those that do not start with near misses:
            each fails one part of the condition and fulfils the others.
        near: Whether only near misses are to be among those that do not match.
        seed: Picks among the events that there are.
        schema: As for `compile`; the events conform to it.

    Raises:
        FqlError: The text has errors; all findings are in ``diagnostics``.
        ValueError: *count* is less than 1.
    """
    from fql.compiler.examples import examples as make_examples

    known = _as_schema(schema)
    if not isinstance(condition, Trigger):
        condition = compile(condition, schema=known)
    return make_examples(
        condition, count=count, wanted=wanted, near=near, seed=seed, schema=known
    )


def _is_engine(dialect: Dialect) -> bool:
    if dialect not in {"fql", "trigger"}:
        raise ValueError(f"unknown dialect {dialect!r}: fql or trigger")
    return dialect == "trigger"


def _check_engine_text(text: str | Source) -> list[Diagnostic]:
    from fql.compiler.portability import check_portability

    return check_portability(text, unreadable=Severity.ERROR)


def _as_fields(fields: Fields | AbstractMapping[str, object] | None) -> Fields | None:
    if fields is None:
        return None
    from fql.compiler.fields import Fields

    if isinstance(fields, Fields):
        return fields
    from fql.runtime.fields import compile_fields

    return compile_fields(fields)


def _as_schema(
    schema: Schema | AbstractMapping[str, object] | None,
) -> Schema | None:
    from fql.compiler.schema import Schema

    if schema is None or isinstance(schema, Schema):
        return schema
    return Schema.from_tracking_plan(schema)
