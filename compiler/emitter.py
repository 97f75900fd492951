"""What the writers of expressions share: where they are, and what they call.

The writers of conditions, calls and loads need one another. They meet in the
`Emitter`, which one function of the generated module has while it is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

from fql.compiler import ir
from fql.compiler.pytext import ASSIGNED, Code, Facts, assignment, name_code
from fql.compiler.values import list_index
from fql.compiler.walk import nodes_of, value_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.ir import Ir
    from fql.compiler.pymodule import Module
    from fql.compiler.walk import Key

MAX_STEPS = 8
"""Keys of a path that are walked in the text; longer paths are left to a function."""


ObjectKey: TypeAlias = tuple[int, str | None, tuple[str, ...]]
"""A slot, the other name of the first key, and the keys."""

_SCRIPT = -1
"""The slot of objects that the trigger engine walks; it is the event's, read apart."""

_FIRST_OWN_SLOT = -1
"""Below are the slots of values that a function computes beforehand."""


PartKind: TypeAlias = Literal["condition", "value", "any", "all", "one"]
"""What a function of its own gives: whether a condition holds; a value; whether a
condition over elements holds of any, or of all, of a list, or of the one it is given.
"""


class At(NamedTuple):
    """A place in an expression: what is known there, and how deep it lies."""

    facts: Facts
    depth: int = 0

    def knowing(self, facts: Facts) -> At:
        """Return the same place with other knowledge."""
        return At(facts, self.depth)

    @property
    def inside(self) -> At:
        """A place one level deeper."""
        return At(self.facts, self.depth + 1)


_Steps: TypeAlias = "dict[object, _Steps]"
"""What is looked for in an object: keys that lead on, and loads that end there."""


class Uses:
    """How often each value is mentioned, and which objects lead to several."""

    def __init__(self, root: Ir | None) -> None:
        self._values: dict[Key, int] = {}  # by `value_key` and `instant_key`
        self._roots: dict[tuple[int, str | None], _Steps] = {}
        plain: set[ir.Load] = set()
        for node in nodes_of(root) if root is not None else ():
            self._count(node)
            if isinstance(node, ir.Load) and not node.keeps_missing:
                plain.add(node)
        for load in plain:  # once more for what is looked for in them
            if self._steps((load.slot, load.fallback, load.segments)):
                self._add(value_key(load))

    def _count(self, node: Ir) -> None:
        match node:
            case ir.Load(slot, segments, fallback):
                cut = walked(node)
                self._count_steps((slot, fallback), node, cut)
                if cut < len(segments):
                    self._add(value_key(shortened(node, cut)))
            case ir.ScriptLoad():
                self._count_steps((_SCRIPT, None), node, walked(node))
            case ir.Apply():
                self._add(value_key(node))
            case ir.InstantOrder(_, left, right):
                self._add(instant_key(left))
                self._add(instant_key(right))
            case _:
                pass

    def _count_steps(
        self, start: tuple[int, str | None], load: ir.Load | ir.ScriptLoad, count: int
    ) -> None:
        """Count a load, and what is looked for in each object on the way to it."""
        key = value_key(load)
        self._add(key)
        if not count:
            return
        steps = self._roots.get(start)
        if steps is None:
            steps = self._roots[start] = {}
        for segment in load.segments[: count - 1]:
            steps = steps.setdefault(segment, {})
        steps[key] = {}

    def _steps(self, place: ObjectKey) -> _Steps:
        """Return what is looked for in the object at *place*."""
        slot, fallback, segments = place
        steps = self._roots.get((slot, fallback), {})
        for segment in segments:
            steps = steps.get(segment, {})
        return steps

    def _add(self, key: Key | None) -> None:
        if key is not None:
            self._values[key] = self._values.get(key, 0) + 1

    def count(self, key: Key | None) -> int:
        """Return how often the value of *key* is mentioned."""
        return 0 if key is None else self._values.get(key, 0)

    def is_shared(self, key: ObjectKey) -> bool:
        """Return whether more than one value is looked for in the object of *key*."""
        return len(self._steps(key)) > 1


def instant_key(node: Ir) -> Key | None:
    """Return the key of the instant that *node* is, or None where it has none."""
    key = value_key(node)
    return None if key is None else ("instant", *key)


def object_key(load: ir.Load | ir.ScriptLoad, length: int) -> ObjectKey:
    """Return the key of the object that the first *length* keys lead to."""
    if isinstance(load, ir.ScriptLoad):
        return (_SCRIPT, None, load.segments[:length])
    return (load.slot, load.fallback, load.segments[:length])


