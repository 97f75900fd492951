"""Run all benchmarks, and print their tables or write them into a page.

Usage: ``python -m benchmarks.report [--quick] [PAGE]``

Each runs in a process of its own. PAGE is a Markdown file that has both lines of
`MARKS`; what stands between them is replaced, and its prose stays.
"""

from __future__ import annotations

import argparse
import ast
import os
import platform
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.harness import machine, resolution
from benchmarks.parts import as_markdown, part, part_from_json, print_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.parts import Part

HERE = Path(__file__).resolve().parent

BENCHMARKS = (
    "bench_trigger",
    "bench_worst",
    "bench_mapping",
    "bench_ruleset",
    "bench_ndjson",
    "run_memory",
    "bench_delivery",
    "bench_import",
)
"""The modules of this folder that measure, in the order of the page."""

MARKS = (
    "<!-- tables: python -m benchmarks.report docs/benchmarks.md -->",
    "<!-- end of the tables -->",
)
"""What the tables of a page stand between."""


def measured(benchmark: str, *, is_quick: bool) -> Iterator[Part]:
    """Yield the parts of a benchmark as they come.

    Raises:
        CalledProcessError: It failed; what it said is on standard error.
    """
    command = [sys.executable, "-m", f"benchmarks.{benchmark}", "--json"]
    if is_quick:
        command.append("--quick")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            yield part_from_json(line)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def all_measured(*, is_quick: bool) -> Iterator[tuple[str, Part]]:
    """Yield every part of every benchmark, with the benchmark's name."""
    for benchmark in BENCHMARKS:
        started = perf_counter()
        for each in measured(benchmark, is_quick=is_quick):
            yield benchmark, each
        print(f"{benchmark}: {perf_counter() - started:.0f} s", file=sys.stderr)


# --- the page -----------------------------------------------------------------------


def page(
    text: str, parts: Sequence[tuple[str, Part]], began: str, *, is_quick: bool
) -> str:
    """Return *text* with the tables of *parts* between its marks.

    Args:
        text: The page.
        parts: What was measured, with the benchmarks' names.
        began: When and on what.
        is_quick: Whether the figures are rough.

    Raises:
        ValueError: It has no marks.
    """
    before, found, rest = text.partition(MARKS[0])
    _, closed, after = rest.partition(MARKS[1])
    if not found or not closed:
        raise ValueError("the page has no marks; see MARKS")
    tables = "\n\n".join(_tables(parts, began, is_quick=is_quick))
    return f"{before}{MARKS[0]}\n\n{tables}\n\n{MARKS[1]}{after}"


def _tables(
    parts: Sequence[tuple[str, Part]], began: str, *, is_quick: bool
) -> Iterator[str]:
    rough = " Rough figures (`--quick`)." if is_quick else ""
    yield f"## The figures\n\n{began}{rough}"
    yield as_markdown(summary([each for _, each in parts]))
    for benchmark in dict(parts):
        yield f"## {_title(benchmark)}\n\n`python -m benchmarks.{benchmark}`"
        yield from (as_markdown(each) for name, each in parts if name == benchmark)


def summary(parts: Iterable[Part]) -> Part:
    """Return the targets of all parts in one table."""
    rows = [[each.title, *goal.cells] for each in parts for goal in each.targets]
    return part("Targets", ["table", "target", "measured", "to be", ""], rows)


def _title(benchmark: str) -> str:
    """Return what a benchmark says it measures."""
    text = (HERE / f"{benchmark}.py").read_text(encoding="utf-8")
    described = ast.get_docstring(ast.parse(text)) or benchmark
    return described.partition("\n")[0].removesuffix(".").replace("``", "`")


def _when() -> str:
    """Return the day, the machine, and how busy it is."""
    day = datetime.now(UTC).date()
    load = f"load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    told = [machine(), _processor(), _system(), f"clock of {resolution()} ns", load]
    return f"{day}: {', '.join(each for each in told if each)}."


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return ""


def _system() -> str:
    with suppress(OSError):
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    return platform.platform()


# --- the command --------------------------------------------------------------------


def _page_text(file: Path, parser: argparse.ArgumentParser) -> str:
    """Return what a page holds; without marks, or unreadable, it is wrong use."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        parser.error(f"cannot read {file}: {error}")
    if any(mark not in text for mark in MARKS):
        parser.error(f"{file} has no place for tables: {' and '.join(MARKS)}")
    return text


def main() -> None:
    """Measure everything, and print it or write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="rough figures, soon")
    parser.add_argument("page", nargs="?", type=Path, help="a page to write them into")
    options = parser.parse_args()
    text = "" if options.page is None else _page_text(options.page, parser)
    began = _when()
    if options.page is None:
        print(f"{began}\n")
    parts = []
    try:
        for benchmark, each in all_measured(is_quick=options.quick):
            parts.append((benchmark, each))
            if options.page is None:
                print_part(each)
    except subprocess.CalledProcessError as error:
        sys.exit(str(error))
    if options.page is None:
        print_part(summary(each for _, each in parts))
    else:
        made = page(text, parts, began, is_quick=options.quick)
        options.page.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
