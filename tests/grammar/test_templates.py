"""Double-quoted strings of mappings with paths in double braces."""

from __future__ import annotations

import pytest

from fql.grammar import nodes
from fql.grammar.diagnostics import Code
from fql.grammar.parse import parse_expression, parse_mapping, parse_program
from fql.grammar.source import Source, Span
from tests.grammar.reading import all_nodes, check_places, check_wording, findings

HERE = Span(0, 0)


def path(*segments: str) -> nodes.Path:
    return nodes.Path(segments, span=HERE)


def event(*segments: str) -> nodes.EventPath:
    return nodes.EventPath(segments, span=HERE)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('"{{a}}"', [path("a")]),
        ('"x{{a.b[0].c}}y"', ["x", path("a", "b", "0", "c"), "y"]),
        ('"{{a}}{{b}}"', [path("a"), path("b")]),
        ('"{{a}} {{$.b}}{{$}}"', [path("a"), " ", event("b"), event()]),
        ('"{{ a }}{{\ta.b\n}}"', [path("a"), path("a", "b")]),
        (r'"{{a\ b}}"', [path("a b")]),
        (r'"{{ a\  }}"', [path("a ")]),
        (r'"{{a\\ b}}"', [path("a b")]),
        (r'"{{a\}\"b}}"', [path('a}"b')]),
        (r'"{{\$.a}}"', [path("$", "a")]),
        ('"{{and}}"', None),
        ('"{{a.and}}"', [path("a", "and")]),
        ('"{{{a}}}"', ["{", path("a"), "}"]),
        ('"{ {{a}} } }}"', ["{ ", path("a"), " } }}"]),
        (r'"\"{{a}}\" \\ \n"', ['"', path("a"), r'" \ \n']),
        (r'"\\{{a}}"', ["\\", path("a")]),
        (r'"\{{a}}"', ["\\", path("a")]),
        ('"é{{ü}}"', ["é", path("ü")]),
    ],
)
def test_a_path_in_double_braces_is_read(
    text: str, parts: list[str | nodes.Path | nodes.EventPath] | None
) -> None:
    parsed = parse_mapping(Source(text))
    if parts is None:
        assert isinstance(parsed.root, nodes.Template)
    else:
        assert parsed.diagnostics == ()
        assert parsed.root == nodes.Template(tuple(parts), span=HERE)
        check_places(parsed)


@pytest.mark.parametrize(
    "text",
    [
        "'{{a}}'",
        "'{{a + b}}'",
        '"{a}"',
        '"{ {a} }"',
        '"{{a"',
        '"{{a}"',
        '"a}}"',
        '"{{"',
        '"plain"',
    ],
)
def test_other_strings_stay_strings(text: str) -> None:
    parsed = parse_mapping(Source(text))
    assert parsed.diagnostics == ()
    assert isinstance(parsed.root, nodes.String)
    assert parsed.root.value == text[1:-1]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ('"x {{a + b}} y"', ["{{a + b}}"]),
        ('"{{}}"', ["{{}}"]),
        ('"{{ }}"', ["{{ }}"]),
        ('"{{a b}}"', ["{{a b}}"]),
        ('"{{upper(a)}}"', ["{{upper(a)}}"]),
        ('"{{.a}} {{a.}} {{1}}"', ["{{.a}}", "{{a.}}", "{{1}}"]),
        ('"{{$a}}"', ["{{$a}}"]),
        ('"{{a}} {{#if b}} {{c}}"', ["{{#if b}}"]),
        ("f(\"{{'a'}}\")", ["{{'a'}}"]),
    ],
)
def test_what_is_no_path_in_double_braces_is_marked_and_stays_text(
    text: str, marked: list[str]
) -> None:
    assert findings(text, "mapping") == [(Code.BAD_TEMPLATE, each) for each in marked]
    parsed = parse_mapping(Source(text))
    for finding in parsed.diagnostics:
        check_wording(finding)
    texts = [
        part
        for node in all_nodes(parsed.root)
        for part in (
            node.parts
            if isinstance(node, nodes.Template)
            else [node.value]
            if isinstance(node, nodes.String)
            else []
        )
        if isinstance(part, str)
    ]
    assert all(any(each in part for part in texts) for each in marked)


@pytest.mark.parametrize(
    "text",
    [
        '{ a: "{{b}}" }',
        '{ a: { b: ["{{c}}"] } }',
        'f("{{a}}")',
        'f(x: "{{a}}")',
        '!("{{a}}" = b)',
        'a and "{{b}}"',
        'a or "{{b}}"',
        'a ?? "{{b}}"',
        'if "{{a}}" then b',
        'if a then "{{b}}"',
        'if a then b else "{{c}}"',
        'each a { b: "{{c}}" }',
        'each "{{a}}" { b }',
    ],
)
def test_templates_are_read_wherever_a_mapping_holds_a_string(text: str) -> None:
    parsed = parse_mapping(Source(text))
    assert parsed.diagnostics == ()
    templates = [
        each for each in all_nodes(parsed.root) if isinstance(each, nodes.Template)
    ]
    (template,) = templates
    assert parsed.source.slice(template.span)[:3] == '"{{'
    check_places(parsed)


def test_the_braces_of_liquid_are_its_own() -> None:
    parsed = parse_mapping(Source('{ a: liquid("{{ b | upcase }}"), c: "{{d}}" }'))
    assert parsed.diagnostics == ()
    assert nodes.String("{{ b | upcase }}", span=HERE) in all_nodes(parsed.root)


def test_in_a_condition_braces_are_text() -> None:
    tree = parse_expression(Source('"{{a + b}}"')).root
    assert tree == nodes.String("{{a + b}}", span=HERE)


def test_in_a_program_only_bodies_of_mappings_hold_templates() -> None:
    parsed = parse_program(
        Source(
            'source a { b: "{{c}}" } destination d: e { settings { f: "{{g}}" } '
            'filter "{{h}}" when i = "{{j}}" { drop_properties "{{k}}" [l] } '
            'mapping "{{m}}" when n = "{{o}}" send p { q: "{{r}}", "{{s}}": t } }'
        )
    )
    assert parsed.diagnostics == ()
    templates = [
        each for each in all_nodes(parsed.root) if isinstance(each, nodes.Template)
    ]
    assert templates == [nodes.Template((path("r"),), span=HERE)]


def test_mistakes_in_templates_of_a_program_are_found() -> None:
    text = (
        'destination a: b { mapping "c" when d send e { f: "{{g h}}" }\n'
        'mapping "i" when j = "{{k l}}" send m { n: "{{o p}}" } }'
    )
    expected = [(Code.BAD_TEMPLATE, "{{g h}}"), (Code.BAD_TEMPLATE, "{{o p}}")]
    assert findings(text, "program") == expected


@pytest.mark.parametrize("inner", [" ", "\\ ", "a ", "{{ ", "{{a}} "])
def test_long_strings_with_braces_are_read_in_a_moment(inner: str) -> None:
    text = '"{{' + inner * (60_000 // len(inner)) + '"'
    assert isinstance(parse_mapping(Source(text)).root, nodes.String | nodes.Template)
