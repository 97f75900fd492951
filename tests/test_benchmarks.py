"""The benchmarks measure what they say, and their page names what exists."""

from __future__ import annotations

import re
import tomllib
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from benchmarks import peer_texts, report
from benchmarks.bench_trigger import contenders, read_events
from benchmarks.compare_peers import HAND, QUICK_STEP, compare_peers
from benchmarks.entrants import Asked, Entrant, Missing
from benchmarks.hand_triggers import TRIGGERS
from benchmarks.harness import Timing, geometric_mean, measure, over, resolution
from benchmarks.original import PACKAGES
from benchmarks.parts import (
    Part,
    as_markdown,
    as_text,
    part,
    part_from_json,
    quantity,
    target,
)
from benchmarks.peers import PEERS, Engine, Peer

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
CONTENTS = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

SHOWN = part(
    "One trigger",
    ["what", "ns", "why"],
    [["a | b", "12 ±3%", "quick"], ["c", "1,234", ""]],
    [target("mean", 0.914, 0.92), target("times", 12.0, 13, is_least=True)],
    notes=["So it is."],
)


# --- harness ------------------------------------------------------------------------


def test_contenders_are_measured_by_item_and_by_the_first() -> None:
    runs = {"own": lambda: 300, "twice": lambda: 600, "half": lambda: 600}
    items = {"own": 3, "twice": 3, "half": 12}
    found = measure(runs, items=items, rounds=3)
    assert found == {
        "own": Timing(100, 100, 0, 1),
        "twice": Timing(200, 200, 0, 2),
        "half": Timing(50, 50, 0, 0.5),
    }


def test_a_run_calls_the_function_with_each_item() -> None:
    seen: list[int] = []
    over(seen.append, [1, 2, 3])()
    assert seen == [1, 2, 3]


def test_runs_without_a_clock_are_timed() -> None:
    found = measure({"a": lambda: None, "b": lambda: None}, items=1, rounds=2)
    assert found["a"].least >= 0
    assert resolution() > 0


# --- parts --------------------------------------------------------------------------


def test_targets_are_met_or_missed() -> None:
    assert [goal.is_met for goal in SHOWN.targets] == [True, False]
    assert SHOWN.targets[1].cells == ("times", "12x", "at least 13x", "MISSED")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.914, "x", "0.91x"),
        (12.34, "", "12.3"),
        (60.0, "ms", "60 ms"),
        (30_452.2, "µs", "30,452 µs"),
    ],
)
def test_quantities_have_three_digits(value: float, unit: str, shown: str) -> None:
    assert quantity(value, unit) == shown


def test_a_part_survives_its_json() -> None:
    line = SHOWN.to_json()
    assert "\n" not in line
    assert part_from_json(line) == SHOWN


def test_a_part_is_shown_as_text() -> None:
    assert as_text(SHOWN).splitlines() == [
        "One trigger",
        "-----------",
        "what       ns  why",
        "a | b  12 ±3%  quick",
        "c       1,234",
        "",
        "target  measured  to be",
        "mean       0.91x  at most 0.92x  met",
        "times        12x  at least 13x   MISSED",
        "",
        "So it is.",
    ]


def test_a_part_is_shown_as_markdown() -> None:
    lines = as_markdown(SHOWN).splitlines()
    assert lines[0] == "### One trigger"
    assert lines[2:5] == [
        "| what | ns | why |",
        "| --- | --: | --- |",
        "| a \\| b | 12 ±3% | quick |",
    ]
    assert lines[-1] == "- So it is."


# --- the page -----------------------------------------------------------------------


def test_a_page_gets_the_tables_between_its_marks() -> None:
    text = f"# Before\n\n{report.MARKS[0]}\n\nold\n\n{report.MARKS[1]}\n\nAfter\n"
    parts = [("bench_trigger", SHOWN)]
    made = report.page(text, parts, "Today.", is_quick=True)
    assert made.startswith("# Before\n")
    assert made.endswith("\n\nAfter\n")
    assert "old" not in made
    assert "| One trigger | mean | 0.91x | at most 0.92x | met |" in made
    assert as_markdown(SHOWN) in made
    assert "Rough figures" in made
    again = report.page(made, parts, "Now.", is_quick=False)
    assert "Rough figures" not in again
    assert "Today." not in again
    assert again.count("`python -m benchmarks.bench_trigger`") == 1


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no marks"):
        report.page("# Page\n", [], "", is_quick=False)


def test_the_page_of_the_project_has_its_marks() -> None:
    start, end = (PAGE.index(mark) for mark in report.MARKS)
    assert start < end


