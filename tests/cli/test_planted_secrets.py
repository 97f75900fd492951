"""Secrets stay where they are: none is in a log, an outcome, an error or a database."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fql.grammar.source import Source
from fql.runtime.delivery import backoff
from fql.runtime.load import load
from tests.cli.running import fql, ndjson
from tests.runtime.delivery.partner import Partner, Received, Reply, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fql.compiler.values import Json
    from fql.runtime.workspace import Workspace

ACCESS = "planted-access-token"
SECRETS = {
    "SHARED": "planted-shared-secret",
    "TOKEN": "planted bearer+token/é",
    "HEADER": "planted-header-value",
    "CLIENT": "planted-client-secret",
    "PASSWORD": "planted-basic-password",
    "WRITE_KEY": "planted-write-key",
    "USERINFO": "planted-userinfo",
}
PROGRAM = """
workspace {{ }}
source web {{ write_key: env("WRITE_KEY") }}
destination hook: webhook {{
  settings {{ sharedSecret: env("SHARED") }}
  {delivery}
  mapping "All" when all send send {{ url: "{url}/hook", method: "POST", data: $ }}
}}
destination bearer: http {{
  settings {{ authentication: "bearer", token: env("TOKEN") }}
  {delivery}
  mapping "All" when all send send {{ url: "{url}/bearer", json: $ }}
}}
destination basic: http {{
  settings {{
    base_url: env("BASE"), authentication: "basic"
    username: "me", password: env("PASSWORD")
  }}
  {delivery}
  mapping "All" when all send send {{ url: "/basic", json: $ }}
}}
destination header: http {{
  settings {{
    authentication: "header", header_name: "X-Thing", header_secret: env("HEADER")
  }}
  {delivery}
  mapping "All" when all send send {{ url: "{url}/header", json: $ }}
}}
destination oauth: http {{
  settings {{
    authentication: "oauth2", oauth_url: "{url}/token"
    client_id: "us", client_secret: env("CLIENT")
  }}
  {delivery}
  mapping "All" when all send send {{ url: "{url}/oauth", json: $ }}
}}
"""
DELIVERY = 'delivery { attempts: 2, timeout: 2, allow: ["127.0.0.0/8"] }'


def answer(request: Received) -> Reply:
    """Answer as a partner who repeats all that it was told."""
    if request.path == "/token":
        token = {"access_token": ACCESS, "expires_in": 3600, "token_type": "Bearer"}
        return Reply(200, json.dumps(token).encode())
    told = f"{request.path} {dict(request.headers)} {request.body.decode()}"
    statuses = {b"good": 200, b"busy": 503, b"gone": 401}
    status = next((s for word, s in statuses.items() if word in request.body), 400)
    return Reply(status, told.encode())


@pytest.fixture
def partner() -> Iterator[Partner]:
    with serving() as running:
        running.decide = answer
        yield running


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "FIRST_PAUSE", 0.01)


def event(name: str) -> dict[str, Json]:
    """Return an event; its name decides how it is met."""
    return {"type": "track", "event": name, "userId": "u1", "messageId": name}


EVENTS = [event(name) for name in ("good", "busy", "gone", "bad")]


def program(partner: Partner) -> str:
    """Return the program, for the partner's address."""
    return PROGRAM.format(url=partner.url, delivery=DELIVERY).replace(
        "workspace { }\n", ""
    )


def environment(partner: Partner) -> dict[str, str]:
    """Return the variables, one of which is a URL with a password."""
    host = partner.url.removeprefix("http://")
    return {**SECRETS, "BASE": f"http://me:{SECRETS['USERINFO']}@{host}"}


def loaded(partner: Partner) -> Workspace:
    """Return the program with all its secrets."""
    source = Source(program(partner))
    return replace(load(source, environment=environment(partner)), window=None)


def spellings() -> list[str]:
    """Return what must not be found, as texts may have it."""
    known = [*SECRETS.values(), ACCESS]
    escaped = [json.dumps(each)[1:-1] for each in known]
    return sorted({*known, *escaped})


