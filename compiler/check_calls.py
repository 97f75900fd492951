"""Calls: unknown functions, arguments that do not fit, patterns, versions."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from fql.compiler import errors, meaning_errors
from fql.compiler.check_sides import can_be_equal
from fql.compiler.globs import is_malformed
from fql.compiler.payload_functions import (
    LIQUID,
    PAYLOAD_FUNCTIONS,
    PayloadFunction,
)
from fql.compiler.scopes import ungrouped
from fql.compiler.semver import OPERATORS
from fql.compiler.signatures import Function, Parameter
from fql.compiler.suggest import nearest, plain_name
from fql.compiler.timestamps import is_timestamp, lacks_offset
from fql.compiler.types import describe
from fql.grammar import nodes
from fql.grammar.diagnostics import Diagnostic, Severity
from fql.grammar.slip_errors import mapping_syntax
from fql.grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fql.compiler.facts import Facts
    from fql.grammar.nodes import Expr

_REPLACE = "replace"
"""The function whose arguments after the first come in pairs."""

_GLOB_SIGNS = frozenset("*?[")

_FOREIGN = MappingProxyType(
    {
        "beginswith": 'match(text, "beginning*")',
        "count": "length(list)",
        "date": "timestamp(text)",
        "datetime": "timestamp(text)",
        "defined": "exists(value)",
        "empty": "length(value) = 0",
        "endswith": 'match(text, "*end")',
        "float": "number(text)",
        "has": "exists(value)",
        "haskey": "exists(value)",
        "includes": "contains(text, part)",
        "indexof": "contains(text, part)",
        "int": "number(text)",
        "isdefined": "exists(value)",
        "isempty": "length(value) = 0",
        "isnotnull": "exists(value)",
        "isnull": "value = null",
        "len": "length(value)",
        "like": 'match(text, "*part*")',
        "lower": "lowercase(text)",
        "matches": "match(text, pattern)",
        "parseint": "number(text)",
        "regex": "match(text, pattern)",
        "size": "length(value)",
        "startswith": 'match(text, "beginning*")',
        "str": "string(value)",
        "strlen": "length(text)",
        "todate": "timestamp(text)",
        "tolower": "lowercase(text)",
        "tolowercase": "lowercase(text)",
        "tonumber": "number(text)",
        "tostring": "string(value)",
        "toupper": "uppercase(text)",
        "touppercase": "uppercase(text)",
        "type": "typeof(value)",
        "upper": "uppercase(text)",
    }
)
"""Functions of other languages, by plain name, and what says the same here."""


def check_call(call: nodes.Call, facts: Facts) -> Iterator[Diagnostic]:
    """Yield what is wrong with *call* itself; its arguments are visited apart."""
    yield from check_name(call, facts)
    function = facts.functions.get(call.name)
    if function is None:
        return
    yield from _options(call, function, facts)
    expected = _wrong_count(function, len(call.arguments))
    if expected:
        counts = (expected, len(call.arguments))
        yield errors.wrong_arity(facts.source, call.span, function.signature, counts)
        return
    yield from _arguments(call, function, facts)
    special = _SPECIAL.get(call.name)
    if special is not None:
        yield from special(call, facts)


def check_name(call: nodes.Call, facts: Facts) -> Iterator[Diagnostic]:
    """Yield that there is no function of the name that *call* has."""
    if call.name not in facts.functions:
        yield _unknown_function(call, facts)


def _unknown_function(call: nodes.Call, facts: Facts) -> Diagnostic:
    name, span = call.name, call.name_span
    plain = plain_name(name)
    near = nearest(name, facts.functions)
    is_sure = near is not None and plain_name(near) == plain
    if not is_sure and plain in _FOREIGN:
        return errors.foreign_function(facts.source, span, name, _FOREIGN[plain])
    if name in PAYLOAD_FUNCTIONS:
        return mapping_syntax(facts.source, span, f"`{name}`")
    return errors.unknown_function(
        facts.source, span, name, facts.functions, suggestion=near, is_sure=is_sure
    )


# --- arguments and options --------------------------------------------------------


def _wrong_count(function: Function | PayloadFunction, given: int) -> str:
    """Return how many arguments *function* takes, if *given* are not as many."""
    least = most = len(function.parameters)
    if isinstance(function, PayloadFunction):
        least = function.required
        if function.is_variadic:
            return "" if given >= least else f"{least} arguments or more"
        if function.name == _REPLACE and given % 2 == 0:
            return f"{least} or {most} arguments"
    if least <= given <= most:
        return ""
    if least < most:
        return f"{least} to {most} arguments"
    return {0: "no arguments", 1: "1 argument"}.get(most, f"{most} arguments")


def _arguments(
    call: nodes.Call, function: Function | PayloadFunction, facts: Facts
) -> Iterator[Diagnostic]:
    for index, argument in enumerate(call.arguments):
        parameter = function.parameters[min(index, len(function.parameters) - 1)]
        if parameter.is_condition:
            continue
        fact = facts.of(argument)
        if not can_be_equal(fact.certain, parameter.type):
            kind, severity = fact.certain, Severity.WARNING
        elif not can_be_equal(fact.expected, parameter.type):
            kind, severity = fact.expected, facts.schema_severity
        else:
            continue
        yield errors.argument_mismatch(
            facts.source,
            argument.span,
            (function.name, parameter),
            kind,
            otherwise=function.otherwise if isinstance(function, Function) else "",
            severity=severity,
        )


def _options(
    call: nodes.Call, function: Function | PayloadFunction, facts: Facts
) -> Iterator[Diagnostic]:
    known: dict[str, Parameter] = {}
    if isinstance(function, PayloadFunction):
        known = {option.name: option for option in function.options}
    for option in call.options:
        parameter = known.get(option.name)
        if parameter is None:
            near = nearest(option.name, known)
            span = Span(option.span.start, option.span.start + len(option.name))
            yield errors.unknown_option(
                facts.source, span, option.name, known, near=near
            )
        else:
            yield from _option(option, parameter, facts)


def _option(
    option: nodes.Option, parameter: Parameter, facts: Facts
) -> Iterator[Diagnostic]:
    fact, span = facts.of(option.value), option.value.span
    if isinstance(ungrouped(option.value), nodes.Invalid):
        return
    if fact.constant is None:
        wanted = describe(parameter.type)
        yield errors.not_constant(facts.source, span, option.name, wanted)
    elif not can_be_equal(fact.certain, parameter.type):
        yield errors.argument_mismatch(
            facts.source,
            span,
            (option.name, parameter),
            fact.certain,
            otherwise="",
            severity=Severity.ERROR,
        )


# --- single functions -------------------------------------------------------------


def _text(node: Expr, facts: Facts) -> str | None:
    """Return the text that literals make of *node*, or None."""
    constant = facts.of(node).constant
    if constant is None or not isinstance(constant.value, str):
        return None
    return constant.value


def _match(call: nodes.Call, facts: Facts) -> Iterator[Diagnostic]:
    text, pattern = call.arguments
    written, first = _text(pattern, facts), _text(text, facts)
    if written is not None:
        if is_malformed(written):
            yield meaning_errors.bad_glob(facts.source, pattern.span)
    elif first is not None and _GLOB_SIGNS.intersection(first):
        yield meaning_errors.swapped_match(facts.source, text.span, pattern.span)


def _semver(call: nodes.Call, facts: Facts) -> Iterator[Diagnostic]:
    operator = call.arguments[1]
    written = _text(operator, facts)
    if written is not None and written not in OPERATORS:
        yield meaning_errors.bad_semver_operator(facts.source, operator.span, OPERATORS)


def _liquid(call: nodes.Call, facts: Facts) -> Iterator[Diagnostic]:
    (template,) = call.arguments
    source, span = facts.source, template.span
    written = _text(template, facts)
    if written is None:
        yield errors.not_constant(source, span, LIQUID, "a text in quotes")
        return
    from fql.compiler.check_directives import template_faults

    for found in template_faults(written):
        yield Diagnostic(
            found.code,
            found.message,
            span,
            source,
            found.severity,
            help=found.help,
        )


def _timestamp(call: nodes.Call, facts: Facts) -> Iterator[Diagnostic]:
    literal = ungrouped(call.arguments[0])
    written = _text(literal, facts)
    if written is None:
        return
    if lacks_offset(written):
        yield meaning_errors.no_offset(facts.source, literal.span)
    elif not is_timestamp(written):
        yield meaning_errors.bad_timestamp(
            facts.source, literal.span, "so this gives null", severity=Severity.WARNING
        )


_SPECIAL: Mapping[str, Callable[[nodes.Call, Facts], Iterator[Diagnostic]]] = (
    MappingProxyType(
        {
            "match": _match,
            "semver": _semver,
            "timestamp": _timestamp,
            LIQUID: _liquid,
        }
    )
)
"""What only calls of one function can have wrong."""
