"""Directive JSON compiled: the original's payloads, its failures, and the laws."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.check_directives import check_directives
from fql.compiler.closures import compile_value
from fql.compiler.lower_directives import lower_directives
from fql.compiler.missing import MISSING
from fql.compiler.payload_errors import MappingError
from fql.compiler.pysource import compile_value_source
from fql.compiler.values import compact_json
from fql.grammar.diagnostics import has_errors
from fql.grammar.limits import MAX_NESTING
from tests.compiler.reference_directives import payload_of
from tests.conformance.cases import SAMPLE, SHARED, lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

EVENT: dict[str, Any] = {
    "userId": "u1",
    "zero": 0,
    "none": None,
    "blank": "",
    "no": False,
    "name": "Ann 😀",
    "properties": {
        "total": 12.0,
        "big": 1e21,
        "tags": ["a", None, ["b"]],
        "items": [{"sku": "s1", "n": 2}, {"sku": "s2"}, 5, None],
        "one": {"sku": "s9"},
        "nested": {"a": {"b": 1, "c": []}, "10": "x", "9": "y"},
    },
}


def compiled(mapping: Any) -> Callable[[Any], Any]:
    """Return the function of a mapping without errors."""
    directives = check_directives(mapping)
    assert not has_errors(directives.diagnostics), directives.diagnostics
    return compile_value(lower_directives(directives.root))


def generated(mapping: Any) -> Callable[[Any], Any]:
    """Return what `compiled` does as generated Python."""
    directives = check_directives(mapping)
    assert not has_errors(directives.diagnostics), directives.diagnostics
    return compile_value_source(lower_directives(directives.root), "m")


def value_of(directive: Any, event: Any = EVENT) -> Any:
    """Return what a directive gives, MISSING where the member is left out."""
    return compiled({"m": directive})(event).get("m", MISSING)


def failure_of(directive: Any, event: Any = EVENT) -> MappingError:
    with pytest.raises(MappingError) as caught:
        compiled({"m": directive})(event)
    return caught.value


# --- conformance ------------------------------------------------------------------

SAMPLE_FILE = SAMPLE / "mappings.jsonl"
ALL_FILES = [
    (SHARED / "mappings.jsonl", SHARED / "events.jsonl"),
    (SHARED / "preset_mappings.jsonl", SHARED / "preset_events.jsonl"),
]


def answers(mapping: Any) -> Callable[[Any], str]:
    """Return what gives an event's payload as JSON text; "error" where it fails."""
    directives = check_directives(mapping)
    if has_errors(directives.diagnostics):
        return lambda _: "error"
    payload_of = compile_value(lower_directives(directives.root))

    def answer(event: Any) -> str:
        try:
            payload: Any = payload_of(event)
        except MappingError:
            return "error"
        return '"__undefined__"' if payload is MISSING else compact_json(payload)

    return answer


def disagreements(cases: list[Any], events: list[Any] | None) -> Iterator[Any]:
    for case in cases:
        answer = answers(case["mapping"])
        for each in case["cases"]:
            event = each["event"] if events is None else events[each["event"]]
            before = deepcopy(event)
            wanted = "error" if "error" in each else compact_json(each["output"])
            if answer(event) != wanted or event != before:
                yield case["mapping"], event


def test_payloads_are_the_originals_in_the_sample() -> None:
    assert list(disagreements(lines(SAMPLE_FILE), None)) == []


@pytest.mark.parametrize(("cases", "events"), ALL_FILES, ids=["odd", "presets"])
def test_payloads_are_the_originals_in_all_cases(cases: Path, events: Path) -> None:
    assert list(disagreements(lines(cases), lines(events))) == []


