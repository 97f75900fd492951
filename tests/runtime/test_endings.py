"""How events end: outcomes out of what they have in common."""

from __future__ import annotations

from dataclasses import replace

from fql.runtime.endings import Ending, OutcomeList
from fql.runtime.outcomes import Decision, Outcome, Stage

BUILT = Outcome(
    "m1",
    Stage.BUILD,
    Decision.BUILT,
    "crm",
    mapping="Orders",
    action="send",
    reason="why",
    filter="staff",
    payload={"id": 1},
    detail="how",
    missing_rows=("prices",),
)


def common(outcome: Outcome) -> Ending:
    """Return the ending of *outcome*."""
    return Ending(replace(outcome, message_id=None, payload=None))


def test_an_ending_gives_whole_outcomes() -> None:
    assert common(BUILT).of("m1", {"id": 1}) == BUILT
    assert common(BUILT).of(None) == common(BUILT).outcome


def test_endings_are_told_apart_however_alike() -> None:
    one, other = common(BUILT), common(BUILT)
    assert one.outcome == other.outcome
    assert len({one, other, one}) == 2


def test_what_a_list_is_told_it_holds_in_order() -> None:
    failed = Outcome("m2", Stage.BUILD, Decision.DISCARDED, "crm", fault=ValueError())
    told = OutcomeList()
    told.build(common(BUILT), "m1", {"id": 1})
    told.tell(failed)
    told.end(common(BUILT), None)
    assert told.outcomes == [BUILT, failed, common(BUILT).outcome]
