"""What a run came to: every outcome counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fql.cli.summary import Tally, table
from fql.grammar.source import Source
from fql.runtime.load import load
from fql.runtime.outcomes import Decision, Outcome, Reason, Stage
from tests.cli.running import NOBODY, ORDER, OTHER, STAFF

if TYPE_CHECKING:
    from fql.compiler.values import Json
    from fql.runtime.workspace import Workspace

TEXT = """\
source site { }
destination crm: stdout from site {
  filter "staff" when userId = "staff" { drop }
  filter "lean" when all { drop_properties context [ip] }
  filter "some" when name = "Home" { sample 0.5 }
  disabled filter "off" when all { drop }
  mapping "Order" when event = "Order Completed" send send { id: properties.id }
  mapping "価格" when event = "Price" send send { a: 1 }
  disabled mapping "Off" when all send send { a: 1 }
}
disabled destination old: stdout { mapping "Old" when all send send { a: 1 } }
destination log: stdout { mapping "All" when all send send { data: $ } }
"""


@pytest.fixture
def workspace() -> Workspace:
    return load(Source(TEXT))


def tally_of(workspace: Workspace, *events: dict[str, Json]) -> Tally:
    """Return the tally of what becomes of *events*."""
    tally = Tally(workspace)
    for event in events:
        tally.events += 1
        for outcome in workspace.process(event):
            tally.add(outcome)
    return tally


def test_the_table_has_a_section_for_each_decision(workspace: Workspace) -> None:
    off: dict[str, Json] = {**OTHER, "integrations": {"log": False}}
    tally = tally_of(workspace, ORDER, ORDER, STAFF, NOBODY, OTHER, off)
    tally.rejected_lines = 1_000
    assert table(tally).splitlines() == [
        "events                                      6",
        "delivered by mapping                        4",
        "  crm  Order                                1",
        "  crm  価格                                 0",
        "  log  All                                  3",
        "filtered by filter                          2",
        "  crm  staff                                1",
        "  crm  some                                 0",
        "  log  FILTERED_BY_INTEGRATIONS_OBJECT      1",
        "discarded by reason                         3",
        "  DUPLICATE_MESSAGE                         1",
        "  crm  NO_MATCHING_MAPPING                  2",
        "rejected by reason                          1",
        "  no_user_anon_id                           1",
        "rejected lines                          1,000",
    ]


def test_json_says_the_same(workspace: Workspace) -> None:
    tally = tally_of(workspace, ORDER, STAFF, NOBODY)
    crm = {"destination": "crm"}
    log = {"destination": "log"}
    rules = "FILTERED_BY_RULES"
    assert tally.to_dict() == {
        "events": 3,
        "delivered": [
            crm | {"mapping": "Order", "count": 1},
            crm | {"mapping": "価格", "count": 0},
            log | {"mapping": "All", "count": 2},
        ],
        "filtered": [
            crm | {"filter": "staff", "reason": rules, "count": 1},
            crm | {"filter": "some", "reason": rules, "count": 0},
        ],
        "discarded": [],
        "rejected": [{"reason": "no_user_anon_id", "count": 1}],
        "rejectedLines": 0,
    }


def test_failures_name_their_part_and_their_reason(workspace: Workspace) -> None:
    tally = Tally(workspace)
    failed = Reason.FILTER_FAILED
    invalid = Reason.INVALID_PAYLOAD
    stage, filtered, discarded = Stage.BUILD, Decision.FILTERED, Decision.DISCARDED
    tally.add(Outcome("m", stage, filtered, "crm", filter="staff", reason=failed))
    tally.add(Outcome("m", stage, discarded, "crm", mapping="Order", reason=invalid))
    lines = [" ".join(line.split()) for line in table(tally).splitlines()]
    assert "crm FILTER_FAILED: staff 1" in lines
    assert "crm INVALID_PAYLOAD: Order 1" in lines


def test_names_cannot_steer_the_terminal() -> None:
    source = Source('destination d: stdout { mapping "\x1b[2J" when all send a {} }')
    assert "\x1b" not in table(Tally(load(source)))


def test_an_empty_run_has_a_table() -> None:
    source = Source("destination d: stdout { }")
    assert table(Tally(load(source))).splitlines()[0].split() == ["events", "0"]
