"""Triggers: conditions compiled to functions of events."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, final

from fql.compiler.check import check_condition
from fql.compiler.closures import compile_condition
from fql.compiler.functions import FUNCTIONS
from fql.compiler.loads import event_paths, fields_read
from fql.compiler.lower import lower_condition
from fql.compiler.lower_conditions import lower_tree
from fql.compiler.warm import TRIGGER_CALLS, counted
from fql.grammar.condition_tree import Group, TreeError, Unreadable
from fql.grammar.conditions import generate, read_tree
from fql.grammar.diagnostics import FqlError, arrange, has_errors
from fql.grammar.parse import Parsed, parse_expression
from fql.grammar.portability_errors import unreadable
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from inspect import Signature

    from fql.compiler.check import Checked
    from fql.compiler.explain import Explanation
    from fql.compiler.ir import Ir
    from fql.compiler.loads import Keys
    from fql.compiler.reasons import Reason
    from fql.compiler.schema import Schema
    from fql.compiler.signatures import FunctionTable
    from fql.compiler.values import Json
    from fql.grammar.condition_tree import Tree
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Expr

    Restore = tuple[Callable[..., "Trigger"], tuple[object, ...]]

_NAMES = ("text", "dialect", "diagnostics", "tree", "node", "_restore", "functions")

_SLOTS: Final = {
    "__call__": "Return whether the given event, JSON as it is read, matches.",
    "__dict__": "What is worked out when it is first asked for.",
    "__weakref__": None,
    **dict.fromkeys(_NAMES),
}
"""The function is in a slot of the name that calls look for: a method between the two
would cost a call more for each event, and a slot is swapped in one step.
"""


@final
class Trigger:
    """A compiled condition: call it with an event.

    It never changes, raises for no event and may be shared between threads. Pickling
    keeps its text and settings and compiles them again. A trigger that is called often
    gets faster: from some call on it runs generated Python.

    >>> trigger = compile_trigger('type = "track" and properties.total >= 10')
    >>> trigger({"type": "track", "properties": {"total": 25}})
    True
    >>> trigger.fields
    ('type', 'properties.total')

    Attributes:
        text: The condition as it was written.
        dialect: The dialect it was read in, ``fql`` or ``trigger``.
        diagnostics: The warnings that compiling gave, in source order.
        tree: What it was compiled from: a checked tree, or a condition tree.
        node: What the back ends run.
        functions: What the condition may call.
    """

    __slots__ = _SLOTS

    text: str
    dialect: str
    diagnostics: tuple[Diagnostic, ...]
    tree: Checked | Tree
    node: Ir
    _restore: Restore
    functions: FunctionTable

    def __init__(
        self,
        text: str,
        dialect: str,
        *,
        tree: Checked | Tree,
        node: Ir,
        diagnostics: tuple[Diagnostic, ...],
        restore: Restore,
        functions: FunctionTable = FUNCTIONS,
    ) -> None:
        given = (text, dialect, diagnostics, tree, node, restore, functions)
        for name, value in zip(_NAMES, given, strict=True):
            object.__setattr__(self, name, value)
        function = compile_condition(node)
        self._run(counted(function, calls=TRIGGER_CALLS, swap=self._generate))

    if TYPE_CHECKING:

        def __call__(self, event: dict[str, Json]) -> bool:
            """Return whether *event* matches."""
            ...

    else:

        def __getattr__(self, name: str) -> object:
            """Tell `inspect` what the slot of `__call__` cannot."""
            if name == "__signature__":
                return _signature()
            raise AttributeError(f"a trigger has no {name!r}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a trigger never changes: {name!r} cannot be set")

    def _run(self, function: Callable[[Json], bool]) -> None:
        object.__setattr__(self, "__call__", function)

    def _generate(self) -> Callable[[Json], bool]:
        """Go on with generated Python, which answers as the closures do."""
        return self.function

    @cached_property
    def function(self) -> Callable[[Json], bool]:
        """The bare function of an event that the trigger calls, generated at once.

        It answers as the trigger does, and saves what is between the two: a tenth of a
        call, where a condition is short.
        """
        from fql.compiler.pysource import compile_condition_source

        generated = compile_condition_source(self.node, self.text)
        self._run(generated)
        return generated

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The paths of the event that the condition reads, in source order."""
        return fields_read(self.node)

    @cached_property
    def paths(self) -> tuple[tuple[Keys, Keys | None], ...]:
        """The keys of each path that the condition reads, in source order.

        The second of a pair are the keys that are read where the first key is absent.

        >>> compile_trigger('type = "track" and properties.total >= 10').paths
        ((('type',), None), (('properties', 'total'), None))
        """
        return event_paths(self.node)

    @cached_property
    def python_source(self) -> str:
        """Python source of a function that answers as this trigger does."""
        from fql.compiler.pysource import condition_source

        return condition_source(self.node, self.text)

    def explain(self, event: dict[str, Json]) -> Explanation:
        """Return why *event* matches or does not, part by part."""
        from fql.compiler.explain import explain

        return explain(self.reason, event)

    @cached_property
    def reason(self) -> Reason:
        """What it is made of, for explaining: tests, and how they are joined."""
        from fql.compiler.reasons import reason_of_checked, reason_of_tree

        if isinstance(self.tree, Group | Unreadable):
            return reason_of_tree(self.tree)
        return reason_of_checked(self.tree, self.functions)

    def __repr__(self) -> str:
        return f"<Trigger {self.text!r}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Trigger):
            return NotImplemented
        return self._restore == other._restore

    def __hash__(self) -> int:
        return hash((self.dialect, self.text))

    def __reduce__(self) -> Restore:
        return self._restore


