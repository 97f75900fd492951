"""One module of generated Python as it grows: its names, constants and functions.

Names come only from counters and from this package's own functions; what a program
wrote becomes a literal or is bound to a counted name, never a part of the text.
"""

from __future__ import annotations

import keyword
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from fql.compiler import missing
from fql.compiler.pytext import MAX_LEVELS, display, in_brackets, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    from fql.compiler.values import Json

Stem: TypeAlias = Literal["part", "call", "constant", "instant", "moment"]
"""What counted names of a module begin with."""

Member: TypeAlias = tuple[str, ...]
"""The keys from a payload's root to one of its members."""

_Container: TypeAlias = "list[Json] | dict[str, Json]"

_PACKAGE = "fql.compiler."

_TAKEN = frozenset(
    {
        *("EMPTY", "END", "IS_NUMBER", "MARKS", "MISSING"),
        *("moment_of", "read_usual"),
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
        """Return *name*, which *home*, a module of this package, has."""
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
        text = literal(value)
        if text is None and type(value) is float:
            return self.constant(f"float('{value}')")
        return text or self.bind(value, "constant", "a constant")

    def whole(self, value: Json) -> str:
        """Return the text of a value that is only read, made once."""
        if not isinstance(value, list | dict):
            return self.scalar(value)
        return self.constant(display(value) or self._in_parts(value))

    def _in_parts(self, value: _Container) -> str:
        """Return the text of a deep value; parts of it are constants of their own.

        From the innermost outwards, so that no depth is too deep.
        """
        made: dict[int, tuple[str, int]] = {}
        for part in reversed(_containers(value)):
            values = part.values() if isinstance(part, dict) else part
            below = [self._piece(each, made) for each in values]
            levels = 1 + max([levels for _, levels in below], default=0)
            if isinstance(part, dict):
                members = zip(map(self.scalar, part), below, strict=True)
                texts = [f"{key}: {text}" for key, (text, _) in members]
                made[id(part)] = in_brackets("{", texts, "}"), levels
            else:
                texts = [text for text, _ in below]
                made[id(part)] = in_brackets("[", texts, "]"), levels
        return made[id(value)][0]

    def _piece(self, value: Json, made: dict[int, tuple[str, int]]) -> tuple[str, int]:
        """Return the text of a part, and how many levels it has."""
        if not isinstance(value, list | dict):
            return self.scalar(value), 0
        text, levels = made[id(value)]
        return (text, levels) if levels < MAX_LEVELS else (self.constant(text), 0)

    def members(self, values: Sequence[Json]) -> str:
        """Return the text of a set of scalars."""
        texts = [literal(value) for value in dict.fromkeys(values)]
        known = [text for text in texts if text is not None]
        if len(known) < len(texts):
            known = [self.scalar(value) for value in dict.fromkeys(values)]
        elif len(known) <= _SHORT_SET:
            return "{" + ", ".join(known) + "}"
        return self.constant(f"frozenset({in_brackets('[', known, ']')})")

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


def _containers(value: _Container) -> list[_Container]:
    """Return *value* and the lists and objects in it, each before those in it."""
    found: list[_Container] = []
    pending: list[Json] = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, list | dict):
            found.append(part)
            pending += part.values() if isinstance(part, dict) else part
    return found


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
