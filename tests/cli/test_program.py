"""The command and its subcommands: loaded when asked for, completed by shells."""

from __future__ import annotations

import gc
import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING

import click
import pytest

from fql.cli.program import COMMANDS, NEW_OBJECTS, main
from fql.grammar.diagnostics import Code
from tests.cli.running import FQL, fql, fql_process

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {
    "httpx",
    "lark",
    "liquid",
    "msgspec",
    "orjson",
    "pydantic",
    "rich",
    "zstandard",
}


def modules_after(*arguments: str) -> set[str]:
    """Return the packages that the command has loaded when it ends."""
    code = (
        "import sys\n"
        "from fql.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(*{name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        check=True,
        text=True,
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("is_well", [True, False])
def test_a_command_looks_for_garbage_less_often(
    is_well: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it runs, however it ends."""
    before, seen = gc.get_threshold(), list[int]()

    def look() -> int:
        seen.append(gc.get_threshold()[0])
        if not is_well:
            raise click.ClickException("no")
        return 0

    command = click.Command("run", callback=look)
    monkeypatch.setattr("fql.cli.run.command", command)
    assert fql("run").code == (0 if is_well else 1)
    assert seen == [NEW_OBJECTS]
    assert gc.get_threshold() == before


def completed(words: str, by: str = "bash") -> list[str]:
    """Return what the shell *by* would offer for the last of *words*."""
    number = len(words.split(" ")) - 1
    done = subprocess.run(
        [FQL],
        env={
            "_FQL_COMPLETE": f"{by}_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(number),
        },
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.split()


def test_the_version_is_that_of_the_package() -> None:
    assert fql_process("--version").out == f"fql {metadata.version('fql')}\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_the_help_lists_every_command(flag: str) -> None:
    ended = fql(flag)
    listed = [line.split()[0] for line in ended.out.splitlines() if line[:2] == "  "]
    assert ended.code == 0
    assert listed[-len(COMMANDS) :] == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_help(name: str) -> None:
    ended = fql(name, "--help")
    assert ended.code == 0
    assert ended.out.startswith(f"Usage: fql {name}")


@pytest.mark.parametrize("name", COMMANDS)
def test_options_and_help_are_written_in_full(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert command.short_help
    assert [each.name for each in options if not (each.help or each.required)] == []


@pytest.mark.parametrize(
    "arguments",
    [("bogus",), ("run",), ("check", "--bogus"), ("explain-code", "FQL999")],
)
def test_wrong_use_ends_with_2(arguments: tuple[str, ...]) -> None:
    ended = fql(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "Error: " in ended.err


@pytest.mark.parametrize("arguments", [("--version",), ("explain-code", "FQL204")])
def test_what_needs_nothing_heavy_loads_nothing_heavy(
    arguments: tuple[str, ...],
) -> None:
    assert modules_after(*arguments) & HEAVY == set()


def test_formatting_loads_the_parser_alone() -> None:
    assert modules_after("fmt", "-e", "a = 1") & HEAVY == {"lark"}


def test_evaluating_loads_neither_models_nor_tables(tmp_path: Path) -> None:
    events = tmp_path / "events.ndjson"
    events.write_bytes(b"{}\n")
    loaded = modules_after("eval", "-e", "a = 1", str(events)) & HEAVY
    assert loaded - {"msgspec", "orjson"} == {"lark"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(shell: str) -> None:
    done = subprocess.run(
        [FQL],
        env={"_FQL_COMPLETE": f"{shell}_source"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert "_FQL_COMPLETE" in done.stdout


def test_commands_and_choices_are_completed() -> None:
    assert completed("fql ") == [f"plain,{name}" for name in COMMANDS]
    assert completed("fql ev") == ["plain,eval"]
    assert completed("fql explain") == ["plain,explain", "plain,explain-code"]
    forms = ["plain,human", "plain,json", "plain,sarif"]
    assert completed("fql check --format ") == forms
    assert completed("fql eval --dialect t") == ["plain,trigger"]
    assert "plain,--strict" in completed("fql check --")


def test_files_are_completed_by_the_shell() -> None:
    assert completed("fql run shop") == ["file,shop"]
    assert completed("fql eval -e x ev") == ["file,ev"]


def test_codes_are_completed() -> None:
    expected = [f"plain,{code}" for code in Code if code.startswith("FQL50")]
    assert completed("fql explain-code fql50") == expected
    assert "FQL501" in completed("fql explain-code FQL501", by="zsh")