# --- paths ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.userId", "u1"),
        ("userId", "u1"),
        ("$.properties.items[1].sku", "s2"),
        ("properties.items.0.n", 2),
        ("properties['one'].sku", "s9"),
        ("properties.items.length", 4),
        ("name.length", 6),
        ("userId.0", "u"),
        ("userId[5]", MISSING),
        ("userId.00", MISSING),
        ("zero.a.b", 0),
        ("none.a", None),
        ("blank.a", ""),
        ("no.a", False),
        ("properties.total.a", MISSING),
        ("properties.x.y", MISSING),
        ("properties.items.9", MISSING),
        ("properties.items.sku", MISSING),
        ("user$.Id", "u1"),
        ("$", MISSING),
        ("$.", EVENT),
        ("", EVENT),
    ],
)
def test_a_path_is_walked_as_the_original_walks(path: str, value: Any) -> None:
    assert value_of({"@path": path}) == value
    assert value_of({"@path": {"@literal": path}}) == value
    assert value_of({"@arrayPath": [path]}) == value


def test_what_a_path_finds_is_the_events_own() -> None:
    assert value_of({"@path": "properties"}) is EVENT["properties"]


def test_a_given_path_is_a_text() -> None:
    error = failure_of({"@path": {"@path": "$.zero"}})
    assert (error.member, error.path) == ("m", "zero")
    assert str(error) == "`m`: a path is a text, not a number (from `zero`)"


# --- templates --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{userId}}-{{ zero }}", "u1-0"),
        ("[{{none}}{{nothing}}]", "[]"),
        ("{{no}} {{properties.total}} {{properties.big}}", "false 12 1e+21"),
        ("{{properties.tags}}|{{properties.one}}", "a,,b|[object Object]"),
        ("{{}} {{userId}", "{{}} {{userId}"),
        ("{{{userId}}}", "u1"),
        ("{{ $.userId }}", ""),
        ("plain", "plain"),
        ("", ""),
        ("{{ }}", "[object Object]"),
    ],
)
def test_a_template_is_filled(template: str, text: str) -> None:
    assert value_of({"@template": template}) == text
    assert value_of({"@template": {"@literal": template}}) == text


def test_what_three_braces_insert_is_searched_again() -> None:
    event = {"a": "{{b}}", "b": 1}
    assert value_of({"@template": "{{{a}}} {{a}}"}, event) == "1 {{b}}"


def test_a_given_template_is_a_text() -> None:
    error = failure_of({"@template": {"@path": "$.none"}})
    assert error.message == "a template is a text, not null"


# --- choices ----------------------------------------------------------------------


def chosen(name: str, path: str) -> Any:
    return value_of({"@if": {name: {"@path": path}, "then": "yes", "else": "else"}})


@pytest.mark.parametrize("path", ["userId", "zero", "blank", "no", "properties.tags"])
def test_what_is_there_exists(path: str) -> None:
    assert chosen("exists", path) == "yes"


@pytest.mark.parametrize("path", ["none", "nothing", "none.a", "properties.x"])
def test_what_is_null_or_not_there_does_not_exist(path: str) -> None:
    assert chosen("exists", path) == "else"


@pytest.mark.parametrize("path", ["userId", "properties.one", "properties.tags"])
def test_blank_chooses_what_is_not_blank(path: str) -> None:
    assert chosen("blank", path) == "yes"


@pytest.mark.parametrize("path", ["zero", "none", "no", "blank", "properties.nested.c"])
def test_zero_false_and_nothing_are_blank(path: str) -> None:
    assert chosen("blank", path) == "else"
    assert chosen("blank", "properties.nested.a.c") == "else"


def test_exists_wins_over_blank() -> None:
    both = {"exists": {"@path": "zero"}, "blank": {"@path": "zero"}, "then": 1}
    assert value_of({"@if": both}) == 1


@pytest.mark.parametrize("falsy", [0, False, "", None])
def test_a_falsy_else_is_ignored_and_a_falsy_then_is_not(falsy: Any) -> None:
    condition = {"exists": {"@path": "nothing"}, "then": 1, "else": falsy}
    assert value_of({"@if": condition}) is MISSING
    condition = {"exists": {"@path": "userId"}, "then": falsy, "else": 1}
    assert value_of({"@if": condition}) == falsy


def test_a_missing_branch_leaves_the_member_out() -> None:
    assert value_of({"@if": {"exists": {"@path": "userId"}, "else": 1}}) is MISSING
    assert value_of({"@if": {"exists": {"@path": "nothing"}, "then": 1}}) is MISSING


