"""Findings as a SARIF log.

The shape is asserted against what the standard requires of the parts that are used
(SARIF 2.1.0, sections 3.13 to 3.58).
"""

from __future__ import annotations

import json
import re
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.grammar.diagnostics import Code, Diagnostic, Edit, Label, Severity
from fql.grammar.sarif import sarif_log
from fql.grammar.source import Source, Span


def log_of(*findings: Diagnostic, version: str = "") -> dict[str, Any]:
    log: dict[str, Any] = json.loads(json.dumps(sarif_log(findings, version=version)))
    return log


def run_of(*findings: Diagnostic) -> dict[str, Any]:
    runs: list[dict[str, Any]] = log_of(*findings)["runs"]
    (run,) = runs
    return run


def finding(name: str = "shop.fql") -> Diagnostic:
    text = "a = 1\n価 = {b}"
    place = Span(10, 13)
    return Diagnostic(
        Code.MAPPING_SYNTAX,
        "`{b}` belongs to mappings",
        place,
        Source(text, name),
        help="write a condition",
        labels=(Label(Span(0, 5), "compare with {this}"),),
        edits=(Edit(place, "{c}"), Edit(Span(0, 1), "")),
        pointer="/filters/0/if",
    )


def test_the_log_names_its_version_and_the_tool() -> None:
    log = log_of(finding(), version="1.2.3")
    driver = log["runs"][0]["tool"]["driver"]
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    assert (driver["name"], driver["version"]) == ("fql", "1.2.3")
    assert log["runs"][0]["columnKind"] == "unicodeCodePoints"


def test_an_empty_log_has_a_run_without_results() -> None:
    run = run_of()
    assert (run["results"], run["tool"]["driver"]) == ([], {"name": "fql", "rules": []})


def test_a_result_holds_all_that_is_known() -> None:
    (result,) = run_of(finding())["results"]
    uri = {"uri": "shop.fql"}
    on_line_2 = {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 8}
    on_line_1 = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 6}
    first = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2}
    assert result == {
        "ruleId": "FQL121",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "`{{b}}` belongs to mappings\nwrite a condition"},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": uri, "region": on_line_2},
                "logicalLocations": [{"fullyQualifiedName": "/filters/0/if"}],
            }
        ],
        "relatedLocations": [
            {
                "id": 1,
                "message": {"text": "compare with {{this}}"},
                "physicalLocation": {"artifactLocation": uri, "region": on_line_1},
            }
        ],
        "fixes": [
            {
                "description": {"text": "write a condition"},
                "artifactChanges": [
                    {
                        "artifactLocation": uri,
                        "replacements": [
                            {
                                "deletedRegion": on_line_2,
                                "insertedContent": {"text": "{c}"},
                            },
                            {"deletedRegion": first},
                        ],
                    }
                ],
            }
        ],
    }


def test_a_plain_result_holds_nothing_empty() -> None:
    plain = Diagnostic(Code.SYNTAX, "wrong", Span(0, 0), Source("a"), Severity.NOTE)
    (result,) = run_of(plain)["results"]
    assert result.keys() == {"ruleId", "ruleIndex", "level", "message", "locations"}
    assert result["level"] == "note"


def test_only_the_rules_that_are_used_are_listed_once() -> None:
    source = Source("a")
    codes = (Code.NEVER_TRUE, Code.SYNTAX, Code.NEVER_TRUE)
    run = run_of(*(Diagnostic(each, "m", Span(0, 0), source) for each in codes))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["FQL100", "FQL303"]
    assert [result["ruleIndex"] for result in run["results"]] == [1, 0, 1]
    assert rules[1]["name"] == "NeverTrue"
    assert rules[1]["help"] == {"text": "See docs/codes/FQL303.md."}


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("shop.fql", "shop.fql"),
        ("rules/my shop.fql", "rules/my%20shop.fql"),
        ("<fql>", "%3Cfql%3E"),
        ("a:b", "a%3Ab"),
        ("/srv/shop.fql", "file:///srv/shop.fql"),
        ("C:\\shop\\é.fql", "file:///C:/shop/%C3%A9.fql"),
        ("\ud800", "%3F"),
    ],
)
def test_names_of_sources_become_references(name: str, uri: str) -> None:
    (result,) = run_of(finding(name))["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == uri


def strings_of(value: object, key: str = "") -> list[tuple[str, str]]:
    """Return every string of a JSON value with the key that it stands under."""
    if isinstance(value, str):
        return [(key, value)]
    parts: list[tuple[str, object]] = []
    if isinstance(value, dict):
        parts = list(cast("dict[str, object]", value).items())
    elif isinstance(value, list):
        parts = [(key, part) for part in cast("list[object]", value)]
    return [each for name, part in parts for each in strings_of(part, name)]


@st.composite
def findings(draw: st.DrawFn) -> Diagnostic:
    text = draw(st.text("a{}\n価", max_size=20))
    place = st.integers(0, len(text))
    spans = st.tuples(place, place).map(lambda ends: Span(min(ends), max(ends)))
    words = st.text("x{}", max_size=4)
    return Diagnostic(
        draw(st.sampled_from(Code)),
        draw(words),
        draw(spans),
        Source(text, draw(st.text(max_size=8))),
        draw(st.sampled_from(Severity)),
        help=draw(words),
        labels=tuple(draw(st.lists(st.builds(Label, spans, words), max_size=3))),
    )


@given(st.lists(findings(), max_size=4))
def test_any_log_keeps_what_the_standard_requires(found: list[Diagnostic]) -> None:
    """Law: rules are found by index, regions run forwards, braces are doubled."""
    run = run_of(*found)
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        (place,) = result["locations"]
        region = place["physicalLocation"]["region"]
        start = (region["startLine"], region["startColumn"])
        assert (1, 1) <= start <= (region["endLine"], region["endColumn"])
        assert re.fullmatch(
            r"[\w%/:.~-]*", place["physicalLocation"]["artifactLocation"]["uri"], re.A
        )
    for key, text in strings_of(run):
        if key == "text":
            assert not re.search(r"[{}]", text.replace("{{", "").replace("}}", ""))
