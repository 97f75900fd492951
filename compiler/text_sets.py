"""Sets of texts, as formulas of simple tests.

The tests are those that conditions make of a text: whether it is one of some words,
matches a glob, stands before another text, is of some length, and what it is when read
as a timestamp, a number or a version. `holds` says of one text whether it is in a set.
Whether a set is empty, and what is in it, is found elsewhere (`text_witness.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias, assert_never

from fql.compiler import library, ranges
from fql.compiler.closure_conditions import ORDERS
from fql.compiler.globs import Glob, glob_matcher
from fql.compiler.semver import parse_version
from fql.compiler.timestamps import instant
from fql.compiler.values import parse_json_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fql.compiler.ir import OrderOp
    from fql.compiler.ranges import Ranges

    Change: TypeAlias = Callable[[str], str | None]


class View(Enum):
    """What a text may be read as."""

    INSTANT = auto()
    """A timestamp, by its nanoseconds."""
    NUMBER = auto()
    """A JSON number with blanks around it, by its value."""
    VERSION = auto()
    """A version, by its three parts."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The words."""

    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Matching:
    """What a glob matches."""

    glob: Glob


@dataclass(frozen=True, slots=True)
class Ordered:
    """What stands in an order to *limit*, by code points."""

    op: OrderOp
    limit: str


@dataclass(frozen=True, slots=True)
class Sized:
    """What has so many bytes as UTF-8."""

    sizes: Ranges


@dataclass(frozen=True, slots=True)
class Viewed:
    """What can be read as *view* says, with a key in *keys*."""

    view: View
    keys: Ranges = ranges.ALL


@dataclass(frozen=True, slots=True)
class Changed:
    """What a function of the library makes a text in *result* of."""

    function: Change
    result: Texts


@dataclass(frozen=True, slots=True)
class Kept:
    """What a function of the library leaves as it is."""

    function: Change


@dataclass(frozen=True, slots=True)
class Every:
    """What is in all of the sets."""

    parts: tuple[Texts, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """What is in one of the sets."""

    parts: tuple[Texts, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """What is not in the set."""

    part: Texts


Texts: TypeAlias = (
    OneOf
    | Matching
    | Ordered
    | Sized
    | Viewed
    | Changed
    | Kept
    | Every
    | Either
    | Without
)

ANY_TEXT = Every(())
"""Every text."""

NO_TEXT = OneOf(frozenset())
"""No text."""


def holds(texts: Texts, text: str) -> bool:
    """Return whether *text* is in the set."""
    match texts:
        case OneOf(words):
            return text in words
        case Matching(glob):
            return glob_matcher(glob)(text)
        case Ordered(op, limit):
            return ORDERS[op](text, limit)
        case Sized(sizes):
            return ranges.holds(sizes, library.length(text) or 0)
        case Viewed(view, keys):
            key = key_of(view, text)
            return key is not None and ranges.holds(keys, key)
        case Changed(function, result):
            return holds(result, function(text) or "")
        case Kept(function):
            return function(text) == text
        case Every(parts):
            return all(holds(part, text) for part in parts)
        case Either(parts):
            return any(holds(part, text) for part in parts)
        case Without(part):
            return not holds(part, text)
        case _:
            assert_never(texts)


def key_of(view: View, text: str) -> float | tuple[float, float, float] | None:
    """Return what *text* is when read so, or None where it is no such thing."""
    match view:
        case View.INSTANT:
            return instant(text)
        case View.NUMBER:
            return parse_json_number(text)
        case View.VERSION:
            return parse_version(text)
        case _:
            assert_never(view)


def meet(left: Texts, right: Texts) -> Texts:
    """Return what is in both sets."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, OneOf):
            return OneOf(frozenset(word for word in one.words if holds(other, word)))
    parts = dict.fromkeys((*_conjuncts(left), *_conjuncts(right)))
    if any(_opposite(part) in parts for part in parts):
        return NO_TEXT
    return next(iter(parts)) if len(parts) == 1 else Every(tuple(parts))


def _conjuncts(texts: Texts) -> tuple[Texts, ...]:
    return texts.parts if isinstance(texts, Every) else (texts,)


def join(left: Texts, right: Texts) -> Texts:
    """Return what is in one of the sets, or in both."""
    if NO_TEXT in (left, right):
        return right if left == NO_TEXT else left
    if ANY_TEXT in (left, right):
        return ANY_TEXT
    if isinstance(left, OneOf) and isinstance(right, OneOf):
        return OneOf(left.words | right.words)
    return Either((left, right))


def complement(texts: Texts) -> Texts:
    """Return what is not in the set."""
    if texts == ANY_TEXT:
        return NO_TEXT
    return ANY_TEXT if texts == NO_TEXT else _opposite(texts)


def _opposite(texts: Texts) -> Texts:
    return texts.part if isinstance(texts, Without) else Without(texts)


def simple_tests(texts: Texts) -> Iterator[Texts]:
    """Yield the simple tests of a formula, from left to right."""
    match texts:
        case Every(parts) | Either(parts):
            for part in parts:
                yield from simple_tests(part)
        case Without(part):
            yield from simple_tests(part)
        case _:
            yield texts
