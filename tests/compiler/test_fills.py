"""Which members of its payload a mapping fills."""

from __future__ import annotations

from typing import Any

import pytest

import fql


@pytest.mark.parametrize(
    ("written", "members"),
    [
        ("{ a: b, c: { d: 1, e: f } }", ("a", "c.d", "c.e")),
        ("{ a: { b: 1, c: 'x' }, d: {} }", ("a.b", "a.c", "d")),
        ("{ items: each a { sku, n: { m } } }", ("items.sku", "items.n.m")),
        ("{ a: if b then { c } else { d } }", ("a.c", "a.d")),
        ("{ a: if b then { c } }", ("a.c",)),
        ("{ a: { b } ?? c }", ("a.b", "a")),
        ("merge(traits, { a: 1 })", ("a",)),
        ("transform({ a: 1 }, { b: a })", ("b",)),
        ("$", ()),
        ({"a": {"@path": "b"}, "c": {"d": 1}}, ("a", "c.d")),
        (
            {
                "a": {
                    "@merge": {"direction": "left", "objects": [{"b": {"@path": "c"}}]}
                }
            },
            ("a.b",),
        ),
        ({"a": {"@merge": {"direction": "left", "objects": []}}}, ("a",)),
    ],
)
def test_members_that_are_filled(written: Any, members: tuple[str, ...]) -> None:
    assert fql.compile_mapping(written).fills == members