def test_a_constant_condition_is_decided() -> None:
    assert value_of({"@if": {"exists": "userId", "then": 1}}) == 1
    assert value_of({"@if": {"blank": ["", []], "then": 1, "else": 2}}) == 1
    assert value_of({"@if": {"blank": [[]], "then": 1, "else": 2}}) == 2


def test_the_value_itself_or_another() -> None:
    def fallback(path: str) -> Any:
        tested = {"@path": path}
        return {"@if": {"exists": tested, "then": tested, "else": {"@path": "zero"}}}

    assert value_of(fallback("userId")) == "u1"
    assert value_of(fallback("none")) == 0
    tested = {"@path": "none"}
    assert value_of({"@if": {"exists": tested, "then": tested}}) is MISSING


# --- texts ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "lower", "upper"),
    [("name", "ann 😀", "ANN 😀"), ("zero", 0, 0), ("x", MISSING, MISSING)],
)
def test_case_changes_texts_only(path: str, lower: Any, upper: Any) -> None:
    value = {"@path": path}
    assert value_of({"@case": {"operator": "lower", "value": value}}) == lower
    assert value_of({"@case": {"operator": "upper", "value": value}}) == upper
    assert value_of({"@case": {"operator": "lower", "value": ""}}) is MISSING


def test_an_unknown_operator_fails_for_texts_only() -> None:
    def cased(path: str) -> Any:
        return {"@case": {"operator": "title", "value": {"@path": path}}}

    assert value_of(cased("zero")) == 0
    assert failure_of(cased("name")).path == "name"


def replaced(value: Any, pattern: str, replacement: str, **options: Any) -> Any:
    given = {"value": {"@literal": value}, "pattern": pattern, **options}
    return value_of({"@replace": {**given, "replacement": replacement}})


@pytest.mark.parametrize(
    ("value", "pattern", "replacement", "options", "result"),
    [
        ("a-b-c", "-", "", {}, "abc"),
        ("a-b-c", "-", "+", {"global": False}, "a+b-c"),
        ("a.b", ".", "!", {}, "a!b"),
        ("aAa", "a", "b", {"ignorecase": True}, "bbb"),
        ("\u017fsK", "s", "x", {"ignorecase": True}, "\u017fxK"),
        ("µΜ", "μ", "x", {"ignorecase": True}, "xx"),
        ("ßẞ", "ß", "x", {"ignorecase": True}, "xẞ"),
        ("abc", "b", "[$&]", {}, "a[b]c"),
        ("abc", "b", "$`$'", {}, "aacc"),
        ("abc", "b", "$$$1$", {}, "a$$1$c"),
        ("a😀b", "😀", "$&$&", {}, "a😀😀b"),
        ("abc", "b", "b2", {"pattern2": "2", "replacement2": "3"}, "ab3c"),
        ("abc", "b", "x", {"pattern2": "x"}, "ac"),
        (1.5, ".", ",", {}, "1,5"),
        (True, "t", "T", {}, "True"),
        (None, "a", "b", {}, ""),
        ([1], "1", "2", {}, ""),
        ({}, "1", "2", {}, ""),
    ],
)
def test_replacing(
    value: Any, pattern: str, replacement: str, options: Any, result: str
) -> None:
    assert replaced(value, pattern, replacement, **options) == result


def test_replacing_in_what_is_missing_gives_an_empty_text() -> None:
    assert value_of({"@replace": {"pattern": "a", "value": {"@path": "x"}}}) == ""
    assert value_of({"@replace": {"pattern": "a", "value": ""}}) is MISSING


def test_a_second_pattern_that_is_too_long_fails_for_texts_only() -> None:
    def replacing(path: str) -> Any:
        given = {"pattern": "a", "pattern2": "x" * 11, "value": {"@path": path}}
        return {"@replace": given}

    assert value_of(replacing("none")) == ""
    assert "11 characters" in failure_of(replacing("zero")).message


def test_options_of_wrong_types_where_nothing_is_validated() -> None:
    assert value_of([{"@replace": {"pattern": 5, "value": "x"}}]) == [""]
    assert value_of([{"@replace": {"pattern": "x", "value": "x", "global": None}}]) == [
        ""
    ]


# --- lists and objects ------------------------------------------------------------


