"""Findings about a mapping in directive JSON, Liquid templates included.

`fql.grammar.directives` finds all that the JSON alone tells; whether a Liquid template
can be read, only the compiler knows.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from fql.compiler.liquid import MissingExtraError, TemplateError, read_template
from fql.compiler.liquid_expressions import DISABLED_FILTERS
from fql.grammar.diagnostics import Code, arrange
from fql.grammar.directive_checks import Reach, reached
from fql.grammar.directive_errors import Fault, where_reached
from fql.grammar.directive_nodes import Liquid
from fql.grammar.directive_rules import failure_of, text_of
from fql.grammar.directives import read_directives

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.grammar.directives import Directives

_FILTER = re.compile(r"\|\s*([a-z_]+)")


def check_directives(given: object, pointer: str = "") -> Directives:
    """Read a mapping in directive JSON with all that is wrong; never raises.

    Args:
        given: The JSON value, a `Source` with its text, or a `JsonDocument` in which
            it stands.
        pointer: Where in the document the mapping stands.
    """
    directives = read_directives(given, pointer)
    faults = [
        fault
        for node, reach in reached(directives.root)
        if isinstance(node, Liquid) and failure_of(node) is None
        for fault in _liquid_faults(node, reach)
    ]
    if not faults:
        return directives
    findings = [fault.diagnostic(directives.document) for fault in faults]
    whole = arrange([*directives.diagnostics, *findings])
    return replace(directives, diagnostics=tuple(whole))


def _liquid_faults(node: Liquid, reach: Reach) -> Iterator[Fault]:
    template = text_of(node.template) or ""
    is_reached = reach is Reach.ALL
    return template_faults(template, node.template.pointer, is_reached=is_reached)


def template_faults(
    template: str, pointer: str = "", *, is_reached: bool = True
) -> Iterator[Fault]:
    """Yield what is wrong with a Liquid template.

    Args:
        template: Its text.
        pointer: Where in a document it stands.
        is_reached: Whether every event comes to it; else its faults are warnings.
    """
    if not template:
        return
    try:
        read_template(template)
    except MissingExtraError as error:
        yield missing_extra(pointer, str(error))
    except TemplateError as error:
        fault = unreadable_template(pointer, str(error))
        yield fault if is_reached else where_reached(fault)
    else:
        is_certain = is_reached and "{%" not in template
        for name in _disabled_filters(template):
            fault = disabled_filter(pointer, name)
            yield fault if is_certain else where_reached(fault)


def _disabled_filters(template: str) -> list[str]:
    """Return the disabled filters that *template* names."""
    return sorted(DISABLED_FILTERS.intersection(_FILTER.findall(template)))


# --- wording ----------------------------------------------------------------------


def missing_extra(pointer: str, problem: str) -> Fault:
    """``@liquid`` without the package that reads templates."""
    return Fault(
        pointer,
        problem,
        'install it with `pip install "fql[liquid]"`',
        Code.MISSING_EXTRA,
    )


def unreadable_template(pointer: str, problem: str) -> Fault:
    """A Liquid template with a syntax error."""
    message = f"this Liquid template cannot be read: {problem}"
    return Fault(pointer, message, code=Code.BAD_TEMPLATE)


def disabled_filter(pointer: str, name: str) -> Fault:
    """A filter that the original disables."""
    message = f"the Liquid filter `{name}` is disabled"
    return Fault(pointer, message, code=Code.BAD_TEMPLATE)
