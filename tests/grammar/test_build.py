"""From reductions to nodes: what programs and mappings become."""

from __future__ import annotations

import pytest

from fql.grammar import nodes
from fql.grammar.build import Builder, read_number, read_path, read_string
from fql.grammar.parse import parse_mapping, parse_program
from fql.grammar.source import Source, Span

HERE = Span(0, 0)


def name(text: str) -> nodes.Name:
    return nodes.Name(text, span=HERE)


def path(*segments: str) -> nodes.Path:
    return nodes.Path(segments, span=HERE)


def member(key: str, value: nodes.Expr) -> nodes.Member:
    return nodes.Member(key, value, key_span=HERE, span=HERE)


def body(*members: nodes.Member) -> nodes.Object:
    return nodes.Object(members, span=HERE)


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("a", ("a",)),
        ("a.b.c", ("a", "b", "c")),
        ("a[0].b[12]", ("a", "0", "b", "12")),
        (r"a\.b", ("a.b",)),
        (r"\[0\]", ("[0]",)),
        (r"a\\.b", ("a\\", "b")),
        (r"a\\ b", ("a b",)),
        (r"a\\\ b", ("a\\ b",)),
        ("a\\\nb", ("a\nb",)),
    ],
)
def test_a_path_is_read_with_its_escapes(text: str, segments: tuple[str, ...]) -> None:
    assert read_path(text) == segments


def test_literals_are_read_by_themselves() -> None:
    assert read_string(r"'it\'s \"x\" \\ \n'") == r"it's \"x\" \ \n"
    assert (read_number("-007"), read_number("1e2")) == (-7, 100.0)
    assert isinstance(read_number("10.0"), float)


def test_a_builder_knows_aliases_of_imported_grammars_and_no_others() -> None:
    builder = Builder()
    assert builder.mapping__fql__path == builder.path
    with pytest.raises(AttributeError):
        _ = builder.mapping__fql__nothing
    with pytest.raises(AttributeError):
        _ = builder.nothing


def test_a_mapping_is_read_as_written() -> None:
    tree = parse_mapping(
        Source(
            "{ a, 'b c': $.d ?? 1, e: each f { g: if h then [] else $ }, i: j(k: l) }"
        )
    ).root
    assert tree == body(
        member("a", path("a")),
        member(
            "b c",
            nodes.Coalesce(
                (nodes.EventPath(("d",), span=HERE), nodes.Number(1, span=HERE)),
                span=HERE,
            ),
        ),
        member(
            "e",
            nodes.Each(
                path("f"),
                body(
                    member(
                        "g",
                        nodes.If(
                            path("h"),
                            nodes.ListLiteral((), span=HERE),
                            nodes.EventPath((), span=HERE),
                            span=HERE,
                        ),
                    )
                ),
                span=HERE,
            ),
        ),
        member(
            "i",
            nodes.Call(
                "j",
                (),
                (nodes.Option("k", path("l"), span=HERE),),
                name_span=HERE,
                span=HERE,
            ),
        ),
    )


