"""Outcomes as JSON."""

from __future__ import annotations

import json

import pytest

from fql.runtime.accept import Rejection
from fql.runtime.outcomes import Decision, Outcome, Reason, Stage


def test_a_payload_is_told_even_if_it_is_null() -> None:
    outcome = Outcome(
        "m1", Stage.BUILD, Decision.BUILT, "crm", mapping="Orders", action="send"
    )
    assert outcome.is_built
    assert outcome.to_dict() == {
        "messageId": "m1",
        "stage": "build",
        "decision": "built",
        "destination": "crm",
        "mapping": "Orders",
        "action": "send",
        "payload": None,
    }


@pytest.mark.parametrize("reason", [Rejection.NO_USER, Reason.INTERNAL, "OTHER"])
def test_a_reason_is_told_as_text(reason: str) -> None:
    outcome = Outcome(None, Stage.ACCEPT, Decision.REJECTED, reason=reason)
    told = outcome.to_dict()
    assert json.dumps(told["reason"]) == json.dumps(str(reason))
    assert "messageId" not in told
    assert "payload" not in told


def test_problems_are_told_and_faults_are_not() -> None:
    outcome = Outcome(
        "m1",
        Stage.BUILD,
        Decision.DISCARDED,
        "crm",
        reason=Reason.INVALID_PAYLOAD,
        detail="no",
        problems=({"message": "no", "field": "id"},),
        fault=ValueError("no"),
    )
    assert outcome.to_dict() == {
        "messageId": "m1",
        "stage": "build",
        "decision": "discarded",
        "destination": "crm",
        "reason": "INVALID_PAYLOAD",
        "detail": "no",
        "problems": [{"message": "no", "field": "id"}],
    }


def test_outcomes_of_one_content_are_equal() -> None:
    one = Outcome("m1", Stage.MATCH, Decision.DISCARDED, fault=ValueError())
    assert one == Outcome("m1", Stage.MATCH, Decision.DISCARDED)
