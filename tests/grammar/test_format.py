"""Formatting keeps what a text means, and does so once and for all."""

from __future__ import annotations

from dataclasses import fields, replace
from math import inf, nan
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.grammar import nodes
from fql.grammar.diagnostics import FqlError
from fql.grammar.format import (
    format_expression,
    format_mapping,
    format_program,
    write,
)
from fql.grammar.languages import Language, words
from fql.grammar.layout import lines
from fql.grammar.limits import MAX_TEXT
from fql.grammar.outline import pieces_of
from fql.grammar.parse import parse_expression, parse_mapping, parse_program
from fql.grammar.source import Source, Span
from tests.grammar.strategies import (
    NOWHERE,
    comments_of,
    nodes_under,
    parse,
    texts,
    trees,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.grammar.breaks import Written
    from fql.grammar.nodes import Expr
    from fql.grammar.parse import Parsed

LANGUAGES: tuple[Language, ...] = ("fql", "mapping", "program")
GOLDEN = Path(__file__).parent / "format"
WRITTEN = sorted(
    file for file in GOLDEN.glob("*/*.fql") if not file.stem.endswith(".formatted")
)

each_language = pytest.mark.parametrize("language", LANGUAGES)


def formatted(language: Language, text: str) -> str:
    """Return *text*, in *language*, formatted."""
    source = Source(text)
    match language:
        case "fql":
            return format_expression(parse_expression(source))
        case "mapping":
            return format_mapping(parse_mapping(source))
        case "program":
            return format_program(parse_program(source))


def path(*segments: str) -> nodes.Path:
    return nodes.Path(segments, span=NOWHERE)


def exact_values(root: nodes.Node) -> list[tuple[type, str]]:
    """Return what equality of trees does not tell apart: kinds of numbers, quotes."""
    found: list[tuple[type, str]] = []
    for node in nodes_under(root):
        if isinstance(node, nodes.Number):
            found.append((type(node.value), repr(node.value)))
        elif isinstance(node, nodes.String) and "{{" in node.value:
            found.append((str, node.quote))
    return found


def own_spans(root: nodes.Node) -> list[Span]:
    """Return where texts stand that may have blanks of their own."""
    found: list[Span] = []
    for node in nodes_under(root):
        match node:
            case nodes.Member():
                found.append(node.key_span)
            case nodes.DropProperties() | nodes.AllowProperties():
                found.append(node.target_span)
            case nodes.String() | nodes.Template() | nodes.Name():
                found.append(node.span)
            case nodes.Path() | nodes.EventPath():
                found.append(node.span)
            case _:
                pass
    return found


def without_groups(root: nodes.Node) -> Any:
    """Return *root* with what is in its groups in their place."""
    while isinstance(root, nodes.Group):
        root = root.inner
    changes: dict[str, Any] = {}
    for each in fields(root):
        value = getattr(root, each.name)
        if isinstance(value, nodes.Node):
            changes[each.name] = without_groups(value)
        elif isinstance(value, tuple) and not isinstance(value, Span):
            changes[each.name] = tuple(
                without_groups(item) if isinstance(item, nodes.Node) else item
                for item in value
            )
    return replace(root, **changes)


# --- laws ----------------------------------------------------------------------------


@each_language
@settings(max_examples=80)
@given(data=st.data())
def test_a_tree_reads_back_from_what_is_written(
    language: Language, data: st.DataObject
) -> None:
    """parse(write(tree)) == tree."""
    tree = data.draw(trees(language))
    text = write(tree, language=language)
    parsed = parse(language, text)
    assert parsed.diagnostics == ()
    assert parsed.root == tree
    assert exact_values(parsed.root) == exact_values(tree)


@each_language
@settings(max_examples=80)
@given(data=st.data())
def test_formatting_keeps_the_tree_and_the_comments(
    language: Language, data: st.DataObject
) -> None:
    """parse(format(text)) has the tree and the comments of parse(text)."""
    text = data.draw(texts(language))
    before = parse(language, text)
    after = parse(language, formatted(language, text))
    assert after.diagnostics == ()
    assert after.root == before.root
    assert exact_values(after.root) == exact_values(before.root)
    assert comments_of(after) == comments_of(before)


@each_language
@settings(max_examples=80)
@given(data=st.data())
def test_formatting_again_changes_nothing(
    language: Language, data: st.DataObject
) -> None:
    """format(format(text)) == format(text)."""
    once = formatted(language, data.draw(texts(language)))
    assert formatted(language, once) == once


@each_language
@settings(max_examples=60)
@given(data=st.data())
def test_a_line_ends_with_blanks_only_inside_a_string_or_after_an_escape(
    language: Language, data: st.DataObject
) -> None:
    """Layout leaves no blanks at the end of a line."""
    once = formatted(language, data.draw(texts(language)))
    own = own_spans(parse(language, once).root)
    end = -1
    for line in once.split("\n"):
        end += len(line) + 1
        if line != line.rstrip():
            assert any(span.start < end <= span.end for span in own)


@each_language
@settings(max_examples=40)
@given(data=st.data())
def test_one_line_end_ends_what_is_more_than_a_line_of_a_condition(
    language: Language, data: st.DataObject
) -> None:
    once = formatted(language, data.draw(texts(language)))
    last = max((span.end for span in own_spans(parse(language, once).root)), default=0)
    if language == "fql" and "\n" not in once:
        assert once.strip()
    else:
        assert once.endswith("\n")
        assert last == len(once) - 1 or not once.endswith("\n\n")


@each_language
@settings(max_examples=60)
@given(data=st.data())
def test_parentheses_that_a_made_tree_lacks_are_put_in(
    language: Language, data: st.DataObject
) -> None:
    """parse(write(tree without groups)) is that tree, but for groups."""
    bare = without_groups(data.draw(trees(language)))
    parsed = parse(language, write(bare, language=language))
    assert parsed.diagnostics == ()
    assert without_groups(parsed.root) == bare


# --- examples ------------------------------------------------------------------------

_LANGUAGE_OF: dict[str, Language] = {
    "expression": "fql",
    "mapping": "mapping",
    "program": "program",
}


@pytest.mark.parametrize(
    "file", WRITTEN, ids=lambda file: f"{file.parent.name}/{file.stem}"
)
def test_a_text_is_formatted_like_its_example(
    file: Path, request: pytest.FixtureRequest
) -> None:
    actual = formatted(_LANGUAGE_OF[file.parent.name], file.read_text("utf-8"))
    expected = file.with_suffix(".formatted.fql")
    if request.config.getoption("--update-golden", default=False):
        expected.write_text(actual, "utf-8")
    assert actual == expected.read_text("utf-8")


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fql", "all", "all"),
        ("fql", r"\all", r"\all"),
        ("fql", "(all)", "(all)"),
        ("fql", r"\if = then", "if = then"),
        ("mapping", r"\if", "\\if\n"),
        ("mapping", "all", "all\n"),
        ("mapping", "if.a ?? each.b", "if.a ?? each.b\n"),
        (
            "fql",
            r"\and.b or \not or not.b or a.and",
            r"\and.b or \not or not.b or a.and",
        ),
        ("fql", r"\a\-b.\-c.d-e.\1 = \1", r"a-b.\-c.d-e.1 = \1"),
        ("fql", "a[0].b[12]", "a.0.b.12"),
        ("fql", r"product\ 1.a\.b", r"product\ 1.a\.b"),
        ("fql", "a in[1,+2,-0,1.0,1e3,0.1e-6]", "a in [1, 2, 0, 1.0, 1000.0, 1e-7]"),
        ("fql", "! ! a and!(b)", "!!a and !(b)"),
        ("fql", "((a))", "((a))"),
        ("fql", "TRUE Or NULL = False", "true or null = false"),
        ("fql", "a = 'x'", 'a = "x"'),
        ("fql", """a = 'say "x"'""", """a = 'say "x"'"""),
        ("fql", r"""a = '\'"'""", r"""a = "'\"" """.strip()),
        ("fql", r'match(a, "x\*\\\*")', r'match(a, "x\*\\\*")'),
        ("fql", r'a = "\\x\\"', r'a = "\x\\"'),
        ("mapping", "'{{a}}'", "'{{a}}'\n"),
        ("mapping", "'{a}'", '"{a}"\n'),
        ("mapping", '"{{ a }}"', '"{{a}}"\n'),
        ("mapping", r'"{{a\\\}}"', '"{{a' + "\\" * 3 + '}}"\n'),
        ("mapping", r'"\\{{a}}\""', r'"\\{{a}}\""' + "\n"),
        ("mapping", "{a:a,b:b.b}", "{ a, b: b.b }\n"),
        ("mapping", "{and:\\and}", "{ and: \\and }\n"),
        ("program", "  # nothing\n\n", "# nothing\n"),
        ("program", "", ""),
    ],
)
def test_small_parts_have_one_spelling(
    language: Language, text: str, expected: str
) -> None:
    assert formatted(language, text) == expected


