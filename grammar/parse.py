"""From text to tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Comment, Expr, Program
    from fql.grammar.source import Source

Root = TypeVar("Root", bound="Expr | Program")


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Root]):
    """What reading a text gave.

    Attributes:
        source: The text.
        root: The tree. Parts that did not parse are `Invalid` nodes.
        comments: The comments in source order.
        diagnostics: Everything that was wrong, unsorted; empty for a clean text.
    """

    source: Source
    root: Root
    comments: tuple[Comment, ...]
    diagnostics: tuple[Diagnostic, ...]


def parse_expression(source: Source) -> Parsed[Expr]:
    """Read the condition of a trigger or a filter."""
    from fql.grammar.languages import parser

    return Parsed(source, parser("fql").parse(source.text), (), ())


def parse_mapping(source: Source) -> Parsed[Expr]:
    """Read the text of a mapping."""
    from fql.grammar.languages import parser

    return Parsed(source, parser("mapping").parse(source.text), (), ())


def parse_program(source: Source) -> Parsed[Program]:
    """Read a program."""
    from fql.grammar.languages import parser

    return Parsed(source, parser("program").parse(source.text), (), ())
