"""What is known of values while conditions are assumed one after the other.

A `Store` keeps a domain for each place of the event that is read and for each call of
a function of one value. Assuming a test narrows a domain, and what follows for others
is narrowed at once: an object holds what is inside of it, what is no container holds
nothing, and a function's result says what its argument may be.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fql.compiler import domains, ir, ranges
from fql.compiler.domains import ANY_CONTAINER, ANY_VALUE, BOOLS, Containers, Domain
from fql.compiler.preimages import image, preimage
from fql.compiler.text_sets import ANY_TEXT
from fql.compiler.text_witness import MAX_STEPS, Effort, Nothing, find_text
from fql.compiler.values import list_index, read
from fql.compiler.walk import Key, value_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.condition_domains import Claim
    from fql.compiler.ir import Ir
    from fql.compiler.text_sets import Texts


class Place(NamedTuple):
    """What stands at *segments* inside the value of *slot*."""

    slot: int
    segments: tuple[str, ...]

    @property
    def parent(self) -> Place:
        """The place that this one is in."""
        return Place(self.slot, self.segments[:-1])


Term: TypeAlias = "Place | Key"
"""A value that is spoken of: a place, or what tells a call from others."""

EVENT = Domain(objects=ANY_CONTAINER)
"""What the event itself is."""

_MAX_LINKED = 200
"""Segments of a path for which what it leads through is known of, too.