# --- words ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fql", "mapping"])
@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_every_word_of_a_language_can_be_a_field(
    language: Language, change: Callable[[str], str]
) -> None:
    for word in map(change, words(language).values()):
        for tree in (path(word), path(word, "a"), path("a", word)):
            assert parse(language, write(tree, language=language)).root == tree


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_every_word_can_be_a_name_a_key_and_a_property_of_a_program(
    change: Callable[[str], str],
) -> None:
    for word in map(change, words("program").values()):
        name = nodes.Name(word, span=NOWHERE)
        members = tuple(
            nodes.Member(key, path(value), key_span=NOWHERE, span=NOWHERE)
            for key, value in [("a", "b"), (word, word), ("c", word), (word, "d")]
        )
        body = nodes.Object(members, span=NOWHERE)
        action = nodes.DropProperties(
            (word,), (name, name), target_span=NOWHERE, span=NOWHERE
        )
        tree = nodes.DestinationDeclaration(
            name,
            name,
            (name, name),
            (body,),
            (nodes.FilterDeclaration(name, path(word), (action,), True, span=NOWHERE),),
            (
                nodes.MappingDeclaration(
                    name, path(word), name, body, True, span=NOWHERE
                ),
            ),
            is_enabled=True,
            span=NOWHERE,
        )
        program = nodes.Program((tree,), span=NOWHERE)
        text = write(program)
        assert parse("program", text).root == program
        assert parse("program", formatted("program", text)).root == program


