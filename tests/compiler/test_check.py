"""Tests of the checker; what it says of single texts is in `test_check_pages.py`."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fql.compiler.check import Checked, check_condition, check_value
from fql.compiler.functions import FUNCTIONS
from fql.compiler.schema import Schema
from fql.compiler.signatures import Example, Function, Parameter
from fql.compiler.types import Type
from fql.grammar import nodes
from fql.grammar.diagnostics import Code, Severity
from fql.grammar.limits import LONG_TEXT, MAX_DIAGNOSTICS
from fql.grammar.parse import Parsed, parse_expression, parse_mapping, parse_program
from fql.grammar.source import Source, Span
from tests.compiler.reference import holds
from tests.compiler.strategies import conditions, events, literals
from tests.grammar.strategies import expressions, mapping_values, texts

if TYPE_CHECKING:
    from fql.compiler.values import Json
    from fql.grammar.nodes import Expr

HERE = Span(0, 0)


def condition(text: str, *, is_strict: bool = False) -> Checked:
    return check_condition(parse_expression(Source(text)), is_strict=is_strict)


def mapping(text: str) -> Checked:
    return check_value(parse_mapping(Source(text)))


def codes(checked: Checked) -> list[Code]:
    return [each.code for each in checked.diagnostics]


# --- what is handed on ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("receivedAt", Type.TIMESTAMP | Type.NULL),
        ("(sent_at)", Type.TIMESTAMP | Type.NULL),
        ("timestamp(event)", Type.TIMESTAMP | Type.NULL),
        ('"2023-04-21"', Type.TIMESTAMP),
        ('"soon"', Type.STRING),
        ("userId", Type.STRING | Type.NULL),
        ("properties.total", Type.ANY),
        ("context.page", Type.OBJECT | Type.NULL),
        ("context.page.receivedAt", Type.ANY),
        ("version", Type.NUMBER | Type.STRING | Type.NULL),
        ("length(event)", Type.NUMBER | Type.NULL),
        ("[1, event]", Type.LIST),
        ("null", Type.NULL),
        ("-1.5", Type.NUMBER),
        ("event = 'A'", Type.BOOL),
        ("!event", Type.BOOL),
        ("all", Type.BOOL),
    ],
)
def test_each_expression_has_a_type(text: str, kind: Type) -> None:
    checked = condition(text)
    assert checked.types[checked.root.span] == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("userId ?? 3", Type.STRING | Type.NUMBER),
        ("userId ?? sentAt", Type.STRING | Type.TIMESTAMP | Type.NULL),
        ("if true then 1 else 'a'", Type.NUMBER | Type.STRING),
        ("if true then 1", Type.NUMBER | Type.NULL),
        ("{ a: 1 }", Type.OBJECT),
        ("each properties.products { a: sku }", Type.ANY),
        ('"{{userId}}!"', Type.STRING),
        ("$", Type.OBJECT),
        ("$.timestamp", Type.TIMESTAMP | Type.NULL),
        ("merge(traits, {})", Type.OBJECT | Type.NULL),
        ("filled(event)", Type.BOOL),
    ],
)
def test_each_value_of_a_mapping_has_a_type(text: str, kind: Type) -> None:
    checked = mapping(text)
    assert checked.types[checked.root.span] == kind


def test_every_part_has_a_type_under_its_span() -> None:
    checked = condition('any(properties.products, item.at > "2023-04-21") and !(a)')
    text = checked.source.text
    assert {text[slice(*span)]: kind for span, kind in checked.types.items()} == {
        text: Type.BOOL,
        'any(properties.products, item.at > "2023-04-21")': Type.BOOL,
        "properties.products": Type.ANY,
        'item.at > "2023-04-21"': Type.BOOL,
        "item.at": Type.ANY,
        '"2023-04-21"': Type.TIMESTAMP,
        "!(a)": Type.BOOL,
        "(a)": Type.ANY,
        "a": Type.ANY,
    }


def test_a_name_of_the_event_is_nothing_special_in_an_element() -> None:
    checked = mapping("each properties.products { at: timestamp, all: $.timestamp }")
    text = checked.source.text
    kinds = {text[slice(*span)]: kind for span, kind in checked.types.items()}
    assert kinds["timestamp"] == Type.ANY
    assert kinds["$.timestamp"] == Type.TIMESTAMP | Type.NULL


def part_of_program(text: str) -> Parsed[Expr]:
    source = Source(f'destination a: webhook {{ filter "f" when {text} {{ drop }} }}')
    (destination,) = parse_program(source).root.declarations
    assert isinstance(destination, nodes.DestinationDeclaration)
    return Parsed(source, destination.filters[0].condition, (), ())


def test_a_part_of_a_program_is_checked_in_its_place() -> None:
    parsed = part_of_program("contians(event)")
    (finding,) = check_condition(parsed).diagnostics
    assert parsed.source.slice(finding.span) == "contians"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("(event ?? name) = 'Home'", "event ?? name"),
        ("$.event = 'Home'", "$.event"),
        ("(if type = 'page' then usrId) = 'Home'", "if type = 'page' then usrId"),
        ("({ a: contians(event) }) = traits", "{ a: contians(event) }"),
        ("any(each items { a } , item = 1)", "each items { a }"),
    ],
)
def test_mapping_syntax_in_a_condition_is_reported_once(text: str, place: str) -> None:
    parsed = part_of_program(text)
    found = check_condition(parsed).diagnostics
    assert Code.MAPPING_SYNTAX in {each.code for each in found}
    assert {parsed.source.slice(each.span) for each in found} == {place}


def test_an_option_in_a_condition_is_unknown() -> None:
    parsed = part_of_program("length(event, unit: 'bytes') = 2")
    assert [each.code for each in check_condition(parsed).diagnostics] == [
        Code.UNKNOWN_OPTION
    ]


def test_an_option_that_did_not_parse_is_left_alone() -> None:
    parsed = parse_mapping(Source("{ a: flatten(context, separator: ) }"))
    assert check_value(parsed).diagnostics == parsed.diagnostics


def test_the_condition_of_a_mapping_narrows_its_events() -> None:
    when = parse_expression(Source('type = "track"')).root
    value = parse_mapping(Source("{ a: properties.revenue = 'x' }"))
    assert codes(check_value(value)) == []
    assert codes(check_value(value, condition=when)) == [Code.TYPE_MISMATCH]


def twice(number: Json) -> Json:
    return number * 2 if isinstance(number, int) else None


def test_an_embedder_s_functions_are_known() -> None:
    double = Function(
        "double",
        (Parameter("number", Type.NUMBER),),
        Type.NUMBER | Type.NULL,
        "Twice the number.",
        "null",
        twice,
        (Example("double(2)", 4),),
    )
    table = FUNCTIONS.extended(double)
    text = parse_expression(Source("double(properties.a) = 'x' or duble(1) = 2"))
    found = check_condition(text, functions=table).diagnostics
    assert [each.message for each in found] == [
        "`=` is never true between a number and a string",
        "unknown function `duble`",
    ]
    assert found[1].help == "did you mean `double`?"


# --- order, limits, recovery ------------------------------------------------------


def test_findings_come_in_source_order() -> None:
    found = condition('usrId = 1 and match("*", event) and (typ = "a" or b(1))')
    starts = [each.span.start for each in found.diagnostics]
    assert starts == sorted(starts)
    assert len(starts) == 4


def test_mistakes_of_reading_and_of_meaning_are_reported_together() -> None:
    found = condition('event == "A" and contians(event, "B") and type = track')
    assert codes(found) == [
        Code.DOUBLE_EQUALS,
        Code.UNKNOWN_FUNCTION,
        Code.BARE_WORD,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "contains(event, )",
        "event = ",
        "type = and 1 < a",
        "match(event, properties.product 1, 'a')",
        "length(event +) > 'a'",
        "properties..total > 10 and properties = 3..x",
        "event = 'A' and (event ?? name) = 'Home'",
        "contains(event 'a')",
        "event = .5 and .5 < 'a'",
        "type = 'trak",
        "event = type = userId",
    ],
)
def test_nothing_is_said_of_what_had_to_be_guessed(text: str) -> None:
    parsed = parse_expression(Source(text))
    assert parsed.diagnostics
    assert set(check_condition(parsed).diagnostics) == set(parsed.diagnostics)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("contians(event 'a')", {Code.MISSING_OPERATOR, Code.UNKNOWN_FUNCTION}),
        ("event == 3", {Code.DOUBLE_EQUALS, Code.TYPE_MISMATCH}),
        ("usrId = 1 and (event ??", {Code.UNKNOWN_FIELD}),
        ("type = 'trak' and properties..a > 1", {Code.BAD_PATH, Code.NEVER_TRUE}),
        ("a = 1 and b = and 1 < 'a'", {Code.MISSING_OPERAND, Code.TYPE_MISMATCH}),
    ],
)
def test_what_was_read_is_checked_beside_what_was_not(
    text: str, expected: set[Code]
) -> None:
    assert expected <= set(codes(condition(text)))


def test_many_findings_are_cut_and_counted() -> None:
    text = " and ".join(["f(1)"] * (MAX_DIAGNOSTICS + 50))
    found = condition(text).diagnostics
    assert len(found) == MAX_DIAGNOSTICS + 1
    assert found[-1].message == "and 50 more"


def test_a_text_that_the_original_refuses_is_warned_about() -> None:
    fits = f'event = "{"é" * ((LONG_TEXT - 10) // 2)}"'
    assert len(fits.encode()) == LONG_TEXT
    assert codes(condition(fits)) == []
    assert codes(condition(fits[:-1] + 'x"')) == [Code.TEXT_LONG]


# --- every tree -------------------------------------------------------------------


def test_no_tree_is_too_deep() -> None:
    """Chains far deeper than any text gives, without branches: linear, no recursion."""
    node: Expr = nodes.Bool(True, span=HERE)
    for level in range(30_000):
        wrap = nodes.Group if level % 2 else nodes.Not
        node = wrap(node, span=HERE)
    parsed: Parsed[Expr] = Parsed(Source("x"), node, (), ())
    assert check_condition(parsed).diagnostics == ()
    assert check_value(parsed).diagnostics == ()


def test_the_deepest_text_is_checked() -> None:
    text = "(a or !" * 99 + "(b)" + ")" * 99
    assert codes(condition(text)) == []


def test_ten_thousand_terms_are_checked() -> None:
    text = " or ".join(f'event = "{number}"' for number in range(3_000))
    assert set(codes(condition(text))) == {Code.TEXT_LONG}


@given(expressions())
def test_no_condition_makes_the_checker_raise(root: Expr) -> None:
    """Any tree of a condition is checked, with spans that mean nothing."""
    parsed: Parsed[Expr] = Parsed(Source(""), root, (), ())
    assert isinstance(check_condition(parsed), Checked)


@given(mapping_values())
def test_no_mapping_makes_the_checker_raise(root: Expr) -> None:
    """Any tree of a mapping is checked, as a value and where a condition belongs."""
    parsed: Parsed[Expr] = Parsed(Source(""), root, (), ())
    assert isinstance(check_value(parsed), Checked)
    assert isinstance(check_condition(parsed), Checked)


@given(st.one_of(texts("fql"), conditions(), st.text(max_size=40)))
def test_every_finding_lies_in_the_text(text: str) -> None:
    """Spans of findings, labels and edits lie inside the source."""
    whole = Span(0, len(text))
    for each in condition(text).diagnostics:
        assert whole.contains(each.span)
        assert all(whole.contains(label.span) for label in each.labels)
        assert all(whole.contains(edit.span) for edit in each.edits)


# --- laws -------------------------------------------------------------------------


@given(conditions())
def test_strict_checks_differ_in_severity_alone(text: str) -> None:
    """The same is found, and no error becomes a warning."""
    plain, strict = condition(text).diagnostics, condition(text, is_strict=True)
    assert [(each.code, each.span) for each in plain] == [
        (each.code, each.span) for each in strict.diagnostics
    ]
    for loose, tight in zip(plain, strict.diagnostics, strict=True):
        assert tight.is_error or not loose.is_error


@given(conditions())
def test_parentheses_around_the_whole_change_nothing(text: str) -> None:
    """Parentheses around the whole change nothing but places."""
    assume(text != "all")
    assert codes(condition(f"({text})")) == codes(condition(text))


OPERANDS = st.one_of(
    st.sampled_from(
        [
            "properties.a",
            "properties.items",
            "lowercase(properties.a)",
            "uppercase(properties.a)",
            "length(properties.a)",
            "typeof(properties.a)",
            "timestamp(properties.a)",
            "contains(properties.a, 'a')",
            "[properties.b, 1]",
            "['a', 'b']",
            "[]",
        ]
    ),
    literals(),
)
OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "in"])


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    left, right = draw(OPERANDS), draw(OPERANDS)
    assume(left != right)  # a field may be not-a-number, which no JSON text holds
    return f"{left} {draw(OPERATORS)} {right}"


def verdict(checked: Checked) -> bool | None:
    """Return the answer that the findings promise for every event, if they do."""
    for each in checked.diagnostics:
        if each.code is Code.ALWAYS_TRUE:
            return True
        if each.code is Code.NEVER_TRUE or each.severity is Severity.ERROR:
            return False
    return None


@settings(max_examples=300)
@given(comparisons(), events())
def test_a_verdict_on_one_comparison_holds(text: str, event: dict[str, Json]) -> None:
    """What is called always or never true is so, by the slow evaluator."""
    checked = condition(text)
    answer = verdict(checked)
    assume(answer is not None)
    assert holds(checked.root, event) is answer


LITERALS = st.sampled_from(["1", "1.0", "'1'", "true", "null", "'a'", "[1]", "2"])
CLAIM = st.builds(
    "properties.{} {} {}".format,
    st.sampled_from("ab"),
    st.sampled_from(["=", "!="]),
    LITERALS,
)


@settings(max_examples=300)
@given(
    st.lists(CLAIM, min_size=2, max_size=3),
    st.sampled_from([" and ", " or "]),
    st.lists(
        st.dictionaries(
            st.sampled_from("ab"), st.sampled_from([1, 1.0, "1", True, "a", [1], 2, 3])
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_a_verdict_on_claims_together_holds(
    claims: list[str], joint: str, properties: list[dict[str, Json]]
) -> None:
    """Contradictions are never met and tautologies always."""
    checked = condition(joint.join(claims))
    answer = verdict(checked)
    assume(answer is not None)
    assert {holds(checked.root, {"properties": each}) for each in properties} == {
        answer
    }


@given(st.lists(CLAIM, min_size=2, max_size=3))
def test_every_clash_of_two_claims_is_found(claims: list[str]) -> None:
    """An `and` that no value of the fields meets has a finding."""
    values: list[Json] = [None, 1, "1", True, "a", [1], 2, 3]
    checked = condition(" and ".join(claims))
    is_met = any(
        holds(checked.root, {"properties": {"a": a, "b": b}})
        for a in values
        for b in values
    )
    assert (Code.NEVER_TRUE in codes(checked)) is not is_met


def test_a_schema_is_picklable() -> None:
    schema = Schema.from_tracking_plan({"A": {"properties": {"b": {"type": "null"}}}})
    assert pickle.loads(pickle.dumps(schema)) == schema  # noqa: S301 - our own bytes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("any(a, any(item.b, any(item.c, item = 1)))", []),
        ("any(a, any(b, any(c, any(d, item = 1))))", [Code.TOO_MANY_LOOPS]),
        ("any(a, any(b, any(c, any(d, any(e, item)))))", [Code.TOO_MANY_LOOPS]),
        ("any(a, item) and any(b, item) and any(c, item) and any(d, item)", []),
    ],
)
def test_lists_are_gone_through_at_most_three_deep(
    text: str, expected: list[Code]
) -> None:
    assert [each.code for each in condition(text).diagnostics] == expected