Each place on the way holds its path. Of a longer one only its own value is known:
fewer things follow, and nothing that is wrong.
"""

_SEARCHES = 4
"""Searches for texts that may go on until they are given up, of one condition."""

_RECENT = 16
"""Texts that were found last and are tried first in other sets."""


class Memory:
    """What the stores of one condition remember together.

    Attributes:
        read: What tests come to, by the identity of their node; see `Reading`.

    Args:
        effort: What all searches for texts may cost together; by default, as much as
            a few that fail.
    """

    def __init__(self, effort: Effort | None = None) -> None:
        self._effort = effort or Effort(_SEARCHES * MAX_STEPS)
        self.read: dict[tuple[int, bool], Reading] = {}
        self._empty: dict[Texts, bool] = {}
        self._recent: deque[str] = deque(maxlen=_RECENT)

    def find_text(self, texts: Texts, wishes: Iterable[str] = ()) -> str | Nothing:
        """Return a text that is in the set, one of *wishes* if any is."""
        return find_text(texts, wishes, self._effort)

    def has_no_text(self, texts: Texts) -> bool:
        """Return whether it is proved that no text is in the set."""
        known = self._empty.get(texts)
        if known is None:
            found = self.find_text(texts, self._recent)
            if isinstance(found, str) and found not in self._recent:
                self._recent.append(found)
            known = found == Nothing(is_proved=True)
            self._empty[texts] = known
        return known


class Reading(NamedTuple):
    """What a test comes to: `claim`, if it is one, of something that has a term.

    Attributes:
        test: The node of the test, kept so that its identity stays its own.
        claim: What it says of one value, or None.
        has_term: Whether a store can be narrowed by the claim.
        key: What stands for the test as a whole.
    """

    test: Ir
    claim: Claim | None
    has_term: bool
    key: str


def term_of(node: Ir) -> Term | None:
    """Return what stands for the value of *node* in a store, or None if nothing."""
    match node:
        case ir.Load(slot, segments, None, False):
            return Place(slot, segments)
        case ir.Apply(_, (argument,), False) if term_of(argument) is None:
            return None
        case ir.Apply(_, (_,), False) | ir.ScriptLoad():
            return value_key(node)
        case _:
            return None


class Store:
    """Domains by term. Narrowing one to nothing refutes what was assumed.

    Args:
        root: The place that everything else is in.
        whole: What the value there may be.
        memory: What is remembered for all stores.
    """

    def __init__(self, root: Place, whole: Domain, memory: Memory) -> None:
        self.root = root
        self.places: dict[Place, Domain] = {root: whole}
        self.children: dict[Place, tuple[Place, ...]] = {}
        self.calls: dict[Key, tuple[Ir, Domain]] = {}
        self.tests: dict[str, tuple[Ir, bool]] = {}
        """Tests of more than one value, which no domain says all of."""
        self.relations: dict[tuple[str, str, str], frozenset[str]] = {}
        """How pairs of values may stand to each other; see `solve_relations.py`."""
        self.memory = memory

    def copy(self) -> Store:
        """Return a store that can be narrowed without this one."""
        copied = Store(self.root, ANY_VALUE, self.memory)
        copied.places = dict(self.places)
        copied.children = dict(self.children)
        copied.calls = dict(self.calls)
        copied.tests = dict(self.tests)
        copied.relations = dict(self.relations)
        return copied

    def domain(self, node: Ir) -> Domain:
        """Return what is known of the value of *node*."""
        if isinstance(node, ir.Constant):
            return domains.of_values([node.value])
        term = term_of(node)
        if term is None:
            return _kinds_of(node)
        if isinstance(term, Place):
            return self.places.get(term, ANY_VALUE)
        known = self.calls.get(term)
        if known is not None:
            return known[1]
        return image(node.function) if isinstance(node, ir.Apply) else ANY_VALUE

    def narrow(self, node: Ir, domain: Domain) -> bool:
        """Assume that the value of *node* is in *domain*; return if that may be.

        *node* has to have a term.
        """
        match node:
            case ir.Load(slot, segments):
                return self.narrow_place(Place(slot, segments), domain)
            case ir.Apply(function, (argument,)):
                known = self._narrow_call(node, domain)
                if known is None:
                    return False
                return self.narrow(argument, preimage(function, known))
            case _:
                return self._narrow_call(node, domain) is not None

    def _narrow_call(self, node: Ir, domain: Domain) -> Domain | None:
        key = value_key(node)
        if key is None:
            raise AssertionError(f"no term: {node}")
        known = domains.meet(self.domain(node), domain)
        self.calls[key] = (node, known)
        return None if self._is_empty(known) else known

    def narrow_place(self, place: Place, domain: Domain) -> bool:
        """Assume that what stands at *place* is in *domain*; return if that may be."""
        pending = [(place, domain)]
        while pending:
            at, limit = pending.pop()
            pending += self._registered(at)
            before = self.places[at]
            known = domains.meet(before, limit)
            if self._is_empty(known):
                return False
            if known != before:
                self.places[at] = known
                pending += self._consequences(at, known)
        return True

    def _registered(self, place: Place) -> list[tuple[Place, Domain]]:
        """Know *place* and what it is in; return what follows for the new ones."""
        if len(place.segments) > _MAX_LINKED:
            self.places.setdefault(place, ANY_VALUE)
            return []
        found: list[tuple[Place, Domain]] = []
        while place not in self.places:
            if not place.segments:
                self.places[place] = EVENT if place.slot == ir.EVENT else ANY_VALUE
                break
            self.places[place] = ANY_VALUE
            parent = place.parent
            self.children[parent] = (*self.children.get(parent, ()), place)
            if parent in self.places:
                found.append((place, _inside(self.places[parent], place.segments[-1])))
            place = parent
        return found

    def _consequences(self, place: Place, known: Domain) -> list[tuple[Place, Domain]]:
        found = [
            (child, _inside(known, child.segments[-1]))
            for child in self.children.get(place, ())
        ]
        if not known.null and 0 < len(place.segments) <= _MAX_LINKED:
            found.append((place.parent, _around(place.segments[-1])))
        return found

    def _is_empty(self, domain: Domain) -> bool:
        if domain.is_empty:
            return True
        return domain.has_only_texts and self.memory.has_no_text(domain.texts)

    def is_ruled_out(self, node: Ir, domain: Domain) -> bool:
        """Return whether *node* is plainly known not to be in *domain*."""
        return domains.meet(self.domain(node), domain).is_empty


def _kinds_of(node: Ir) -> Domain:
    """Return what a value that has no term may be, whatever event comes."""
    match node:
        case ir.Apply(function):
            return domains.of_type(function.result)
        case ir.MakeList():
            return Domain(lists=ANY_CONTAINER)
        case ir.MakeObject():
            return EVENT
        case ir.Join():
            return Domain(texts=ANY_TEXT)
        case _:
            return Domain(bools=BOOLS) if isinstance(node, ir.CONDITIONS) else ANY_VALUE


_FILLED = Containers(sizes=ranges.ordered(">=", 1))


def _around(segment: str) -> Domain:
    """Return the values that may hold something at *segment*."""
    index = list_index(segment)
    if index is None:
        return Domain(objects=_FILLED)
    lists = Containers(sizes=ranges.ordered(">", index))
    return Domain(lists=lists, objects=_FILLED)


def _inside(holder: Domain, segment: str) -> Domain:
    """Return what may stand at *segment* of a value in *holder*."""
    is_index = list_index(segment) is not None
    walked = (holder.objects, holder.lists) if is_index else (holder.objects,)
    holders = [each for each in walked if each.is_possible]
    if any(each.options is None for each in holders):
        return ANY_VALUE
    found = [
        read(option, (segment,)) for each in holders for option in each.options or ()
    ]
    is_walked = is_index or not holder.lists.is_possible
    if not (is_walked and _has_only_containers(holder)):
        found.append(None)
    return domains.of_values(found)


def _has_only_containers(holder: Domain) -> bool:
    scalars = replace(holder, lists=domains.NO_CONTAINER, objects=domains.NO_CONTAINER)
    return scalars.is_empty
