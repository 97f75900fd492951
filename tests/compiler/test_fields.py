"""Payloads against declared fields: what is sent, and what is said where not."""

from __future__ import annotations

import pickle
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler.fields import (
    MAX_FIELD_DEPTH,
    SYNC_MODE_FIELD,
    FieldSpec,
    FieldType,
    Format,
    Match,
    PayloadError,
    PresenceCondition,
    Requirement,
    ValueCondition,
    compile_specs,
)
from fql.compiler.values import equals
from tests.compiler import reference_fields
from tests.compiler.random_fields import NAMES, random_payload, random_specs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from fql.compiler.fields import FieldCondition, Fields, Problem
    from fql.compiler.values import Json

BOOLEAN = FieldSpec(FieldType.BOOLEAN)
DATETIME = FieldSpec(FieldType.DATETIME)
INTEGER = FieldSpec(FieldType.INTEGER)
NUMBER = FieldSpec(FieldType.NUMBER)
OBJECT = FieldSpec(FieldType.OBJECT)
STRING = FieldSpec(FieldType.STRING)
STRINGS = FieldSpec(FieldType.STRING, is_multiple=True)
PERSON = FieldSpec(
    FieldType.OBJECT, properties={"name": STRING, "age": NUMBER, "tags": STRINGS}
)
PEOPLE = FieldSpec(FieldType.OBJECT, is_multiple=True, properties=PERSON.properties)


def problems(specs: Mapping[str, FieldSpec], payload: Json) -> tuple[Problem, ...]:
    """Return every problem of *payload*, and fail where there is none."""
    with pytest.raises(PayloadError) as caught:
        compile_specs(specs)(payload)
    return caught.value.problems


def found(specs: Mapping[str, FieldSpec], payload: Json) -> list[tuple[str, str]]:
    """Return field and rule of every problem of *payload*."""
    return [(problem.field, problem.rule) for problem in problems(specs, payload)]


def message(spec: FieldSpec, value: Json) -> str:
    """Return what is said of *value* in a field ``f``."""
    return problems({"f": spec}, {"f": value})[0].message


def needs(*conditions: FieldCondition, match: Match = Match.ALL) -> FieldSpec:
    """Return a string that is required under *conditions*."""
    return FieldSpec(FieldType.STRING, required=Requirement(conditions, match))


# --- what is sent -----------------------------------------------------------------


def test_unknown_fields_are_removed() -> None:
    assert compile_specs({"a": STRING})({"a": "x", "b": 1}) == {"a": "x"}


def test_unknown_members_go_where_members_are_declared() -> None:
    payload: Json = {"person": {"name": "Ada", "x": 1}}
    sent = compile_specs({"person": PERSON})(payload)
    assert sent == {"person": {"name": "Ada"}}


def test_unknown_members_stay_where_that_is_declared() -> None:
    spec = FieldSpec(
        FieldType.OBJECT, properties={"name": STRING}, allows_additional=True
    )
    payload: Json = {"f": {"x": None, "name": 5}}
    assert compile_specs({"f": spec})(payload) == {"f": {"x": None, "name": "5"}}


def test_an_object_without_declared_members_is_passed_on_itself() -> None:
    whole: Json = {"x": [None, {"": ""}]}
    assert compile_specs({"f": OBJECT})({"f": whole})["f"] is whole


def test_no_declared_members_is_not_the_same_as_unknown_members() -> None:
    spec = FieldSpec(FieldType.OBJECT, properties={})
    assert compile_specs({"f": spec})({"f": {"x": 1}}) == {"f": {}}


def test_members_keep_the_order_of_the_payload() -> None:
    sent = compile_specs({"a": STRING, "b": STRING})({"b": "1", "a": "2"})
    assert list(sent) == ["b", "a"]


def test_a_payload_is_never_changed() -> None:
    payload: Json = {"people": [{"age": "5", "x": 1}, None], "f": 0, "g": ""}
    before = deepcopy(payload)
    specs = {
        "people": PEOPLE,
        "f": STRING,
        "g": needs(PresenceCondition("f", is_present=False)),
    }
    with pytest.raises(PayloadError):
        compile_specs(specs)(payload)
    assert payload == before


# --- empty values -----------------------------------------------------------------


def test_null_counts_as_missing_unless_allowed() -> None:
    specs = {"a": STRING, "b": FieldSpec(FieldType.STRING, is_nullable=True)}
    assert compile_specs(specs)({"a": None, "b": None}) == {"b": None}


