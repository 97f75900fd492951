"""Workspaces do not change, and may be shared."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from fql.grammar.source import Source
from fql.runtime.load import load
from fql.runtime.outcomes import Decision
from fql.runtime.workspace import Workspace
from fql.runtime.workspace_parts import Destination

if TYPE_CHECKING:
    from fql.runtime.outcomes import Outcome

PROGRAM = Source(
    'destination d: file { mapping "m" when all send a { id: messageId } }'
)


def test_an_empty_workspace_wants_no_event() -> None:
    (outcome,) = Workspace().process({"type": "page", "userId": "u1"})
    assert outcome.decision is Decision.DISCARDED


def test_a_workspace_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        load(PROGRAM).plan = "business"  # type: ignore[misc] # the point


@pytest.mark.parametrize(
    ("sources", "source", "takes"),
    [
        ((), None, True),
        ((), "web", True),
        (("web",), "web", True),
        (("web",), "app", False),
        (("web",), None, True),
    ],
)
def test_a_destination_takes_from_its_sources(
    sources: tuple[str, ...], source: str | None, takes: bool
) -> None:
    assert Destination("d", "file", sources).takes_from(source) is takes


def test_threads_share_a_workspace() -> None:
    shared = load(PROGRAM)
    outcomes: list[Outcome] = []

    def run() -> None:
        for number in range(500):
            event = {"type": "page", "userId": "u1", "messageId": f"m{number}"}
            outcomes.extend(shared.process({**event}))

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    built = [each.payload for each in outcomes if each.is_built]
    assert len(outcomes) == 2_000
    assert sorted(map(repr, built)) == sorted(
        repr({"id": f"m{number}"}) for number in range(500)
    )
