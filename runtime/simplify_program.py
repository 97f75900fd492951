"""Shorter conditions in programs: those of filters and the triggers of mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.functions import FUNCTIONS
from fql.compiler.simplify import Simplified, edited, simplify_condition
from fql.grammar import nodes
from fql.grammar.diagnostics import FqlError
from fql.grammar.format import format_program
from fql.grammar.parse import Parsed, parse_program
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.signatures import FunctionTable
    from fql.compiler.simplifier import Step
    from fql.grammar.diagnostics import Edit


def simplify_program(
    source: Source, *, functions: FunctionTable = FUNCTIONS
) -> Simplified:
    """Return a program in its canonical form, its conditions as short as can be.

    Conditions that mean nothing sensible stay as they are; `fql check` tells why.

    Args:
        source: A program text.
        functions: What conditions may call.

    Raises:
        FqlError: The text has syntax errors.
    """
    parsed = parse_program(source)
    before = format_program(parsed)
    edits: list[Edit] = []
    steps: list[Step] = []
    for condition in _conditions(parsed.root):
        part = Parsed(source, condition, parsed.comments, ())
        try:
            found = simplify_condition(part, functions=functions)
        except FqlError:
            continue  # not one that has a meaning
        edits += found[0]
        steps += found[1]
    if not edits:
        return Simplified(before, ())
    shorter = Source(edited(source.text, tuple(edits)), source.name)
    return Simplified(format_program(parse_program(shorter)), tuple(steps))


def _conditions(program: nodes.Program) -> Iterator[nodes.Expr]:
    """Yield the conditions of filters and mappings, in the order of the text."""
    for declaration in program.declarations:
        if isinstance(declaration, nodes.DestinationDeclaration):
            yield from (each.condition for each in declaration.filters)
            yield from (each.condition for each in declaration.mappings)