def test_null_is_not_allowed_for_lists_and_known_objects() -> None:
    specs = {
        "list": FieldSpec(FieldType.STRING, is_multiple=True, is_nullable=True),
        "object": FieldSpec(FieldType.OBJECT, is_nullable=True, properties={}),
    }
    assert compile_specs(specs)({"list": None, "object": None}) == {}


@pytest.mark.parametrize("kind", FieldType)
def test_an_empty_text_counts_as_missing_in_fields_of_the_action(
    kind: FieldType,
) -> None:
    assert compile_specs({"f": FieldSpec(kind)})({"f": ""}) == {}


def test_an_empty_text_is_kept_as_a_member_that_holds_text() -> None:
    payload: Json = {"person": {"name": "", "age": "", "tags": ""}}
    assert compile_specs({"person": PERSON})(payload) == {"person": {"name": ""}}


def test_lists_lose_empty_elements() -> None:
    specs = {"texts": STRINGS, "numbers": FieldSpec(FieldType.NUMBER, is_multiple=True)}
    payload: Json = {"texts": [None, "", "x"], "numbers": [None, "", 1]}
    assert compile_specs(specs)(payload) == {"texts": ["", "x"], "numbers": [1]}


def test_members_of_objects_in_lists_are_coerced_but_never_empty() -> None:
    payload: Json = {"people": [{"name": None, "age": None, "tags": None}]}
    sent = compile_specs({"people": PEOPLE})(payload)
    assert sent == {"people": [{"name": "", "age": 0, "tags": [""]}]}


# --- lists ------------------------------------------------------------------------


def test_one_value_becomes_a_list() -> None:
    assert compile_specs({"f": STRINGS})({"f": 5}) == {"f": ["5"]}


def test_one_object_becomes_a_list_in_a_field_of_the_action_only() -> None:
    people = {"people": PEOPLE}
    outer = FieldSpec(FieldType.OBJECT, properties=people)
    payload: Json = {"people": {"name": "Ada"}}
    assert compile_specs(people)(payload) == {"people": [{"name": "Ada"}]}
    assert found({"outer": outer}, {"outer": payload}) == [("outer.people", "type")]


def test_bounds_and_formats_do_not_count_for_elements() -> None:
    spec = FieldSpec(FieldType.STRING, is_multiple=True, format=Format.EMAIL, minimum=9)
    assert compile_specs({"f": spec})({"f": ["x"]}) == {"f": ["x"]}


def test_choices_count_for_each_element() -> None:
    spec = FieldSpec(FieldType.NUMBER, is_multiple=True, choices=(1, 2))
    assert compile_specs({"f": spec})({"f": ["1", 2.0]}) == {"f": [1, 2]}
    assert found({"f": spec}, {"f": [1, 3, 4]}) == [
        ("f.1", "choices"),
        ("f.2", "choices"),
    ]


# --- problems ---------------------------------------------------------------------


def test_every_problem_is_reported_with_its_place() -> None:
    specs = {
        "id": FieldSpec(FieldType.STRING, required=True),
        "people": PEOPLE,
        "email": FieldSpec(FieldType.STRING, format=Format.EMAIL),
    }
    payload: Json = {
        "people": [{"age": 1}, None, {"age": "x", "tags": [[]]}],
        "email": "nobody",
    }
    assert found(specs, payload) == [
        ("people.2.age", "type"),
        ("people.2.tags.0", "type"),
        ("email", "format"),
        ("id", "required"),
    ]


def test_an_index_counts_the_elements_of_the_payload() -> None:
    numbers = FieldSpec(FieldType.NUMBER, is_multiple=True)
    payload: Json = {"n": [None, "", 1, "x"]}
    condition = PresenceCondition("n", is_present=False)
    assert found({"n": numbers}, payload) == [("n.3", "type")]
    assert found({"n": numbers, "f": needs(condition)}, payload) == [("n.3", "type")]


def test_a_payload_must_be_an_object() -> None:
    (problem,) = problems({"a": STRING}, [1])
    assert (problem.field, problem.rule) == ("", "type")
    assert problem.message == "the payload must be an object but is a list of 1"


