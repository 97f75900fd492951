"""The types that programs which embed fql see.

mypy and pyright do the checking, when they read this file; running it shows that the
values are of these types as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

import pytest

import fql

if TYPE_CHECKING:
    from fql.compiler.values import Json

EVENT: dict[str, Json] = {"type": "track", "event": "Order Completed", "userId": "u1"}
EMPTY_PROGRAM: dict[str, object] = {"sources": [], "destinations": []}


def test_a_trigger_answers_with_a_bool() -> None:
    trigger = assert_type(fql.compile('type = "track"'), fql.Trigger)
    assert assert_type(trigger(EVENT), bool) is True
    assert assert_type(trigger.fields, tuple[str, ...]) == ("type",)
    assert_type(trigger.diagnostics, tuple[fql.Diagnostic, ...])
    assert_type(trigger.text, str)


def test_an_explanation_has_parts_and_json() -> None:
    trigger = fql.compile('type = "track"')
    explanation = assert_type(trigger.explain(EVENT), fql.Explanation)
    assert assert_type(explanation.matches, bool)
    assert assert_type(explanation.to_dict(), dict[str, object])["matches"] is True


def test_a_program_is_explained_destination_by_destination() -> None:
    told = assert_type(fql.load({}).explain(EVENT), fql.ProgramExplanation)
    assert_type(told.refusal, fql.Outcome | None)
    assert assert_type(told.to_dict(), dict[str, object])["destinations"] == []


def test_checking_gives_findings() -> None:
    (finding,) = assert_type(fql.check("contians(event, 'a')"), list[fql.Diagnostic])
    assert assert_type(finding.code, fql.Code) == "FQL204"
    assert assert_type(finding.severity, fql.Severity) == "error"
    assert assert_type(finding.line, int) == 1
    assert assert_type(finding.column, int) == 1
    assert assert_type(finding.message, str)
    assert_type(finding.help, str)


def test_formatting_gives_text() -> None:
    assert assert_type(fql.format("a=1"), str) == "a = 1"


def test_a_mapping_gives_json() -> None:
    mapping = assert_type(fql.compile_mapping("{ id: userId }"), fql.Mapping)
    assert assert_type(mapping(EVENT), "Json") == {"id": "u1"}
    assert assert_type(mapping.fields, tuple[str, ...]) == ("userId",)


def test_a_filter_gives_an_event_or_none() -> None:
    definition = {"if": "type = 'page'", "actions": [{"type": "DROP"}]}
    event_filter = assert_type(fql.compile_filter(definition), fql.Filter)
    assert assert_type(event_filter(EVENT), "dict[str, Json] | None") == EVENT


def test_fields_give_the_payload_as_sent() -> None:
    fields = assert_type(fql.compile_fields({"n": {"type": "number"}}), fql.Fields)
    assert assert_type(fields({"n": "5"}), "dict[str, Json]") == {"n": 5}
    with pytest.raises(fql.PayloadError):
        fields({"n": "five"})


def test_a_workspace_gives_outcomes() -> None:
    workspace = assert_type(fql.load(EMPTY_PROGRAM), fql.Workspace)
    outcomes = assert_type(workspace.process(EVENT), list[fql.Outcome])
    assert assert_type(outcomes[0].to_dict(), "dict[str, Json]")


def test_a_rule_set_gives_names() -> None:
    rules = assert_type(fql.RuleSet({"tracks": 'type = "track"'}), fql.RuleSet[str])
    assert assert_type(rules.match(EVENT), list[str]) == ["tracks"]
    assert assert_type(rules["tracks"], fql.Trigger).text == 'type = "track"'
    assert assert_type(rules.fields, tuple[str, ...]) == ("type",)
    numbered: fql.RuleSet[int] = fql.RuleSet()
    numbered.add(1, "all")
    assert assert_type(numbered.match(EVENT), list[int]) == [1]


def test_the_version_is_text() -> None:
    assert assert_type(fql.__version__, str)


def test_an_error_carries_its_findings() -> None:
    with pytest.raises(fql.FqlError) as caught:
        fql.compile("a =")
    assert_type(caught.value.diagnostics, tuple[fql.Diagnostic, ...])
    assert caught.value.diagnostics


def test_the_function_table_is_a_mapping() -> None:
    assert_type(fql.FUNCTIONS, fql.FunctionTable)
    assert assert_type(fql.FUNCTIONS["contains"], fql.Function).arity == 2


def test_globs_and_condition_trees() -> None:
    assert assert_type(fql.glob_match("a*", "abc"), bool)
    tree = fql.conditions.read('type = "track"')
    assert assert_type(fql.conditions.compile(tree), fql.Trigger)(EVENT)
    assert assert_type(fql.conditions.generate(tree), str) == 'type = "track"'


def test_examples_are_events() -> None:
    found = assert_type(fql.examples('type = "track"', count=1), fql.ExampleEvents)
    (event,) = assert_type(found.events, "tuple[dict[str, Json], ...]")
    assert event["type"] == "track"
    assert assert_type(found.is_impossible, bool) is False
