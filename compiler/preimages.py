"""What an argument may be, by what is asked of a function's result.

Two sets are known of each function of the library that takes one value: what it may
give at all, and from which values it may give a value of some set. Both may hold too
much, never too little. Of a function of an embedder only its type is known.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from fql.compiler import library, ranges, text_sets
from fql.compiler.domains import (
    ANY_CONTAINER,
    ANY_VALUE,
    BOOLS,
    NO_CONTAINER,
    NOT_NULL,
    NOTHING,
    Containers,
    Domain,
    of_type,
    of_values,
)
from fql.compiler.facts import TYPE_NAMES
from fql.compiler.functions import FUNCTIONS
from fql.compiler.globs import read_glob
from fql.compiler.text_sets import (
    ANY_TEXT,
    NO_TEXT,
    Changed,
    Kept,
    Matching,
    OneOf,
    Sized,
    Texts,
    View,
    Viewed,
    Without,
)
from fql.compiler.types import Type
from fql.compiler.values import number_text, parse_json_number
from fql.grammar.limits import MAX_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fql.compiler.ranges import Ranges
    from fql.compiler.signatures import Function
    from fql.compiler.values import Json

_COUNTS = ranges.ordered(">=", 0)
_SMALL = Matching(read_glob("*[a-z]*"))
_LARGE = Matching(read_glob("*[A-Z]*"))
_SPACED = Matching(read_glob("* *"))
_FALSE_TEXTS = text_sets.join(
    Matching(read_glob("[fF][aA][lL][sS][eE]")), Matching(read_glob(""))
)


def is_known(function: Function) -> bool:
    """Return whether *function* is one of the library's own."""
    return FUNCTIONS.get(function.name) is function


def image(function: Function) -> Domain:
    """Return what a call of *function*, of one value, may give."""
    own = _IMAGES.get(function.name) if is_known(function) else None
    return of_type(function.result) if own is None else own


def preimage(function: Function, results: Domain) -> Domain:
    """Return the values of which *function* may make one of *results*."""
    if not is_known(function):
        return ANY_VALUE
    trace = _PREIMAGES.get(function.name)
    return ANY_VALUE if trace is None else trace(results)


# --- what functions give ----------------------------------------------------------


def _changed_text(function: Callable[[Json], str | None], none_of: Texts) -> Domain:
    """Return the texts that *function*, done to them again, leaves as they are."""
    texts = text_sets.meet(Kept(function), Without(none_of))
    return Domain(null=True, texts=texts)


_IMAGES: Mapping[str, Domain] = MappingProxyType(
    {
        "length": Domain(null=True, numbers=_COUNTS),
        "lowercase": _changed_text(library.lowercase, _LARGE),
        "uppercase": _changed_text(library.uppercase, _SMALL),
        "snakecase": _changed_text(library.snakecase, _SPACED),
        "kebabcase": _changed_text(library.kebabcase, _SPACED),
        "titlecase": Domain(null=True, texts=Kept(library.titlecase)),
        "typeof": of_values(TYPE_NAMES),
        "bool": Domain(bools=BOOLS),
        "exists": Domain(bools=BOOLS),
        "string": of_type(Type.STRING | Type.NULL),
        "number": of_type(Type.NUMBER | Type.NULL),
        "timestamp": Domain(null=True, texts=Viewed(View.INSTANT)),
    }
)


# --- what they give it from -------------------------------------------------------


def _if_null(results: Domain, otherwise: Domain) -> Domain:
    """Return *otherwise* if the function may give null, which it does for these."""
    return otherwise if results.null else NOTHING


_NO_TEXT_AT_ALL = replace(ANY_VALUE, texts=NO_TEXT)


def _from_type(results: Domain) -> Domain:
    kinds = {
        name: kind
        for name, kind in _KINDS.items()
        if text_sets.holds(results.texts, name)
    }
    found = Type(0)
    for kind in kinds.values():
        found |= kind
    return of_type(found)


_KINDS = {
    "string": Type.STRING,
    "number": Type.NUMBER,
    "bool": Type.BOOL,
    "list": Type.LIST,
    "object": Type.OBJECT,
    "null": Type.NULL,
}


