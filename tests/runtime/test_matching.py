"""One question for the mappings of all destinations, and what answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.payload import compile_mapping_text
from fql.compiler.trigger import Trigger, compile_trigger
from fql.runtime.matching import MappingSet, MappingSets
from fql.runtime.workspace_parts import DestinationMapping
from tests.runtime.failing import FAILING

if TYPE_CHECKING:
    from fql.runtime.filter_actions import Event
    from fql.runtime.matching import Match

PAGE: Event = {"type": "page", "userId": "boom"}


BUILD = compile_mapping_text("{ type }")


def mapping(name: str, text: str, *, is_enabled: bool = True) -> DestinationMapping:
    trigger = compile_trigger(text, functions=FAILING.functions)
    return DestinationMapping(name, trigger, "send", BUILD, is_enabled)


def told(matches: list[Match]) -> list[tuple[str, str]]:
    """Return the names, and the faults as they are shown."""
    return [(each.mapping.name, str(each.fault or "")) for each in matches]


FIRST = MappingSet([mapping("a", "type = 'page'"), mapping("b", "type = 'track'")])
SECOND = MappingSet(
    [mapping("c", "all"), mapping("d", "all", is_enabled=False), mapping("e", "!type")]
)
FRAGILE = MappingSet(
    [mapping("f", "failing(userId)"), mapping("g", "all"), mapping("h", "type = 'x'")]
)


def test_a_set_gives_its_enabled_mappings_in_their_order() -> None:
    assert told(FIRST.match(PAGE)) == [("a", "")]
    assert told(SECOND.match(PAGE)) == [("c", ""), ("e", "")]


def test_a_trigger_that_fails_spoils_no_other_mapping() -> None:
    assert told(FRAGILE.match(PAGE)) == [("f", "out of order"), ("g", "")]


def test_all_destinations_are_answered_for_at_once() -> None:
    asked = MappingSets([FIRST, SECOND]).ask(PAGE)
    assert told(asked.matches(FIRST, PAGE)) == [("a", "")]
    assert told(asked.matches(SECOND, PAGE)) == [("c", ""), ("e", "")]
    assert MappingSets([FIRST, SECOND]).match({"type": "x"}) == {
        SECOND: SECOND.match({"type": "x"})
    }


def test_a_destination_without_mappings_gets_none() -> None:
    empty = MappingSet([])
    asked = MappingSets([FIRST, empty]).ask(PAGE)
    assert asked.matches(empty, PAGE) == []


def test_what_the_filters_changed_is_asked_about_anew() -> None:
    asked = MappingSets([FIRST, SECOND]).ask(PAGE)
    assert told(asked.matches(FIRST, {"type": "track"})) == [("b", "")]
    assert told(asked.matches(FIRST, PAGE)) == [("a", "")]


def test_a_failing_trigger_spoils_no_other_destination() -> None:
    asked = MappingSets([FIRST, FRAGILE]).ask(PAGE)
    assert told(asked.matches(FIRST, PAGE)) == [("a", "")]
    assert told(asked.matches(FRAGILE, PAGE)) == [("f", "out of order"), ("g", "")]


def test_one_destination_alone_is_asked_itself() -> None:
    asked = MappingSets([FIRST]).ask(PAGE)
    assert told(asked.matches(FIRST, PAGE)) == [("a", "")]
    assert isinstance(FIRST.mappings[0].trigger, Trigger)
