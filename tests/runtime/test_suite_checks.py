"""What fails a test, and what is said then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.runtime.suite_running import failure, run

if TYPE_CHECKING:
    from pathlib import Path

ORDER = "{ type: track, userId: u1, event: Order Completed, properties: { total: 12 } }"
STAFF = "{ type: page, userId: staff }"
USER = "{ type: identify, userId: u1, traits: { name: Ada, email: a@b.c } }"
NOBODY = "{ type: page }"
HEAD = "program: rich.fql\ntests:\n"
PASSING = [
    f"- {{ event: {ORDER}, expect: [crm/Order, stats/Any] }}",
    f"- {{ event: {STAFF}, expect: [stats/Any] }}",
    f"- {{ event: {NOBODY}, expect: {{ refused: no_user_anon_id }} }}",
    f"- {{ event: {USER}, before: [{USER}], expect: [crm/User, stats/Any] }}",
    f"- {{ event: {ORDER}, set: {{ messageId: m }}, expect: [crm/Order, stats/Any] }}",
    f"- {{ event: {ORDER}, source: site, expect: [crm/Order, stats/Any] }}",
    f"- {{ of: crm/staff, event: {STAFF}, "
    "expect: { matches: true, dropped: true } }",
    f"- {{ of: crm/no mail, event: {USER}, expect: "
    "{ dropped: false, left_part: { traits: { name: Ada } } } }",
    f"- {{ of: crm/no mail, event: {USER}, expect: "
    "{ left: { type: identify, userId: u1, traits: { name: Ada } } } }",
    f"- {{ of: crm/Order, event: {ORDER}, expect: "
    "{ matches: true, payload: { total: 12 } } }",
]

FAILING = [
    (
        f"- {{ event: {ORDER}, expect: [crm/Order] }}",
        ["stats/Any: not expected, and built a payload", "the event matches"],
    ),
    (
        f"- {{ event: {ORDER}, set: {{ properties.total: 9 }}, "
        "expect: [crm/Order, stats/Any] }",
        [
            "crm/Order: expected a payload, and there is none",
            "crm was discarded: NO_MATCHING_MAPPING",
            "properties.total",
        ],
    ),
    (
        f"- {{ event: {STAFF}, expect: [crm/User, stats/Any] }}",
        ["crm/User: expected a payload", "crm was filtered by 'staff': FILTERED_BY"],
    ),
    (
        f"- {{ event: {NOBODY}, expect: [stats/Any] }}",
        ["stats/Any: expected a payload", "the event was rejected: no_user_anon_id"],
    ),
    (
        f"- {{ event: {ORDER}, expect: [crm/Off, crm/Order, stats/Any] }}",
        ["crm/Off: expected a payload, and there is none"],
    ),
    (
        f"- {{ event: {STAFF}, expect: {{ refused: no_user_anon_id }} }}",
        [
            "the event is not refused with no_user_anon_id",
            "crm was filtered by 'staff'",
        ],
    ),
    (
        f"- {{ event: {NOBODY}, expect: {{ refused: type_unknown }} }}",
        ["the event is not refused with type_unknown", "rejected: no_user_anon_id"],
    ),
    *(
        (f"- {{ event: {event}, expect: {{ outcomes: [{expected}] }} }}", told)
        for event, expected, told in [
            (
                ORDER,
                "{ destination: crm, mapping: Order, action: upsert }",
                ["crm/Order: action is send, expected upsert"],
            ),
            (
                STAFF,
                "{ destination: crm, reason: NO_MATCHING_MAPPING }",
                ["crm: reason is FILTERED_BY_RULES, expected NO_MATCHING_MAPPING"],
            ),
            (
                USER,
                "{ destination: crm, filter: staff }",
                ["crm: filter is none, expected staff"],
            ),
            (
                USER,
                "{ destination: crm, mapping: Order }",
                [
                    "crm/Order: expected a payload, and there is none",
                    "the event does not match",
                ],
            ),
            (
                NOBODY,
                "{ destination: crm }",
                ["crm: there is no outcome", "the event was rejected"],
            ),
            (
                ORDER,
                "{ destination: crm, mapping: Order, payload: {} }",
                ["crm/Order: the payload differs", "total: not expected, got 12"],
            ),
            (
                ORDER,
                "{ destination: crm, mapping: Order, part: { total: 13 } }",
                ["crm/Order: the payload differs", "total: expected 13, got 12"],
            ),
            (
                STAFF,
                "{ destination: crm, part: { total: 13 } }",
                ["crm: no payload was built", "crm was filtered by 'staff'"],
            ),
            (
                STAFF,
                "{ destination: crm, left: { type: page } }",
                ["the filters of crm left nothing of the event"],
            ),
            (
                USER,
                "{ destination: crm, left_part: { traits: { email: a@b.c } } }",
                ["what the filters of crm left of the event differs", "traits.email"],
            ),
            (
                USER,
                "{ destination: crm, left: { type: identify } }",
                ["what the filters of crm left of the event differs", "userId: not"],
            ),
        ]
    ),
    (
        f"- {{ of: crm/staff, event: {USER}, expect: true }}",
        ["crm/staff: expected match", "the event does not match"],
    ),
    (
        f"- {{ of: crm/staff, event: {STAFF}, expect: false }}",
        ["crm/staff: expected no match", "the event matches"],
    ),
    (
        f"- {{ of: crm/staff, event: {USER}, expect: {{ dropped: true }} }}",
        ["the event is not dropped by the filter", "the event does not match"],
    ),
    (
        f"- {{ of: crm/staff, event: {STAFF}, expect: {{ dropped: false }} }}",
        ["the event is not kept by the filter"],
    ),
    (
        f"- {{ of: crm/staff, event: {STAFF}, expect: {{ left_part: {{}} }} }}",
        ["the filter left nothing of the event"],
    ),
]


@pytest.mark.parametrize("test", PASSING)
def test_what_is_as_expected_passes(test: str, tmp_path: Path) -> None:
    report = run(tmp_path, f"{HEAD}{test}\n")
    assert report.diagnostics == ()
    assert [each.failures for each in report.results] == [()]


@pytest.mark.parametrize(("test", "told"), FAILING, ids=lambda each: str(each)[:80])
def test_what_is_otherwise_fails_and_says_how(
    test: str, told: list[str], tmp_path: Path
) -> None:
    said = failure(run(tmp_path, f"{HEAD}{test}\n"))
    assert [each for each in told if each not in said] == []


def test_a_message_that_came_before_is_refused(tmp_path: Path) -> None:
    text = f"""\
{HEAD}- name: twice
  event: {ORDER}
  set: {{ messageId: m-1 }}
  before: [{{ type: page, userId: u1, messageId: m-1 }}]
  expect: {{ refused: DUPLICATE_MESSAGE }}