def _signature() -> Signature:
    """Return the signature of every trigger."""
    from inspect import Parameter, Signature

    event = Parameter("event", Parameter.POSITIONAL_OR_KEYWORD)
    return Signature([event])


def compile_trigger(
    text: str | Source | Parsed[Expr],
    *,
    functions: FunctionTable = FUNCTIONS,
    schema: Schema | None = None,
    is_strict: bool = False,
) -> Trigger:
    """Compile a condition.

    Args:
        text: The condition, or a parsed part of a larger source.
        functions: What it may call.
        schema: What is known of events beyond the event spec.
        is_strict: Whether what only the schema makes impossible is an error.

    Raises:
        FqlError: The text has errors; all findings are in it.
    """
    checked = check_trigger(
        text, functions=functions, schema=schema, is_strict=is_strict
    )
    if has_errors(checked.diagnostics):
        raise FqlError(checked.diagnostics)
    written = checked.source.slice(checked.root.span)
    own = None if functions is FUNCTIONS else functions
    return Trigger(
        written,
        "fql",
        tree=checked,
        node=lower_condition(checked.root, checked.types, functions),
        diagnostics=tuple(checked.diagnostics),
        restore=(_restore, (written, own, schema, is_strict)),
        functions=functions,
    )


def _restore(
    text: str, own: FunctionTable | None, schema: Schema | None, is_strict: bool
) -> Trigger:
    functions = FUNCTIONS if own is None else own
    return compile_trigger(
        text, functions=functions, schema=schema, is_strict=is_strict
    )


def check_trigger(
    text: str | Source | Parsed[Expr],
    *,
    functions: FunctionTable = FUNCTIONS,
    schema: Schema | None = None,
    is_strict: bool = False,
) -> Checked:
    """Return the tree of a condition with all that is wrong, syntax included."""
    return check_condition(
        as_parsed(text), functions=functions, schema=schema, is_strict=is_strict
    )


def as_parsed(text: str | Source | Parsed[Expr]) -> Parsed[Expr]:
    """Return *text* parsed, if it is not so already."""
    if isinstance(text, Parsed):
        return text
    return parse_expression(as_source(text))


def as_source(text: str | Source) -> Source:
    """Return *text* as a source, if it is not one already.

    Raises:
        TypeError: It is no text at all, such as null where a rule was read from JSON.
    """
    match text:
        case Source():
            return text
        case str():
            return Source(text)
        case _:
            raise TypeError(f"a condition is a text, not {type(text).__name__}")


# --- the trigger engine's dialect -------------------------------------------------


def compile_engine_text(text: str | Source) -> Trigger:
    """Compile a text as the original trigger engine reads it, bug for bug.

    Raises:
        FqlError: That engine cannot read the text.
    """
    source = as_source(text)
    tree = read_tree(source.text)
    if isinstance(tree, Unreadable):
        raise FqlError(arrange([unreadable(source, tree)]))
    return Trigger(
        source.text,
        "trigger",
        tree=tree,
        node=lower_tree(tree),
        diagnostics=(),
        restore=(compile_engine_text, (source.text,)),
    )


def compile_tree(tree: Tree) -> Trigger:
    """Compile a condition tree; one that stands for an error matches nothing.

    The trigger's text is what the original generates from the tree; it is empty where
    that fails.
    """
    return Trigger(
        _text_of(tree),
        "trigger",
        tree=tree,
        node=lower_tree(tree),
        diagnostics=(),
        restore=(compile_tree, (tree,)),
    )


def _text_of(tree: Tree) -> str:
    try:
        return generate(tree)
    except TreeError:
        return ""
