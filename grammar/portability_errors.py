"""The wording of portability: what the original engines read otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.grammar.diagnostics import Code, Diagnostic
from fql.grammar.source import Span

if TYPE_CHECKING:
    from fql.grammar.condition_tree import Unreadable
    from fql.grammar.source import Source


def unreadable(source: Source, tree: Unreadable) -> Diagnostic:
    """A text that the trigger engine fails on."""
    return Diagnostic(
        Code.UNREADABLE_TRIGGER,
        f"the trigger engine cannot read this: {tree.message}",
        tree.span or Span(0, len(source.text)),
        source,
        help="there it matches no event; rewrite it, or use the dialect `fql`",
    )
