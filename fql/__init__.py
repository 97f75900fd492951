"""Compile trigger expressions, filters and payload mappings, and run them.

>>> import fql
>>> trigger = fql.compile('type = "track" and properties.total >= 10')
>>> trigger({"type": "track", "properties": {"total": 25}})
True

Every name here is loaded on first use: importing `fql` alone costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fql import conditions, destinations, device
    from fql.api import (
        check,
        compile,
        compile_filter,
        compile_mapping,
        examples,
        format,
        load,
        run_tests,
        simplify,
    )
    from fql.compiler.examples import ExampleEvents
    from fql.compiler.explain import Explanation
    from fql.compiler.field_errors import PayloadError
    from fql.compiler.fields import Fields
    from fql.compiler.functions import FUNCTIONS
    from fql.compiler.globs import glob_match
    from fql.compiler.infer import infer_schema
    from fql.compiler.payload import Mapping
    from fql.compiler.ruleset import RuleSet
    from fql.compiler.schema import Schema
    from fql.compiler.signatures import Example, Function, FunctionTable, Parameter
    from fql.compiler.simplify import Simplified
    from fql.compiler.trigger import Trigger
    from fql.compiler.types import Type
    from fql.grammar.diagnostics import Code, Diagnostic, FqlError, Severity
    from fql.runtime.explain_program import ProgramExplanation
    from fql.runtime.fields import compile_fields
    from fql.runtime.filters import Filter
    from fql.runtime.outcomes import Outcome
    from fql.runtime.request_previews import preview_requests
    from fql.runtime.suite_report import Report
    from fql.runtime.workspace import Workspace

    __version__: str

_HOMES = {
    "Code": "fql.grammar.diagnostics",
    "Diagnostic": "fql.grammar.diagnostics",
    "Example": "fql.compiler.signatures",
    "ExampleEvents": "fql.compiler.examples",
    "Explanation": "fql.compiler.explain",
    "FUNCTIONS": "fql.compiler.functions",
    "Fields": "fql.compiler.fields",
    "Filter": "fql.runtime.filters",
    "FqlError": "fql.grammar.diagnostics",
    "Function": "fql.compiler.signatures",
    "FunctionTable": "fql.compiler.signatures",
    "Mapping": "fql.compiler.payload",
    "Outcome": "fql.runtime.outcomes",
    "Parameter": "fql.compiler.signatures",
    "PayloadError": "fql.compiler.field_errors",
    "ProgramExplanation": "fql.runtime.explain_program",
    "Report": "fql.runtime.suite_report",
    "RuleSet": "fql.compiler.ruleset",
    "Schema": "fql.compiler.schema",
    "Severity": "fql.grammar.diagnostics",
    "Simplified": "fql.compiler.simplify",
    "Trigger": "fql.compiler.trigger",
    "Type": "fql.compiler.types",
    "Workspace": "fql.runtime.workspace",
    "check": "fql.api",
    "compile": "fql.api",
    "compile_fields": "fql.runtime.fields",
    "compile_filter": "fql.api",
    "compile_mapping": "fql.api",
    "examples": "fql.api",
    "format": "fql.api",
    "glob_match": "fql.compiler.globs",
    "infer_schema": "fql.compiler.infer",
    "load": "fql.api",
    "run_tests": "fql.api",
    "simplify": "fql.api",
    "preview_requests": "fql.runtime.request_previews",
}
_MODULES = frozenset({"conditions", "destinations", "device"})

__all__ = [  # noqa: RUF022 - sorted as people sort
    "Code",
    "Diagnostic",
    "Example",
    "ExampleEvents",
    "Explanation",
    "Fields",
    "Filter",
    "FqlError",
    "FUNCTIONS",
    "Function",
    "FunctionTable",
    "Mapping",
    "Outcome",
    "Parameter",
    "PayloadError",
    "ProgramExplanation",
    "Report",
    "RuleSet",
    "Schema",
    "Severity",
    "Simplified",
    "Trigger",
    "Type",
    "Workspace",
    "__version__",
    "check",
    "compile",
    "compile_fields",
    "compile_filter",
    "compile_mapping",
    "conditions",
    "destinations",
    "device",
    "examples",
    "format",
    "glob_match",
    "infer_schema",
    "load",
    "preview_requests",
    "run_tests",
    "simplify",
]


if not TYPE_CHECKING:  # checkers see the imports above, and what is not among them

    def __getattr__(name: str) -> object:
        if name in _HOMES:
            value: object = getattr(import_module(_HOMES[name]), name)
        elif name in _MODULES:
            value = import_module(f"fql.{name}")
        elif name == "__version__":
            from importlib.metadata import version

            value = version("fql")
        else:
            raise AttributeError(f"module 'fql' has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
