"""What holds for every mapping and every event."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

import fql
from fql.compiler.check_directives import check_directives
from fql.compiler.payload_errors import MappingError
from fql.compiler.values import compact_json
from fql.grammar.diagnostics import has_errors
from tests.compiler.test_convert import texts
from tests.compiler.test_directives import events, mappings, spoil

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS: dict[str, Any] = {
    **{f"m{n}": {"type": kind} for n, kind in enumerate(("string", "object"))},
    "m2": {"type": "string", "multiple": True},
    "m3": {"type": "number", "required": True},
}


def with_member(value: Any) -> Any:
    """Return a mapping whose one member is *value*."""
    return {"m0": value}


directives = (
    mappings.map(with_member)
    .filter(lambda each: not has_errors(check_directives(each).diagnostics))
    .map(lambda each: fql.compile_mapping(each))
)
either = texts.map(fql.compile_mapping) | directives


def contents(value: Any) -> Iterator[int]:
    """Yield the identities of the lists and objects in *value*."""
    if isinstance(value, dict | list):
        yield id(value)
        for each in value.values() if isinstance(value, dict) else value:
            yield from contents(each)


def built(mapping: fql.Mapping, event: Any, **options: bool) -> Any:
    try:
        return mapping(event, **options)
    except MappingError:
        return None


@given(texts, events)
def test_a_text_has_a_payload_for_every_event(text: str, event: Any) -> None:
    """The mapping language never raises, unless directives are written into it."""
    mapping = fql.compile_mapping(text)
    if "original" not in text and "path(" not in text and "template(" not in text:
        compact_json(mapping(event))


@given(directives, events)
def test_directives_raise_mapping_errors_only(mapping: fql.Mapping, event: Any) -> None:
    try:
        mapping(event)
    except MappingError as error:
        assert str(error)  # noqa: PT017


@given(texts, events)
def test_validated_payloads_raise_payload_errors_only(text: str, event: Any) -> None:
    try:
        mapping = fql.compile_mapping(text, fields=FIELDS)
    except fql.FqlError:
        return
    try:
        payload: Any = mapping(event)
        assert payload.keys() <= FIELDS.keys()
    except (fql.PayloadError, MappingError) as error:
        assert str(error)  # noqa: PT017


@given(either, events)
def test_events_and_mappings_never_change(mapping: fql.Mapping, event: Any) -> None:
    before = deepcopy(event)
    first = compact_json(built(mapping, event))
    assert event == before
    spoil(built(mapping, event, copy=True))
    assert event == before
    assert compact_json(built(mapping, event)) == first


@given(either, events)
def test_payloads_share_what_is_the_events_and_nothing_else(
    mapping: fql.Mapping, event: Any
) -> None:
    one, other = built(mapping, event), built(mapping, event)
    shared = set(contents(one)) & set(contents(other))
    assert shared <= set(contents(event))


@given(either, events)
def test_copies_share_nothing(mapping: fql.Mapping, event: Any) -> None:
    one = built(mapping, event, copy=True)
    other = built(mapping, event, copy=True)
    assert set(contents(one)).isdisjoint(contents(other))
    assert set(contents(one)).isdisjoint(contents(event))


@given(either, st.lists(events, max_size=3))
def test_no_event_leaves_a_trace_in_the_next(
    mapping: fql.Mapping, given_events: list[Any]
) -> None:
    alone = [compact_json(built(mapping, deepcopy(each))) for each in given_events]
    spoilt = []
    for event in given_events:
        payload = built(mapping, deepcopy(event))
        spoilt.append(compact_json(payload))
        spoil(payload)
    assert spoilt == alone
