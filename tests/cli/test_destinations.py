"""``fql destinations``, ``fql init``, ``fql test-event``, ``fql test-mapping``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fql.runtime.destinations.registry import shipped_registry
from tests.cli.running import ORDER, PROGRAM, fql
from tests.runtime.delivery.partner import Partner, Received, Reply, serving
from tests.runtime.destinations.declaring import TICKETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHIPPED = sorted(shipped_registry())


@pytest.fixture
def kind(tmp_path: Path) -> Path:
    path = tmp_path / "tickets.json"
    path.write_text(json.dumps(TICKETS), encoding="utf-8")
    return path


# --- destinations -----------------------------------------------------------------


def test_all_kinds_are_listed() -> None:
    ended = fql("destinations")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert [line.split()[0] for line in lines[::2]] == SHIPPED
    assert "actions: postToChannel" in ended.out
    told = json.loads(fql("destinations", "--format", "json").out)
    assert [each["name"] for each in told] == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_kind_is_described(name: str) -> None:
    ended = fql("destinations", name)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"{name}: ")
    told = json.loads(fql("destinations", name, "--json").out)
    for action in told["actions"]:
        assert f"action {action['name']}: " in ended.out
        for field in action["fields"] or ():
            assert f"  {field} " in ended.out


def test_a_declared_kind_is_described(kind: Path) -> None:
    out = fql("destinations", kind).out
    assert out.splitlines()[:2] == ["tickets: Tickets", ""]
    assert 'usually when type = "track"' in out
    assert "travels in batches of up to 10" in out
    assert "labels  list of string" in out
    assert 'id      string          required; default {"@path":"$.userId"}' in out
    assert '"Tickets" when type = "track" and exists(userId) send create' in out


@pytest.mark.parametrize("command", ["destinations", "init"])
@pytest.mark.parametrize(
    ("name", "said"),
    [("webhok", "did you mean webhook?"), ("zzz", "there are: amplitude, file")],
)
def test_an_unknown_kind_is_wrong_use(command: str, name: str, said: str) -> None:
    ended = fql(command, name)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


@pytest.mark.parametrize("command", ["destinations", "init"])
def test_a_file_with_mistakes_is_a_finding(command: str, kind: Path) -> None:
    kind.write_text("{}")
    ended = fql(command, kind)
    assert (ended.code, ended.out) == (1, "")
    assert "error[FQL316]" in ended.err
    assert fql(command, kind.with_name("gone.json")).code == 1


def test_findings_may_be_json(kind: Path) -> None:
    kind.write_text("{}")
    ended = fql("destinations", kind, "--json")
    assert json.loads(ended.err)[0]["code"] == "FQL316"


def test_a_kind_that_does_not_load_hinders_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    information = tmp_path / "acme-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Name: acme\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[fql.destinations]\nx = acme_no:X\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    ended = fql("destinations")
    assert ended.code == 1
    assert "the destination x does not load" in ended.err
    assert "webhook" in ended.out
    one = fql("destinations", "x")
    assert (one.code, "does not load" in one.err) == (2, True)


# --- init -------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_a_written_program_is_sound(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = fql("init", name)
    assert (ended.code, ended.out) == (0, "")
    assert f"{name}.fql is written" in ended.err
    assert fql("check", f"{name}.fql").code == 0
    assert fql("fmt", "--check", f"{name}.fql").code == 0


def test_a_declared_kind_is_found_from_the_program(kind: Path) -> None:
    path = kind.parent / "programs" / "a.fql"
    path.parent.mkdir()
    assert fql("init", kind, "-o", path, "--name", "desk").code == 0
    assert 'definitions: "../tickets.json"' in path.read_text()
    assert "destination desk: tickets {" in path.read_text()
    ended = fql("check", path)
    assert (ended.code, ended.out) == (0, "no problems\n")
    printed = fql("init", kind, "-o", "-", "--blank")
    assert "mapping" not in printed.out.replace("# mapping", "")


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.fql"
    path.write_text("mine")
    ended = fql("init", "slack", "-o", path)
    assert ended.code == 2
    assert "--force replaces it" in ended.err
    assert path.read_text() == "mine"
    assert fql("init", "slack", "-o", path, "--force").code == 0
    assert "destination slack" in path.read_text()


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    ended = fql("init", "slack", "-o", tmp_path / "gone" / "a.fql")
    assert (ended.code, ended.out) == (1, "")
    assert "cannot write" in ended.err
    ended = fql("init", "slack", "--name", "a b", "-o", "-")
    assert (ended.code, "is no name" in ended.err) == (2, True)


# --- test-event and test-mapping --------------------------------------------------


@pytest.fixture
def partner() -> Iterator[Partner]:
    with serving() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, partner: Partner) -> Path:
    program = f"""
    destination crm: webhook {{
      settings {{ shared_secret: env("CRM_SECRET") }}
      delivery {{ allow: ["127.0.0.0/8"] }}
      filter "staff" when userId = "staff" {{ drop }}
      mapping "Orders" when event = "Order Completed" send send {{
        url: "{partner.url}/orders", data: properties
      }}
    }}"""
    (tmp_path / "a.fql").write_text(program, encoding="utf-8")
    (tmp_path / "order.json").write_text(json.dumps(ORDER))
    (tmp_path / "page.json").write_text('{"type": "page", "userId": "staff"}')
    return tmp_path


SECRET = {"CRM_SECRET": "planted-secret"}


def test_an_event_is_tested_without_being_sent(folder: Path, partner: Partner) -> None:
    ended = fql("test-event", folder / "a.fql", folder / "order.json")
    assert (ended.code, ended.err) == (0, "")
    assert f"POST {partner.url}/orders" in ended.out
    assert partner.received == []


def test_an_event_is_sent_when_asked(folder: Path, partner: Partner) -> None:
    arguments = ("test-event", folder / "a.fql", folder / "order.json", "--send")
    ended = fql(*arguments, environment=SECRET)
    assert (ended.code, ended.err) == (0, "")
    assert "200 after" in ended.out
    assert [each.path for each in partner.received] == ["/orders"]
    partner.usual = Reply(400)
    ended = fql(*arguments, "--format", "json", environment=SECRET)
    assert ended.code == 1
    (mapping,) = json.loads(ended.out)["mappings"]
    assert mapping["outcome"]["reason"] == "BAD_REQUEST"
    assert "planted-secret" not in ended.out


def test_a_missing_secret_matters_when_it_is_sent(folder: Path) -> None:
    arguments = ("test-event", folder / "a.fql", folder / "order.json")
    assert "FQL504" in fql(*arguments, "--send").err
    assert "FQL504" not in fql(*arguments).err


def test_an_event_that_nobody_takes_is_1(folder: Path) -> None:
    page = folder / "page.json"
    ended = fql("test-event", folder / "a.fql", page)
    assert ended.code == 1
    assert 'dropped by "staff"' in ended.out
    ended = fql("test-event", folder / "a.fql", page, "--ignore-filters")
    assert ended.code == 1
    assert ended.out.startswith("You may not have any subscriptions that match")
    assert 'the nearest is "Orders"' in ended.out


def test_one_mapping_is_tested(folder: Path, partner: Partner) -> None:
    page = folder / "page.json"
    ended = fql("test-mapping", folder / "a.fql", "crm/Orders", page)
    assert ended.code == 0
    assert ended.out.startswith("the event does not match")
    assert f"POST {partner.url}/orders" in ended.out
    arguments = ("test-mapping", folder / "a.fql", "Orders", page, "--send")
    assert fql(*arguments, environment=SECRET).code == 0
    assert len(partner.received) == 1


@pytest.mark.parametrize("command", ["test-event", "test-mapping"])
def test_bad_input_is_a_finding_or_wrong_use(command: str, folder: Path) -> None:
    def run(program: object, event: object, *more: str, stdin: bytes = b"") -> int:
        name = ["Orders"] if command == "test-mapping" else []
        return fql(command, program, *name, event, *more, stdin=stdin).code

    good, event = folder / "a.fql", folder / "order.json"
    assert run(folder / "gone.fql", event) == 1
    assert run(good, folder / "gone.json") == 1
    assert run(good, "-", stdin=b"[1]") == 1
    assert run(good, "-", "--format", "json", stdin=b"{") == 1
    assert run("-", "-") == 2
    assert run(good, event, "--destination", "nope") == 2
    (folder / "b.fql").write_text("destination {")
    assert run(folder / "b.fql", event) == 1


def test_a_payload_is_shown_for_kinds_that_write(tmp_path: Path) -> None:
    (tmp_path / "a.fql").write_text(PROGRAM)
    ended = fql("test-event", tmp_path / "a.fql", "-", stdin=json.dumps(ORDER).encode())
    assert (ended.code, ended.err) == (0, "")
    assert '"id": "o-1"' in ended.out


# --- test-authentication and delete-user ------------------------------------------


@pytest.fixture
def oauth(tmp_path: Path, partner: Partner) -> Path:
    """Return a program whose refresh token holds once."""
    valid = ["r0"]

    def decide(request: Received) -> Reply | None:
        if request.path != "/token":
            return None
        if valid[0] not in request.body.decode():
            return Reply(400, b'{"error": "invalid_grant"}')
        valid[:] = [f"{valid[0]}x"]
        told = {"access_token": "t", "refresh_token": valid[0], "expires_in": 0.001}
        return Reply(200, json.dumps(told).encode())

    partner.decide = decide
    path = tmp_path / "oauth.fql"
    path.write_text(f"""
    destination api: http {{
      settings {{
        base_url: "{partner.url}", test_url: "/me", authentication: "oauth2"
        oauth_url: "{partner.url}/token", client_id: "us"
        client_secret: env("CRM_SECRET"), refresh_token: env("REFRESH")
      }}
      delivery {{ allow: ["127.0.0.0/8"] }}
      mapping "All" when all send send {{ url: "/all", json: $ }}
    }}""")
    return path


OAUTH = {**SECRET, "REFRESH": "r0"}


def test_settings_are_tried_and_tokens_kept(oauth: Path, partner: Partner) -> None:
    kept = ("--outbox", oauth.parent / "outbox.db")
    event = oauth.parent / "order.json"
    event.write_text(json.dumps(ORDER))
    ended = fql("test-authentication", oauth, *kept, environment=OAUTH)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"api: done\n  GET {partner.url}/me: 200\n"
    ended = fql("test-event", oauth, event, "--send", *kept, environment=OAUTH)
    assert ended.code == 0, ended.out
    arguments = ("test-mapping", oauth, "All", event, "--send")
    assert fql(*arguments, *kept, environment=OAUTH).code == 0
    ended = fql(*arguments, environment=OAUTH)
    assert ended.code == 1
    assert "REFRESH_TOKEN_EXPIRED" in ended.out


def test_a_refusal_is_1(oauth: Path, partner: Partner) -> None:
    partner.usual = Reply(403, b"planted-secret")
    arguments = ("test-authentication", oauth, "--format", "json")
    ended = fql(*arguments, environment=OAUTH)
    assert ended.code == 1
    (answer,) = json.loads(ended.out)
    assert (answer["done"], answer["reason"]) == (False, "FORBIDDEN")
    assert "planted" not in ended.out
    ended = fql("test-authentication", oauth, environment={**OAUTH, "REFRESH": "r"})
    assert ended.out.startswith("api: failed, REFRESH_TOKEN_EXPIRED")


def test_who_cannot_delete_is_named(oauth: Path, partner: Partner) -> None:
    ended = fql("delete-user", oauth, "u1", environment=OAUTH)
    assert ended.code == 1
    assert ended.out == "api: not asked, http cannot delete users\n"
    assert partner.received == []


def test_what_is_asked_wrongly(oauth: Path) -> None:
    place = oauth.parent / "no" / "outbox.db"
    assert fql("delete-user", oauth, " ").code == 2
    assert fql("delete-user", oauth, "u1", "--destination", "nope").code == 2
    assert fql("test-authentication", oauth.parent / "gone.fql").code == 1
    for arguments in (["test-authentication", oauth], ["delete-user", oauth, "u1"]):
        ended = fql(*arguments, "--outbox", place, environment=OAUTH)
        assert (ended.code, "FQL601" in ended.err) == (1, True)
    event = oauth.parent / "order.json"
    event.write_text(json.dumps(ORDER))
    ended = fql("test-event", oauth, event, "--send", "--outbox", place)
    assert (ended.code, "FQL601" in ended.err) == (1, True)
