"""Templates: double-quoted strings of a mapping with ``{{path}}`` inside.

The text that `liquid` is given is none: what its braces mean is told by Liquid.

A pass over a mapping's tree. It runs where reading knows that a string stands in a
mapping's value, so that the same string in a trigger stays plain text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, assert_never, cast

from fql.grammar import errors, nodes
from fql.grammar.build import read_path, read_string
from fql.grammar.languages import vocabulary
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.languages import Language
    from fql.grammar.nodes import Expr

_BRACES = re.compile(r"\{\{\s*+((?:\s*+(?:\\[\s\S]|[^{}\\\s]))*+)\s*+\}\}")
_ExprT = TypeVar("_ExprT", bound="Expr")


def with_templates(
    root: _ExprT, source: Source, language: Language, findings: list[Diagnostic]
) -> _ExprT:
    """Return *root* with every string that holds ``{{path}}`` made a `Template`.

    *language* is what the text is in that *root* was read from. What stands in double
    braces and is no path is added to *findings*.
    """
    return cast("_ExprT", _Templates(source, language, findings).rewrite(root))


class _Templates:
    def __init__(
        self, source: Source, language: Language, findings: list[Diagnostic]
    ) -> None:
        self._source = source
        self._terminals = vocabulary(language)
        self._findings = findings

    def rewrite(self, node: Expr) -> Expr:
        match node:
            case nodes.String():
                return self._string(node)
            case (
                nodes.Null()
                | nodes.Bool()
                | nodes.Number()
                | nodes.Path()
                | nodes.EventPath()
                | nodes.Everything()
                | nodes.Invalid()
                | nodes.Template()
                | nodes.Call("liquid", (nodes.String(),))
            ):
                return node
            case nodes.Call(_, arguments, options):
                return replace(
                    node,
                    arguments=self._all(arguments),
                    options=tuple(
                        replace(option, value=self.rewrite(option.value))
                        for option in options
                    ),
                )
            case nodes.ListLiteral(items):
                return replace(node, items=self._all(items))
            case nodes.Not(operand):
                return replace(node, operand=self.rewrite(operand))
            case nodes.Group(inner):
                return replace(node, inner=self.rewrite(inner))
            case nodes.Compare(left, _, right):
                return replace(node, left=self.rewrite(left), right=self.rewrite(right))
            case nodes.And(operands) | nodes.Or(operands) | nodes.Coalesce(operands):
                return replace(node, operands=self._all(operands))
            case nodes.If(condition, then, otherwise):
                return replace(
                    node,
                    condition=self.rewrite(condition),
                    then=self.rewrite(then),
                    otherwise=None if otherwise is None else self.rewrite(otherwise),
                )
            case nodes.Each(items, shape):
                return replace(
                    node, items=self.rewrite(items), shape=self._object(shape)
                )
            case nodes.Object():
                return self._object(node)
            case _:
                assert_never(node)

    def _all(self, expressions: tuple[Expr, ...]) -> tuple[Expr, ...]:
        return tuple(self.rewrite(each) for each in expressions)

    def _object(self, node: nodes.Object) -> nodes.Object:
        members = (
            replace(member, value=self.rewrite(member.value)) for member in node.members
        )
        return replace(node, members=tuple(members))

    def _string(self, node: nodes.String) -> nodes.String | nodes.Template:
        literal = self._source.slice(node.span)
        if node.quote != '"' or "{{" not in literal or literal[:1] != '"':
            return node
        parts: list[str | nodes.Path | nodes.EventPath] = []
        at = 1
        for braces in _BRACES.finditer(literal, 1, len(literal) - 1):
            path = self._path(braces, node.span.start)
            if path is None:
                continue
            self._add_text(parts, literal[at : braces.start()])
            parts.append(path)
            at = braces.end()
        self._add_text(parts, literal[at:-1])
        if any(not isinstance(part, str) for part in parts):
            return nodes.Template(tuple(parts), span=node.span)
        return node

    def _add_text(
        self, parts: list[str | nodes.Path | nodes.EventPath], raw: str
    ) -> None:
        if raw:
            parts.append(read_string(f'"{raw}"'))

    def _path(
        self, braces: re.Match[str], offset: int
    ) -> nodes.Path | nodes.EventPath | None:
        """Return the path in double braces; report and return None if there is none."""
        text = braces[1]
        span = Span(offset + braces.start(1), offset + braces.end(1))
        if self._terminals.is_one("PATH", text):
            return nodes.Path(read_path(text), span=span)
        if self._terminals.is_one("EVENT_PATH", text):
            rest = text[1:].removeprefix(".")
            return nodes.EventPath(read_path(rest) if rest else (), span=span)
        whole = Span(offset + braces.start(), offset + braces.end())
        self._findings.append(errors.bad_template(self._source, whole))
        return None
