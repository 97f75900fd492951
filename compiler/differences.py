"""An event for which two conditions give different answers, found by trying.

Candidates are built from the fields that the conditions read and the constants that
they compare them with, each condition's own first. Nothing is guessed: an event is
returned only after both conditions have answered it, and it has nothing that the
difference does not need. Where none is found, there may still be one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice, product
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from fql.compiler import ir
from fql.compiler.closures import compile_condition
from fql.compiler.loads import event_paths
from fql.compiler.values import compact_json
from fql.grammar.condition_tree import INHERITED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fql.compiler.ir import Ir
    from fql.compiler.loads import Keys
    from fql.compiler.values import Json

MAX_TRIES: Final = 20_000
"""Events that are tried in order; as many again are drawn at random."""

_POOL: Final = 14
_MAX_DEPTH: Final = 32
"""Levels of an event in which members are taken away one by one."""
_LONGEST: Final = 200
_TIMES: Final = ("1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z")


class _Absent(Enum):
    ABSENT = "absent"


_ABSENT: Final = _Absent.ABSENT

Candidate: TypeAlias = "Json | Literal[_Absent.ABSENT]"
Event: TypeAlias = "dict[str, Json]"
Answer: TypeAlias = "Callable[[Json], bool]"
_GENERAL: Final[tuple[Candidate, ...]] = (_ABSENT, "x", 5, True, False, None, "")
_PARENTS: Final[tuple[Json, ...]] = ({}, [1, 2], "ab")


@dataclass(frozen=True, slots=True)
class Difference:
    """An event, and what each of two conditions says of it."""

    event: Event
    first: bool
    second: bool


def find_difference(
    first: Ir, second: Ir, *, tries: int = MAX_TRIES
) -> Difference | None:
    """Return an event that the two conditions answer differently, or None.

    At most twice as many events as *tries* are tried, always the same ones.
    """
    one, other = compile_condition(first), compile_condition(second)

    pools = _pools((first, second))
    for choice in _choices(list(pools.values()), tries):
        event = _event(zip(pools, choice, strict=True))
        answer = one(event)
        if other(event) is not answer:
            return Difference(_least(event, one, other), answer, not answer)
    return None


def _choices(
    pools: list[list[Candidate]], tries: int
) -> Iterator[tuple[Candidate, ...]]:
    """Yield a value for each field: likely ones in order, then any."""
    yield from islice(product(*pools), tries)
    draw = random.Random(0)  # noqa: S311 - the same events every time
    for _ in range(tries if pools else 0):
        # Lists joined by `or` want most fields empty, those joined by `and` few.
        emptiness = draw.random()
        yield tuple(
            _ABSENT if draw.random() < emptiness else draw.choice(pool)
            for pool in pools
        )


# --- candidates -------------------------------------------------------------------


@dataclass(slots=True)
class _Pool:
    """The values to try for a field, likely ones first, each once."""

    values: list[Candidate] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def add(self, values: Iterable[Candidate]) -> None:
        for value in values:
            key = repr(value)
            if key not in self._seen and len(self.values) < _POOL:
                self._seen.add(key)
                self.values.append(value)


def _pools(conditions: Iterable[Ir]) -> Mapping[Keys, list[Candidate]]:
    pools: dict[Keys, _Pool] = {}
    for test in (test for condition in conditions for test in _tests(condition)):
        near = [value for constant in _constants(test) for value in _near(constant)]
        for paths in event_paths(test):
            for keys in filter(None, paths):
                if _is_odd(keys[-1]) and len(keys) > 1:
                    pools.setdefault(keys[:-1], _Pool()).add(_PARENTS)
                pools.setdefault(keys, _Pool()).add(near)
    for pool in pools.values():
        pool.add(_GENERAL)
    return {keys: pool.values for keys, pool in pools.items()}


def _is_odd(key: str) -> bool:
    """Return whether engines find *key* where no field of that name is."""
    return key.isdigit() or key == "length" or key in INHERITED


def _tests(node: Ir) -> Iterator[Ir]:
    """Yield what ``and``, ``or`` and ``!`` join."""
    match node:
        case ir.And(terms) | ir.Or(terms):
            for term in terms:
                yield from _tests(term)
        case ir.Not(term):
            yield from _tests(term)
        case _:
            yield node


def _constants(test: Ir) -> Iterator[Json]:
    """Yield the constants that a test compares with."""
    match test:
        case ir.Constant(list() as values):
            yield from values
            yield values
        case ir.Constant(value):
            yield value
        case ir.GlobTest(_, glob):
            whole = glob.pattern.replace("*", "x").replace("?", "x")
            yield from (*glob.texts, "x".join(glob.texts), whole)
        case (
            ir.Equal(left, right)
            | ir.Order(_, left, right)
            | ir.InstantOrder(_, left, right)
            | ir.Element(left, right)
        ):
            yield from _constants(left)
            yield from _constants(right)
        case ir.Apply(_, arguments):
            for argument in arguments:
                yield from _constants(argument)
        case ir.IsTrue():
            yield True
        case _:
            pass


def _near(constant: Json) -> Iterable[Json]:
    """Return *constant* and the values next to it that a test may tell from it."""
    match constant:
        case bool() | None:
            return (constant, compact_json(constant))
        case str():
            around: tuple[Json, ...] = (
                f"x{constant}x",
                f"{constant}x",
                f"x{constant}",
                [constant],
            )
            return (constant, *around, *_TIMES)
        case int() if 0 <= constant <= _LONGEST:
            texts = ("x" * constant, "x" * (constant + 1))
            return (constant, constant - 1, constant + 1, str(constant), *texts)
        case int() | float():
            return (constant, constant - 1, constant + 1, str(constant))
        case _:
            return (constant,)


# --- events -----------------------------------------------------------------------


def _event(fields: Iterable[tuple[Keys, Candidate]]) -> Event:
    """Return the event that holds *fields*; a field inside of a value is left out."""
    event: Event = {}
    for keys, value in fields:
        if value is not _ABSENT:
            _put(event, keys, value)
    return event


def _put(event: Event, keys: Keys, value: Json) -> None:
    inner: Json = event
    for key in keys[:-1]:
        if not isinstance(inner, dict):
            return
        inner = inner.setdefault(key, {})
    if isinstance(inner, dict) and keys[-1] not in inner:
        inner[keys[-1]] = dict(value) if isinstance(value, dict) else value


def _least(event: Event, one: Answer, other: Answer) -> Event:
    """Return *event* without the members that this same difference does not need."""
    answer = one(event)
    smaller: Event | None = event
    while smaller is not None:
        event = smaller
        smaller = next(
            (
                each
                for each in _without_one(event)
                if one(each) is answer and other(each) is not answer
            ),
            None,
        )
    return event


def _without_one(value: Event, depth: int = 1) -> Iterator[Event]:
    """Yield copies of *value*, each without one member somewhere inside."""
    for key, member in value.items():
        rest = {other: each for other, each in value.items() if other != key}
        yield rest
        if isinstance(member, dict) and depth < _MAX_DEPTH:
            for smaller in _without_one(member, depth + 1):
                yield {**value, key: smaller}