def _from_length(results: Domain) -> Domain:
    sizes = ranges.meet(results.numbers, _COUNTS)
    unsized = Type.BOOL | Type.NUMBER | Type.OBJECT
    found = _if_null(results, of_type(unsized))
    return replace(
        found,
        null=ranges.holds(sizes, 0),
        texts=_sized_texts(sizes),
        lists=Containers(sizes=sizes) if sizes else NO_CONTAINER,
    )


def _sized_texts(sizes: Ranges) -> Texts:
    if not sizes:
        return NO_TEXT
    return ANY_TEXT if sizes == _COUNTS else Sized(sizes)


def _from_changed(
    function: Callable[[Json], str | None],
) -> Callable[[Domain], Domain]:
    def trace(results: Domain) -> Domain:
        texts = results.texts
        if texts not in (ANY_TEXT, NO_TEXT):
            texts = Changed(function, texts)
        return replace(_if_null(results, _NO_TEXT_AT_ALL), texts=texts)

    return trace


def _from_bool(results: Domain) -> Domain:
    empty = ranges.points([0])
    found = Domain()
    if True in results.bools:
        filled = ranges.complement(empty)
        found = replace(
            found,
            bools=frozenset({True}),
            numbers=filled,
            texts=Without(_FALSE_TEXTS),
            lists=Containers(sizes=filled),
            objects=Containers(sizes=filled),
        )
    if False in results.bools:
        found = Domain(
            null=True,
            bools=found.bools | {False},
            numbers=ranges.ALL if found.numbers else empty,
            texts=ANY_TEXT if found.numbers else _FALSE_TEXTS,
            lists=ANY_CONTAINER if found.numbers else Containers(sizes=empty),
            objects=ANY_CONTAINER if found.numbers else Containers(sizes=empty),
        )
    return found


def _from_exists(results: Domain) -> Domain:
    found = NOT_NULL if True in results.bools else NOTHING
    return replace(found, null=False in results.bools)


def _from_string(results: Domain) -> Domain:
    texts = results.texts
    containers = NO_CONTAINER if texts == NO_TEXT else ANY_CONTAINER
    bools = (each for each in BOOLS if text_sets.holds(texts, str(each).lower()))
    return Domain(
        results.null,
        frozenset(bools),
        _numbers_written(texts),
        texts,
        containers,
        containers,
    )


def _numbers_written(texts: Texts) -> Ranges:
    """Return the numbers whose text may be in the set."""
    if not isinstance(texts, OneOf) or any(
        len(word) > MAX_DIGITS for word in texts.words
    ):
        return ranges.ALL
    return ranges.points(
        number
        for word in texts.words
        for number in _numbers_of(word)
        if number_text(number) == word
    )


def _numbers_of(text: str) -> list[float]:
    """Return the whole number and the float that *text* may be of."""
    number = parse_json_number(text)
    if number is None:
        return []
    try:
        return [number, float(number)]
    except OverflowError:
        return [number]


def _from_number(results: Domain) -> Domain:
    found = _if_null(results, replace(_NO_TEXT_AT_ALL, numbers=ranges.NONE))
    texts: Texts = Viewed(View.NUMBER, results.numbers) if results.numbers else NO_TEXT
    if results.null:
        texts = text_sets.join(texts, Without(Viewed(View.NUMBER)))
    return replace(found, numbers=results.numbers, texts=texts)


def _from_timestamp(results: Domain) -> Domain:
    texts = results.texts
    if texts != NO_TEXT:
        texts = text_sets.meet(texts, Viewed(View.INSTANT))
    if results.null:
        texts = text_sets.join(texts, Without(Viewed(View.INSTANT)))
    return replace(_if_null(results, _NO_TEXT_AT_ALL), texts=texts)


_PREIMAGES: Mapping[str, Callable[[Domain], Domain]] = MappingProxyType(
    {
        "typeof": _from_type,
        "length": _from_length,
        "lowercase": _from_changed(library.lowercase),
        "uppercase": _from_changed(library.uppercase),
        "snakecase": _from_changed(library.snakecase),
        "kebabcase": _from_changed(library.kebabcase),
        "titlecase": _from_changed(library.titlecase),
        "bool": _from_bool,
        "exists": _from_exists,
        "string": _from_string,
        "number": _from_number,
        "timestamp": _from_timestamp,
    }
)
