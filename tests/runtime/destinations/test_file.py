"""The kinds that write lines: files and standard output."""

from __future__ import annotations

import asyncio
import json
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fql.grammar.source import Source
from fql.runtime.assemble import Terms
from fql.runtime.destinations.definitions import Call, WritingAction
from fql.runtime.destinations.delivery_errors import IntegrationError
from fql.runtime.destinations.registry import shipped_registry
from fql.runtime.load import load

if TYPE_CHECKING:
    from fql.compiler.values import Json


def action(kind: str) -> WritingAction:
    definition = shipped_registry().get(kind)
    assert definition is not None
    (found,) = pickle.loads(pickle.dumps(definition)).actions  # noqa: S301 - our own
    assert isinstance(found, WritingAction)
    assert found.is_open
    return found


def calls(settings: dict[str, Any], *payloads: dict[str, Json]) -> list[Call]:
    return [Call(each, settings) for each in payloads]


def test_payloads_are_lines_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    file = action("file")
    answers = file.write(calls({"path": str(path)}, {"a": 1}, {"b": "é\ud800"}))
    assert [each.is_delivered for each in answers] == [True, True]
    file.write(calls({"path": str(path), "sync": False, "rotate_bytes": 10}, {"c": 1}))
    assert json.loads(path.read_bytes().splitlines()[-1]) == {"c": 1}
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("name", "code", "is_retryable"),
    [("gone/a", "ENOENT", False), (".", "EISDIR", False), ("a\0b", "EINVAL", False)],
)
def test_a_file_that_cannot_be_written_is_a_failure(
    tmp_path: Path, name: str, code: str, *, is_retryable: bool
) -> None:
    with pytest.raises(IntegrationError) as caught:
        action("file").write(calls({"path": f"{tmp_path}/{name}"}, {}))
    assert (caught.value.code, caught.value.retryable) == (code, is_retryable)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_may_pass() -> None:
    with pytest.raises(IntegrationError, match="no space left") as caught:
        action("file").write(calls({"path": "/dev/full", "sync": False}, {}))
    assert (caught.value.code, caught.value.retryable) == ("ENOSPC", True)


def test_payloads_are_lines_of_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (answer,) = action("stdout").write(calls({}, {"a": [1, None]}))
    assert answer.is_delivered
    assert capsys.readouterr().out == '{"a":[1,null]}\n'


def test_a_closed_output_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(IntegrationError, match="cannot be written"):
        action("stdout").write(calls({}, {}))


def test_events_are_delivered_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    program = (
        f'destination log: file {{ settings {{ path: "{path}", '
        'rotate_bytes: "9000" }\n'
        'mapping "All" when all send send { id: messageId, type } }'
    )
    terms = Terms(registry=shipped_registry())
    workspace = load(Source(program), environment={}, terms=terms)
    (log,) = workspace.destinations
    assert log.settings["rotate_bytes"] == 9_000
    assert log.settings["rotate"] == "never"
    events: list[dict[str, Json]] = [
        {"type": "page", "userId": "u", "messageId": f"m{n}"} for n in range(20)
    ]
    outcomes = asyncio.run(workspace.deliver(events))
    assert {each.decision.value for each in outcomes} == {"delivered"}
    written = [json.loads(line)["id"] for line in path.read_bytes().splitlines()]
    assert sorted(written) == sorted(f"m{n}" for n in range(20))
