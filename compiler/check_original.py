"""Calls that mean what directives mean: what in them has no directive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.convertible import DIRECTIVE_CALLS
from fql.compiler.payload_functions import LIQUID, PAYLOAD_FUNCTIONS
from fql.compiler.scopes import ungrouped
from fql.grammar import nodes

if TYPE_CHECKING:
    from fql.compiler.facts import Facts
    from fql.compiler.scopes import Visit
    from fql.grammar.diagnostics import Diagnostic


def check_original(call: nodes.Call, visit: Visit, facts: Facts) -> list[Diagnostic]:
    """Return what in *call* directives cannot say, if it is one that means them."""
    if call.name not in DIRECTIVE_CALLS or not _fits(call):
        return []
    # Hardly any text has one: conversion is loaded when it is met.
    from fql.compiler.convert_errors import in_condition
    from fql.compiler.to_directives import tree_of

    scope, span = visit.scope, call.name_span
    if scope.item is not None:
        return [in_condition(facts.source, span, call.name)]
    _, findings = tree_of(call, facts.source, is_event=scope.base is None)
    return findings


def _fits(call: nodes.Call) -> bool:
    """Say whether *call* has the arguments that it takes, by what is found before."""
    if len(call.arguments) != len(PAYLOAD_FUNCTIONS[call.name].parameters):
        return False
    return call.name != LIQUID or isinstance(ungrouped(call.arguments[0]), nodes.String)
