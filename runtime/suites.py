"""Files of tests, read: what each test sends, to what, and what it expects.

A file names what it tests (a program, or a trigger, filter or mapping of its own), and
its tests. All that is wrong with a file is found in one run, at its place.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from fql.grammar.diagnostics import FqlError, arrange, has_errors
from fql.grammar.json_places import inside
from fql.runtime import suite_errors
from fql.runtime.model_errors import located, mistakes_of
from fql.runtime.read_source import read_source
from fql.runtime.suite_events import Events, PathError, with_value, without
from fql.runtime.suite_fit import Fit
from fql.runtime.suite_models import MODELS, WORDS, Expected, SuiteFile
from fql.runtime.suite_subjects import Library, part_of, subject_of
from fql.runtime.suite_yaml import read_yaml

if TYPE_CHECKING:
    import os
    from collections.abc import Generator, Iterator

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.json_places import JsonDocument
    from fql.grammar.source import Source, Span
    from fql.runtime.filter_actions import Event
    from fql.runtime.suite_models import Case, Row
    from fql.runtime.suite_targets import Target


@dataclass(frozen=True, slots=True)
class Trial:
    """One event, and what is expected of it.

    Attributes:
        name: Its test's name, and its row's after ``>`` in a table.
        span: Where it stands in its file.
        target: What it tests.
        event: The event.
        before: The events that come before it.
        source: The source that they come from, or None.
        expected: What is expected.
    """

    name: str
    span: Span
    target: Target
    event: Event
    before: tuple[Event, ...]
    source: str | None
    expected: Expected


@dataclass(frozen=True, slots=True)
class Suite:
    """A file of tests.

    Attributes:
        source: Its text.
        subject: What it tests.
        trials: In the order of the file.
    """

    source: Source
    subject: Target
    trials: tuple[Trial, ...]

    def line_of(self, trial: Trial) -> int:
        """Return the 1-based line in which *trial* stands."""
        return self.source.position(trial.span.start).line


def suite_files(path: str | os.PathLike[str]) -> list[Path]:
    """Return the files of tests under *path*: itself, or all in it, sorted by name.

    Hidden files and folders are passed over.

    Raises:
        FqlError: It is not there.
    """
    given = Path(path)
    if not given.is_dir():
        read_source(given)
        return [given]
    return sorted(
        file
        for file in given.rglob("*")
        if file.suffix in {".yaml", ".yml"}
        and not file.is_dir()
        and not any(part.startswith(".") for part in file.relative_to(given).parts)
    )


def read_suite(path: Path, library: Library) -> Suite:
    """Read the file of tests at *path*.

    Raises:
        FqlError: It, or the program that it tests, has errors; all are in
            ``diagnostics``.
    """
    document = read_yaml(read_source(path))
    if document.diagnostics:
        raise FqlError(document.diagnostics)
    model = _model(document)
    subject = subject_of(model, document, path.parent, library)
    reading = _Reading(document, model, subject, path.parent)
    trials = tuple(reading.trials())
    if has_errors(reading.findings):
        raise FqlError(arrange(reading.findings))
    return Suite(document.source, subject, trials)


def _model(document: JsonDocument) -> SuiteFile:
    try:
        return SuiteFile.model_validate(document.value)
    except ValidationError as error:
        mistakes = mistakes_of(error, document.value, MODELS, WORDS)
        found = [located(each, document) for each in mistakes]
        raise FqlError(arrange(found)) from error


class _Reading:
    """One reading of one file whose form is right."""

    def __init__(
        self, document: JsonDocument, model: SuiteFile, subject: Target, folder: Path
    ) -> None:
        self._document = document
        self._model = model
        self._subject = subject
        self._events = Events(document, model.events, folder)
        self._spans: dict[str, Span] = {}
        self.findings: list[Diagnostic] = []

    def trials(self) -> Iterator[Trial]:
        """Yield the tests that are in order; what is wrong with others is found."""
        for index, case in enumerate(self._model.tests):
            pointer = f"/tests/{index}"
            with self._collecting():
                target = self._target(case, inside(pointer, "of"))
                before = tuple(self._before(case, inside(pointer, "before")))
                for row in _rows(case, index):
                    with self._collecting():
                        yield self._trial(row, target, before)

    @contextmanager
    def _collecting(self) -> Generator[None]:
        """Let what is wrong inside the block be a finding, and go on after it."""
        try:
            yield
        except FqlError as error:
            self.findings += error.diagnostics

    def _target(self, case: Case, pointer: str) -> Target:
        if case.of is None:
            return self._subject
        return part_of(self._subject, case.of, self._document, pointer)

    def _before(self, case: Case, pointer: str) -> Iterator[Event]:
        for index, spec in enumerate(case.before):
            yield self._events.event(spec, inside(pointer, index))

    def _trial(self, row: _Row, target: Target, before: tuple[Event, ...]) -> Trial:
        span = self._document.span(row.pointer)
        self._name(row.name, span)
        event = self._event(row)
        expected, place = row.expected
        if expected is None or not expected.model_fields_set:
            finding = suite_errors.nothing_expected(self._document.source, span)
            raise FqlError([finding])
        source, named_at = row.source or (self._model.source, "/source")
        fit = Fit(self._document, place, target)
        findings = [*fit.findings(expected), *fit.source_findings(source, named_at)]
        if findings:
            raise FqlError(findings)
        return Trial(row.name, span, target, event, before, source, expected)

    def _name(self, name: str, span: Span) -> None:
        first = self._spans.setdefault(name, span)
        if first != span:
            source = self._document.source
            raise FqlError([suite_errors.name_twice(source, span, first, name)])

    # --- events -------------------------------------------------------------------

    def _event(self, row: _Row) -> Event:
        """Return the event of a row, as its test and then the row change it."""
        owner, place = row.owner_of_event
        event = self._events.event(owner.event, inside(place, "event"))
        for part, pointer in row.parts:
            for path, value in part.set.items():
                with self._at(path, inside(inside(pointer, "set"), path)):
                    event = with_value(event, path, value)
            for index, path in enumerate(part.unset):
                with self._at(path, inside(inside(pointer, "unset"), index)):
                    event = without(event, path)
        return event

    @contextmanager
    def _at(self, path: str, pointer: str) -> Generator[None]:
        """Say where *path* stands that leads nowhere."""
        try:
            yield
        except PathError as error:
            source, span = self._document.source, self._document.key_span(pointer)
            finding = suite_errors.bad_path(source, span, path, str(error))
            raise FqlError([finding]) from error


@dataclass(frozen=True, slots=True)
class _Row:
    """A test, or a row of one, with its place.

    Attributes:
        name: What reports call it.
        pointer: Where it stands.
        parts: The test and, in a table, the row; each with its place.
        case: The test.
    """

    name: str
    pointer: str
    parts: tuple[tuple[Row, str], ...]
    case: Case

    @property
    def source(self) -> tuple[str, str] | None:
        """The source that the test names, and where; None where it names none."""
        if self.case.source is None:
            return None
        return self.case.source, inside(self.parts[0][1], "source")

    @property
    def owner_of_event(self) -> tuple[Row, str]:
        """The last part that names an event, else the test itself."""
        named = [each for each in self.parts if each[0].event is not None]
        return named[-1] if named else self.parts[0]

    @property
    def expected(self) -> tuple[Expected | None, str]:
        """What is expected, and where that stands; the last part that says it."""
        for part, pointer in reversed(self.parts):
            if part.expect is not None:
                return part.expect, inside(pointer, "expect")
        return None, self.pointer


def _rows(case: Case, index: int) -> Iterator[_Row]:
    """Yield the rows of a test; the test itself where it is no table."""
    pointer = inside("/tests", index)
    name = case.name or f"test {index + 1}"
    if case.rows is None:
        yield _Row(name, pointer, ((case, pointer),), case)
        return
    for number, row in enumerate(case.rows):
        place = inside(inside(pointer, "rows"), number)
        row_name = f"{name} > {row.name or f'row {number + 1}'}"
        yield _Row(row_name, place, ((case, pointer), (row, place)), case)
