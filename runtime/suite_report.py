"""What a run of tests found, as data and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from fql.grammar.diagnostics import has_errors
from fql.grammar.report import to_json

if TYPE_CHECKING:
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.suite_checks import Failure

State: TypeAlias = Literal["passed", "failed"]


@dataclass(frozen=True, slots=True)
class Result:
    """How one test ended.

    Attributes:
        name: The test's name.
        file: Its file.
        line: The 1-based line in which it stands.
        failures: What was otherwise than expected; empty where it passed.
        seconds: How long it took.
    """

    name: str
    file: str
    line: int
    failures: tuple[Failure, ...]
    seconds: float

    @property
    def state(self) -> State:
        """Whether it passed."""
        return "failed" if self.failures else "passed"

    def to_dict(self) -> dict[str, object]:
        """Return the result as JSON."""
        return {
            "name": self.name,
            "file": self.file,
            "line": self.line,
            "state": self.state,
            "seconds": round(self.seconds, 6),
            "failures": [
                {"message": each.message, "details": list(each.details)}
                for each in self.failures
            ],
        }


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a condition.

    Attributes:
        unit: What reports call the condition: ``crm/Order``.
        file: The file that holds it.
        line: 1-based.
        column: 1-based, in code points.
        text: What stands there.
    """

    unit: str
    file: str
    line: int
    column: int
    text: str

    @property
    def where(self) -> str:
        """The place, as compilers write it."""
        return f"{self.file}:{self.line}:{self.column}"

    def to_dict(self) -> dict[str, object]:
        """Return the place as JSON."""
        return {
            "unit": self.unit,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Gap:
    """A test of a condition that the events did not try both ways.

    Attributes:
        spot: The test.
        never: The answers that it never gave: ``true``, ``false`` or both.
    """

    spot: Spot
    never: tuple[bool, ...]

    @property
    def told(self) -> str:
        """What is missing, in words."""
        if len(self.never) > 1:
            return "never reached"
        return "never true" if True in self.never else "never false"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which tests of the conditions were seen true, and which false.

    Attributes:
        sides: Two for each test.
        gaps: What was not seen, in the order of the files.
    """

    sides: int
    gaps: tuple[Gap, ...]

    @property
    def percent(self) -> float:
        """How many of the sides were seen, 0 to 100; 100 where there are none."""
        missing = sum(len(each.never) for each in self.gaps)
        return _percent(self.sides - missing, self.sides)

    def to_dict(self) -> dict[str, object]:
        """Return the coverage as JSON."""
        return {
            "percent": round(self.percent, 2),
            "sides": self.sides,
            "gaps": [
                {**each.spot.to_dict(), "missing": list(each.never)}
                for each in self.gaps
            ],
        }


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change of a condition that no test noticed.

    Attributes:
        spot: What was changed.
        kind: How, in words: ``negated``.
        mutant: What stood in its place; empty where it was left out.
    """

    spot: Spot
    kind: str
    mutant: str

    def to_dict(self) -> dict[str, object]:
        """Return the survivor as JSON."""
        return {**self.spot.to_dict(), "kind": self.kind, "mutant": self.mutant}


@dataclass(frozen=True, slots=True)
class Mutation:
    """How many changes of conditions the tests notice.

    Attributes:
        tried: The changes that were tried; none that changes no answer.
        survivors: Those that no test noticed, in the order of the files.
    """

    tried: int
    survivors: tuple[Survivor, ...]

    @property
    def score(self) -> float:
        """The share that was noticed, 0 to 100; 100 where there was nothing to try."""
        return _percent(self.tried - len(self.survivors), self.tried)

    def to_dict(self) -> dict[str, object]:
        """Return the score as JSON."""
        return {
            "score": round(self.score, 2),
            "tried": self.tried,
            "survivors": [each.to_dict() for each in self.survivors],
        }


@dataclass(frozen=True, slots=True)
class Unused:
    """A snapshot that no test has asked for."""

    file: str
    name: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a run of tests found.

    Attributes:
        results: One for each test that ran, in the order of the files.
        diagnostics: What is wrong with the files; their tests did not run.
        unused: Snapshots that no test has asked for.
        updated: The files of snapshots that were written.
        coverage: Where it was asked for.
        mutation: Where it was asked for and all tests passed.
    """

    results: tuple[Result, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    unused: tuple[Unused, ...] = ()
    updated: tuple[str, ...] = ()
    coverage: Coverage | None = None
    mutation: Mutation | None = None

    @property
    def is_passed(self) -> bool:
        """Whether all tests of all files ran and passed."""
        is_sound = not has_errors(self.diagnostics)
        return is_sound and all(not each.failures for each in self.results)

    @property
    def failed(self) -> tuple[Result, ...]:
        """The tests that failed."""
        return tuple(each for each in self.results if each.failures)

    def counts(self) -> dict[str, int]:
        """Return how many tests ended in which way."""
        found = Counter(each.state for each in self.results)
        return {"passed": found["passed"], "failed": found["failed"]}

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON."""
        told: dict[str, object] = {
            "passed": self.is_passed,
            "counts": self.counts(),
            "tests": [each.to_dict() for each in self.results],
            "findings": [to_json(each) for each in self.diagnostics],
            "unusedSnapshots": [
                {"file": each.file, "name": each.name} for each in self.unused
            ],
            "updatedSnapshots": list(self.updated),
        }
        if self.coverage is not None:
            told["coverage"] = self.coverage.to_dict()
        if self.mutation is not None:
            told["mutation"] = self.mutation.to_dict()
        return told


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 100.0
