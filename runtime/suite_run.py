"""Runs files of tests and reports what they found.

Files that cannot be read are findings of the report; the others run all the same.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from fql.compiler.functions import FUNCTIONS
from fql.grammar.diagnostics import FqlError
from fql.runtime import suite_errors
from fql.runtime.snapshots import read_snapshots
from fql.runtime.suite_checks import Facts, check
from fql.runtime.suite_coverage import Meter
from fql.runtime.suite_mutation import Tried, mutation_of
from fql.runtime.suite_report import Report, Result, Unused
from fql.runtime.suite_subjects import Library
from fql.runtime.suite_targets import asked_of, observe, units_of
from fql.runtime.suites import read_suite, suite_files

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from fql.compiler.missing import Missing
    from fql.compiler.signatures import FunctionTable
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.snapshots import Snapshots
    from fql.runtime.suite_report import Coverage
    from fql.runtime.suites import Suite, Trial


@dataclass(frozen=True, slots=True)
class Choice:
    """Which tests run, and what is found out besides.

    Attributes:
        select: Only tests in whose ``file::name`` this occurs, in any case.
        fail_fast: Whether the first failure ends the run.
        update: Whether snapshots are written, and not compared.
        coverage: Whether conditions are watched.
        mutate: Whether conditions are changed, each once, to see who notices.
        functions: What conditions and mappings may call.
        clock: Gives the time in seconds.
    """

    select: str = ""
    fail_fast: bool = False
    update: bool = False
    coverage: bool = False
    mutate: bool = False
    functions: FunctionTable = field(default_factory=lambda: FUNCTIONS)
    clock: Callable[[], float] = time.perf_counter


def run_suites(paths: Sequence[str | os.PathLike[str]], choice: Choice) -> Report:
    """Run the files of tests that are *paths*, or lie under them."""
    return _Run(choice).report(paths)


@dataclass(slots=True)
class _Open:
    """A file of tests at work."""

    suite: Suite
    trials: tuple[Trial, ...]
    snapshots: Snapshots


class _Run:
    """One run."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        self._library = Library(choice.functions)
        self._findings: list[Diagnostic] = []
        self._tried: list[Tried] = []

    def report(self, paths: Sequence[str | os.PathLike[str]]) -> Report:
        """Run what is under *paths* and report."""
        opened = list(self._opened(paths))
        if not self._findings and not any(each.trials for each in opened):
            self._findings.append(_nothing(paths, opened, self._choice.select))
        results = tuple(self._results(opened))
        updated = tuple(self._updated(opened)) if self._choice.update else ()
        is_whole = len(results) == sum(len(each.suite.trials) for each in opened)
        has_passed = not self._findings and not any(each.failures for each in results)
        mutates = self._choice.mutate and has_passed
        return Report(
            results,
            tuple(self._findings),
            tuple(_unused(opened)) if is_whole else (),
            updated,
            self._coverage(opened) if self._choice.coverage else None,
            mutation_of(self._tried, self._choice.functions) if mutates else None,
        )

    # --- files --------------------------------------------------------------------

    def _opened(self, paths: Sequence[str | os.PathLike[str]]) -> Iterator[_Open]:
        for path in self._files(paths):
            try:
                suite = read_suite(path, self._library)
                snapshots = read_snapshots(path)
            except FqlError as error:
                self._findings += error.diagnostics
            else:
                trials = tuple(t for t in suite.trials if self._is_chosen(suite, t))
                yield _Open(suite, trials, snapshots)

    def _files(self, paths: Sequence[str | os.PathLike[str]]) -> list[Path]:
        """Return all files, each once, in the order given."""
        files: dict[Path, None] = {}
        for path in paths:
            try:
                files |= dict.fromkeys(suite_files(path))
            except FqlError as error:
                self._findings += error.diagnostics
        return list(files)

    def _is_chosen(self, suite: Suite, trial: Trial) -> bool:
        wanted = self._choice.select.casefold()
        return wanted in f"{suite.source.name}::{trial.name}".casefold()

    def _updated(self, opened: Iterable[_Open]) -> Iterator[str]:
        """Write the snapshots, and yield the files that changed."""
        for each in opened:
            is_whole = len(each.trials) == len(each.suite.trials)
            try:
                if each.snapshots.updated(keeps_unused=not is_whole):
                    yield str(each.snapshots.path)
            except FqlError as error:
                self._findings += error.diagnostics

    # --- tests --------------------------------------------------------------------

    def _results(self, opened: Iterable[_Open]) -> Iterator[Result]:
        for each in opened:
            for trial in each.trials:
                result = self._result(each, trial)
                yield result
                if result.failures and self._choice.fail_fast:
                    return

    def _result(self, opened: _Open, trial: Trial) -> Result:
        started = self._choice.clock()
        observed = observe(
            trial.target, trial.event, source=trial.source, before=trial.before
        )
        asked = partial(
            asked_of, trial.target, trial.event, observed, source=trial.source
        )
        facts = Facts(asked, self._snapshot(opened.snapshots))
        failures = check(trial, observed, facts)
        if self._choice.coverage or self._choice.mutate:
            built = opened.snapshots.get_seen
            self._tried.append(Tried(trial, observed, built, asked()))
        return Result(
            trial.name,
            opened.suite.source.name,
            opened.suite.line_of(trial),
            failures,
            self._choice.clock() - started,
        )

    def _snapshot(self, snapshots: Snapshots) -> Callable[[str, Json], Json | Missing]:
        def compared(name: str, payload: Json) -> Json | Missing:
            snapshots.seen[name] = payload
            return payload if self._choice.update else snapshots.get(name)

        return compared

    # --- coverage -----------------------------------------------------------------

    def _coverage(self, opened: Iterable[_Open]) -> Coverage:
        """Return what the tests that ran have seen of what their files test."""
        units = {
            unit.key: unit for each in opened for unit in units_of(each.suite.subject)
        }
        meter = Meter(units.values(), self._choice.functions)
        for tried in self._tried:
            meter.note(tried.asked)
        return meter.coverage()


def _nothing(
    paths: Sequence[str | os.PathLike[str]], opened: Sequence[_Open], select: str
) -> Diagnostic:
    name = str(paths[0]) if paths else "."
    if any(each.suite.trials for each in opened):
        return suite_errors.no_tests(name, f"no name has {select!r} in it")
    return suite_errors.no_tests(name, "there is no file of tests")


def _unused(opened: Iterable[_Open]) -> Iterator[Unused]:
    for each in opened:
        for name in each.snapshots.unused():
            yield Unused(str(each.snapshots.path), name)
