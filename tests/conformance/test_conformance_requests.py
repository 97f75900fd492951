"""Previewed requests are those that the original sends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from fql.compiler.field_errors import PayloadError
from fql.runtime.request_previews import preview_requests
from tests.conformance.cases import SAMPLE, SHARED, lines

if TYPE_CHECKING:
    from pathlib import Path

    from fql.runtime.http_messages import HttpRequest

OURS = {"user-agent", "x-signature-256"}
"""Headers that the original sends otherwise, or not at all."""


def read_body(body: str, kind: str) -> object:
    """Return what a body says, whatever the order of its members.

    JSON inside a form is a text: there the order is the original's, too.
    """
    if "json" in kind:
        return json.loads(body)
    return dict(parse_qsl(body, keep_blank_values=True))


def told(request: dict[str, Any]) -> object:
    headers = {
        name: value for name, value in request["headers"].items() if name not in OURS
    }
    body = read_body(request["body"], headers.get("content-type", ""))
    return request["method"], request["url"], headers, body


def made(request: HttpRequest) -> object:
    return told(
        {
            "method": request.method,
            "url": request.url,
            "headers": dict(request.headers),
            "body": (request.body or b"").decode(),
        }
    )


@pytest.mark.parametrize(
    ("cases", "events"),
    [
        (SAMPLE / "requests.jsonl", SAMPLE / "request_events.jsonl"),
        (SHARED / "requests.jsonl", SHARED / "preset_events.jsonl"),
    ],
    ids=["sample", "all"],
)
def test_requests_are_those_that_the_original_sends(cases: Path, events: Path) -> None:
    given = lines(events)
    for case in lines(cases):
        arguments = (case["destination"], case["action"], given[case["event"]])
        options = {"settings": case["settings"], "mapping": case["mapping"]}
        if "error" in case:
            with pytest.raises(PayloadError):
                preview_requests(*arguments, **options)
        else:
            requests = preview_requests(*arguments, **options)
            assert [*map(made, requests)] == [*map(told, case["requests"])], case