def test_items_take_their_shape() -> None:
    shape = {"id": {"@path": "$.sku"}, "n": {"@path": "n"}, "c": "USD"}
    assert value_of({"@arrayPath": ["$.properties.items", shape]}) == [
        {"id": "s1", "n": 2, "c": "USD"},
        {"id": "s2", "c": "USD"},
        {"c": "USD"},
        {"id": None, "n": None, "c": "USD"},
    ]


def test_a_single_object_is_a_list_of_one() -> None:
    shape = {"id": {"@path": "sku"}}
    assert value_of({"@arrayPath": ["$.properties.one", shape]}) == [{"id": "s9"}]


@pytest.mark.parametrize("shape", [None, {}, 5, ["a"]])
def test_without_a_shape_items_are_passed_on(shape: Any) -> None:
    items = EVENT["properties"]["items"]
    assert value_of({"@arrayPath": ["properties.items", shape]}) is items


def test_a_shape_may_be_a_directive() -> None:
    items = {"@arrayPath": ["properties.items", {"@path": "sku"}]}
    assert value_of(items) == ["s1", "s2", None, None]


def test_a_scalar_takes_no_shape() -> None:
    assert value_of({"@arrayPath": ["userId", {"a": 1}]}) == "u1"
    assert value_of({"@arrayPath": ["nothing", {"a": 1}]}) is MISSING


def test_missing_members_go_and_missing_elements_are_null() -> None:
    absent = {"@path": "nothing"}
    assert value_of({"a": absent, "b": [absent, 1], "c": {"@path": "none"}}) == {
        "b": [None, 1],
        "c": None,
    }


def test_later_objects_win_when_merging() -> None:
    objects = [{"a": 1, "b": 1}, {"b": 2}, {"@path": "nothing"}, {"@path": "none"}]
    merge = {"objects": objects, "direction": "right"}
    assert value_of({"@merge": merge}) == {"a": 1, "b": 2}
    assert value_of({"@merge": {**merge, "direction": "left"}}) == {"b": 1, "a": 1}
    assert value_of({"@merge": {**merge, "direction": "LEFT"}}) == {"a": 1, "b": 2}


def test_a_missing_member_erases_a_default() -> None:
    objects = [{"a": 1, "b": 1}, {"a": {"@path": "nothing"}}]
    assert value_of({"@merge": {"objects": objects, "direction": "right"}}) == {"b": 1}


def test_texts_and_lists_merge_by_index() -> None:
    objects = [{"b": 0}, {"@literal": "x😀"}, {"@path": "properties.tags"}]
    merged = value_of({"@merge": {"objects": objects, "direction": "right"}})
    assert list(merged.items()) == [("0", "a"), ("1", None), ("2", ["b"]), ("b", 0)]


def test_flattening_joins_keys() -> None:
    nested = {"@path": "properties.nested"}
    flat = value_of({"@flatten": {"separator": "_", "value": nested}})
    assert list(flat.items()) == [("9", "y"), ("10", "x"), ("a_b", 1)]
    kept = {"separator": "_", "value": nested, "omitArrays": True}
    assert value_of({"@flatten": kept})["a_c"] == []


@pytest.mark.parametrize(
    ("path", "flat"),
    [
        ("userId", {"": "u1"}),
        ("nothing", {}),
        ("none", {"": None}),
        ("properties.tags", {"0": "a", "1": None, "2.0": "b"}),
    ],
)
def test_flattening_what_is_no_object(path: str, flat: Any) -> None:
    given = {"separator": ".", "value": {"@path": path}}
    assert value_of({"@flatten": given}) == flat


def test_options_that_directives_give_where_nothing_is_validated() -> None:
    event = {"sep": "-", "left": "left", "a": {"b": {"c": 1}}, "n": 5}
    flatten = {"separator": {"@path": "sep"}, "value": {"@path": "a"}}
    assert value_of([{"@flatten": flatten}], event) == [{"b-c": 1}]
    objects = [{"x": 1}, {"x": 2}]
    merge = {"direction": {"@path": "left"}, "objects": objects}
    assert value_of([{"@merge": merge}], event) == [{"x": 1}]
    flatten = {"separator": {"@path": "n"}, "value": {"@path": "a"}}
    error = failure_of([{"@flatten": flatten}], event)
    assert (error.member, error.path) == ("m[0]", "n")
    case = {"operator": {"@path": "left"}, "value": {"@path": "sep"}}
    assert failure_of([{"@case": case}], event).path == "sep"


