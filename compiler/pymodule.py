"""One module of generated Python as it grows: its names, constants and functions.

Names come only from counters and from this package's own functions; what a program
wrote becomes a literal or is bound to a counted name, never a part of the text.
"""

from __future__ import annotations

import json
import keyword
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from fql.compiler import missing
from fql.compiler.pytext import display, in_brackets, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    from fql.compiler.values import Json

Stem: TypeAlias = Literal["part", "call", "constant", "instant", "moment"]
"""What counted names of a module begin with."""

Member: TypeAlias = tuple[str, ...]
"""The keys from a payload's root to one of its members."""

_PACKAGE = "fql.compiler."

_TAKEN = frozenset(
    {
        *("EMPTY", "END", "IS_NUMBER", "MARKS", "MISSING"),
        *("loads", "moment_of", "read_usual"),
        *("build", "element", "event", "exactly", "items", "matches"),
        *("bool", "dict", "float", "frozenset", "int", "list", "str"),
        *("isinstance", "len", "type"),
        *("AttributeError", "TypeError", "ValueError"),
    }
)
"""Names that generated code uses for itself."""

_SHORT_SET = 12


class Line(NamedTuple):
    """A statement, or a line of one, and the payload's member it works for."""

    text: str
    member: Member = ()


@dataclass(slots=True)
class Module:
    """A module's text, piece by piece.

    Attributes:
        bound: What names in the text stand for that no text can say.
    """

    bound: dict[str, object] = field(default_factory=dict)
    _counts: dict[Stem, int] = field(default_factory=dict)
    _imports: dict[str, tuple[str, object]] = field(default_factory=dict)
    _has_empty: bool = False
    _constants: dict[tuple[Stem, str], str] = field(default_factory=dict)
    _notes: list[str] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)
    _functions: list[tuple[Line, ...]] = field(default_factory=list)

    # --- names ---

    def fresh(self, stem: Stem) -> str:
        """Return a name that nothing has yet."""
        count = self._counts.get(stem, 0) + 1
        self._counts[stem] = count
        return f"{stem}{count}"

    def function(self, function: Callable[..., object], title: str) -> str:
        """Return the name of *function*: its own if this package has it."""
        found = _home(function)
        if found is None:
            return self.bind(function, "call", title)
        home, name = found
        taken = self._imports.setdefault(name, (home, function))
        if taken[1] is not function:
            return self.bind(function, "call", title)
        return name

    def empty(self) -> str:
        """Return the name of an object without members."""
        self._has_empty = True
        return "EMPTY"

    def missing(self) -> str:
        """Return the name of the mark of what is not there."""
        return self.imported(missing, "MISSING")

    def imported(self, home: ModuleType, name: str) -> str:
        """Return *name*, which the module *home* has."""
        self._imports[name] = (home.__name__, getattr(home, name))
        return name

    def bind(self, value: object, stem: Stem, title: str) -> str:
        """Return a name for *value*, which no text can make.

        *title* is what a comment calls it; it may be any text.
        """
        name = self._names.get(id(value))
        if name is None:
            name = self._names[id(value)] = self.fresh(stem)
            self.bound[name] = value  # which also keeps its id from being reused
            self.note(f"{name} is {str.__str__(title)!a}.")
        return name

    def note(self, text: str) -> None:
        """Add a comment of one line about names that the text does not define."""
        self._notes.append(f"# {text}")

    # --- constants ---

    def constant(self, text: str, stem: Stem = "constant") -> str:
        """Return the name of a constant that the module makes once, with *text*."""
        name = self._constants.get((stem, text))
        if name is None:
            name = self._constants[stem, text] = self.fresh(stem)
        return name

    def scalar(self, value: Json) -> str:
        """Return the text of a value that is no list and no object."""
        return literal(value) or self.bind(value, "constant", "a constant")

    def whole(self, value: Json) -> str:
        """Return the text of a value that is only read, made once."""
        if not isinstance(value, list | dict):
            return self.scalar(value)
        text = display(value)
        if text is None:
            text = f"{self.imported(json, 'loads')}({literal(json.dumps(value))})"
        return self.constant(text)

    def members(self, values: Sequence[Json]) -> str:
        """Return the text of a set of scalars."""
        texts = [literal(value) for value in dict.fromkeys(values)]
        known = [text for text in texts if text is not None]
        if len(known) < len(texts):
            return self.bind(frozenset(values), "constant", "a constant")
        if len(known) <= _SHORT_SET:
            return "{" + ", ".join(known) + "}"
        return self.constant(f"frozenset({in_brackets('(', known, ')')})")

    # --- the text ---

    def add(self, head: str, body: Sequence[Line]) -> None:
        """Add a function: its ``def`` line and the indented lines of its body."""
        self._functions.append((Line(head), *body))

    def lines(self, *, is_whole: bool) -> list[Line]:
        """Return the text as lines, none of which holds a line's end.

        Args:
            is_whole: Whether it imports what it needs; else `given` says what to give.
        """
        found = [Line(text) for text in self._head(is_whole=is_whole)]
        for function in self._functions:
            if found:
                found += [Line(""), Line("")]
            for line in function:
                if "\n" in line.text:
                    found += [Line(text, line.member) for text in line.text.split("\n")]
                else:
                    found.append(line)
        return found

    def given(self) -> dict[str, object]:
        """Return the values of the names that a text without imports leaves open."""
        imported = {name: value for name, (_, value) in self._imports.items()}
        empty: dict[str, object] = {"EMPTY": {}} if self._has_empty else {}
        return imported | empty | self.bound

    def _head(self, *, is_whole: bool) -> list[str]:
        blocks = [self._imported(), self._notes] if is_whole else []
        constants = [f"{name} = {text}" for (_, text), name in self._constants.items()]
        if is_whole and self._has_empty:
            constants = ["EMPTY = {}", *constants]
        lines: list[str] = []
        for block in [*blocks, constants]:
            if block:
                lines += ["", *block] if lines else block
        return "\n".join(lines).split("\n") if lines else []

    def _imported(self) -> list[str]:
        homes: dict[str, list[str]] = {}
        for name, (home, _) in self._imports.items():
            homes.setdefault(home, []).append(name)
        return [
            f"from {home} import {', '.join(sorted(names))}"
            for home, names in sorted(homes.items())
        ]


def names_of(text: str, filename: str, given: Mapping[str, object]) -> dict[str, Any]:
    """Return what a module's text makes of its names.

    Args:
        text: A text without imports.
        filename: What tracebacks call it.
        given: The values of the names that it leaves open.
    """
    names: dict[str, Any] = {"__name__": filename, **given}
    code = compile(text, filename, "exec", dont_inherit=True)
    exec(code, names)  # noqa: S102 - the text holds literals and counted names
    return names


def _home(function: Callable[..., object]) -> tuple[str, str] | None:
    """Return the module of this package that has *function*, and its name there."""
    home = getattr(function, "__module__", None)
    name = getattr(function, "__name__", None)
    if type(home) is not str or type(name) is not str:
        return None
    is_public = name.isidentifier() and not name.startswith("_")
    if not home.startswith(_PACKAGE) or not is_public or keyword.iskeyword(name):
        return None
    is_free = name not in _TAKEN and not name[-1].isdigit()
    has_it = vars(sys.modules.get(home, sys)).get(name) is function
    return (home, name) if is_free and has_it else None