def found(text: str) -> list[str]:
    """Return the secrets in *text*."""
    return [each for each in spellings() if each in text]


def rows(path: Path) -> dict[str, str]:
    """Return all that the tables of a database hold, by their names."""
    with sqlite3.connect(path) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
        held = {
            name: repr(connection.execute(f'SELECT * FROM "{name}"').fetchall())  # noqa: S608 - names of ours
            for (name,) in tables.fetchall()
        }
    connection.close()
    return held


@pytest.mark.parametrize("log", ["json", "human"])
def test_a_delivery_leaves_no_secret_anywhere(
    partner: Partner, tmp_path: Path, log: str
) -> None:
    path, outbox = tmp_path / "p.fql", tmp_path / "outbox.db"
    path.write_text(program(partner))
    given = ("deliver", path, "-", "--outbox", outbox, "--log", log)
    ended = fql(
        *(*given, "--log-level", "debug"),
        stdin=ndjson(*EVENTS),
        environment=environment(partner),
    )
    assert ended.code == 1, ended.err
    assert {each.path for each in partner.received} == {
        *("/hook", "/bearer", "/basic", "/header", "/token", "/oauth")
    }
    assert any(ACCESS in str(each.headers) for each in partner.received)
    assert "given up" in ended.err
    overview = fql("overview", "--outbox", outbox, "--samples", "--json")
    dead = fql("outbox", "dead", "--outbox", outbox, "--json")
    assert '"failed"' in overview.out
    assert "********" in overview.out
    assert found(ended.out + ended.err + overview.out + dead.out) == []
    held = rows(outbox)
    assert held["fql_tokens"].startswith("[('oauth', ")
    assert held["fql_overview_samples"] != "[]"
    assert found(repr(held)) == []
    raw = b"".join(each.read_bytes() for each in tmp_path.glob("outbox.db*"))
    assert [each for each in spellings() if each.encode() in raw] == []


def test_outcomes_and_all_logs_hold_no_secret(partner: Partner) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        outcomes = asyncio.run(loaded(partner).deliver(EVENTS))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    told = json.dumps([each.to_dict() for each in outcomes], ensure_ascii=False)
    assert {each.decision.value for each in outcomes} == {"delivered", "failed"}
    assert found(told + repr(outcomes)) == []
    assert found(stream.getvalue()) == []


def test_no_part_of_a_program_shows_its_secrets(partner: Partner) -> None:
    workspace = loaded(partner)
    parts: list[object] = [workspace, *workspace.sources, *workspace.destinations]
    parts += [each.settings for each in workspace.destinations]
    secrets = [each for each in found(repr(parts)) if each != SECRETS["USERINFO"]]
    assert secrets == []


@pytest.mark.parametrize(
    "headers", ['{ "X-A": "a\\r\\nX-B: b" }', '{ "X-A\\nX-B": "b" }', '{ "X A": "b" }']
)
def test_headers_cannot_smuggle_others_in(partner: Partner, headers: str) -> None:
    text = (
        (
            "destination api: http { " + DELIVERY + ' mapping "All" when all send send '
            f'{{ url: "{partner.url}/x", headers: {headers}, json: {{ e: event }} }} }}'
        )
        .replace("\\r", "\r")
        .replace("\\n", "\n")
    )
    workspace = replace(load(Source(text), environment={}), window=None)
    (outcome,) = asyncio.run(workspace.deliver(event("good")))
    assert outcome.decision.value == "failed"
    assert partner.received == []


def test_a_value_of_an_event_cannot_smuggle_headers_in(partner: Partner) -> None:
    text = (
        "destination api: http { " + DELIVERY + ' mapping "All" when all send send '
        f'{{ url: "{partner.url}/x", headers: {{ "X-A": event }}, '
        "json: { e: event } } }"
    )
    workspace = replace(load(Source(text), environment={}), window=None)
    given = [event("good\r\nX-Admin: 1"), event("good")]
    bad, good = asyncio.run(workspace.deliver(given))
    assert (bad.decision.value, good.decision.value) == ("failed", "delivered")
    assert [each.headers["x-a"] for each in partner.received] == ["good"]