def test_nulls_are_dropped_from_merged_objects() -> None:
    objects = [{"a": 1, "b": 1}, {"@excludeWhenNull": {"@path": "o"}}]
    merge = {"@merge": {"objects": objects, "direction": "right"}}
    event = {"o": {"a": None, "c": {"d": None}}}
    assert value_of(merge, event) == {"b": 1, "c": {}}


def test_nulls_are_dropped_from_objects_not_from_lists() -> None:
    event = {"a": {"b": None, "c": {"d": None}, "e": [None, {"f": None}]}}
    assert value_of({"@excludeWhenNull": {"@path": "a"}}, event) == {
        "c": {},
        "e": [None, {"f": None}],
    }
    assert value_of({"@excludeWhenNull": {"@path": "none"}}) is MISSING
    assert value_of({"@excludeWhenNull": {"@path": "zero"}}) == 0


# --- JSON -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("properties.total", "12"),
        ("properties.nested", '{"9":"y","10":"x","a":{"b":1,"c":[]}}'),
        ("name", '"Ann 😀"'),
        ("none", "null"),
        ("nothing", MISSING),
    ],
)
def test_encoding(path: str, text: Any) -> None:
    given = {"mode": "encode", "value": {"@path": path}}
    assert value_of({"@json": given}) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"b": 1.0, "2": [null], "1": -0}', {"1": 0, "2": [None], "b": 1}),
        ("12345678901234567890", 12345678901234567000),
        ("NaN", "NaN"),
        ("[1,]", "[1,]"),
        (" true ", True),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_decoding(text: str, value: Any) -> None:
    given = {"mode": "decode", "value": {"@path": "t"}}
    assert value_of({"@json": given}, {"t": text}) == value
    assert value_of({"@json": given}, {"t": 5}) == 5


def test_an_odd_mode_gives_nothing() -> None:
    given = {"mode": "Encode", "value": {"@path": "zero"}}
    assert value_of({"@json": given}) is MISSING


# --- two steps --------------------------------------------------------------------


def test_the_second_step_reads_what_the_first_gives() -> None:
    steps = {
        "apply": {"id": {"@path": "userId"}, "list": [{"@path": "nothing"}]},
        "mapping": {
            "a": {"@path": "$.id"},
            "b": {"@path": "userId"},
            "c": {"@path": "list[0]"},
            "d": {"@path": "list"},
        },
    }
    assert value_of({"@transform": steps}) == {"a": "u1", "d": [None]}


def test_a_first_step_may_give_nothing_or_a_text() -> None:
    def second(path: str) -> Any:
        apply = {"@path": path}
        return {"@transform": {"apply": apply, "mapping": {"n": {"@path": "length"}}}}

    assert value_of(second("nothing")) == {}
    assert value_of(second("none")) == {"n": None}
    assert value_of(second("userId")) == {"n": 2}


def test_a_first_step_that_gives_nothing_is_nothing_in_generated_code() -> None:
    mapping = {
        "whole": {"@path": "$."},
        "list": [{"@path": ""}],
        "text": {"@json": {"mode": "encode", "value": {"@path": ""}}},
        "else": {"@if": {"exists": {"@path": ""}, "then": 1, "else": 2}},
        "items": {"@arrayPath": ["", {"sku": {"@path": ""}}]},
    }
    steps = {"@transform": {"apply": {"@path": "nothing"}, "mapping": mapping}}
    assert generated({"m": steps})(EVENT) == {"m": {"list": [None], "else": 2}}


def test_an_element_that_is_not_there_is_nothing_in_generated_code() -> None:
    items = {"@literal": [{"@path": "nothing"}, {"@path": "userId"}]}
    mapping = {"@arrayPath": [items, {"id": {"@path": ""}}]}
    assert generated({"m": mapping})(EVENT) == {"m": [{}, {"id": "u1"}]}