def walked(load: ir.Load | ir.ScriptLoad) -> int:
    """Return how many keys the text walks; it ends at what may index a list."""
    segments = load.segments
    if any(map(str.isdigit, segments)):
        for at, segment in enumerate(segments[:MAX_STEPS]):
            if list_index(segment) is not None:
                return at
    return min(len(segments), MAX_STEPS)


def shortened(load: ir.Load, length: int) -> ir.Load:
    """Return the load of what the first *length* keys lead to, or null."""
    return ir.Load(load.slot, load.segments[:length], load.fallback)


@dataclass(slots=True)
class Variables:
    """The variables of one generated function.

    Attributes:
        slots: The variable that holds the value of each slot.
        uses: What the function reads, and how often.
        names: The variables of values that are mentioned more than once.
        initial: Variables that need a first value, because some paths use them unset.
    """

    slots: dict[int, str]
    uses: Uses
    names: dict[Key, str] = field(default_factory=dict)
    initial: list[str] = field(default_factory=list)
    _tracked: set[str] = field(default_factory=set)
    _count: int = 0
    _elements: int = 0
    _values: int = 0

    def fresh(self) -> str:
        """Return a new variable."""
        self._count += 1
        return f"v{self._count}"

    def fresh_element(self) -> str:
        """Return a new variable for the elements of a loop."""
        self._elements += 1
        return f"item{self._elements}"

    def bind(self, slot: int, name: str) -> None:
        """Let *name* hold the value of *slot* from now on."""
        self.slots[slot] = name
        for key in [key for key in self.names if _reads(key, slot)]:
            del self.names[key]

    def bind_new(self, name: str) -> int:
        """Return a new slot, whose value *name* holds."""
        self._values += 1
        slot = _FIRST_OWN_SLOT - self._values
        self.slots[slot] = name
        return slot

    def named(self, key: Key) -> str:
        """Return the variable of a value that is mentioned again."""
        name = self.names.get(key)
        if name is None:
            name = self.names[key] = self.fresh()
            self._tracked.add(name)
        return name

    def knowing(self, facts: Facts, name: str, kind: str) -> Facts:
        """Return *facts* and that *name* is of *kind*, if it is mentioned again."""
        return facts | {(name, kind)} if name in self._tracked else facts

    def shared(self, key: Key | None, facts: Facts, make: Callable[[], Code]) -> Code:
        """Return the code of a value, assigned if it is mentioned again."""
        if key is None or not self.is_shared(key):
            return make()
        name = self.named(key)
        if (name, ASSIGNED) in facts:
            return name_code(name, facts)
        made = make()
        return assignment(name, made.text, made.after | {(name, ASSIGNED)})

    def is_shared(self, key: Key) -> bool:
        """Return whether the value of *key* has a variable, or should have one."""
        return key in self.names or self.uses.count(key) > 1


def _reads(key: Key, slot: int) -> bool:
    """Return whether the value of *key* is read from *slot*."""
    match key:
        case ("load", place, *_):
            return place == slot
        case ("instant", *inner):
            return _reads(tuple(inner), slot)
        case ("apply", _, _, tuple() as inner):
            return _reads(inner, slot)
        case (int() as place, *_):
            return place == slot
        case _:
            return False


class Emitter(Protocol):
    """What writes the expressions of one generated function.

    Attributes:
        module: Where the function will stand.
        variables: The function's own.
    """

    module: Module
    variables: Variables

    @property
    def is_careful(self) -> bool:
        """Whether no expression may raise, whatever an event holds."""
        ...

    def condition(self, node: Ir, at: At) -> Code:
        """Return the code of a node that gives a bool."""
        ...

    def value(self, node: Ir, at: At) -> Code:
        """Return the code of any node."""
        ...

    def part(self, node: Ir, kind: PartKind, first: str = "") -> str:
        """Return a call of a function of its own, which will be written for *node*.

        *first* is an argument that goes before the values of the slots.
        """
        ...

    def settled(self, node: Ir) -> Code | None:
        """Return the name of a value that a statement computes beforehand.

        None where there is no place for statements. What the expression at hand
        assigns is not known there.
        """
        ...


def named(emitter: Emitter, node: Ir, at: At) -> Code:
    """Return the code of *node* with a variable that holds its value from then on."""
    code = emitter.value(node, at)
    if code.name:
        return code
    name = emitter.variables.fresh()
    return assignment(name, code.text, code.after)