# --- what cannot be written ----------------------------------------------------------


def test_a_text_with_errors_is_not_formatted() -> None:
    source = Source("a == 1")
    with pytest.raises(FqlError, match="FQL102"):
        format_expression(parse_expression(source))
    with pytest.raises(FqlError):
        format_mapping(parse_mapping(Source("{ a: }")))
    with pytest.raises(FqlError):
        format_program(parse_program(Source("destination {}")))


def test_a_text_with_warnings_is_formatted() -> None:
    parsed = parse_expression(Source("a AND b"))
    assert len(parsed.diagnostics) == 1
    assert format_expression(parsed) == "a and b"


@pytest.mark.parametrize(
    "tree",
    [
        nodes.Invalid(span=NOWHERE),
        path("a", ""),
        nodes.Path((), span=NOWHERE),
        nodes.EventPath(("",), span=NOWHERE),
        nodes.Number(inf, span=NOWHERE),
        nodes.Number(nan, span=NOWHERE),
        nodes.SourceDeclaration(
            nodes.Name("", span=NOWHERE),
            nodes.Object((), span=NOWHERE),
            span=NOWHERE,
        ),
        nodes.DropProperties(("",), (), target_span=NOWHERE, span=NOWHERE),
        nodes.DropProperties(("a.b", ""), (), target_span=NOWHERE, span=NOWHERE),
    ],
)
def test_what_no_text_means_is_not_written(tree: Written) -> None:
    with pytest.raises(ValueError, match=r"cannot be written|no text means"):
        write(tree)