def test_steps_inside_items_need_objects() -> None:
    steps = {"@transform": {"apply": {"a": {"@path": "sku"}}, "mapping": {"b": 1}}}
    mapping = {"@arrayPath": ["properties.items", {"x": steps}]}
    assert failure_of(mapping).member == "m[].x"
    assert (
        failure_of(mapping).message
        == "`@transform` works on an object, not on a number"
    )


def test_a_refused_first_step_fails_where_nothing_is_validated() -> None:
    steps = {
        "@transform": {"apply": {"a": {"@case": {"value": 5}}}, "mapping": {"b": 1}}
    }
    mapping = {"@if": {"exists": {"@path": "userId"}, "then": [steps]}}
    assert "`value` must be a text" in failure_of(mapping).message
    assert value_of(mapping, {}) is MISSING


def test_the_root_directive_wraps_the_mapping() -> None:
    mapping = {
        "__segment_internal_directive": {
            "@transform": {"apply": {"flat": {"@path": "properties.one.sku"}}}
        },
        "id": {"@path": "flat"},
        "user": {"@path": "userId"},
    }
    assert compiled(mapping)(EVENT) == {"id": "s9"}


def test_a_whole_mapping_may_be_a_directive() -> None:
    assert compiled({"@path": "properties.one"})(EVENT) == {"sku": "s9"}
    assert compiled({"@path": "nothing"})(EVENT) is MISSING


# --- failures ---------------------------------------------------------------------


def test_what_only_some_events_come_to_fails_only_then() -> None:
    broken = [{"@oops": 1}]
    mapping = {"@if": {"exists": {"@path": "bad"}, "then": broken, "else": "fine"}}
    assert value_of(mapping) == "fine"
    error = failure_of(mapping, {"bad": 1})
    assert (error.member, error.path) == ("m[0]", "")
    assert str(error) == "`m[0]`: there is no directive `@oops`"


def test_a_failure_names_the_member() -> None:
    bad = {"@path": {"@path": "zero"}}
    mapping = compiled({"a": {"b": [1, {"c": bad}]}})
    with pytest.raises(MappingError) as caught:
        mapping(EVENT)
    assert caught.value.member == "a.b[1].c"


def test_a_failure_of_the_whole_has_no_member() -> None:
    with pytest.raises(MappingError, match="the payload: a path is a text"):
        compiled({"@path": {"@path": "zero"}})(EVENT)


def test_metadata_and_unused_options_change_nothing() -> None:
    plain = {"@case": {"operator": "upper", "value": {"@path": "userId"}}}
    decorated = {
        "@case": {**plain["@case"], "note": {"@path": "x"}},
        "_metadata": {"label": "User"},
    }
    assert value_of(decorated) == value_of(plain) == "U1"


def test_a_member_named_like_the_prototype_is_lost() -> None:
    assert value_of({"__proto__": 1, "a": 2}) == {"a": 2}


# --- laws -------------------------------------------------------------------------

KEYS = ["a", "b", "0", "10", "x y", ""]
PATHS = ["a", "$.a.b", "b.0.a", "a.length", "", "c", "a.b.c", "b[1]", "0.a"]
scalars = st.sampled_from(
    [None, True, False, 0, 1, 2.5, 1e21, "", "a", "aB 😀", '{"1":[null],"0":1}', "[1"]
)
objects = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=8,
)
events = st.dictionaries(st.sampled_from(KEYS), objects, max_size=5)