@pytest.mark.parametrize(
    ("spec", "value", "expected"),
    [
        (NUMBER, "abc", '`f` must be a number but is "abc"'),
        (INTEGER, 1.5, "`f` must be a whole number but is 1.5"),
        (BOOLEAN, "yes", '`f` must be true or false but is "yes"'),
        (STRING, ["a", "b"], "`f` must be one value, a string, but is a list of 2"),
        (STRING, [], "`f` must be one value, a string, but is an empty list"),
        (OBJECT, True, "`f` must be an object but is true"),
        (DATETIME, "soon", '`f` must be a date or time but is "soon"'),
        (STRING, {}, "`f` must be a string but is an object"),
        (
            FieldSpec(FieldType.STRING, choices=("a", "b", "c")),
            "d",
            '`f` must be one of "a", "b" or "c" but is "d"',
        ),
        (
            FieldSpec(FieldType.NUMBER, choices=tuple(range(20))),
            20,
            "`f` must be one of 0, 1, 2, 3, 4, 5, 6, 7 or 12 more but is 20",
        ),
        (FieldSpec(FieldType.NUMBER, choices=(1,)), "2", '`f` must be 1 but is "2"'),
        (FieldSpec(FieldType.NUMBER, minimum=2), 1, "`f` must be 2 or more but is 1"),
        (
            FieldSpec(FieldType.NUMBER, maximum=2.5),
            "3",
            '`f` must be 2.5 or less but is "3"',
        ),
        (
            FieldSpec(FieldType.STRING, maximum=3),
            "😀😀😀😀",
            "`f` must have 3 characters or fewer but has 4",
        ),
        (
            FieldSpec(FieldType.STRING, format=Format.URI),
            "example.com",
            '`f` must be a full URL but is "example.com"',
        ),
        (
            FieldSpec(FieldType.STRING, required=True),
            None,
            "`f` is required but is missing",
        ),
        (FieldSpec(FieldType.STRING, required=True), "", '`f` is required but is ""'),
    ],
)
def test_a_message_names_field_rule_and_value(
    spec: FieldSpec, value: Json, expected: str
) -> None:
    assert message(spec, value) == expected


def test_long_values_and_names_are_cut() -> None:
    assert message(NUMBER, "x" * 10_000) == (
        f'`f` must be a number but is "{"x" * 60}"…'
    )
    (problem,) = problems({"n" * 10_000: NUMBER}, {"n" * 10_000: "x"})
    assert len(problem.message) < 200


def test_a_long_error_lists_some_problems_and_counts_the_rest() -> None:
    specs = {f"f{n}": NUMBER for n in range(30)}
    with pytest.raises(PayloadError, match=r"; and 10 more$"):
        compile_specs(specs)(dict.fromkeys(specs, "x"))


@pytest.mark.parametrize(
    "spec",
    [
        FieldSpec(FieldType.PASSWORD),
        FieldSpec(FieldType.PASSWORD, choices=("a",)),
        FieldSpec(FieldType.STRING, format=Format.PASSWORD, minimum=99),
        FieldSpec(FieldType.OBJECT, properties={"key": FieldSpec(FieldType.PASSWORD)}),
    ],
)
def test_a_secret_is_never_shown(spec: FieldSpec) -> None:
    value: Json = ["hunter2", "hunter2"] if spec.choices is None else "hunter2"
    if spec.minimum:
        value = "hunter2"
    (problem,) = problems({"f": spec}, {"f": value})
    assert problem.value == "***"
    assert "hunter2" not in problem.message


# --- choices ----------------------------------------------------------------------


def test_choices_are_compared_after_coercion() -> None:
    spec = FieldSpec(FieldType.STRING, choices=("5", "true"))
    assert compile_specs({"f": spec})({"f": 5}) == {"f": "5"}
    assert compile_specs({"f": spec})({"f": True}) == {"f": "true"}


def test_null_is_a_choice_where_it_is_allowed() -> None:
    spec = FieldSpec(FieldType.STRING, choices=("a",), is_nullable=True)
    assert compile_specs({"f": spec})({"f": None}) == {"f": None}


def test_an_object_may_be_a_choice() -> None:
    spec = FieldSpec(FieldType.OBJECT, choices=({"a": 1},), properties={"a": NUMBER})
    assert compile_specs({"f": spec})({"f": {"a": 1}}) == {"f": {"a": 1}}
    assert found({"f": spec}, {"f": {"a": "1"}}) == [("f", "choices")]


# --- bounds -----------------------------------------------------------------------


def test_a_bound_of_zero_is_none() -> None:
    specs = {
        "n": FieldSpec(FieldType.NUMBER, minimum=0, maximum=0),
        "s": FieldSpec(FieldType.STRING, maximum=0),
    }
    payload: Json = {"n": -5, "s": "long"}
    assert compile_specs(specs)(payload) == payload


