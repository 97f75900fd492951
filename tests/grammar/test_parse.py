"""From text to tree: the words of the language, precedence, and laws for any text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.grammar import nodes
from fql.grammar.diagnostics import Code, Severity, has_errors
from fql.grammar.edits import apply_edits
from fql.grammar.parse import parse_expression, parse_mapping
from fql.grammar.source import Source, Span
from tests.grammar.reading import (
    LANGUAGES,
    SAMPLES,
    all_nodes,
    broken_texts,
    check_places,
    check_wording,
    fixed,
    is_whole,
    shape,
)
from tests.grammar.strategies import comments_of, parse, texts

if TYPE_CHECKING:
    from fql.grammar.languages import Language
    from fql.grammar.nodes import Expr

IN_EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


# --- laws for any text -------------------------------------------------------------


@IN_EVERY_LANGUAGE
@settings(max_examples=150)
@given(data=st.data())
def test_any_text_gives_a_tree_and_findings(
    language: Language, data: st.DataObject
) -> None:
    """No text makes reading fail, and whatever is said of it is said properly."""
    parsed = parse(language, data.draw(broken_texts(language)))
    check_places(parsed)
    for finding in parsed.diagnostics:
        check_wording(finding)


@IN_EVERY_LANGUAGE
@settings(max_examples=150)
@given(data=st.data())
def test_a_part_is_invalid_only_where_something_was_found(
    language: Language, data: st.DataObject
) -> None:
    """No findings, no holes; a hole has an error."""
    parsed = parse(language, data.draw(broken_texts(language)))
    assert is_whole(parsed.root) or has_errors(parsed.diagnostics)


@IN_EVERY_LANGUAGE
@settings(max_examples=150)
@given(data=st.data())
def test_fixes_come_to_an_end(language: Language, data: st.DataObject) -> None:
    """Applying all fixes again and again leaves a text without any."""
    text = data.draw(broken_texts(language))
    for _ in range(100):
        after = fixed(text, language)
        if after == text:
            return
        text = after
    raise AssertionError(text)


@IN_EVERY_LANGUAGE
@settings(max_examples=150)
@given(data=st.data())
def test_what_has_a_fix_is_read_as_the_fix_has_it(
    language: Language, data: st.DataObject
) -> None:
    """Where every finding has a fix that leaves none, both texts mean the same."""
    parsed = parse(language, data.draw(broken_texts(language)))
    if not all(finding.edits for finding in parsed.diagnostics):
        return
    mended = parse(language, apply_edits(parsed.source.text, parsed.diagnostics))
    if is_whole(parsed.root) and not mended.diagnostics:
        assert parsed.root == mended.root


# --- laws for texts without mistakes -----------------------------------------------


@IN_EVERY_LANGUAGE
@settings(max_examples=40)
@given(data=st.data())
def test_a_right_text_is_read_without_a_finding(
    language: Language, data: st.DataObject
) -> None:
    """What the grammar allows is read in silence, whole, and in its place."""
    parsed = parse(language, data.draw(texts(language)))
    assert not has_errors(parsed.diagnostics)
    assert is_whole(parsed.root)
    check_places(parsed)


@IN_EVERY_LANGUAGE
@settings(max_examples=40)
@given(data=st.data())
def test_a_span_holds_what_reads_as_the_same_node(
    language: Language, data: st.DataObject
) -> None:
    """A leaf's place, cut out and read by itself, gives the leaf."""
    parsed = parse(language, data.draw(texts(language)))
    for node in all_nodes(parsed.root):
        text = parsed.source.slice(node.span)
        if isinstance(node, nodes.String | nodes.Number | nodes.Path) and text != "all":
            assert parse_expression(Source(text)).root == node


@IN_EVERY_LANGUAGE
@settings(max_examples=40)
@given(data=st.data())
def test_comments_are_kept_as_they_stand(
    language: Language, data: st.DataObject
) -> None:
    """Every ``#`` outside of strings and names begins a comment, to the line's end."""
    parsed = parse(language, data.draw(texts(language)))
    begun = re.finditer(
        r"""\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|#([^\n]*)""",
        parsed.source.text,
    )
    expected = [each[1].strip() for each in begun if each[1] is not None]
    assert comments_of(parsed) == expected


@IN_EVERY_LANGUAGE
def test_the_samples_are_right(language: Language) -> None:
    for text in SAMPLES[language]:
        assert not has_errors(parse(language, text).diagnostics), text


