"""``@liquid`` and ``liquid(..)``: Liquid templates over an event.

Templates are read by python-liquid, which the extra ``liquid`` installs, and mean what
the original's LiquidJS makes of them, with its limits and with the tags and filters
that it disables. The differences that are left are listed in ``docs/liquid.md``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final, cast

from fql.compiler.liquid_expressions import Run, UnknownNodeError
from fql.compiler.liquid_render import MAX_SECONDS, compile_nodes
from fql.compiler.liquid_values import Budget, RenderError
from fql.grammar.directive_rules import MAX_LIQUID
from fql.grammar.directive_texts import units_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fql.compiler.directive_functions import Place
    from fql.compiler.directive_values import Value
    from fql.compiler.liquid_render import Render

DISABLED_TAGS: Final = ("case", "for", "include", "layout", "render", "tablerow")
"""The tags that the original disables."""

MAX_BLOCKS: Final = 100
"""Blocks inside each other, more than a template has room for."""

_OF_LISTS: Final = frozenset({"first", "last", "size"})
"""What a list or a text tells of itself, besides members of objects."""

_UNKNOWN_TAGS: Final = ("ifchanged", "doc")
"""Tags of the library that the original does not know."""


class TemplateError(Exception):
    """A template that cannot be read.

    Attributes:
        message: What is wrong, without a full stop.
        line: The 1-based line of the template, or 0 where no place is known.
        column: The 1-based column there.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        if not self.line:
            return self.message
        return f"{self.message} (line {self.line}, column {self.column})"


class MissingExtraError(Exception):
    """The package that reads templates is not installed."""

    def __str__(self) -> str:
        return "Liquid templates need a package that is not installed"


@dataclass(frozen=True, slots=True)
class Template:
    """A template that has been read: call it with an event. Compares by its text.

    Attributes:
        text: What was read.
        render: What it does.
        clock: Gives the seconds since 1970: for the limit of time and for ``now``.
    """

    text: str
    render: Render = field(compare=False, repr=False)
    clock: Callable[[], float] = time.time

    def __call__(self, event: Value) -> str:
        """Return the text for *event*, which is never changed.

        Raises:
            RenderError: A disabled filter is reached, or a limit is.
        """
        variables = event if isinstance(event, dict) else {}
        budget = Budget(clock=self.clock)
        return self.render(Run(variables, budget, self.clock() + MAX_SECONDS))

    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Return the keys of each variable that the event gives, each once.

        They end before an index, a key that another variable gives, and what a list
        tells of itself, such as ``size``.
        """
        read = _environment().from_string(self.text)
        variables = read.analyze(include_partials=False).globals.values()
        found = [each for same in variables for each in same]
        found.sort(key=lambda each: each.span.index)
        return tuple(dict.fromkeys(_keys(each.segments) for each in found))


def _keys(segments: Sequence[object]) -> tuple[str, ...]:
    """Return the keys at the start of a variable."""
    keys = tuple(takewhile(lambda each: isinstance(each, str), segments))
    is_told = len(keys) > 1 and keys[-1] in _OF_LISTS
    return cast("tuple[str, ...]", keys[:-1] if is_told else keys)


@dataclass(frozen=True, slots=True)
class TemplateAt:
    """A template in a mapping.

    Attributes:
        template: The template.
        place: Where it stands.
    """

    template: Template
    place: Place

    def __call__(self, start: Value) -> Value:
        """Return the text; raise `MappingError` where that fails."""
        try:
            return self.template(start)
        except RenderError as error:
            self.place.fail(str(error))


def is_available() -> bool:
    """Return whether templates can be read."""
    return find_spec("liquid") is not None


def read_template(template: str, *, clock: Callable[[], float] = time.time) -> Template:
    """Return the function of a Liquid template.

    Args:
        template: Its text, at most 1,000 UTF-16 units.
        clock: Gives the seconds since 1970.

    Raises:
        TemplateError: The template cannot be read.
        MissingExtraError: The extra ``liquid`` is not installed.
    """
    if units_in(template) > MAX_LIQUID:
        length = units_in(template)
        raise TemplateError(f"{length:,} characters are more than {MAX_LIQUID:,}")
    nodes = _parsed(template)
    try:
        return Template(template, compile_nodes(nodes), clock)
    except UnknownNodeError as error:
        raise TemplateError(f"there is no tag for {error}") from error


def _parsed(template: str) -> list[Any]:
    environment = _environment()
    from liquid.exceptions import LiquidError

    try:
        nodes: list[Any] = environment.from_string(template).nodes
    except LiquidError as error:
        raise _template_error(error, template) from error
    return nodes


@cache
def _environment() -> Any:
    """Return the library's environment, with the original's tags."""
    try:
        from liquid import Environment
    except ImportError as error:
        raise MissingExtraError from error

    class OriginalEnvironment(Environment):
        """The library's environment, nearer to the original's."""

        block_nesting_limit = MAX_BLOCKS
        logical_not_operator = True
        shorthand_indexes = True

    environment = OriginalEnvironment(strict_filters=False)
    for name in (*DISABLED_TAGS, *_UNKNOWN_TAGS):
        environment.tags.pop(name, None)
    return environment


def _template_error(error: Any, template: str) -> TemplateError:
    """Return the error of a template in our words."""
    token = error.token
    if token is None or token.start_index < 0:
        return TemplateError(str(error.message))
    message = str(error.message)
    if token.value in DISABLED_TAGS:
        message = f"the tag `{token.value}` is disabled"
    before = template[: token.start_index]
    column = token.start_index - (before.rfind("\n") + 1) + 1
    return TemplateError(message, before.count("\n") + 1, column)
