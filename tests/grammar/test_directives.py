"""Directive JSON: the tree, what is refused, what is odd, and where."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.grammar.diagnostics import Code, Severity
from fql.grammar.directive_nodes import (
    NAMES,
    ArrayPath,
    Case,
    Failing,
    If,
    Items,
    Literal,
    Members,
    Path,
    Rooted,
    Scalar,
    Template,
    Transform,
    name_of,
)
from fql.grammar.directive_texts import (
    has_triples,
    path_keys,
    split_doubles,
    split_triples,
    units_in,
    without_root,
)
from fql.grammar.directives import is_directive, read_directives, to_json
from fql.grammar.json_places import read_json
from fql.grammar.limits import MAX_NESTING
from fql.grammar.source import Source

Found = list[tuple[str, str, Code | None]]

USER = {"@path": "$.userId"}
IF = {"exists": USER, "then": 1}


def findings(mapping: Any) -> list[tuple[str, Severity, Code]]:
    """Return pointer, severity and code of every finding."""
    return [
        (each.pointer or "", each.severity, each.code)
        for each in read_directives(mapping).diagnostics
    ]


def messages(mapping: Any) -> list[str]:
    return [each.message for each in read_directives(mapping).diagnostics]


# --- the tree ---------------------------------------------------------------------


def test_a_mapping_is_read() -> None:
    mapping = {
        "id": USER,
        "list": [1, {"@template": "{{a}}"}],
        "if": {"@if": {"exists": USER, "else": None}},
        "case": {"@case": {"operator": "lower", "value": USER}},
    }
    user = Path(Scalar("$.userId"))
    assert read_directives(mapping).root == Members(
        (
            ("id", user),
            ("list", Items((Scalar(1), Template(Scalar("{{a}}"))))),
            ("if", If(exists=user, otherwise=Scalar(None))),
            ("case", Case(operator=Scalar("lower"), value=user)),
        )
    )


def test_nodes_know_their_pointer() -> None:
    mapping = {"a/b": {"@arrayPath": ["$.items", {"id": USER}]}}
    root = read_directives(mapping).root
    assert isinstance(root, Members)
    each = root.members[0][1]
    assert isinstance(each, ArrayPath)
    assert isinstance(each.shape, Members)
    assert each.pointer == "/a~1b"
    assert each.shape.members[0][1].pointer == "/a~1b/@arrayPath/1/id"


def test_an_object_is_a_directive_if_only_metadata_stands_beside() -> None:
    assert is_directive({"@path": "a", "_metadata": {}})
    assert not is_directive({"@path": "a", "b": 1})
    assert not is_directive({"_metadata": {}})
    assert not is_directive({})


def test_every_directive_has_a_name() -> None:
    examples: dict[str, Any] = {
        "@if": {},
        "@case": {},
        "@replace": {},
        "@flatten": {},
        "@json": {},
        "@merge": {},
        "@transform": {},
        "@arrayPath": [],
    }
    for name in NAMES:
        node = read_directives({"a": {name: examples.get(name, "x")}}).root
        assert isinstance(node, Members)
        assert name_of(node.members[0][1]) == name  # type: ignore[arg-type]  # it is one


def test_an_unknown_directive_is_kept() -> None:
    root = read_directives({"a": [{"@oops": 1}]}).root
    assert isinstance(root, Members)
    (failing,) = root.members[0][1].items  # type: ignore[union-attr]  # a list
    assert isinstance(failing, Failing)
    assert (failing.name, failing.argument) == ("@oops", Scalar(1))


def test_the_root_directive_is_given_the_other_members() -> None:
    apply = {"x": USER}
    mapping = {
        "__segment_internal_directive": {"@transform": {"apply": apply}},
        "y": {"@path": "x"},
    }
    directives = read_directives(mapping)
    assert directives.diagnostics == ()
    root = directives.root
    assert isinstance(root, Rooted)
    assert root.value == Transform(
        apply=Members((("x", Path(Scalar("$.userId"))),)),
        mapping=Members((("y", Path(Scalar("x"))),)),
    )
    assert isinstance(root.value, Transform)
    assert root.value.mapping is not None
    assert root.value.mapping.pointer == ""
    assert to_json(root) == mapping


@pytest.mark.parametrize("root", [None, {}, "x", 5, {"a": 1}, {"a": {}, "b": {}}])
def test_a_root_directive_that_cannot_run_is_refused(root: Any) -> None:
    mapping = {"__segment_internal_directive": root, "a": 1}
    ((pointer, severity, _),) = findings(mapping)
    assert severity is Severity.ERROR
    assert pointer.startswith("/__segment_internal_directive")
    assert to_json(read_directives(mapping).root) == mapping


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*sorted(NAMES), "@x", "_metadata", "value", "exists", "a"])
            | st.sampled_from(["mode", "objects", "operator", "apply", "else"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.text(max_size=3), json_values, max_size=4))
def test_any_object_is_read_and_written_back(mapping: dict[str, Any]) -> None:
    """Reading never raises, writing gives the same JSON, places are pointers."""
    directives = read_directives(mapping)
    assert to_json(directives.root) == mapping
    for each in directives.diagnostics:
        assert each.pointer is not None
        assert each.message
        assert not each.message.endswith(".")


# --- refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("directive", "place", "message"),
    [
        ({"@oops": 1}, "/@oops", "there is no directive `@oops`"),
        (
            {"@path": "a", "@template": "b"},
            "",
            "`@path` does not stand alone in its object: there is `@template`",
        ),
        (
            {"@path": "a", "b": 1},
            "",
            "`@path` does not stand alone in its object: there is `b`",
        ),
        (
            {"@path": 5},
            "/@path",
            "what `@path` is given must be a text or a directive, but is a number",
        ),
        (
            {"@template": ["a"]},
            "/@template",
            "what `@template` is given must be a text or a directive, but is a list",
        ),
        (
            {"@liquid": USER},
            "/@liquid",
            "what `@liquid` is given must be a text, but is a directive",
        ),
        (
            {"@if": [USER]},
            "/@if",
            "`@if` takes an object with its options, not a list",
        ),
        (
            {"@if": USER},
            "/@if",
            "`@if` takes an object with its options, not the directive `@path`",
        ),
        (
            {"@if": {"exists": 0, "then": 1}},
            "/@if",
            '`@if` needs `exists` or `blank`; null, false, 0 and "" count as none',
        ),
        ({"@case": {"value": USER}}, "/@case", "`@case` needs `operator`"),
        (
            {"@case": {"operator": "", "value": USER}},
            "/@case/operator",
            '`@case` needs `operator`, and "" counts as none',
        ),
        (
            {"@case": {"operator": "lower", "value": None}},
            "/@case/value",
            "`value` must be a text or a directive, but is null",
        ),
        (
            {"@case": {"operator": "title", "value": "x"}},
            "/@case/operator",
            "`title` is no `operator`",
        ),
        (
            {"@replace": {"pattern": "", "value": USER}},
            "/@replace/pattern",
            "`pattern` is empty",
        ),
        (
            {"@replace": {"pattern": "x" * 11, "value": USER}},
            "/@replace/pattern",
            "`pattern` has 11 characters; the engine takes at most 10",
        ),
        (
            {"@replace": {"pattern": "x", "replacement": "😀" * 6, "value": USER}},
            "/@replace/replacement",
            "`replacement` has 12 characters; the engine takes at most 10",
        ),
        (
            {"@replace": {"pattern": "x", "value": USER, "global": "yes"}},
            "/@replace/global",
            "`global` must be true or false, but is a text",
        ),
        ({"@replace": {"pattern": "x"}}, "/@replace", "`@replace` needs `value`"),
        ({"@arrayPath": "$.a"}, "/@arrayPath", "`@arrayPath` takes a list, not a text"),
        ({"@arrayPath": []}, "/@arrayPath", "`@arrayPath` needs `path`"),
        (
            {"@arrayPath": [{"a": 1}]},
            "/@arrayPath/0",
            "`path` must be a text or a directive, but is an object",
        ),
        ({"@flatten": {"value": USER}}, "/@flatten", "`@flatten` needs `separator`"),
        (
            {"@flatten": {"value": USER, "separator": 1}},
            "/@flatten/separator",
            "`separator` must be a text, but is a number",
        ),
        (
            {"@json": {"value": USER, "mode": "pretty"}},
            "/@json/mode",
            "`pretty` is no `mode`",
        ),
        (
            {"@json": {"value": 0, "mode": "encode"}},
            "/@json/value",
            "`@json` needs `value`, and 0 counts as none",
        ),
        ({"@merge": {"objects": []}}, "/@merge", "`@merge` needs `direction`"),
        (
            {"@merge": {"objects": [1], "direction": "left"}},
            "/@merge/objects/0",
            "each of `objects` must be an object or a directive, but is a number",
        ),
        (
            {"@transform": {"apply": "x", "mapping": {}}},
            "/@transform/apply",
            "`apply` must be an object or a directive, but is a text",
        ),
        ({"@transform": {"apply": {}}}, "/@transform", "`@transform` needs `mapping`"),
        (
            {"@liquid": "x" * 1001},
            "/@liquid",
            "the template has 1,001 characters; the engine takes 1,000",
        ),
    ],
)
def test_what_fails_with_every_event_is_refused(
    directive: Any, place: str, message: str
) -> None:
    (diagnostic,) = read_directives({"m": directive}).diagnostics
    assert diagnostic.severity is Severity.ERROR
    assert diagnostic.code is Code.BAD_MODEL
    assert (diagnostic.pointer, diagnostic.message) == ("/m" + place, message)


def test_every_mistake_is_reported_at_once() -> None:
    mapping = {
        "a": {"@oops": 1},
        "b": {"c": {"@path": None}, "d": {"@case": {"value": 1}}},
        "e": {"@if": {"exists": {"@path": False}, "then": {"@path": True}}},
    }
    assert [pointer for pointer, *_ in findings(mapping)] == [
        "/a/@oops",
        "/b/c/@path",
        "/b/d/@case/value",
        "/e/@if/exists/@path",
        "/e/@if/then/@path",
    ]


def test_a_near_name_is_suggested() -> None:
    (diagnostic,) = read_directives({"a": {"@excludeWhenNul": 1}}).diagnostics
    assert diagnostic.help == "did you mean `@excludeWhenNull`?"


@pytest.mark.parametrize("mapping", [[], "x", 1, None, True])
def test_a_mapping_is_an_object(mapping: Any) -> None:
    assert findings(mapping) == [("", Severity.ERROR, Code.BAD_MODEL)]


@pytest.mark.parametrize("value", [date(2024, 2, 29), (1, 2), {1: 2}, {1}])
def test_values_that_are_no_json_are_refused(value: Any) -> None:
    assert findings({"a": value}) == [("/a", Severity.ERROR, Code.BAD_MODEL)]


def test_depth_is_bounded() -> None:
    def nested(levels: int) -> Any:
        value: Any = 1
        for _ in range(levels - 1):
            value = {"@literal": value}
        return {"a": value}

    assert findings(nested(MAX_NESTING)) == []
    ((_, _, code),) = findings(nested(MAX_NESTING + 1))
    assert code is Code.TOO_DEEP
    assert findings(nested(10_000))[0][2] is Code.TOO_DEEP


# --- only some events fail --------------------------------------------------------


@pytest.mark.parametrize(
    ("mapping", "severity"),
    [
        ([{"@oops": 1}], Severity.ERROR),
        ({"@literal": {"a": {"@oops": 1}}}, Severity.ERROR),
        ({"@if": {"exists": USER, "then": [{"@oops": 1}]}}, Severity.WARNING),
        ({"@if": {"exists": [{"@oops": 1}], "then": 1}}, Severity.ERROR),
        ({"@arrayPath": ["a", {"x": [{"@oops": 1}]}]}, Severity.WARNING),
        ([{"@transform": {"apply": {"a": {"@oops": 1}}, "mapping": {}}}], "error"),
        (
            {
                "@if": {
                    "exists": USER,
                    "then": [
                        {"@transform": {"apply": {"a": {"@oops": 1}}, "mapping": {}}}
                    ],
                }
            },
            Severity.WARNING,
        ),
    ],
)
def test_where_nothing_is_validated_reach_decides(
    mapping: Any, severity: Severity
) -> None:
    found = [
        each
        for each in read_directives({"m": mapping}).diagnostics
        if "@oops" in each.message
    ]
    assert [each.severity for each in found] == [severity]
    assert ("fails" in found[0].message) is (severity is Severity.WARNING)


@pytest.mark.parametrize(
    ("directive", "place", "message"),
    [
        (
            {"@flatten": {"separator": {"a": 1}, "value": 1}},
            "/@flatten/separator",
            "`separator` must be a text, but is an object",
        ),
        (
            {"@merge": {"direction": "left", "objects": {"a": 1}}},
            "/@merge/objects",
            "`objects` must be a list, but is an object",
        ),
        (
            {"@transform": {"apply": 5, "mapping": {"a": 1}}},
            "/@transform/apply",
            "`apply` must be an object, but is a number",
        ),
        (
            {"@case": {"operator": True, "value": "x"}},
            "/@case/operator",
            "`operator` must be a text, but is true",
        ),
        (
            {"@path": [USER]},
            "/@path",
            "what `@path` is given must be a text or a directive, but is a list",
        ),
        (
            {"@liquid": ["x"]},
            "/@liquid",
            "what `@liquid` is given must be a text, but is a list",
        ),
        (
            {"@replace": {"pattern": "x" * 11, "value": "y"}},
            "/@replace/pattern",
            "`pattern` has 11 characters; the engine takes at most 10",
        ),
    ],
)
def test_what_fails_where_nothing_is_validated(
    directive: Any, place: str, message: str
) -> None:
    (diagnostic,) = read_directives({"m": [directive]}).diagnostics
    assert diagnostic.severity is Severity.ERROR
    assert (diagnostic.pointer, diagnostic.message) == ("/m/0" + place, message)


def test_what_is_never_evaluated_is_not_found_wanting() -> None:
    mapping = {"a": {"@if": {**IF, "blank": [{"@oops": 1}]}}}
    assert messages(mapping) == ["`blank` is ignored beside `exists`"]


@pytest.mark.parametrize("value", ["some text", USER])
def test_operators_that_only_texts_come_to(value: Any) -> None:
    mapping = {"a": {"@case": {"operator": "title", "value": value}}}
    ((_, severity, code),) = findings(mapping)
    assert code is Code.BAD_MODEL
    assert severity is (Severity.ERROR if isinstance(value, str) else Severity.WARNING)


# --- accidents --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("directive", "place", "message"),
    [
        (
            {"@if": {**IF, "else": 0}},
            "/@if/else",
            "an `else` of zero is ignored: nothing is given",
        ),
        (
            {"@if": {"exists": "userId", "then": 1}},
            "/@if/exists",
            "`exists` tests this value itself, not a field of the event",
        ),
        (
            {"@path": "foo$.bar"},
            "/@path",
            "`$.` is removed wherever it stands: this reads `foobar`",
        ),
        (
            {"@path": "$"},
            "/@path",
            "`$` without a dot behind it is the name of a field",
        ),
        (
            {"@path": "a['b.c']"},
            "/@path",
            "a dot splits keys even in quotes: this reads `a.b.c`",
        ),
        (
            {"@path": "items[*].id"},
            "/@path",
            "brackets hold a number or quotes: this reads the field `items[*]`",
        ),
        (
            {"@path": ".."},
            "/@path",
            "this path has no keys and so gives the whole event",
        ),
        (
            {"@template": "{{ $.a }}"},
            "/@template",
            "templates know no `$.`: `$.a` finds nothing",
        ),
        (
            {"@template": "{{ a | upcase }}"},
            "/@template",
            "templates have no filters: `a | upcase` finds nothing",
        ),
        (
            {"@template": "a {{ }}"},
            "/@template",
            "a blank placeholder prints `[object Object]`",
        ),
        (
            {"@template": "a {{b"},
            "/@template",
            "these braces are no placeholder and stay in the text",
        ),
        (
            {"@literal": [USER]},
            "/@literal",
            "directives inside `@literal` are evaluated all the same",
        ),
        (
            {"@replace": {"pattern": "a", "replacement": "$&b", "value": USER}},
            "/@replace/replacement",
            "`$&` in a replacement inserts what was found",
        ),
        (
            {"@replace": {"pattern": "a", "value": ""}},
            "/@replace/value",
            "`@replace` of an empty text gives nothing at all",
        ),
        (
            {"@replace": {"pattern": "a", "pattern2": 5, "value": USER}},
            "/@replace/pattern2",
            "the second replacement does nothing: `pattern2` is no text",
        ),
        (
            {"@replace": {"pattern": "a", "replacement2": "x", "value": USER}},
            "/@replace/replacement2",
            "the second replacement does nothing: there is no `pattern2`",
        ),
        (
            {"@json": {"mode": "ENCODE", "value": USER}},
            "/@json/mode",
            "`@json` with the mode `ENCODE` gives nothing",
        ),
        (
            {"@merge": {"objects": [], "direction": "LEFT"}},
            "/@merge/direction",
            "the direction `LEFT` is taken for `right`",
        ),
        (
            {"@flatten": {"separator": "_", "value": USER, "omitArrays": "false"}},
            "/@flatten/omitArrays",
            "`omitArrays` is taken for true",
        ),
        (
            {"@arrayPath": ["$.a", {}]},
            "/@arrayPath/1",
            "this is no shape of items: they are passed on as they are",
        ),
        (
            {"@arrayPath": ["$.a", {"b": 1}, 3]},
            "/@arrayPath/2",
            "`@arrayPath` takes a path and a shape: this does nothing",
        ),
        (
            {"@case": {"operator": "lower", "value": USER, "locale": "de"}},
            "/@case/locale",
            "`@case` has no option `locale`: it does nothing",
        ),
        ({"__proto__": 1}, "/__proto__", "`__proto__` never reaches a payload"),
        (
            [{"@path": "a", "b": 1}],
            "/0/@path",
            "`@path` is no directive beside other keys: it becomes a member",
        ),
        (
            [{"@path": "a", "@case": 1}],
            "/0/@case",
            "only `@path` counts in this object, `@case` does nothing",
        ),
        (
            [{"@replace": {"pattern": 5, "value": USER}}],
            "/0/@replace",
            "`@replace` with options of these types always gives an empty text",
        ),
    ],
)
def test_what_is_not_evaluated_as_it_looks_is_a_warning(
    directive: Any, place: str, message: str
) -> None:
    (diagnostic,) = read_directives({"m": directive}).diagnostics
    assert diagnostic.severity is Severity.WARNING
    assert diagnostic.code is Code.JSON_ACCIDENT
    assert (diagnostic.pointer, diagnostic.message) == ("/m" + place, message)


def test_a_root_directive_without_use_for_members_is_a_warning() -> None:
    mapping = {
        "__segment_internal_directive": {"@merge": {"objects": [], "direction": "left"}}
    }
    assert findings(mapping) == [
        ("/__segment_internal_directive", Severity.WARNING, Code.JSON_ACCIDENT)
    ]


@pytest.mark.parametrize(
    "path", ["$.a.b[0].c", "a['b'].c", "$.properties.product 1", "", ".", "$.", "a.$b"]
)
def test_plain_paths_have_no_finding(path: str) -> None:
    assert findings({"a": {"@path": path}, "b": {"@arrayPath": [path]}}) == []


def test_what_stands_beside_as_metadata_has_no_finding() -> None:
    metadata = {"label": "User", "@oops": 1}
    assert findings({"a": {**USER, "_metadata": metadata}}) == []


# --- places in a text -------------------------------------------------------------


def test_findings_have_a_line_and_a_column() -> None:
    text = '{\n  "id": {"@path": 5},\n  "n": {"@if": {"exists": null}}\n}'
    found = read_directives(Source(text, "m.json")).diagnostics
    assert [(each.line, each.column, each.pointer) for each in found] == [
        (2, 19, "/id/@path"),
        (3, 9, "/n/@if"),
    ]
    assert found[0].source.slice(found[0].span) == "5"
    assert found[1].source.slice(found[1].span) == '"@if"'


def test_a_mapping_may_stand_inside_a_document() -> None:
    document = read_json(Source('{"mappings": [{"mapping": {"a": {"@pth": "x"}}}]}'))
    directives = read_directives(document, "/mappings/0/mapping")
    (diagnostic,) = directives.diagnostics
    assert diagnostic.pointer == "/mappings/0/mapping/a/@pth"
    assert diagnostic.source.slice(diagnostic.span) == '"@pth"'


def test_what_is_wrong_with_the_text_is_reported_too() -> None:
    found = read_directives(Source('{"a": {"@path": NaN}, "a": 1,}')).diagnostics
    assert [each.code for each in found] == [
        Code.BAD_JSON,
        Code.DUPLICATE_MEMBER,
        Code.BAD_JSON,
    ]
    (only,) = read_directives(Source("{")).diagnostics
    assert only.code is Code.BAD_JSON


# --- texts ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("a.b[0].c", ("a", "b", "0", "c")),
        ("a['b']", ("a", "b")),
        ('["a"].b', ("a", "b")),
        ("a[b]", ("a[b]",)),
        ("a b.c-d", ("a b", "c-d")),
        ("a..b.", ("a", "b")),
        ("a['b.c']", ("a", "b", "c")),
        ("it's", ("its",)),
        ("a['']", ("a", "")),
        ("a[1]]x", ("a", "1", "x")),
        ("a]b", ("a]b",)),
        ("", ()),
        (".", ()),
        ("...", ()),
    ],
)
def test_paths_split_where_the_original_splits(path: str, keys: tuple[str]) -> None:
    assert path_keys(path) == keys


def test_the_first_root_is_removed() -> None:
    assert without_root("$.a$.b") == "a$.b"
    assert without_root("a$.b$.c") == "ab$.c"


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("", [""]),
        ("{{a}}", ["", "a", ""]),
        ("x{{ a.b }}y{{c}}", ["x", "a.b", "y", "c", ""]),
        ("{{}} {a} {{b", ["{{}} {a} {{b"]),
        ("{{{{a}}}}", ["", "{{a", "}}"]),
    ],
)
def test_templates_split_at_placeholders(template: str, parts: list[str]) -> None:
    assert split_doubles(template) == parts


def test_three_braces_are_one_placeholder() -> None:
    assert split_triples("{{{ a }}}{{b}}") == ["", "a", "{{b}}"]
    assert has_triples("{{{a}}}")
    assert not has_triples("{{{a}}")


def test_length_is_counted_in_units() -> None:
    assert (units_in("abc"), units_in("é"), units_in("😀")) == (3, 1, 2)


def test_literals_keep_their_value() -> None:
    assert read_directives({"a": {"@literal": "{{x}}"}}).root == Members(
        (("a", Literal(Scalar("{{x}}"))),)
    )