# --- comments ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a # b", "a  # b"),
        ("a #b\n", "a  # b"),
        ("a\n#", "a\n#\n"),
        ("# a\r\nb\r\n", "# a\nb\n"),
        ("a = # b\n1", "# b\na = 1\n"),
        ("a and # b\nc", "a  # b\n  and c\n"),
        ("a # b\nand # c\nd", "a  # b\n  # c\n  and d\n"),
        ("f(a # b\n) # c\n = 1", "f(\n  a  # b\n  # c\n) = 1\n"),
        ("( # a\nb)", "(  # a\n  b\n)\n"),
        ("!# a\nb", "# a\n!b\n"),
        ("a\n\n\n# b\n\n# c", "a\n\n# b\n\n# c\n"),
    ],
)
def test_a_comment_stays_as_near_as_a_line_can_end(text: str, expected: str) -> None:
    assert formatted("fql", text) == expected


# --- length and depth ----------------------------------------------------------------


def timed(function: Callable[[], object]) -> float:
    start = process_time()
    function()
    return process_time() - start


def laid_out(language: Language, parsed: Parsed[Expr] | Parsed[nodes.Program]) -> str:
    pieces = pieces_of(parsed.root, language, parsed.source)
    return lines(pieces, parsed.source, parsed.comments)


def called_from(depth: int, function: Callable[[], str]) -> str:
    """Call *function* from as many frames deeper."""
    return function() if not depth else called_from(depth - 1, function)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fql", "(" * 199 + "a" + ")" * 199),
        ("fql", "(a or b and c = " * 74 + "d" + ")" * 74),
        ("fql", "!" * 200 + "a"),
        ("fql", "f([" * 99 + "a" + "])" * 99),
        ("mapping", "{a: [" * 99 + "b" + "], c: d}" * 99),
        ("mapping", "if a then " * 200 + "b" + " else c" * 200),
        ("mapping", "if a then b else " * 200 + "c"),
        ("mapping", "each " * 190 + "a" + " {}" * 190),
    ],
    ids=lambda value: value[:18],
)
def test_a_deep_tree_is_formatted_from_deep_inside_a_caller(
    language: Language, text: str
) -> None:
    once = called_from(200, lambda: formatted(language, text))
    assert called_from(200, lambda: formatted(language, once)) == once


def test_a_tree_may_be_deeper_than_any_text() -> None:
    tree: Expr = path("a")
    for _ in range(100_000):
        tree = nodes.Not(nodes.Group(tree, span=NOWHERE), span=NOWHERE)
    assert write(tree) == "!(" * 100_000 + "a" + ")" * 100_000


def test_a_text_stays_short_enough_to_be_read() -> None:
    text = "a in [" + ", ".join(["100"] * 10_000) + "]"
    assert len(text) < MAX_TEXT < len(text) + 20_000
    assert formatted("fql", text) == text


def test_a_text_that_would_grow_too_long_is_left_as_it_is() -> None:
    text = "a in [" + ",".join(["10000"] * 10_000) + "]"
    assert len(text) < MAX_TEXT < len(text) + 10_000
    assert formatted("fql", text) == text


@pytest.mark.parametrize(
    ("language", "part", "start", "end"),
    [
        ("fql", "a = 1 and ", "", "b"),
        ("fql", "f(a, # b\n1), ", "a in [", "b]"),
        ("mapping", "a: b # c\n# d\n", "{", "}"),
        ("program", "source a { b: c, # d\n e: f }\n", "", ""),
    ],
)
def test_time_is_in_proportion_to_length(
    language: Language, part: str, start: str, end: str
) -> None:
    def seconds(times: int) -> float:
        parsed = parse(language, start + part * times + end)
        return min(timed(lambda: laid_out(language, parsed)) for _ in range(3))

    assert seconds(1600) < 16 * 3 * seconds(100)
