"""What stands behind a mistake, judged by its looks."""

from __future__ import annotations

import pytest

from fql.grammar.lookahead import (
    FLAT_LIST,
    THOUSANDS,
    WINDOW,
    bracket_end,
    comparison_end,
    is_last_block,
    operand_end,
)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("()", 2),
        ("(a) b", 3),
        ("(a, [b], {c}) d", 13),
        ("(')', \")\") x", 10),
        (r"('\')') x", 7),
        ("(a # )\n) x", 8),
        (r"(a\)b) x", 6),
        ("{ a: [1 }", None),
        ("(a]", None),
        ("(a", None),
        ('("a)', None),
        ("(" * 300 + ")" * 300, None),
        ("(" + " " * WINDOW + ")", None),
    ],
)
def test_the_partner_of_a_bracket_is_found(text: str, end: int | None) -> None:
    assert bracket_end(text, 0) == end


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (" a.b[0] = 1", 7),
        ("f(a, (b)) c", 9),
        ("f (a)", 1),
        ("(a or b) c", 8),
        ("[1, 2]", 6),
        ("-1.5e3 b", 6),
        ("'a b' c", 5),
        ("!a", None),
        (")", None),
        ("(a", None),
        ("", None),
    ],
)
def test_a_value_ends_with_its_brackets(text: str, end: int | None) -> None:
    assert operand_end(text, 0) == end


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("a", (1, False)),
        ("a and b", (1, False)),
        ("a)", (1, False)),
        ("a = 1 or b", (5, True)),
        ("a in [1, 2] AND b", (11, True)),
        ("f(a) != 'x', b", (11, True)),
        ("a >= 1 { drop }", (6, True)),
        ("a then b", (1, False)),
        ("a b", None),
        ("a == 1", None),
        ("a = b = c", None),
        ("a + 1", None),
        ("a =", None),
        ("", None),
    ],
)
def test_a_condition_ends_before_what_joins_it(
    text: str, ending: tuple[int, bool] | None
) -> None:
    assert comparison_end(text, 0) == ending


@pytest.mark.parametrize(
    ("text", "is_last"),
    [
        ("{ a } b", True),
        ("{ a }", True),
        ("{ a } { b }", False),
        ("{ a } # {\n{ b }", False),
        ("{ a } # {\nb", True),
        ("{ a", False),
    ],
)
def test_a_block_is_the_last_unless_another_follows(text: str, is_last: bool) -> None:
    assert is_last_block(text, 0) is is_last


@pytest.mark.parametrize("text", ["(1, 2)", "( 'a,' ,b.c , true )", "(-1,1e3)"])
def test_plain_values_in_parentheses_are_a_list(text: str) -> None:
    assert FLAT_LIST.fullmatch(text)


@pytest.mark.parametrize("text", ["(1)", "()", "(1, f(2))", "(1 and 2)", "(1,)", "(1,"])
def test_other_things_in_parentheses_are_none(text: str) -> None:
    assert not FLAT_LIST.match(text)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        (",000", ",000"),
        (",000,000 and", ",000,000"),
        (",000, 1", ",000"),
        (",00", None),
        (",0000", None),
        (",000.5", None),
        (",000,1", None),
        (", 000", None),
    ],
)
def test_groups_of_three_digits_belong_to_a_number(
    text: str, groups: str | None
) -> None:
    found = THOUSANDS.match(text)
    assert (found and found[0]) == groups
