"""The actions of filters: fractions that are none, names that hit nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from fql.compiler import errors
from fql.grammar import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.source import Source


def check_action(source: Source, action: nodes.FilterAction) -> Iterator[Diagnostic]:
    """Yield what is odd about one *action* of a filter in *source*."""
    match action:
        case nodes.Drop():
            return
        case nodes.Sample(percent):
            if not 0 <= percent.value <= 1:
                yield errors.bad_percent(source, percent.span, percent.value)
        case nodes.DropProperties(target, names) | nodes.AllowProperties(target, names):
            for name in names:
                if "." in name.text and not _is_escaped(source, name):
                    yield errors.dotted_name(source, name.span, name.text, target)
        case _:
            assert_never(action)


def _is_escaped(source: Source, name: nodes.Name) -> bool:
    r"""Return whether the author wrote ``\.``, and so means the dot."""
    return "\\." in source.slice(name.span)
