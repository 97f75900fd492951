"""Paths, patterns and literals that mean something else in device mode.

There, strings are rows of UTF-16 units, paths are split at every dot and walk through
whatever JavaScript finds (the characters and the length of a string, inherited
members), and numbers are doubles. Each function here says of one path, pattern or
literal whether some event tells the difference.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from fql.compiler import device_errors as errors
from fql.compiler.globs import CharacterClass, read_glob
from fql.compiler.lower import OTHER_SPELLING
from fql.compiler.semver import parse_version
from fql.compiler.values import list_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.compiler.device_errors import Finding
    from fql.compiler.globs import Piece, Token
    from fql.compiler.values import Json

EXACT_NUMBERS = 2**53
"""From here on a double may stand for several whole numbers."""

_SURROGATE = re.compile("[\ud800-\udfff]")

# --- paths ------------------------------------------------------------------------

_OBJECTS = frozenset({"properties", "traits"})
"""The fields that hold an object in every event that gets in."""

_ALL_HAVE = (
    "__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ __proto__ "
    "constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString "
    "toString valueOf"
)
_SOME_HAVE = (
    "anchor at big blink bold charAt charCodeAt codePointAt concat copyWithin endsWith "
    "entries every fill filter find findIndex findLast findLastIndex fixed flat "
    "flatMap fontcolor fontsize forEach includes indexOf isWellFormed italics join "
    "keys lastIndexOf link localeCompare map match matchAll normalize padEnd padStart "
    "pop push reduce reduceRight repeat replace replaceAll reverse search shift slice "
    "small some sort splice split startsWith strike sub substr substring sup "
    "toExponential toFixed toLocaleLowerCase toLocaleUpperCase toLowerCase toPrecision "
    "toReversed toSorted toSpliced toUpperCase toWellFormed trim trimEnd trimLeft "
    "trimRight trimStart unshift values with"
)
_FUNCTIONS_HAVE = "apply arguments bind call caller length name prototype"

_INHERITED_BY_ALL = frozenset(_ALL_HAVE.split())
_INHERITED = _INHERITED_BY_ALL | frozenset(_SOME_HAVE.split())
"""What objects, lists, strings, numbers and bools inherit in JavaScript."""

_OF_FUNCTIONS = _INHERITED_BY_ALL | frozenset(_FUNCTIONS_HAVE.split())
_LEADING_ON = frozenset({"__proto__", "constructor"})


def path_faults(segments: Sequence[str]) -> Iterator[Finding]:
    """Yield why a path may lead elsewhere there."""
    root, other = segments[0], OTHER_SPELLING.get(segments[0])
    if other is not None:
        yield errors.second_name(root, other)
    fault = _step_fault(segments)
    if fault is not None:
        yield fault


def _step_fault(segments: Sequence[str]) -> Finding | None:
    """Return why a step of a path leads elsewhere there, or None where none does."""
    root = segments[0]
    if any("." in segment for segment in segments):
        return errors.dotted_key(next(each for each in segments if "." in each))
    for at, segment in enumerate(segments[1:], 1):
        if at == 1 and root in _OBJECTS:
            continue
        if segment == "length":
            return errors.length_member()
        if list_index(segment) is not None:
            return errors.position(segment)
    for at, (segment, following) in enumerate(pairwise(segments)):
        if segment in _inherited(root, at) and (
            segment in _LEADING_ON or following in _OF_FUNCTIONS
        ):
            return errors.inherited(segment)
    return None


def _inherited(root: str, at: int) -> frozenset[str]:
    """Return what the value inherits that segment *at* of a path is read from."""
    is_object = at == 0 or (at == 1 and root in _OBJECTS)
    return _INHERITED_BY_ALL if is_object else _INHERITED


# --- literals ---------------------------------------------------------------------


def literal_faults(value: Json) -> Iterator[Finding]:
    """Yield why a literal, or an element of a literal list, is another one there."""
    if isinstance(value, list):
        for element in value:
            yield from literal_faults(element)
    elif isinstance(value, str):
        if _SURROGATE.search(value):
            yield errors.lone_surrogate()
    elif isinstance(value, int | float) and abs(value) >= EXACT_NUMBERS:
        yield errors.large_number()


def has_wide_character(value: Json) -> bool:
    """Return whether *value* is a string with a character of two units."""
    return isinstance(value, str) and any(each > "\uffff" for each in value)


def version_fault(version: str) -> Finding | None:
    """Return why a literal version is another one there, or None."""
    parsed = parse_version(version)
    if parsed is None or all(abs(part) < EXACT_NUMBERS for part in parsed):
        return None
    return errors.large_number()


# --- patterns ---------------------------------------------------------------------

_CLASS = re.compile(r"\\.|\[(?:\\.|[^\]\\])*", re.DOTALL)
"""A class without its closing bracket; or an escaped character, which opens none."""

_BEYOND_ONE_UNIT = re.compile(r"\A\[.*[\U00010000-\U0010ffff]", re.DOTALL)


def glob_fault(pattern: str) -> Finding | None:
    """Return why *pattern* takes other texts there, or None.

    A character beyond U+FFFF is two units there. What stands for any character takes
    one of them, so the answers agree only where a star takes the other one, or no such
    character is there. A class that holds such characters is always another one.
    """
    if any(_BEYOND_ONE_UNIT.search(found[0]) for found in _CLASS.finditer(pattern)):
        return errors.wide_class()
    pieces = read_glob(pattern).pieces
    if any(_is_split(token) for piece in pieces for token in piece):
        return errors.wide_class()
    for at, piece in enumerate(pieces):
        is_last = at == len(pieces) - 1
        if _counts(piece, behind_star=at > 0, before_star=not is_last):
            return errors.counted_characters()
    return None


def _counts(piece: Piece, *, behind_star: bool, before_star: bool) -> bool:
    """Return whether a piece takes other texts when characters are units."""
    wide = [at for at, token in enumerate(piece) if _takes_units(token)]
    spared = {0} if behind_star else set[int]()
    if before_star:
        spared.add(len(piece) - 1)
    is_adjacent = any(other - one == 1 for one, other in pairwise(wide))
    return is_adjacent or not spared.issuperset(wide)


def _is_split(token: Token) -> bool:
    """Return whether a class holds halves of characters of two units."""
    if isinstance(token, str):
        return False
    return any(low <= "\udfff" and high >= "\ud800" for low, high in token.ranges)


def _takes_units(token: Token) -> bool:
    """Return whether *token* takes one unit of a character that has two."""
    return isinstance(token, CharacterClass) and token.is_negated
