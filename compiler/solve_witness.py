"""Events for what is known of their places.

A `Builder` makes a value for each place from the inside outwards: the one that is there
already, where it may stay, else the plainest that is allowed. Where nothing can be
made, `NoWitness` says whether that is proved. Tests of several values are not looked
at here; whoever asks for an event tries it.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from fql.compiler import domains, ranges
from fql.compiler.closures import copy_json
from fql.compiler.missing import MISSING
from fql.compiler.numbers_within import numbers_within
from fql.compiler.text_sets import NO_TEXT
from fql.compiler.text_witness import Nothing, find_text
from fql.compiler.values import list_index, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fql.compiler.domains import Containers, Domain, ElementTest
    from fql.compiler.payload_functions import Value
    from fql.compiler.solve_store import Place, Store
    from fql.compiler.values import Json

MAX_ELEMENTS = 10_000
"""Elements that a list is made with at most."""

MAX_DEPTH = 50
"""Segments of a path that values are made for; each takes room on the stack."""

_MAX_KEPT = 20
"""Elements that a list keeps of the one that it is to be like."""

_SCALAR = bool | int | float | str | None


class NoWitness(Exception):  # noqa: N818 - it is an answer, and no fault
    """No value could be made.

    Args:
        is_proved: Whether there is none.
    """

    def __init__(self, *, is_proved: bool) -> None:
        super().__init__(is_proved)
        self.is_proved = is_proved


class Taste(Protocol):
    """What values look like where there is a choice."""

    def values(self, place: Place, domain: Domain) -> Iterable[Json]:
        """Yield values that would look well at *place*, the best first."""
        ...


class Elements(Protocol):
    """Makes elements of lists."""

    def element(
        self,
        tests: Sequence[ElementTest],
        inside: Sequence[tuple[tuple[str, ...], Domain]],
        wish: Value,
    ) -> Json:
        """Return a value for which all *tests* hold, and is in domains at its paths.

        Raises:
            NoWitness: None could be made.
        """
        ...


class Builder:
    """Makes the values of one store."""

    def __init__(self, store: Store, taste: Taste, elements: Elements) -> None:
        self._store = store
        self._taste = taste
        self._elements = elements

    def build(self, wish: Value) -> Json:
        """Return a value for the store's root, as much like *wish* as may be.

        Raises:
            NoWitness: None could be made.
        """
        if any(len(place.segments) > MAX_DEPTH for place in self._store.places):
            raise NoWitness(is_proved=False)
        made = self._value(self._store.root, wish)
        return None if made is MISSING else made

    def _value(self, place: Place, wish: Value) -> Value:
        domain = self._store.places.get(place, domains.ANY_VALUE)
        children = self._store.children.get(place, ())
        is_holder = any(not self._store.places[child].null for child in children)
        is_proved = True
        for attempt in self._attempts(place, domain, wish, is_holder=is_holder):
            try:
                return attempt()
            except NoWitness as error:
                is_proved = is_proved and error.is_proved
        raise NoWitness(is_proved=is_proved)

    def _attempts(
        self, place: Place, domain: Domain, wish: Value, *, is_holder: bool
    ) -> Iterator[Callable[[], Value]]:
        """Yield how a value may be made, what is preferred first."""
        scalars = [] if is_holder else self._scalars(place, domain, wish)
        containers = self._containers(place, domain, wish)
        is_container = isinstance(wish, list | dict)
        yield from (*containers, *scalars) if is_container else (*scalars, *containers)

    # --- scalars ---

    def _scalars(
        self, place: Place, domain: Domain, wish: Value
    ) -> list[Callable[[], Value]]:
        if wish is MISSING and domain.null:
            return [lambda: MISSING]
        for liked in chain((wish,), self._taste.values(place, domain)):
            if isinstance(liked, _SCALAR) and domains.admits(domain, liked):
                return [partial(_same, liked)]
        found: list[Callable[[], Value]] = []
        if domain.null:
            found.append(lambda: MISSING)
        if domain.bools:
            found.append(lambda: max(domain.bools))
        if domain.texts != NO_TEXT:
            found.append(lambda: self._text(domain))
        if domain.numbers:
            found.append(lambda: _number(domain))
        return found

    def _text(self, domain: Domain) -> str:
        return _given(self._store.memory.find_text(domain.texts))

    # --- containers ---

    def _containers(
        self, place: Place, domain: Domain, wish: Value
    ) -> list[Callable[[], Value]]:
        found: list[Callable[[], Value]] = []
        if domain.objects.is_possible:
            found.append(lambda: self._object(place, domain.objects, wish))
        if domain.lists.is_possible:
            found.append(lambda: self._list(place, domain.lists, wish))
        return found[::-1] if isinstance(wish, list) else found

    def _object(self, place: Place, known: Containers, wish: Value) -> Json:
        if known.options is not None:
            return self._option(place, known.options)
        made: dict[str, Json] = {}
        if isinstance(wish, dict):
            made.update(wish)
        for child in self._store.children.get(place, ()):
            key = child.segments[-1]
            value = self._value(child, made.get(key, MISSING))
            if value is MISSING:
                made.pop(key, None)
            else:
                made[key] = value
        self._resize_object(place, made, known)
        return made

    def _resize_object(
        self, place: Place, made: dict[str, Json], known: Containers
    ) -> None:
        """Put members in, or take out some that nothing is known of."""
        asked = {child.segments[-1] for child in self._store.children.get(place, ())}
        spare = [key for key in made if key not in asked]
        while not known.admits(made):
            if _is_too_large(len(made), known) and spare:
                del made[spare.pop()]
            elif len(made) < MAX_ELEMENTS and not _is_too_large(len(made), known):
                made[f"other{len(made)}"] = True
            else:
                raise NoWitness(is_proved=False)

    def _option(self, place: Place, options: Sequence[Json]) -> Json:
        """Return the first option in which every known place is as it may be."""
        depth = len(place.segments)
        inner = [
            (each.segments[depth:], domain)
            for each, domain in self._store.places.items()
            if each.slot == place.slot and each.segments[:depth] == place.segments
        ]
        for option in options:
            if all(
                domains.admits(domain, read(option, path)) for path, domain in inner
            ):
                return copy_json(option)
        raise NoWitness(is_proved=True)

    def _list(self, place: Place, known: Containers, wish: Value) -> Json:
        if known.options is not None:
            return self._option(place, known.options)
        least = self._least_size(place)
        size = _size(known, least + len(known.some), least)
        old = wish if isinstance(wish, list) else []
        made = [
            self._element_at(place, index, known, _at(old, index))
            for index in range(least)
        ]
        for test in known.some[: max(size - least, 0)]:
            tests = (test, *known.every)
            made.append(self._elements.element(tests, (), _at(old, len(made))))
        while len(made) < size:
            made.append(self._elements.element(known.every, (), _at(old, len(made))))
        self._lengthen(made, known, old)
        while not known.admits(made) and len(made) > size:
            made.pop()
        return self._another_list(made, known)

    def _another_list(self, made: list[Json], known: Containers) -> list[Json]:
        """Return another list, mostly longer, if *made* is one that is excluded."""
        if made and known.admits([*made[:-1], True]) and not known.admits(made):
            return [*made[:-1], True]
        for _ in range(len(known.excluded) + 1):
            if known.admits(made):
                return made
            made.append(self._elements.element(known.every, (), MISSING))
        raise NoWitness(is_proved=False)

    def _lengthen(self, made: list[Json], known: Containers, old: list[Json]) -> None:
        """Put in elements as *old* has more of them, as long as that can be."""
        try:
            for element in old[len(made) : _MAX_KEPT]:
                one = self._elements.element(known.every, (), element)
                made.append(one)
        except NoWitness:
            return

    def _least_size(self, place: Place) -> int:
        """Return how many elements have to be there for the known places."""
        least = 0
        for child in self._store.children.get(place, ()):
            index = list_index(child.segments[-1])
            if index is not None and not self._store.places[child].null:
                least = max(least, index + 1)
        if least > MAX_ELEMENTS:
            raise NoWitness(is_proved=False)
        return least

    def _element_at(
        self, place: Place, index: int, known: Containers, wish: Value
    ) -> Json:
        """Return the element at *index*, as the places inside of it want it."""
        depth = len(place.segments)
        inside = [
            (each.segments[depth + 1 :], domain)
            for each, domain in self._store.places.items()
            if each.slot == place.slot
            and each.segments[:depth] == place.segments
            and len(each.segments) > depth
            and list_index(each.segments[depth]) == index
        ]
        return self._elements.element(known.every, inside, wish)


def plain_value(domain: Domain, liked: Iterable[Json] = ()) -> Json:
    """Return a value in *domain* that is no container; null where none was found.

    The first of the *liked* ones that is in it, if any.
    """
    for value in liked:
        if isinstance(value, _SCALAR) and domains.admits(domain, value):
            return value
    try:
        if domain.texts != NO_TEXT:
            return _given(find_text(domain.texts))
        return _number(domain) if domain.numbers else max(domain.bools, default=None)
    except NoWitness:
        return None


def _at(elements: list[Json], index: int) -> Value:
    return elements[index] if index < len(elements) else MISSING


def _same(value: Value) -> Value:
    return value


def _given(found: str | Nothing) -> str:
    if isinstance(found, Nothing):
        raise NoWitness(is_proved=found.is_proved)
    return found


def _number(domain: Domain) -> float:
    for each in domain.numbers:
        for number in numbers_within(each):
            if ranges.holds(domain.numbers, number):
                return number
    raise NoWitness(is_proved=False)


def _size(known: Containers, wanted: int, least: int) -> int:
    """Return a size that a list may have, *wanted* or more if possible.

    Raises:
        NoWitness: There is none.
    """
    bounds = {0, least, wanted}
    for each in known.sizes:
        for bound in (each.low, each.high):
            if isinstance(bound, int | float) and -1 <= bound <= MAX_ELEMENTS:
                bounds |= {int(bound), int(bound) + 1, max(int(bound) - 1, 0)}
    fitting = sorted(
        size for size in bounds if size >= least and ranges.holds(known.sizes, size)
    )
    if not fitting:
        is_counted = all(_is_counted(each.low) for each in known.sizes)
        raise NoWitness(is_proved=is_counted)
    return next((size for size in fitting if size >= wanted), fitting[-1])


def _is_counted(bound: object) -> bool:
    return bound is None or (isinstance(bound, int | float) and bound < MAX_ELEMENTS)


def _is_too_large(size: int, known: Containers) -> bool:
    return not any(each.high is None or not each.high < size for each in known.sizes)
