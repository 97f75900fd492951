"""``fql convert``, ``fql fields`` and ``fql preview-mapping``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fql.cli.mapping_files import Kind, kind_of
from fql.grammar.source import Source
from tests.cli.running import ORDER, PROGRAM, fql

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "{ id: userId ?? anonymousId, items: each properties.items { sku } }"
DIRECTIVES: dict[str, Any] = {
    "id": {"@path": "$.userId"},
    "email": {"@path": "$.traits.email"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "m.map": TEXT,
        "m.json": json.dumps(DIRECTIVES),
        "p.fql": PROGRAM,
        "e.json": json.dumps(ORDER),
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        (TEXT, "m.map", Kind.MAPPING),
        ("userId", "-", Kind.MAPPING),
        ("# why\nsource: a", "-", Kind.MAPPING),
        ('{"a": {"@path": "b"}}', "-", Kind.MAPPING_JSON),
        ("{ a: b", "m.json", Kind.MAPPING_JSON),
        (PROGRAM, "-", Kind.PROGRAM),
        ("# why\ndisabled destination a: b {}", "-", Kind.PROGRAM),
        ('{"sources": []}', "-", Kind.PROGRAM_JSON),
    ],
)
def test_what_a_file_holds_is_seen(text: str, name: str, kind: Kind) -> None:
    assert kind_of(Source(text, name)) is kind


# --- convert ----------------------------------------------------------------------


def test_a_mapping_becomes_json(folder: Path) -> None:
    ended = fql("convert", folder / "m.map")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out)["items"] == {
        "@arrayPath": ["$.properties.items", {"sku": {"@path": "$.sku"}}]
    }


def test_directives_become_a_text(folder: Path) -> None:
    exact = fql("convert", folder / "m.json")
    assert exact.out == "original({ id: userId, email: traits.email })\n"
    plain = fql("convert", folder / "m.json", "--plain")
    assert plain.out == "{ id: userId, email: traits.email }\n"


def test_what_is_so_already_is_formatted(folder: Path) -> None:
    text = fql("convert", folder / "m.map", "--to", "text")
    assert text.out.startswith("{\n  id: userId ?? anonymousId\n")
    same = fql("convert", folder / "m.json", "--to", "json")
    assert json.loads(same.out) == DIRECTIVES


def test_a_program_goes_both_ways(folder: Path) -> None:
    made = folder / "p.json"
    assert fql("convert", folder / "p.fql", "-o", made).code == 0
    whole = json.loads(made.read_text())
    assert whole["destinations"][0]["subscriptions"][0]["settings"] == {
        "id": {"@path": "$.properties.id"}
    }
    back = folder / "q.fql"
    assert fql("convert", made, "--plain", "-o", back).code == 0
    assert back.read_text() == PROGRAM
    assert json.loads(fql("convert", back).out) == whole


def test_what_cannot_be_said_is_reported_and_nothing_written(folder: Path) -> None:
    (folder / "n.map").write_text("{ a: number(b) }")
    ended = fql("convert", folder / "n.map", "-o", folder / "out.json")
    assert ended.code == 1
    assert "FQL726" in ended.err
    assert not (folder / "out.json").exists()
    exact = fql("convert", folder / "m.map", "--exact", "--format", "json")
    assert {each["code"] for each in json.loads(exact.err)} == {"FQL726"}


def test_a_file_with_errors_is_not_converted(folder: Path) -> None:
    (folder / "bad.map").write_text("{ a: nope(b) }")
    assert fql("convert", folder / "bad.map").code == 1
    assert fql("convert", folder / "gone.map").code == 1


# --- fields -----------------------------------------------------------------------


def test_fields_are_listed(folder: Path) -> None:
    ended = fql("fields", folder / "m.map")
    assert ended.out.split() == [
        *("reads:", "userId", "anonymousId", "properties.items"),
        *("fills:", "id", "items.sku"),
    ]


def test_fields_of_a_program_are_listed_by_mapping(folder: Path) -> None:
    ended = fql("fields", folder / "p.fql", "--format", "json")
    assert json.loads(ended.out) == [
        {
            "name": "Order",
            "destination": "crm",
            "action": "send",
            "reads": ["properties.id"],
            "fills": ["id"],
        }
    ]
    assert fql("fields", folder / "p.fql", "--name", "crm/Order").code == 0
    assert fql("fields", folder / "p.fql").out.startswith("Order (crm: send)\n")


def test_a_mapping_that_reads_nothing_says_so(folder: Path) -> None:
    (folder / "c.map").write_text("{}")
    assert (
        fql("fields", folder / "c.map").out == "reads:\n  nothing\nfills:\n  nothing\n"
    )


# --- preview ----------------------------------------------------------------------


def test_a_payload_is_shown(folder: Path) -> None:
    ended = fql("preview-mapping", folder / "m.json", folder / "e.json")
    assert (ended.code, json.loads(ended.out)) == (0, {"id": "u1"})


def test_the_mappings_of_a_program_are_shown(folder: Path) -> None:
    ended = fql("preview-mapping", folder / "p.fql", folder / "e.json")
    assert ended.out == 'Order (crm: send)\n{\n  "id": "o-1"\n}\n'
    (folder / "e.json").write_text('{"type": "page"}')
    other = fql(
        *("preview-mapping", folder / "p.fql", folder / "e.json"),
        *("--name", "Order", "--format", "json"),
    )
    assert json.loads(other.out) == [
        {
            "name": "Order",
            "destination": "crm",
            "action": "send",
            "matches": False,
            "payload": {},
            "problems": [],
        }
    ]
    human = fql("preview-mapping", folder / "p.fql", folder / "e.json")
    assert "whose trigger does not take the event" in human.out


def test_problems_of_a_payload_are_shown(folder: Path) -> None:
    fields = folder / "fields.json"
    fields.write_text('{"id": {"type": "number"}}')
    arguments = ["preview-mapping", folder / "m.map", folder / "e.json"]
    (folder / "m.map").write_text("{ id: userId }")
    ended = fql(*arguments, "--fields", fields)
    assert ended.code == 1
    assert ended.err == 'no payload: `id` must be a number but is "u1"\n'
    as_json = fql(*arguments, "--fields", fields, "--format", "json")
    ((problem,),) = [each["problems"] for each in json.loads(as_json.out)]
    assert (problem["field"], problem["rule"], problem["value"]) == ("id", "type", "u1")


@pytest.mark.parametrize("form", ["human", "json"])
def test_numbers_that_json_does_not_have_are_shown_as_they_are_sent(
    folder: Path, form: str
) -> None:
    decoded = {"n": {"@json": {"mode": "decode", "value": "1e400"}}}
    (folder / "m.json").write_text(json.dumps(decoded))
    arguments = ["preview-mapping", folder / "m.json", folder / "e.json"]
    ended = fql(*arguments, "--format", form)
    assert ended.code == 0
    assert "Infinity" not in ended.out
    assert '"n":null' in ended.out


def test_a_directive_that_fails_is_shown(folder: Path) -> None:
    (folder / "m.json").write_text('{"a": {"@path": {"@path": "gone"}}}')
    ended = fql("preview-mapping", folder / "m.json", folder / "e.json")
    assert ended.code == 1
    assert ended.err == "no payload: `a`: a path is a text, not nothing (from `gone`)\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [("m.map", "{ a: "), ("e.json", "[]"), ("f.json", "[]"), ("f.json", "{")],
)
def test_bad_input_is_a_finding(folder: Path, name: str, text: str) -> None:
    (folder / "f.json").write_text("{}")
    (folder / name).write_text(text)
    arguments = ["preview-mapping", folder / "m.map", folder / "e.json"]
    ended = fql(*arguments, "--fields", folder / "f.json")
    assert (ended.code, ended.out) == (1, "")
    assert "error[" in ended.err


def test_what_the_proof_warns_of_is_shown(folder: Path) -> None:
    (folder / "m.map").write_text("{ id: properties.id }")
    (folder / "f.json").write_text('{"id": {"type": "string", "required": true}}')
    arguments = ["preview-mapping", folder / "m.map", folder / "e.json"]
    ended = fql(*arguments, "--fields", folder / "f.json")
    assert ended.code == 0
    assert "required field `id` can be missing" in ended.err
    assert fql(*arguments).err == ""


def test_mistakes_in_fields_are_found_at_their_lines(folder: Path) -> None:
    fields = folder / "f.json"
    fields.write_text('{\n  "id": {"type": "strng"},\n  "n": {"tpe": "number"}\n}')
    arguments = ["preview-mapping", folder / "m.map", folder / "e.json"]
    ended = fql(*arguments, "--fields", fields)
    assert (ended.code, ended.out) == (1, "")
    assert f"{fields}:2:18 (at /id/type)" in ended.err
    assert f"{fields}:3:9 (at /n/tpe)" in ended.err


def test_wrong_use_is_told(folder: Path) -> None:
    assert fql("preview-mapping", "-", "-").code == 2
    ended = fql("fields", folder / "p.fql", "--name", "nope")
    assert ended.code == 2
    assert "there are: 'Order'" in ended.err