# --- words of the language ---------------------------------------------------------


def root(text: str) -> Expr:
    """Return the tree of a condition without mistakes."""
    parsed = parse_expression(Source(text))
    assert parsed.diagnostics == ()
    return parsed.root


def path(*segments: str) -> nodes.Path:
    return nodes.Path(segments, span=Span(0, 0))


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("a", ("a",)),
        ("_a", ("_a",)),
        ("a-b_1", ("a-b_1",)),
        ("Größe.名前", ("Größe", "名前")),
        ("ªº", ("ªº",)),
        ("properties.0", ("properties", "0")),
        ("properties.007", ("properties", "007")),
        ("properties.and", ("properties", "and")),
        ("properties.NOT.in.true", ("properties", "NOT", "in", "true")),
        ("properties.9lives", ("properties", "9lives")),
        ("properties._", ("properties", "_")),
        ("a[0]", ("a", "0")),
        ("a[0][12].b", ("a", "0", "12", "b")),
        ("a.b[3].c", ("a", "b", "3", "c")),
        (r"properties.product\ 1.price", ("properties", "product 1", "price")),
        (r"a\.b", ("a.b",)),
        (r"\$a", ("$a",)),
        (r"\1", ("1",)),
        (r"a.\-b", ("a", "-b")),
        (r"a\\", ("a\\",)),
        (r"a\\.b", ("a\\", "b")),
        (r"a\[0\]", ("a[0]",)),
        (r"\and", ("and",)),
        (r"a\"b", ('a"b',)),
        ("a\\\nb", ("a\nb",)),
        ("android", ("android",)),
        ("inn", ("inn",)),
        ("order-and", ("order-and",)),
        ("true1", ("true1",)),
        ("nulls", ("nulls",)),
        ("not_", ("not_",)),
        ("not.a", ("not", "a")),
        ("\u0131n", ("\u0131n",)),
        ("fal\u017fe", ("fal\u017fe",)),
        ("if", ("if",)),
        ("each.then", ("each", "then")),
        ("\u00b2", ("\u00b2",)),
    ],
)
def test_a_path_is_read_segment_by_segment(
    text: str, segments: tuple[str, ...]
) -> None:
    assert root(text) == path(*segments)


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        (r"properties.product\\ 1", ("properties", "product 1")),
        (r"product\\ name.a", ("product name", "a")),
        (r"\\ 1", (" 1",)),
        (r"a\\\ b", (r"a\ b",)),
        (r"a\\	b", ("a	b",)),
    ],
)
def test_a_blank_may_be_escaped_twice(text: str, segments: tuple[str, ...]) -> None:
    assert root(text) == path(*segments)
    assert parse_mapping(Source(text)).root == path(*segments)


@pytest.mark.parametrize("rest", ["and b", "or b", "in [1]", "= 1", "!= b"])
def test_a_key_may_end_with_a_backslash(rest: str) -> None:
    left = path("a\\")
    assert next(iter(all_nodes(root("a\\\\ " + rest)))) != left
    assert left in list(all_nodes(root("a\\\\ " + rest)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('""', ""),
        ("''", ""),
        ('"it\'s"', "it's"),
        ("'say \"hi\"'", 'say "hi"'),
        (r'"say \"hi\""', 'say "hi"'),
        (r"'it\'s'", "it's"),
        (r'"a\\"', "a\\"),
        (r'"a\\\""', 'a\\"'),
        (r'"a\*b\n\'"', r"a\*b\n\'"),
        ('"a\nb"', "a\nb"),
        ('"a\r\nb"', "a\r\nb"),
        ('"# no comment"', "# no comment"),
        ('"{{a}}"', "{{a}}"),
        ("'\U0001f600\x00'", "\U0001f600\x00"),
        ('"\u201cx\u201d"', "\u201cx\u201d"),
    ],
)
def test_a_string_is_read_with_its_escapes(text: str, value: str) -> None:
    tree = root(text)
    assert isinstance(tree, nodes.String)
    assert (tree.value, tree.quote) == (value, text[0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-0", 0),
        ("007", 7),
        ("+5", 5),
        ("-12", -12),
        ("1.5", 1.5),
        ("-0.25", -0.25),
        ("1e3", 1000.0),
        ("1E+3", 1000.0),
        ("2.5e-1", 0.25),
        ("1e-999", 0.0),
        ("12345678901234567890123", 12345678901234567890123),
    ],
)
def test_a_number_is_an_int_unless_it_says_otherwise(
    text: str, value: int | float
) -> None:
    tree = root(text)
    assert isinstance(tree, nodes.Number)
    assert (tree.value, type(tree.value)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("true", nodes.Bool(True, span=Span(0, 4))),
        ("false", nodes.Bool(False, span=Span(0, 5))),
        ("null", nodes.Null(span=Span(0, 4))),
        ("all", nodes.Everything(span=Span(0, 3))),
        (" # every\n all # event", nodes.Everything(span=Span(10, 13))),
        ("(all)", nodes.Group(path("all"), span=Span(0, 5))),
        ("ALL", path("ALL")),
        ("[]", nodes.ListLiteral((), span=Span(0, 2))),
    ],
)
def test_words_that_are_values_are_read_as_them(text: str, tree: Expr) -> None:
    assert root(text) == tree


