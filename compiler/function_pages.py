"""The page of all functions, made from their tables.

``python -m fql.compiler.function_pages docs/functions.md`` writes it; a test compares.
`functions_markdown` makes the same for the table of an embedder.
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from fql.compiler.functions import FUNCTIONS
from fql.compiler.payload_functions import PAYLOAD_FUNCTIONS
from fql.compiler.signatures import DEVICE, TRIGGER
from fql.compiler.types import describe
from fql.compiler.values import compact_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.compiler.payload_functions import PayloadFunction
    from fql.compiler.signatures import Example, Function, Parameter

_INTRODUCTION = """\
# Functions

Made from the function tables: `make docs` writes this page anew, and tests run every
example. [The language](language.md) says how calls read, [mappings](mapping.md) what
mappings are.

A call never fails. Arguments of a wrong type, or null, give the value that stands below
after *otherwise*. A wrong number of arguments and an unknown name are errors before
anything runs."""

_EVERYWHERE = """\
## In conditions and in mappings

An *extension* is a function that the original language lacks. The original trigger
engine and filters in devices know fewer functions than this language; it is said which
of these they know."""

_IN_MAPPINGS = """\
## In mappings only

These know the difference between null and a value that is missing: most give nothing
for what is missing, so that its member is left out."""

_WIDTH = 88
"""Characters of a line of prose."""

_FOREIGN = {TRIGGER: "the original trigger engine", DEVICE: "filters in devices"}


def functions_markdown(functions: Iterable[Function]) -> str:
    """Return a section for each of *functions*, in their order."""
    return "\n\n".join(map(_section, functions))


def payload_functions_markdown(functions: Iterable[PayloadFunction]) -> str:
    """Return a section for each of the functions that only mappings have."""
    return "\n\n".join(map(_payload_section, functions))


def document() -> str:
    """Return the page of the functions that come with the language."""
    parts = [
        _INTRODUCTION,
        _EVERYWHERE,
        functions_markdown(FUNCTIONS.values()),
        _IN_MAPPINGS,
        payload_functions_markdown(PAYLOAD_FUNCTIONS.values()),
    ]
    return "\n\n".join(parts) + "\n"


def _section(function: Function) -> str:
    lines = [
        *_parameter_lines(function.parameters),
        f"- gives {describe(function.result)}",
        f"- otherwise: {function.otherwise}",
    ]
    if function.is_extension:
        lines.append("- an extension")
    elsewhere = [name for key, name in _FOREIGN.items() if key in function.dialects]
    if elsewhere:
        lines.append(f"- known to {' and '.join(elsewhere)}")
    return _joined(function.signature, function.summary, lines, function.examples)


def _payload_section(function: PayloadFunction) -> str:
    lines = [
        *_parameter_lines(function.parameters),
        *_parameter_lines(function.options, is_option=True),
        f"- gives {describe(function.result)}",
    ]
    return _joined(function.signature, function.summary, lines, function.examples)


def _parameter_lines(
    parameters: Iterable[Parameter], *, is_option: bool = False
) -> list[str]:
    named = [(each, f"{each.name}:" if is_option else each.name) for each in parameters]
    return [f"- `{name}`: {_kind_of(parameter)}" for parameter, name in named]


def _kind_of(parameter: Parameter) -> str:
    if parameter.is_condition:
        return "a condition, in which `item` is the element"
    return describe(parameter.type)


def _joined(
    signature: str, summary: str, lines: Sequence[str], examples: Sequence[Example]
) -> str:
    parts = [f"### `{signature}`", _wrapped(summary), "\n".join(lines)]
    if examples:
        shown = [(each.text, compact_json(each.result)) for each in examples]
        width = max(len(text) for text, _ in shown)
        rows = [f"{text:<{width}}  # {value}" for text, value in shown]
        parts.append("```fql\n" + "\n".join(rows) + "\n```")
    return "\n\n".join(parts)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8", newline="\n")