@pytest.mark.parametrize(
    "kind", [FieldType.INTEGER, FieldType.TEXT, FieldType.DATETIME]
)
def test_bounds_count_for_numbers_and_strings_only(kind: FieldType) -> None:
    spec = FieldSpec(kind, minimum=100, maximum=100)
    assert compile_specs({"f": spec})({"f": "5"})["f"] in (5, "5")


# --- conditions -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "payload", "is_required"),
    [
        (ValueCondition("a", "x"), {"a": "x"}, True),
        (ValueCondition("a", "x"), {"a": "y"}, False),
        (ValueCondition("a", "x"), {}, False),
        (ValueCondition("a", "x"), {"a": ["x"]}, False),
        (ValueCondition("a", ["x", "y"]), {"a": "y"}, True),
        (ValueCondition("a", "x", is_equal=False), {"a": "y"}, True),
        (ValueCondition("a", "x", is_equal=False), {}, False),
        (ValueCondition("a", ["x", "y"], is_equal=False), {"a": "y"}, False),
        (PresenceCondition("a", is_present=True), {"a": "x"}, True),
        (PresenceCondition("a", is_present=True), {"a": ""}, False),
        (PresenceCondition("a", is_present=False), {}, True),
        (PresenceCondition("a", is_present=False), {"a": None}, True),
        (PresenceCondition("a", is_present=False), {"a": "x"}, False),
        (ValueCondition("o.k", "x"), {"o": {"k": "x"}}, True),
        (ValueCondition("o.k", "x"), {"o": {"k": "y"}}, False),
        (PresenceCondition("o.k", is_present=True), {"o": {"k": "x"}}, True),
        (PresenceCondition("o.k", is_present=True), {"o": {"k": None}}, False),
        (PresenceCondition("o.k", is_present=False), {}, True),
        (ValueCondition(SYNC_MODE_FIELD, "add"), {SYNC_MODE_FIELD: "add"}, True),
    ],
)
def test_a_condition_decides_what_is_required(
    condition: FieldCondition, payload: dict[str, Json], *, is_required: bool
) -> None:
    specs = {
        "a": STRING,
        "o": FieldSpec(FieldType.OBJECT, properties={"k": STRING}),
        "f": needs(condition),
    }
    if is_required:
        assert found(specs, payload) == [("f", "required")]
    assert "f" in compile_specs(specs)({**payload, "f": "here"})
    if not is_required:
        assert "f" not in compile_specs(specs)(payload)


@pytest.mark.parametrize(
    ("match", "payload", "is_required"),
    [
        (Match.ALL, {"a": "x"}, False),
        (Match.ALL, {"a": "x", "b": "y"}, True),
        (Match.ANY, {"a": "x"}, True),
        (Match.ANY, {"a": "z"}, False),
    ],
)
def test_all_or_any_conditions_must_hold(
    match: Match, payload: dict[str, Json], *, is_required: bool
) -> None:
    conditions = (ValueCondition("a", "x"), ValueCondition("b", "y"))
    specs = {"a": STRING, "b": STRING, "f": needs(*conditions, match=match)}
    fields = compile_specs(specs)
    if is_required:
        with pytest.raises(PayloadError):
            fields(payload)
    else:
        assert fields(payload) == payload


def test_conditions_see_values_before_coercion() -> None:
    specs = {"flag": BOOLEAN, "f": needs(ValueCondition("flag", value=True))}
    assert compile_specs(specs)({"flag": "true"}) == {"flag": True}
    assert found(specs, {"flag": True}) == [("f", "required")]


def test_a_sole_question_for_presence_takes_zero_for_null() -> None:
    alone = {"a": STRING, "f": needs(PresenceCondition("a", is_present=True))}
    assert compile_specs(alone)({"a": 0}) == {"a": ""}
    condition = PresenceCondition("a", is_present=True)
    assert found({**alone, "f": needs(condition, condition)}, {"a": 0}) == [
        ("f", "required")
    ]


@pytest.mark.parametrize(
    ("conditions", "match", "reason"),
    [
        ((ValueCondition("a", "x"),), Match.ALL, 'because `a` is "x"'),
        (
            (ValueCondition("b", "x", is_equal=False),) * 2,
            Match.ANY,
            'when `b` is not "x" or `b` is not "x"',
        ),
        (
            (PresenceCondition("c", is_present=False), ValueCondition("a", ["x", 2])),
            Match.ALL,
            'because `c` is missing and `a` is "x" or 2',
        ),
    ],
)
def test_the_message_says_why_a_field_is_required(
    conditions: tuple[FieldCondition, ...], match: Match, reason: str
) -> None:
    specs = {"a": STRING, "b": STRING, "f": needs(*conditions, match=match)}
    (problem,) = problems(specs, {"a": "x", "b": "y"})
    assert problem.message == f"`f` is required {reason} but is missing"


