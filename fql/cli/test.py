"""``fql test``: files of tests for programs, triggers, filters and mappings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fql.cli.inputs import STDIN
from fql.cli.output import Format, conclude, format_option, say, show
from fql.grammar.cells import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fql.runtime.suite_report import Coverage, Mutation, Report, Result

_PERCENT = click.FloatRange(0, 100)


@click.command("test", short_help="Run the tests of programs, from YAML files.")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="DIR|FILE...")
@click.option(
    "-k", "select", metavar="TEXT", help="Only tests with TEXT in their name."
)
@click.option("-x", "--fail-fast", is_flag=True, help="Stop at the first failure.")
@click.option("-v", "--verbose", is_flag=True, help="Name the tests that pass, too.")
@click.option("--update", is_flag=True, help="Write the snapshots, compare none.")
@click.option("--coverage", is_flag=True, help="Say what no event has tried.")
@click.option(
    "--min-coverage",
    type=_PERCENT,
    metavar="PERCENT",
    help="Fail where less of the conditions was tried.",
)
@click.option("--mutate", is_flag=True, help="Say which changes no test notices.")
@click.option(
    "--min-score",
    type=_PERCENT,
    metavar="PERCENT",
    help="Fail where fewer of the changes are noticed.",
)
@click.option(
    "--junit", type=click.Path(), metavar="FILE", help="Write JUnit XML to FILE, too."
)
@format_option("human", "json")
def command(
    paths: tuple[str, ...],
    *,
    select: str | None,
    fail_fast: bool,
    verbose: bool,
    update: bool,
    coverage: bool,
    min_coverage: float | None,
    mutate: bool,
    min_score: float | None,
    junit: str | None,
    form: Format,
) -> int:
    """Run the tests in each FILE (.yaml, .yml), and in those under each DIR.

    The exit code is 1 where a test fails, a file has errors, there is no test, or less
    is covered or noticed than asked for. Nothing is sent anywhere.
    """
    if not paths:
        raise click.UsageError("name files of tests, or a folder with some")
    if STDIN in paths:
        raise click.UsageError("tests are read from files: paths in them start there")
    from fql.api import run_tests

    report = run_tests(
        paths,
        select=select or "",
        fail_fast=fail_fast,
        update=update,
        coverage=coverage or min_coverage is not None,
        mutate=mutate or min_score is not None,
    )
    is_written = junit is None or _write_junit(report, junit)
    if form == "json":
        say(json.dumps(report.to_dict(), indent=2))
    else:
        _show(report, is_verbose=verbose)
    is_enough = _is_enough(report, min_coverage, min_score, form)
    return int(not (report.is_passed and is_enough and is_written))


def _write_junit(report: Report, path: str) -> bool:
    """Write the report as JUnit XML, and return whether that went well."""
    from fql.runtime.junit import junit_xml

    try:
        Path(path).write_text(junit_xml(report), encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        say(f"fql: cannot write {path}: {reason}", err=True)
        return False
    return True


def _is_enough(
    report: Report, min_coverage: float | None, min_score: float | None, form: Format
) -> bool:
    """Return whether enough is covered and noticed, and say where it is not."""
    coverage, mutation = report.coverage, report.mutation
    shares = (
        ("coverage", None if coverage is None else coverage.percent, min_coverage),
        ("the mutation score", None if mutation is None else mutation.score, min_score),
    )
    lacking = [
        f"{what} is {percent(share)}, below {least:g}%"
        for what, share, least in shares
        if share is not None and least is not None and share < least
    ]
    for line in lacking:
        say(line, err=form == "json")
    return not lacking


# --- for people -------------------------------------------------------------------


def _show(report: Report, *, is_verbose: bool) -> None:
    for result in report.results:
        if result.failures:
            _say_lines(_failed_lines(result))
        elif is_verbose:
            say(visible(f"ok    {result.file}:{result.line}  {result.name}"))
    for unused in report.unused:
        say(visible(f"unused snapshot in {unused.file}: {unused.name}"))
    for file in report.updated:
        say(f"wrote {file}")
    if report.coverage is not None:
        _say_lines(_coverage_lines(report.coverage))
    if report.mutation is not None:
        _say_lines(_mutation_lines(report.mutation))
    if report.diagnostics:
        show(report.diagnostics)
        conclude(report.diagnostics)
    say(_summary(report))


def _say_lines(lines: Iterable[str]) -> None:
    """Write *lines*, in which names and texts of users stand, as one can see them."""
    say("\n".join(map(visible, lines)))


def _failed_lines(result: Result) -> Iterator[str]:
    yield f"FAIL  {result.file}:{result.line}  {result.name}"
    for failure in result.failures:
        yield f"  {failure.message}"
        yield from (f"    {line}".rstrip() for line in failure.details)
    yield ""


def _coverage_lines(coverage: Coverage) -> Iterator[str]:
    for gap in coverage.gaps:
        yield f"{gap.spot.where}: {gap.told} in {gap.spot.unit}: {gap.spot.text}"
    missing = sum(len(each.never) for each in coverage.gaps)
    seen = f"{coverage.sides - missing} of {coverage.sides}"
    yield f"coverage: {percent(coverage.percent)} ({seen} answers of conditions seen)"


def _mutation_lines(mutation: Mutation) -> Iterator[str]:
    for each in mutation.survivors:
        yield f"{each.spot.where}: {each.kind} in {each.spot.unit}: no test notices"
        if each.mutant:
            yield f"    {each.spot.text}  ->  {' '.join(each.mutant.split())}"
        else:
            yield f"    {each.spot.text}"
    noticed = f"{mutation.tried - len(mutation.survivors)} of {mutation.tried}"
    yield f"mutation score: {percent(mutation.score)} ({noticed} changes noticed)"


def percent(share: float) -> str:
    """Return *share* of 100 as text; only what is whole is shown as 100%."""
    text = f"{share:.1f}".removesuffix(".0")
    return f"{'99.9' if text == '100' and share < 100 else text}%"


def _summary(report: Report) -> str:
    counts = report.counts()
    told = [f"{number} {state}" for state, number in counts.items() if number]
    return ", ".join(told) or "no test ran"
