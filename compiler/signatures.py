"""The form of a function's entry, and of tables of them.

An entry holds all that checker, compiler, documentation and export need to know. The
language's own functions are declared in `functions.py`; an embedder's use the same
form. No table ever changes: adding to one gives a new one.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.types import Type

if TYPE_CHECKING:
    from fql.compiler.values import Json

Implementation: TypeAlias = Callable[..., "Json"]
"""Takes one argument a parameter, and never changes it.

For a parameter that is a condition it takes the condition as a function of ``item``.
"""

FQL = "fql"
TRIGGER = "trigger"
DEVICE = "device"

ITEM = "item"
"""The name that an element goes by inside a condition over a list."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a function takes in one place.

    Attributes:
        name: For messages and documentation.
        type: What an argument should be; anything else is legal, and answered with the
            function's value for a wrong type.
        is_condition: Whether the argument is a condition over ``item``, which the
            function evaluates for each element, and not a value.
    """

    name: str
    type: Type
    is_condition: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A text of literals and calls, and the value it has."""

    text: str
    result: Json


@dataclass(frozen=True, slots=True)
class Function:
    """One entry of the table.

    Attributes:
        name: What a program writes.
        parameters: All of them are required.
        result: What a call may give, for whatever arguments.
        summary: One sentence for documentation, about arguments of the right types.
        otherwise: What an argument of a wrong type gives, in words.
        implementation: Pure and total: it raises nothing and changes nothing.
        examples: At least one; a test runs them.
        dialects: The dialects that know the function.
        is_extension: Whether the original language lacks it.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: Type
    summary: str
    otherwise: str
    implementation: Implementation
    examples: tuple[Example, ...]
    dialects: frozenset[str] = frozenset({FQL})
    is_extension: bool = False

    @property
    def arity(self) -> int:
        """How many arguments a call has."""
        return len(self.parameters)

    @property
    def signature(self) -> str:
        """The call as documentation shows it: ``match(text, pattern)``."""
        return f"{self.name}({', '.join(each.name for each in self.parameters)})"


class FunctionTable(Mapping[str, Function]):
    """Functions by name, in alphabetical order. Never changes once made.

    Raises:
        ValueError: Two functions share a name, or an entry is not well-formed.
    """

    __slots__ = ("_functions",)

    def __init__(self, *functions: Function) -> None:
        for function in functions:
            _validate(function)
        self._functions = {
            each.name: each for each in sorted(functions, key=lambda each: each.name)
        }
        if len(self._functions) < len(functions):
            raise ValueError(f"function declared twice: {_first_repeated(functions)}")

    def __getitem__(self, name: str) -> Function:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    def extended(self, *functions: Function) -> FunctionTable:
        """Return a table that has *functions* as well.

        Raises:
            ValueError: A name is taken, or an entry is not well-formed.
        """
        return FunctionTable(*self._functions.values(), *functions)


# --- checking entries -------------------------------------------------------------

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset({"and", "or", "in", "true", "false", "null"})


def _first_repeated(functions: tuple[Function, ...]) -> str:
    names = [function.name for function in functions]
    return next(name for name in names if names.count(name) > 1)


def _validate(function: Function) -> None:
    problem = (
        _name_problem(function.name)
        or _parameters_problem(function.parameters)
        or _condition_problem(function)
        or _documentation_problem(function)
        or _implementation_problem(function)
    )
    if problem:
        raise ValueError(f"function {function.name!r}: {problem}")


def _name_problem(name: str) -> str:
    if not _NAME.fullmatch(name):
        return "a name is letters, digits and underscores, no digit first"
    if name.lower() in _RESERVED:
        return "the name is a keyword"
    return ""


def _parameters_problem(parameters: tuple[Parameter, ...]) -> str:
    names = [parameter.name for parameter in parameters]
    if not all(map(_NAME.fullmatch, names)):
        return "each parameter needs a name"
    if len(set(names)) < len(names):
        return "two parameters share a name"
    if any(not parameter.type for parameter in parameters):
        return "each parameter needs a type"
    return ""


def _condition_problem(function: Function) -> str:
    conditions = [parameter.is_condition for parameter in function.parameters]
    if not any(conditions):
        return ""
    if conditions != [False, True]:
        return "a function with a condition takes a list and the condition"
    return "" if function.result == Type.BOOL else "its result is a bool"


def _documentation_problem(function: Function) -> str:
    if not function.result:
        return "it needs the type of its result"
    if not function.summary or not function.otherwise:
        return "it needs a summary and what it gives otherwise"
    if not function.examples:
        return "it needs an example"
    if FQL not in function.dialects:
        return f"the dialect {FQL!r} has every function"
    return ""


def _implementation_problem(function: Function) -> str:
    try:
        taken = inspect.signature(function.implementation)
    except TypeError:
        return "its implementation cannot be called"
    except ValueError:  # some functions written in C do not tell
        return ""
    try:
        taken.bind(*function.parameters)
    except TypeError:
        return f"its implementation does not take {function.arity} arguments"
    return ""
