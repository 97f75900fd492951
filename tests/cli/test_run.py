"""``fql run``: an outcome a line, a summary, and nothing that stops it."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fql.grammar.diagnostics import Code
from fql.runtime import codec
from tests.cli.running import (
    FQL,
    NOBODY,
    ORDER,
    OTHER,
    PROGRAM,
    STAFF,
    Ended,
    fql,
    fql_process,
    ndjson,
)

ROOT = Path(__file__).resolve().parent.parent.parent

MEASURE = """
import resource, subprocess, sys
quiet = subprocess.DEVNULL
subprocess.run(sys.argv[1:], check=True, stdout=quiet, stderr=quiet)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Runs a command and prints its peak memory."""

WITHOUT_EXTRAS = """
import sys
sys.modules.update(dict.fromkeys(["msgspec", "orjson", "rich", "zstandard"]))
from fql.cli import main
main(sys.argv[1:])
"""
"""Runs a command as if no extra were installed."""

BUILT = {
    "messageId": "m1",
    "stage": "build",
    "decision": "built",
    "destination": "crm",
    "mapping": "Order",
    "action": "send",
    "payload": {"id": "o-1"},
}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return the path of a program."""
    path = tmp_path / "site.fql"
    path.write_text(PROGRAM)
    return path


def told(err: str) -> dict[str, str]:
    """Return the numbers of the summary by what stands before them."""
    parted = [line.rpartition("  ") for line in err.splitlines()]
    return {" ".join(text.split()): number.strip() for text, _, number in parted}


def test_each_event_gives_its_outcomes_in_order(program: Path) -> None:
    ended = fql("run", program, stdin=ndjson(ORDER, STAFF, NOBODY, OTHER))
    said = [
        (each["line"], each["decision"], each.get("reason")) for each in ended.lines
    ]
    assert ended.code == 0
    assert ended.lines[0] == {"line": 1} | BUILT
    assert said == [
        (1, "built", None),
        (2, "filtered", "FILTERED_BY_RULES"),
        (3, "rejected", "no_user_anon_id"),
        (4, "discarded", "NO_MATCHING_MAPPING"),
    ]


def test_a_summary_ends_the_run(program: Path) -> None:
    ended = fql("run", program, stdin=ndjson(ORDER, STAFF, NOBODY, OTHER) + b"x\n")
    numbers = told(ended.err)
    assert numbers["events"] == "4"
    assert numbers["delivered by mapping"] == numbers["crm Order"] == "1"
    assert numbers["filtered by filter"] == numbers["crm staff"] == "1"
    assert numbers["discarded by reason"] == numbers["crm NO_MATCHING_MAPPING"] == "1"
    assert numbers["rejected by reason"] == numbers["no_user_anon_id"] == "1"
    assert numbers["rejected lines"] == "1"
    assert ended.err.endswith(" events a second\n")


def test_a_bad_line_is_reported_with_its_number_and_does_not_stop(
    program: Path,
) -> None:
    content = ndjson(OTHER) + b'\n{"type"\n[1]\n' + ndjson(ORDER)
    ended = fql("run", program, stdin=content)
    assert (ended.code, [each["line"] for each in ended.lines]) == (0, [1, 5])
    assert "error[FQL502]" in ended.err
    assert "<stdin>:3:8" in ended.err
    assert "error[FQL503]" in ended.err
    assert "<stdin>:4:1" in ended.err


@pytest.mark.parametrize(("bad", "code"), [(b"", 0), (b"x\n", 1)])
def test_a_strict_run_fails_for_a_bad_line(
    bad: bytes, code: int, program: Path
) -> None:
    ended = fql("run", "--strict", program, stdin=ndjson(ORDER) + bad)
    assert (ended.code, len(ended.lines)) == (code, 1)