@pytest.mark.parametrize(
    "text", ["a AND b", "a Or b", "a iN [1]", "TRUE", "False", "a = NULL"]
)
def test_keywords_are_known_in_any_letter_case_with_a_warning(text: str) -> None:
    parsed = parse_expression(Source(text))
    (finding,) = parsed.diagnostics
    assert finding.code is Code.KEYWORD_CASE
    assert finding.severity is Severity.WARNING
    assert apply_edits(text, [finding]) == text.lower()
    assert parsed.root == root(text.lower())


@pytest.mark.parametrize(
    "text",
    [
        "a = 1 and b",
        "a\t=\n1\r\nand\rb",
        "\ufeff"[1:] + " a = 1 and b ",
        "# first\na = 1 # then\nand b # last",
        "a = 1 # a comment with 'quotes\r\nand b",
        "a\u00a0= 1\u2028and b",
    ],
)
def test_blanks_and_comments_do_not_matter(text: str) -> None:
    assert root(text) == root("a = 1 and b")


@pytest.mark.parametrize(
    ("text", "comment", "span"),
    [
        ("a # why", "why", (2, 7)),
        ("a #why \nand b", "why", (2, 7)),
        ("a #why\r\nand b", "why", (2, 6)),
        ("a #w\rhy\nand b", "w\rhy", (2, 7)),
        ("#\na", "", (0, 1)),
        ("a ## # why", "# # why", (2, 10)),
    ],
)
def test_a_comment_ends_before_the_line_does(
    text: str, comment: str, span: tuple[int, int]
) -> None:
    (found,) = parse_expression(Source(text)).comments
    assert (found.text, found.span) == (comment, span)


# --- what binds tighter ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a or b and c", "a or (b and c)"),
        ("a and b or c and d", "(a and b) or (c and d)"),
        ("!a = b", "(!a) = b"),
        ("!a and b", "(!a) and b"),
        ("!!a", "!(!(a))"),
        ("a = 1 and b in [2] or c", "((a = 1) and (b in [2])) or (c)"),
        ("!f(a) or b < c", "(!(f(a))) or (b < c)"),
    ],
)
def test_operators_bind_as_specified(text: str, same: str) -> None:
    assert shape(root(text)) == shape(root(same))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a ?? b = c", "(a ?? b) = (c)"),
        ("!a ?? b", "(!a) ?? (b)"),
        ("if a then b else c or d", "if a then b else (c or d)"),
        (
            "if a then if b then c else d",
            "if a then (if b then c else d)",
        ),
        ("each a.b { c } ?? d", "(each a.b { c }) ?? d"),
    ],
)
def test_operators_of_mappings_bind_as_specified(text: str, same: str) -> None:
    trees = [parse_mapping(Source(each)) for each in (text, same)]
    assert not any(tree.diagnostics for tree in trees)
    assert shape(trees[0].root) == shape(trees[1].root)


def test_operators_of_one_kind_make_one_node() -> None:
    tree = root("a and b and c and (d and e)")
    assert isinstance(tree, nodes.And)
    assert len(tree.operands) == 4


def test_a_call_holds_its_arguments_and_the_place_of_its_name() -> None:
    tree = root('semver( app.version, ">=", "1.2" )')
    assert isinstance(tree, nodes.Call)
    assert (tree.name, len(tree.arguments), tree.name_span) == ("semver", 3, (0, 6))


def test_a_comparison_knows_the_place_of_its_operator() -> None:
    tree = root("a   !=  b")
    assert isinstance(tree, nodes.Compare)
    assert (tree.op, tree.op_span) == (nodes.CompareOp.NE, (4, 6))
