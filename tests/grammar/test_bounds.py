"""Limits: right at each bound a text is read, one past it there is a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fql.grammar import limits, nodes
from fql.grammar.diagnostics import Code
from fql.grammar.parse import parse_expression, parse_mapping, parse_program
from fql.grammar.source import Source
from tests.grammar.reading import all_nodes, check_wording
from tests.grammar.strategies import parse

if TYPE_CHECKING:
    from fql.grammar.languages import Language


def codes(text: str, language: Language = "fql") -> list[Code]:
    return [each.code for each in parse(language, text).diagnostics]


def filled(size: int) -> str:
    """Return a right condition of *size* code points."""
    return 'a = "' + "x" * (size - 6) + '"'


# --- the text ----------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fql", "mapping"])
def test_a_text_may_have_64_kib(language: Language) -> None:
    assert limits.MAX_TEXT == 65_536
    assert codes(filled(limits.MAX_TEXT), language) == []
    assert codes(filled(limits.MAX_TEXT + 1), language) == [Code.TEXT_TOO_LONG]


def test_a_program_may_have_4_mib() -> None:
    blanks = " " * limits.MAX_PROGRAM
    assert codes(blanks, "program") == []
    assert codes(blanks + "@", "program") == [Code.TEXT_TOO_LONG]


def test_the_text_is_measured_in_code_points() -> None:
    assert codes("a = '" + "\U0001f600" * (limits.MAX_TEXT - 6) + "'") == []


def test_a_text_that_is_too_long_is_not_read() -> None:
    parsed = parse_expression(Source("a" * 1_000_000))
    (finding,) = parsed.diagnostics
    assert finding.message == (
        "the text has 1,000,000 characters; at most 65,536 are read"
    )
    assert isinstance(parsed.root, nodes.Invalid)
    assert parse_program(Source("@" * 5_000_000)).root.declarations == ()


# --- nesting -----------------------------------------------------------------------

DEEPEST: list[tuple[Language, str, str, str, int]] = [
    ("fql", "(", "a", ")", 200),
    ("fql", "[", "a", "]", 200),
    ("fql", "f(", "a", ")", 200),
    ("fql", "!", "a", "", 200),
    ("fql", "!(", "a", ")", 100),
    ("fql", "f([", "a", "])", 100),
    ("mapping", "{a: ", "b", "}", 200),
    ("mapping", "if a then ", "b", "", 200),
    ("mapping", "if a then b else ", "c", "", 200),
    ("mapping", "if ", "a", " then b", 200),
    ("mapping", "each ", "a", " {}", 199),
    ("mapping", "each a {b: ", "c", "}", 100),
    ("mapping", "({a: [", "b", "]})", 66),
]


@pytest.mark.parametrize(
    ("language", "opening", "inner", "closing", "most"),
    DEEPEST,
    ids=[each[1] for each in DEEPEST],
)
def test_brackets_and_prefixes_may_nest_200_deep(
    language: Language, opening: str, inner: str, closing: str, most: int
) -> None:
    assert limits.MAX_NESTING == 200
    right, deeper = (
        opening * count + inner + closing * count for count in (most, most + 1)
    )
    assert codes(right, language) == []
    assert codes(deeper, language) == [Code.TOO_DEEP]


@pytest.mark.parametrize(
    ("opening", "closing", "joints"),
    [("(a or ", ")", 1), ("(a or b and ", ")", 2), ("(a = b and ", ")", 2)],
)
def test_trees_may_be_220_high(opening: str, closing: str, joints: int) -> None:
    """Between two brackets there may be several nodes inside one another."""
    count = limits.MAX_HEIGHT // (joints + 1)
    assert codes(opening * count + "c" + closing * count) == []
    assert codes(opening * (count + 1) + "c" + closing * (count + 1)) == [Code.TOO_DEEP]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (" and ".join(["(((a)))"] * 1_000), "fql"),
        (" or ".join(["!!a = !!b"] * 1_000), "fql"),
        (f"[{', '.join(['!a'] * 1_000)}]", "fql"),
        ("\n".join(["{", *['"a": if b then c else d'] * 300, "}"]), "mapping"),
        ("{" + ", ".join(["a: if b then c else if d then e"] * 300) + "}", "mapping"),
        ("{" + ", ".join(["a: each b { c }"] * 300) + "}", "mapping"),
        (f"f({', '.join(['x: if a then b'] * 300)})", "mapping"),
    ],
    ids=lambda text: text[:20],
)
def test_what_stands_side_by_side_is_not_nested(text: str, language: Language) -> None:
    assert codes(text, language) == []


def test_too_deep_a_text_is_read_no_further() -> None:
    parsed = parse_expression(Source("(" * 300 + "a" + ")" * 300))
    (finding,) = parsed.diagnostics
    assert finding.span == (200, 201)
    assert isinstance(parsed.root, nodes.Invalid)
    check_wording(finding)


# --- parts -------------------------------------------------------------------------


def test_an_expression_may_have_10_000_parts() -> None:
    assert limits.MAX_NODES == 10_000
    assert codes("a and " * 9_999 + "a") == []
    assert codes("a and " * 10_000 + "a") == [Code.TOO_MANY_NODES]


@pytest.mark.parametrize(
    ("piece", "parts"),
    [("a=1", 3), ("!a", 2), ("(a)", 2), ("f(a)", 3), ("a in[1,2,3]", 3)],
)
def test_parts_are_fields_literals_operators_and_calls(piece: str, parts: int) -> None:
    count = limits.MAX_NODES // parts
    rest = limits.MAX_NODES % parts
    text = " or ".join([piece] * count + ["a"] * rest)
    if len(text) <= limits.MAX_TEXT:
        assert codes(text) == []
    if len(text) + 5 <= limits.MAX_TEXT:
        assert codes(text + " or a") == [Code.TOO_MANY_NODES]
    assert len(text) <= limits.MAX_TEXT + 5


def test_constants_in_lists_are_no_parts() -> None:
    assert codes(f"a in [{','.join(['1'] * 9_999)}]") == []


def test_every_tree_of_a_program_has_its_own_parts() -> None:
    body = "{ " + "\n".join(f"k{number}: a" for number in range(2_400)) + " }"
    sources = "\n".join(f"source s{number} {body}" for number in range(3))
    many = "\n".join(f"source t{number} {{ a: b }}" for number in range(4_000))
    assert codes(f"{sources}\n{many}", "program") == []
    filters = "\n".join(
        f'filter "f{number}" when a = 1 and !b {{ drop_properties c [d] }}'
        for number in range(2_000)
    )
    mappings = "\n".join(
        f'mapping "m{number}" when a send b {{ c: if d then e }}'
        for number in range(2_000)
    )
    text = f"destination a: b {{ settings {body}\n{filters}\n{mappings} }}"
    assert codes(text, "program") == []


def test_a_tree_of_a_program_with_too_many_parts_is_found() -> None:
    body = "{ " + "\n".join(f"k{number}: a" for number in range(6_000)) + " }"
    text = f'destination a: b {{ mapping "c" when d send e {body} }}'
    assert codes(text, "program") == [Code.TOO_MANY_NODES]


# --- lists and numbers -------------------------------------------------------------


def test_a_list_may_have_10_000_elements() -> None:
    assert limits.MAX_LIST == 10_000
    assert codes(f"[{','.join('1' * 10_000)}]") == []
    assert codes(f"[{','.join('1' * 10_001)}]") == [Code.LIST_TOO_LONG]


def test_lists_are_counted_one_by_one() -> None:
    ten = ",".join("1" * 10)
    assert codes(f"[{','.join([f'[{ten}]'] * 2_000)}]") == []


def test_arguments_are_no_list() -> None:
    assert codes(f"f({','.join(['1'] * 9_990)})") == []


@pytest.mark.parametrize("sign", ["", "-", "+"])
def test_an_integer_may_have_400_digits(sign: str) -> None:
    most = sign + "9" * limits.MAX_DIGITS
    tree = parse_expression(Source(most)).root
    assert isinstance(tree, nodes.Number)
    assert tree.value == int(most)
    assert codes(most + "9") == [Code.NUMBER_TOO_LONG]


def test_a_number_that_is_too_long_is_found_once_and_reading_goes_on() -> None:
    text = "a = " + "9" * 401 + " b == 1"
    assert codes(text) == [
        Code.NUMBER_TOO_LONG,
        Code.MISSING_OPERATOR,
        Code.DOUBLE_EQUALS,
    ]


def test_a_fraction_may_have_any_number_of_digits() -> None:
    tree = parse_expression(Source("0." + "1" * 5_000)).root
    assert isinstance(tree, nodes.Number)
    assert tree.value == 1 / 9


@pytest.mark.parametrize("text", ["1.7e308", "-1.7976931348623157e308", "1e-400"])
def test_a_number_may_be_as_large_as_a_double(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize("text", ["1e309", "-1E+999", "9" * 350 + ".0", "1e999999999"])
def test_no_number_is_infinite(text: str) -> None:
    parsed = parse_expression(Source(text))
    (finding,) = parsed.diagnostics
    assert finding.code is Code.BAD_NUMBER
    check_wording(finding)
    numbers = [
        each for each in all_nodes(parsed.root) if isinstance(each, nodes.Number)
    ]
    assert [each.value for each in numbers] == [0]


def test_a_number_out_of_bounds_in_a_mapping_keeps_its_place() -> None:
    parsed = parse_mapping(Source("{ a: 1e999, b: c }"))
    assert [finding.span for finding in parsed.diagnostics] == [(5, 10)]