def test_files_are_read_in_order_packed_or_not(program: Path, tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.ndjson", tmp_path / "b.ndjson.gz"
    plain.write_bytes(ndjson(OTHER, ORDER))
    packed.write_bytes(gzip.compress(ndjson(STAFF)))
    ended = fql("run", program, plain, packed)
    assert [each["line"] for each in ended.lines] == [1, 2, 1]
    assert told(ended.err)["events"] == "3"


def test_zstd_is_read(program: Path, tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    packed = tmp_path / "a.zst"
    packed.write_bytes(zstandard.ZstdCompressor().compress(ndjson(ORDER)))
    assert len(fql("run", program, packed).lines) == 1


def test_an_input_that_cannot_be_read_fails_at_the_end(
    program: Path, tmp_path: Path
) -> None:
    events = tmp_path / "a.ndjson"
    events.write_bytes(ndjson(ORDER))
    ended = fql("run", program, tmp_path / "gone.ndjson", events)
    assert (ended.code, len(ended.lines)) == (1, 1)
    assert "error[FQL501]" in ended.err


def test_a_program_with_errors_runs_nothing(tmp_path: Path) -> None:
    program = tmp_path / "bad.fql"
    program.write_text(PROGRAM.replace("from site", "from sit"))
    ended = fql("run", program, stdin=ndjson(ORDER))
    assert (ended.code, ended.out) == (1, "")
    assert "error[FQL209]: unknown source `sit`" in ended.err
    assert ended.err.endswith("\n1 error\n")


def test_the_program_may_be_standard_input(tmp_path: Path) -> None:
    events = tmp_path / "a.ndjson"
    events.write_bytes(ndjson(ORDER))
    assert len(fql("run", "-", events, stdin=PROGRAM.encode()).lines) == 1


@pytest.mark.parametrize("events", [(), ("-",)])
def test_but_not_together_with_the_events(events: tuple[str, ...]) -> None:
    ended = fql("run", "-", *events, stdin=PROGRAM.encode())
    assert ended.code == 2
    assert "standard input cannot hold both" in ended.err


def test_the_source_decides_where_events_go(tmp_path: Path) -> None:
    program = tmp_path / "two.fql"
    rest = "destination log: stdout { mapping 'All' when all send send { a: 1 } }"
    program.write_text(f"source app {{ }}\n{PROGRAM}{rest}")
    events = ndjson(ORDER)
    all_ = fql("run", program, stdin=events)
    app = fql("run", program, "--source", "app", stdin=events)
    assert [each["destination"] for each in all_.lines] == ["crm", "log"]
    assert [each["destination"] for each in app.lines] == ["log"]


def test_an_unknown_source_is_wrong_use(program: Path) -> None:
    ended = fql("run", program, "--source", "sit", stdin=b"")
    assert ended.code == 2
    assert "the program has no source 'sit'; it has: site" in ended.err


def test_warnings_are_shown_before_the_events(tmp_path: Path) -> None:
    program = tmp_path / "idle.fql"
    program.write_text("destination d: stdout { }")
    ended = fql("run", program, stdin=ndjson(OTHER))
    assert ended.code == 0
    assert ended.err.startswith("warning[FQL314]")


def test_variables_matter_only_where_something_is_sent(tmp_path: Path) -> None:
    program = tmp_path / "site.fql"
    program.write_text(PROGRAM.replace("{}", '{ write_key: env("FQL_NOT_SET") }'))
    ended = fql("run", program, stdin=ndjson(ORDER))
    assert (ended.code, len(ended.lines)) == (0, 1)
    assert ended.err.startswith("events ")


def test_json_puts_findings_and_summary_in_one_document(program: Path) -> None:
    content = ndjson(ORDER) + b"x\n"
    ended = fql("run", program, "--format", "json", stdin=content)
    document = json.loads(ended.err)
    (finding,) = document["findings"]
    assert (finding["code"], finding["start"]["line"]) == ("FQL502", 2)
    assert document["summary"]["events"] == 1
    assert document["summary"]["rejectedLines"] == 1


def test_json_says_what_is_wrong_with_the_program(tmp_path: Path) -> None:
    ended = fql("run", tmp_path / "gone.fql", "--format", "json", stdin=b"")
    assert ended.code == 1
    assert [each["code"] for each in json.loads(ended.err)] == [Code.FILE_UNREADABLE]


def test_a_program_in_json_runs_too(tmp_path: Path) -> None:
    program = tmp_path / "site.json"
    subscription = {
        "name": "Order",
        "actionSlug": "send",
        "trigger": 'event = "Order Completed"',
        "settings": {"id": {"@path": "$.properties.id"}},
        "enabled": True,
    }
    destination = {"name": "crm", "kind": "stdout", "subscriptions": [subscription]}
    program.write_text(json.dumps({"destinations": [destination]}))
    ended = fql("run", program, stdin=ndjson(ORDER))
    assert (ended.code, ended.lines) == (0, [{"line": 1} | BUILT])


def test_outcomes_come_while_events_still_do(program: Path) -> None:
    with subprocess.Popen(
        [FQL, "run", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdin.write(ndjson(OTHER))
            process.stdin.flush()
            assert b"NO_MATCHING_MAPPING" in process.stdout.readline()
        process.stdin.close()
    assert process.returncode == 0


def test_deep_events_and_odd_texts_come_out_whole(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.write_text(PROGRAM.replace("properties.id", "properties"))
    deep = b'{"a":' * 900 + b'"\\ud800 \\u0000 \xc3\xa9"' + b"}" * 900
    event = json.dumps(ORDER | {"properties": 0}).encode().replace(b"0", deep)
    expected = b'"payload":{"id":' + deep + b"}}\n"
    for is_fast in (True, False):
        if not is_fast:
            monkeypatch.setattr(codec, "_fast_loads", None)
            monkeypatch.setattr(codec, "_fast_dumps", None)
        ended = fql("run", program, stdin=event)
        assert ended.out.encode().endswith(expected)


def test_the_installed_command_runs(program: Path, tmp_path: Path) -> None:
    events = tmp_path / "events.ndjson"
    events.write_bytes(ndjson(ORDER, STAFF))
    ended = fql_process("run", program, events)
    assert (ended.code, len(ended.lines)) == (0, 2)
    assert told(ended.err)["events"] == "2"


def test_without_any_extra_the_answers_are_the_same() -> None:
    example = ROOT / "examples" / "shop.fql", ROOT / "examples" / "events.ndjson"
    bare = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRAS, "run", *example],
        capture_output=True,
        check=True,
        text=True,
    )
    full = fql("run", *example)
    assert Ended(0, bare.stdout, "").lines == full.lines
    assert bare.stderr.splitlines()[:-1] == full.err.splitlines()[:-1]


@pytest.mark.skipif(os.name == "nt", reason="memory is measured as on POSIX")
@pytest.mark.slow
def test_memory_does_not_grow_with_the_input(program: Path, tmp_path: Path) -> None:
    peaks = []
    padding = {"properties": {"id": "x" * 1_400}, "messageId": None}
    for count in (2_000, 40_000):
        events = tmp_path / f"{count}.ndjson"
        with events.open("wb") as stream:
            for _ in range(count):
                stream.write(ndjson(ORDER | padding))
        # A process starts with the peak of the one it comes from: take a small one.
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, FQL, "run", program, events],
            capture_output=True,
            check=True,
        )
        peaks.append(int(done.stdout))
    assert peaks[1] < peaks[0] * 1.2


def test_rows_that_are_missing_are_counted_once_for_a_message(tmp_path: Path) -> None:
    (tmp_path / "plans.csv").write_text("id,price\np1,10\n")
    program = tmp_path / "shop.fql"
    program.write_text(
        'enrich plan from "plans.csv" on id = traits.plan\n'
        'destination a: stdout { mapping "m" when all send send '
        "{ price: enrichments.plan.price } }\n"
    )
    events = tmp_path / "events.ndjson"
    given = [
        {"type": "identify", "userId": "u", "messageId": each, "traits": {"plan": plan}}
        for each, plan in (("1", "p1"), ("2", "p9"), ("2", "p9"), ("3", None))
    ]
    events.write_bytes(ndjson(*given))
    for jobs in ("1", "2"):
        ended = fql("run", program, events, "--jobs", jobs, "--format", "json")
        summary = json.loads(ended.err)["summary"]
        assert summary["missingRows"] == {"plan": 2}
        missing = [line.get("missingRows") for line in ended.lines]
        assert missing == [None, ["plan"], None, ["plan"]]
        ended = fql("run", program, events, "--jobs", jobs)
        lines = ended.err.splitlines()[-3:-1]
        assert lines == ["rows missing          2", "  plan                2"]