def test_a_program_is_read_as_written() -> None:
    text = """\
workspace { plan: free }
source web { key: env("K") }
disabled destination crm: hook from web, app {
  settings { a: 1 }
  delivery { b }
  filter "one" when all { drop }
  disabled filter "two" when b {
    sample 0.5 by c.d
    sample 1
    drop_properties e.f [g, "h i", j.k]
    allow_properties "" [l]
    allow_properties "m.n" [o]
  }
  mapping "three" when p send q { r }
  disabled mapping "four" when all send s {}
}
destination empty: hook {}
"""
    one, two = (nodes.Number(value, span=HERE) for value in (0.5, 1))
    assert parse_program(Source(text)).root == nodes.Program(
        (
            nodes.WorkspaceDeclaration(body(member("plan", path("free"))), span=HERE),
            nodes.SourceDeclaration(
                name("web"),
                body(
                    member(
                        "key",
                        nodes.Call(
                            "env",
                            (nodes.String("K", span=HERE),),
                            name_span=HERE,
                            span=HERE,
                        ),
                    )
                ),
                span=HERE,
            ),
            nodes.DestinationDeclaration(
                name("crm"),
                name("hook"),
                (name("web"), name("app")),
                (body(member("a", nodes.Number(1, span=HERE))),),
                (
                    nodes.FilterDeclaration(
                        name("one"),
                        nodes.Everything(span=HERE),
                        (nodes.Drop(span=HERE),),
                        is_enabled=True,
                        span=HERE,
                    ),
                    nodes.FilterDeclaration(
                        name("two"),
                        path("b"),
                        (
                            nodes.Sample(one, path("c", "d"), span=HERE),
                            nodes.Sample(two, None, span=HERE),
                            nodes.DropProperties(
                                ("e", "f"),
                                (name("g"), name("h i"), name("j.k")),
                                target_span=HERE,
                                span=HERE,
                            ),
                            nodes.AllowProperties(
                                (), (name("l"),), target_span=HERE, span=HERE
                            ),
                            nodes.AllowProperties(
                                ("m", "n"), (name("o"),), target_span=HERE, span=HERE
                            ),
                        ),
                        is_enabled=False,
                        span=HERE,
                    ),
                ),
                (
                    nodes.MappingDeclaration(
                        name("three"),
                        path("p"),
                        name("q"),
                        body(member("r", path("r"))),
                        is_enabled=True,
                        span=HERE,
                    ),
                    nodes.MappingDeclaration(
                        name("four"),
                        nodes.Everything(span=HERE),
                        name("s"),
                        body(),
                        is_enabled=False,
                        span=HERE,
                    ),
                ),
                is_enabled=False,
                delivery=(
                    nodes.DeliveryDeclaration(body(member("b", path("b"))), span=HERE),
                ),
                span=HERE,
            ),
            nodes.DestinationDeclaration(
                name("empty"), name("hook"), (), (), (), (), is_enabled=True, span=HERE
            ),
        ),
        span=HERE,
    )


@pytest.mark.parametrize(
    ("written", "interval"),
    [
        ("", None),
        (
            " every 1.5 h",
            nodes.Interval(nodes.Number(1.5, span=HERE), name("h"), span=HERE),
        ),
    ],
)
@pytest.mark.parametrize(
    ("place", "origin"),
    [
        ('"plans.csv"', name("plans.csv")),
        (
            'table "p" in env("DB")',
            nodes.DatabaseTable(
                name("p"),
                nodes.Call(
                    "env",
                    (nodes.String("DB", span=HERE),),
                    name_span=HERE,
                    span=HERE,
                ),
                span=HERE,
            ),
        ),
    ],
)
def test_enrichments_are_read_as_written(
    place: str,
    origin: nodes.Name | nodes.DatabaseTable,
    written: str,
    interval: nodes.Interval | None,
) -> None:
    text = f'enrich plan from {place} on "the id" = a.b{written}'
    expected = nodes.EnrichDeclaration(
        name("plan"), origin, name("the id"), path("a", "b"), interval, span=HERE
    )
    parsed = parse_program(Source(text))
    assert parsed.diagnostics == ()
    assert parsed.root.declarations == (expected,)
    assert parsed.root.declarations[0].span == (0, len(text))


@pytest.mark.parametrize("text", ["", "  \n", "# nothing\n"])
def test_an_empty_program_is_a_program(text: str) -> None:
    parsed = parse_program(Source(text))
    assert parsed.diagnostics == ()
    assert parsed.root.declarations == ()
    assert parsed.root.span == (0, len(text))


def test_members_and_options_know_the_places_of_their_names() -> None:
    tree = parse_mapping(Source("{ ab: c, 'd e' : f(g : h) }")).root
    assert isinstance(tree, nodes.Object)
    first, second = tree.members
    assert (first.key_span, first.span) == ((2, 4), (2, 7))
    assert (second.key_span, second.span) == ((9, 14), (9, 25))
    call = second.value
    assert isinstance(call, nodes.Call)
    assert call.options[0].span == (19, 24)


def test_properties_know_the_place_of_their_target() -> None:
    text = 'destination a: b { filter "c" when d { drop_properties e.f [g] } }'
    (destination,) = parse_program(Source(text)).root.declarations
    assert isinstance(destination, nodes.DestinationDeclaration)
    (action,) = destination.filters[0].actions
    assert isinstance(action, nodes.DropProperties)
    assert text[slice(*action.target_span)] == "e.f"
    assert text[slice(*action.span)] == "drop_properties e.f [g]"
