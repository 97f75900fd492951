"""Which paths of the event a program reads."""

from __future__ import annotations

import pytest
from hypothesis import given

from fql.compiler import ir
from fql.compiler.check import check_condition, check_value
from fql.compiler.loads import event_paths, fields_read
from fql.compiler.lower import lower_condition, lower_value
from fql.compiler.lower_directives import lower_directives
from fql.compiler.payload import compile_mapping_text
from fql.grammar import limits
from fql.grammar.directives import read_directives
from fql.grammar.parse import parse_expression, parse_mapping
from fql.grammar.source import Source
from tests.compiler.strategies import conditions


def of_condition(text: str) -> tuple[str, ...]:
    checked = check_condition(parse_expression(Source(text)))
    return fields_read(lower_condition(checked.root, checked.types))


def of_mapping(text: str) -> tuple[str, ...]:
    checked = check_value(parse_mapping(Source(text)))
    return fields_read(lower_value(checked.root, checked.types))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all", ()),
        ("'a' = 'b'", ()),
        ("b and a or b", ("b", "a")),
        ("properties.a.0 = 1", ("properties.a.0",)),
        ("properties.a[0] = 1", ("properties.a.0",)),
        (r"x\ y.a\.b.and = \in.9", (r"x\ y.a\.b.and", r"\in.9")),
        ("!(a < b) and c in [d, 1] and match(e, f)", ("a", "b", "c", "d", "e", "f")),
        ("match(a, 'x*') or contains(b, c) or semver(d, e, f)", tuple("abcdef")),
        ("lowercase(string(a)) = [[b]]", ("a", "b")),
        ("received_at > sent_at", ("received_at", "receivedAt", "sent_at", "sentAt")),
        ("received_at.a = receivedAt.a", ("received_at.a", "receivedAt.a")),
        ("properties.received_at", ("properties.received_at",)),
        ("any(a, item.b = c)", ("a", "c")),
        ("all(item, any(item.a, item and received_at))",
         ("item", "received_at", "receivedAt")),
        ("any([a], true)", ("a",)),
    ],
)  # fmt: skip
def test_a_condition_reads_its_paths_once_each(
    text: str, expected: tuple[str, ...]
) -> None:
    assert of_condition(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$", ("$",)),
        ("{ a: $, b }", ("b", "$")),
        ("{ a: path(b) }", ("b", "$")),
        ("{ a, b: $.c.d, e: 'f' }", ("a", "c.d")),
        ("a ?? b ?? 'c'", ("a", "b")),
        ('"{{a}} {{b.c}}"', ("a", "b.c")),
        ("if a = 1 then b else c", ("a", "b", "c")),
        ("each a { b, c: $.d, e: each f { g, h: $.a } }", ("a", "d")),
        ("transform({ x: a }, { y: x, z: $.b })", ("a", "b")),
        ("replace(a, b, 'c', ignorecase: true)", ("a", "b")),
        ("{ at: $.received_at }", ("received_at", "receivedAt")),
        ("{ x: liquid('{{ a.b | append: c }}'), d }", ("a.b", "c", "d")),
        ("{ x: liquid('{{ 1 }}') }", ()),
    ],
)
def test_a_mapping_reads_its_paths_once_each(
    text: str, expected: tuple[str, ...]
) -> None:
    assert of_mapping(text) == expected


def test_paths_of_the_trigger_engine_count() -> None:
    script = ir.Equal(ir.ScriptLoad(("a", "b")), ir.Load(ir.EVENT, ("a", "b")))
    assert fields_read(script) == ("a.b",)


def test_paths_of_directives_count() -> None:
    read = read_directives(
        {
            "a": {"@path": "$.properties.total"},
            "b": {"@path": "$.properties['']"},
            "c": {"@template": "{{userId}} {{properties['x y']}}"},
            "d": {"@arrayPath": ["$.properties.items", {"e": {"@path": "$.f"}}]},
        }
    )
    assert fields_read(lower_directives(read.root)) == (
        *("properties.total", "properties", "userId", r"properties.x\ y"),
        "properties.items",
    )


def test_variables_of_liquid_templates_count() -> None:
    template = (
        "{% assign q = a.b %}{{ q | append: c['d e'].f }}{% if g.size > 1 and h[i] %}"
        "{{ j.k[0].l }}{{ a.b }}{{ first }}{% endif %}"
    )
    read = read_directives({"a": {"@liquid": template}})
    assert fields_read(lower_directives(read.root)) == (
        *("a.b", r"c.d\ e.f", "g", "h", "i", "j.k", "first"),
    )


def test_paths_that_only_the_event_tells_read_the_whole_of_it() -> None:
    read = read_directives({"a": {"@path": {"@path": "b"}}, "c": {"@path": "$."}})
    assert fields_read(lower_directives(read.root)) == ("b", "$")


def test_event_paths_are_the_keys_and_the_keys_instead() -> None:
    node = ir.And(
        (
            ir.IsTrue(ir.Load(ir.EVENT, ("received_at", "x"), "receivedAt")),
            ir.IsTrue(ir.Load(ir.EVENT, ("a",), keeps_missing=True)),
            ir.IsTrue(ir.Load(ir.EVENT, ("a",))),
            ir.IsTrue(ir.Load(ir.EVENT, ())),
            ir.IsTrue(ir.Load(1, ("b",))),
        )
    )
    assert event_paths(node) == (
        (("received_at", "x"), ("receivedAt", "x")),
        (("a",), None),
    )


@given(conditions())
def test_the_fields_are_paths_that_parse(text: str) -> None:
    for field in of_condition(text):
        parsed = parse_expression(Source(field))
        assert not parsed.diagnostics
        assert of_condition(f"{field} = 1")[0] == field


@pytest.mark.parametrize(
    ("opening", "closing"), [("(a and (b or ", "))"), ("any([", "], item)"), ("!", "")]
)
def test_the_deepest_text_has_fields(opening: str, closing: str) -> None:
    depth = limits.MAX_NESTING // max(2, opening.count("(") + opening.count("[")) - 30
    assert "last" in of_condition(opening * depth + "last" + closing * depth)


def test_a_mapping_tells_its_paths_as_keys_too() -> None:
    mapping = compile_mapping_text("{ id: userId, at: sent_at, all: $ }")
    assert mapping.fields == ("userId", "sent_at", "sentAt", "$")
    assert mapping.paths == ((("userId",), None), (("sent_at",), ("sentAt",)))