def directives(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw a directive whose parts are drawn from *inner*."""

    def options(name: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        required = {"operator", "pattern", "separator", "mode", "direction", "objects"}
        needed = {key: part for key, part in parts.items() if key in required}
        given = {key: part for key, part in parts.items() if key not in required}
        drawn = st.fixed_dictionaries(needed, optional=given)
        return drawn.map(lambda each: {name: each})

    shapes = st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    short = st.sampled_from(["", "a", "$&", "😀", "B"])
    return st.one_of(
        options("@if", exists=inner, blank=inner, then=inner, **{"else": inner}),
        options(
            "@case", operator=st.sampled_from(["lower", "upper", "x"]), value=inner
        ),
        options(
            "@replace",
            pattern=st.sampled_from(["a", "B", " ", "😀"]),
            replacement=short,
            pattern2=short,
            replacement2=short,
            ignorecase=st.booleans(),
            value=inner,
        )
        | st.tuples(st.sampled_from(PATHS) | inner, shapes | inner).map(
            lambda parts: {"@arrayPath": list(parts)}
        ),
        options("@flatten", separator=st.sampled_from("_."), value=inner),
        options("@json", mode=st.sampled_from(["encode", "decode", "x"]), value=inner),
        options(
            "@merge",
            direction=st.sampled_from(["left", "right"]),
            objects=st.lists(shapes | inner, max_size=3),
        ),
        options("@transform", apply=shapes | inner, mapping=shapes | inner),
        inner.map(lambda value: {"@literal": value}),
        inner.map(lambda value: {"@excludeWhenNull": value}),
        inner.map(lambda value: {"@path": value}),
    )


mappings = st.recursive(
    scalars
    | st.sampled_from(PATHS).map(lambda path: {"@path": path})
    | st.sampled_from(["{{a}}", "{{{b}}} {{a.b}}"]).map(lambda t: {"@template": t}),
    lambda inner: (
        directives(inner)
        | st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(mappings, st.lists(events, min_size=1, max_size=3))
def test_lowering_agrees_with_the_plain_interpreter(
    mapping: Any, given_events: list[Any]
) -> None:
    """Where a mapping is not refused, every event gets the payload, or the failure.

    So with closures, and so with generated Python. Lists are not validated, so that
    hardly anything is refused inside one. The mapping and the events stay as they are.
    """
    whole = {"m": [mapping]}
    found = check_directives(whole)
    before = deepcopy((whole, given_events))
    if has_errors(found.diagnostics):
        for event in given_events:
            with pytest.raises(MappingError):
                payload_of(whole, event)
        return
    node = lower_directives(found.root)
    for payload in (compile_value(node), compile_value_source(node, "m")):
        for event in given_events:
            check_payload(payload, whole, event)
    assert (whole, given_events) == before


def check_payload(payload: Callable[[Any], Any], mapping: Any, event: Any) -> None:
    """Look whether *payload* gives, or fails on, what the interpreter does."""
    try:
        expected = payload_of(mapping, event)
    except MappingError:
        with pytest.raises(MappingError):
            payload(event)
    else:
        assert compact_json(payload(event)) == compact_json(expected)


@given(mappings, events)
def test_payloads_share_nothing_that_they_made(mapping: Any, event: Any) -> None:
    """Filling one payload with rubbish does not show in the next."""
    found = check_directives({"m": mapping})
    if has_errors(found.diagnostics):
        return
    payload: Callable[[Any], Any] = compile_value(lower_directives(found.root))
    try:
        expected = compact_json(payload(deepcopy(event)))
    except MappingError:
        return
    spoil(payload(deepcopy(event)))
    assert compact_json(payload(event)) == expected


def spoil(value: Any) -> None:
    """Change every list and object inside *value*."""
    match value:
        case dict():
            for each in value.values():
                spoil(each)
            value["spoilt"] = True
        case list():
            for each in value:
                spoil(each)
            value.append("spoilt")
        case _:
            pass


def test_the_deepest_mapping_runs() -> None:
    value: Any = {"@path": "userId"}
    for _ in range((MAX_NESTING - 2) // 2):
        value = {"@case": {"operator": "upper", "value": value}}
    assert value_of(value) == "U1"


def test_deep_events_are_no_trouble() -> None:
    deep: Any = []
    for _ in range(50_000):
        deep = [deep, 1]
    event = {"deep": deep, "object": {"a": deep}}
    text = value_of({"@template": "{{deep}}"}, event)
    assert text == ",1" * 50_000
    assert value_of({"@json": {"mode": "encode", "value": {"@path": "deep"}}}, event)
    objects = [{"@path": "object"}, {"a": {"@path": "nothing"}}, {"b": 1}]
    merge = {"@merge": {"objects": objects, "direction": "left"}}
    assert value_of(merge, event)["a"] is not MISSING
    flatten = {"@flatten": {"separator": "_", "value": {"@path": "deep"}}}
    assert "levels" in failure_of(flatten, event).message