- name: each test begins anew
  event: {ORDER}
  set: {{ messageId: m-1 }}
  expect: [crm/Order, stats/Any]
"""
    assert run(tmp_path, text).is_passed


# --- mappings and filters of their own --------------------------------------------

FAILS = """\
mapping:
  n: { "@path": { "@path": $.a } }
tests:
"""
"""A mapping that fails where `a` is no text."""


def test_a_mapping_builds_or_has_problems(tmp_path: Path) -> None:
    text = f"""\
{FAILS}
- {{ event: {{ a: b, b: 1 }}, expect: {{ payload: {{ n: 1 }} }} }}
- {{ event: {{ a: 1 }}, expect: {{ problems: [{{ member: n }}] }} }}
"""
    report = run(tmp_path, text)
    assert report.diagnostics == ()
    assert [each.failures for each in report.results] == [(), ()]


def test_a_payload_that_is_not_built_is_told(tmp_path: Path) -> None:
    text = f"{FAILS}- {{ event: {{ a: 1 }}, expect: {{ payload: {{}} }} }}\n"
    said = failure(run(tmp_path, text))
    assert said.startswith("no payload was built\nn: ")


@pytest.mark.parametrize(
    ("event", "problems", "told"),
    [
        ("{ a: 1 }", "[]", "expected 0 other problems, there are 1\nn: "),
        ("{ a: 1 }", "[{ member: m }]", "expected 1 other problems, there are 1"),
        ("{ a: x }", "[{}]", "expected 1 other problems, there are 0\na payload was"),
    ],
)
def test_other_problems_are_told(
    event: str, problems: str, told: str, tmp_path: Path
) -> None:
    expected = f"{{ problems: {problems} }}"
    text = f"{FAILS}- {{ event: {event}, expect: {expected} }}\n"
    assert told in failure(run(tmp_path, text))


def test_directives_are_a_mapping_too(tmp_path: Path) -> None:
    text = """\
mapping: { id: { "@path": $.userId } }
tests: [{ event: { userId: u1 }, expect: { payload: { id: u1 } } }]
"""
    assert run(tmp_path, text).is_passed


def test_a_filter_of_its_own_is_tested(tmp_path: Path) -> None:
    text = """\
filter: { if: 'type = "page"', actions: [{ type: DROP }] }
tests:
- { event: { type: page }, expect: { matches: true, dropped: true } }
- { event: { type: track }, expect: { matches: false, left: { type: track } } }
"""
    assert run(tmp_path, text, mutate=True, coverage=True).is_passed


def test_a_trigger_is_read_as_the_engine_does_where_asked(tmp_path: Path) -> None:
    text = """\
trigger: type = "track"
dialect: trigger
tests:
- { event: { type: track }, expect: true }
- { event: { type: page }, expect: false }
"""
    report = run(tmp_path, text, coverage=True, mutate=True)
    assert report.is_passed
    assert report.coverage is not None
    assert (report.coverage.sides, report.coverage.gaps) == (2, ())
    assert report.mutation is not None
    assert report.mutation.tried == 0