@pytest.mark.parametrize("text", [PAGE, CONTENTS], ids=["page", "contents"])
def test_commands_in_the_documents_exist(text: str) -> None:
    modules = set(re.findall(r"-m (benchmarks\.\w+)", text))
    assert modules
    for name in modules:
        assert import_module(name).__doc__
    for made in re.findall(r"`?make ([a-z-]+)`?(?: |\n|`)", text):
        assert f".PHONY: {made}\n" in MAKEFILE


def test_the_contents_name_every_module() -> None:
    files = {
        file.name if file.suffix == ".js" else file.stem
        for file in (ROOT / "benchmarks").iterdir()
        if file.suffix in {".js", ".py"} and not file.stem.startswith("hand_")
    }
    assert files - set(re.findall(r"`([\w.]+)`", CONTENTS)) == set()


@pytest.mark.parametrize("name", report.BENCHMARKS)
def test_a_benchmark_yields_parts(name: str) -> None:
    assert callable(import_module(f"benchmarks.{name}").parts)


def test_every_benchmark_is_reported() -> None:
    names = {file.stem for file in (ROOT / "benchmarks").glob("bench_*.py")}
    assert names | {"run_memory"} == set(report.BENCHMARKS)


# --- triggers and other engines -----------------------------------------------------


@pytest.mark.parametrize("text", TRIGGERS, ids=list(HAND))
def test_hand_written_functions_answer_as_the_triggers(text: str) -> None:
    assert len(contenders(text, read_events()[:100])) == 5


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_peer_says_every_trigger_or_why_not(peer: Peer) -> None:
    assert peer.texts.keys() | peer.cannot.keys() == HAND.keys()


def test_every_peer_is_in_the_group_of_packages() -> None:
    settings: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    group = settings["dependency-groups"]["bench"]
    assert {peer.package for peer in PEERS} <= {
        each.partition("==")[0] for each in group
    }
    assert [each for each in group if each.count("==") != 1] == []


def test_the_original_says_what_its_language_can() -> None:
    for language, texts in {
        "the original": peer_texts.ORIGINAL,
        "device rules": peer_texts.DEVICE,
    }.items():
        assert texts.keys() | peer_texts.CANNOT[language].keys() == HAND.keys()
    assert all(version.count(".") == 2 for _, version in PACKAGES.values())


def test_what_an_engine_raises_is_no_match() -> None:
    engine = Engine(lambda key: lambda event: event[key], lambda event: dict(event))
    test = engine.of_events("a")
    assert [test({"a": True}), test({"a": 1}), test({})] == [True, False, False]
    assert engine.of_converted("a")({"a": True})
    assert engine.is_converting
    assert not Engine(lambda key: lambda event: event[key]).is_converting


def entrant(name: str, otherwise: str) -> Entrant:
    """Return an engine that says one trigger, and takes every event for a match."""
    sample = read_events()[::QUICK_STEP]

    def ask(_: str) -> Asked:
        return Asked([True] * len(sample), lambda at: over(bool, at))

    return Entrant(name, "1.0", ask, frozenset({"view"}), {"staff": "why"}, otherwise)


def compared(monkeypatch: pytest.MonkeyPatch, *found: Entrant | Missing) -> list[Part]:
    def given(_: object) -> nullcontext[list[Entrant | Missing]]:
        return nullcontext(list(found))

    monkeypatch.setattr("benchmarks.compare_peers.entrants", given)
    own = {"fql, generated": {each: Timing(100, 90, 0.1, 0.8) for each in HAND}}
    return list(compare_peers(read_events(), own, is_quick=True))


def test_an_engine_is_timed_on_what_it_agrees_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = entrant("other", "never says no")
    engines, differing = compared(monkeypatch, other, Missing("none", "not here"))
    rows = {row[0]: row for row in engines.rows}
    assert rows["other"][1] == "1.0"
    assert rows["other"][-1] == "1 of 12"
    assert rows["none"][1] == "not here"
    assert engines.rows[-1][0] == "none"
    assert [row[:2] for row in differing.rows] == [
        ("other", "view"),
        ("other", "staff"),
    ]
    assert differing.rows[0][3] == "never says no"


def test_an_engine_that_answers_otherwise_without_reason_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(AssertionError, match="other answers otherwise: view"):
        compared(monkeypatch, entrant("other", ""))


def test_means_of_ratios_are_geometric() -> None:
    assert geometric_mean([0.5, 2.0]) == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["missing.md", "README.md"])
def test_a_report_for_no_page_is_wrong_use(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["report", str(ROOT / name)])
    with pytest.raises(SystemExit) as ended:
        report.main()
    assert ended.value.code == 2
    assert name in capsys.readouterr().err


def test_the_page_has_the_tables_of_every_benchmark() -> None:
    tables = PAGE[PAGE.index(report.MARKS[0]) : PAGE.index(report.MARKS[1])]
    named = re.findall(r"^`python -m benchmarks\.(\w+)`$", tables, re.MULTILINE)
    assert named == list(report.BENCHMARKS)