def test_a_property_may_be_required_under_conditions() -> None:
    inner = {
        "k": needs(ValueCondition("a", "x")),
        "always": FieldSpec(FieldType.STRING, required=True),
    }
    specs = {"a": STRING, "o": FieldSpec(FieldType.OBJECT, properties=inner)}
    fields = compile_specs(specs)
    assert fields({"a": "y"}) == {"a": "y"}
    assert fields({"a": "y", "o": {"always": "1"}})["o"] == {"always": "1"}
    assert found(specs, {"a": "x", "o": {"always": "1"}}) == [("o.k", "required")]
    assert found(specs, {"a": "x"}) == [("o", "required")]
    assert found(specs, {"a": "y", "o": {}}) == [("o.always", "required")]


# --- the whole --------------------------------------------------------------------


def test_fields_tell_what_was_declared_and_cannot_be_changed() -> None:
    declared = {"a": STRING}
    fields = compile_specs(declared)
    declared["b"] = NUMBER
    assert dict(fields.specs) == {"a": STRING}
    with pytest.raises(TypeError):
        fields.specs["b"] = NUMBER  # type: ignore[index]  # that is the test
    assert repr(fields) == "<Fields a>"


def test_fields_and_their_errors_survive_pickling() -> None:
    fields = compile_specs({"a": NUMBER, "person": PERSON})
    copied = pickle.loads(pickle.dumps(fields))  # noqa: S301 - our own bytes
    assert copied({"a": "5"}) == {"a": 5}
    with pytest.raises(PayloadError) as caught:
        fields({"a": "x"})
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert error.problems == caught.value.problems


def test_objects_nest_up_to_a_limit() -> None:
    spec = STRING
    for _ in range(MAX_FIELD_DEPTH - 1):
        spec = FieldSpec(FieldType.OBJECT, properties={"f": spec})
    assert compile_specs({"f": spec})({}) == {}
    with pytest.raises(ValueError, match="more than 32 levels"):
        compile_specs({"f": FieldSpec(FieldType.OBJECT, properties={"f": spec})})


def test_a_deep_value_is_no_trouble() -> None:
    deep: Json = []
    for _ in range(100_000):
        deep = [deep]
    specs = {
        "a": FieldSpec(FieldType.STRING, choices=("x",)),
        "b": FieldSpec(FieldType.NUMBER, is_multiple=True),
        "c": needs(ValueCondition("d", [[["x"]]])),
    }
    assert [field for field, _ in found(specs, {"a": deep, "b": deep, "d": deep})] == [
        "a",
        "b.0",
    ]


# --- against the plain validator --------------------------------------------------


def sent_or_places(fields: Fields, payload: Json) -> tuple[Json, set[str]]:
    """Return what is sent, and the top-level fields that have problems."""
    try:
        return fields(payload), set()
    except PayloadError as error:
        return None, {problem.field.split(".")[0] for problem in error.problems}


@given(st.randoms(use_true_random=True))
@settings(max_examples=300)
def test_compiled_fields_do_what_the_plain_validator_does(rng: Random) -> None:
    """compiled == plain: the payload as sent, or the fields with problems."""
    specs = random_specs(rng)
    fields = compile_specs(specs)
    for _ in range(25):
        payload = random_payload(rng, specs)
        before = deepcopy(payload)
        expected, errors = reference_fields.validate(specs, payload)
        sent, places = sent_or_places(fields, payload)
        assert places == errors, (specs, payload)
        assert errors or equals(sent, expected), (specs, payload)
        assert equals(payload, before)


odd_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text("\ud800é😀\x005.", max_size=5)
    | st.sampled_from([10**400, -(10**4000), 1e308, "9" * 400, "0x" + "f" * 400]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=2), inner)
    ),
    max_leaves=6,
)


@given(st.randoms(use_true_random=True), st.lists(odd_values, max_size=6))
@settings(max_examples=100)
def test_any_value_is_sent_or_refused_in_few_words(
    rng: Random, values: list[Json]
) -> None:
    """Nothing but PayloadError is raised, and no message is as long as a value."""
    specs = random_specs(rng)
    problems: tuple[Problem, ...] = ()
    try:
        compile_specs(specs)(dict(zip(specs, values, strict=False)))
    except PayloadError as error:
        problems = error.problems
    assert all(len(problem.message) < 1000 for problem in problems)
