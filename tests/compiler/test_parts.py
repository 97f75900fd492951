"""Parts: which members of an event a program reads."""

from __future__ import annotations

import pytest

from fql.compiler.parts import MAX_KEYS, WHOLE, Parts, parts_read
from fql.compiler.payload import compile_mapping_text
from fql.compiler.trigger import compile_engine_text, compile_trigger


def object_of(**members: Parts) -> Parts:
    """Return the parts of an object with *members*."""
    return Parts(members=members)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all", object_of()),
        ("type = 1", object_of(type=WHOLE)),
        (
            "properties.a = 1 and properties.b.c = 2",
            object_of(properties=object_of(a=WHOLE, b=object_of(c=WHOLE))),
        ),
        (
            "properties.a.b = 1 and exists(properties.a)",
            object_of(properties=object_of(a=WHOLE)),
        ),
        ("properties.list.0.sku = 1", object_of(properties=object_of(list=WHOLE))),
        (
            "any(properties.list, item.a = b)",
            object_of(properties=object_of(list=WHOLE), b=WHOLE),
        ),
        (
            "received_at > '2026-01-01T00:00:00Z'",
            object_of(received_at=WHOLE, receivedAt=WHOLE),
        ),
    ],
)
def test_the_paths_of_a_condition_are_its_parts(text: str, expected: Parts) -> None:
    assert parts_read([compile_trigger(text).node]) == expected


def test_a_mapping_that_takes_the_event_reads_all_of_it() -> None:
    mapping = compile_mapping_text("{ id: userId, all: $ }")
    assert parts_read([mapping.node]) is WHOLE


def test_the_trigger_engine_reads_by_its_own_rules() -> None:
    trigger = compile_engine_text("properties.name.length = 3")
    expected = object_of(properties=object_of(name=object_of(length=WHOLE)))
    assert parts_read([trigger.node]) == expected


def test_more_paths_may_be_named() -> None:
    parts = parts_read([], paths=[("a", "b")], kinds=[("a",), ("c",)])
    assert parts == object_of(a=object_of(b=WHOLE), c=object_of())


def test_what_is_far_inside_counts_as_read() -> None:
    keys = tuple(f"k{number}" for number in range(5_000))
    parts = parts_read([], paths=[keys])
    for key in keys[:MAX_KEYS]:
        parts = parts.members[key]
    assert parts is WHOLE
