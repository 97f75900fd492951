"""The wording of what can be wrong with files of tests.

One function a finding: data in, `Diagnostic` out. A test that fails is no finding; it
is in the report (`suite_report.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.errors import listed
from fql.compiler.suggest import nearest
from fql.grammar.diagnostics import Code, Diagnostic, Label
from fql.grammar.errors import quoted
from fql.grammar.source import Source, Span
from fql.runtime.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection


def no_yaml_reader(name: str) -> Diagnostic:
    """A file of tests, and no package that reads it."""
    return Diagnostic(
        Code.MISSING_EXTRA,
        "reading files of tests needs an optional package",
        Span(0, 0),
        Source("", name),
        help='install it: pip install "fql[testing]"',
    )


def bad_yaml(source: Source, span: Span, problem: str) -> Diagnostic:
    """A text that is not read as YAML. *problem*: why, in words."""
    return Diagnostic(
        Code.BAD_YAML,
        f"this is not read as YAML: {problem}",
        span,
        source,
        help="what JSON can say is read: keys with values, lists, texts, numbers; "
        "no anchors, no tags, one document",
    )


def key_twice(source: Source, span: Span, first: Span, key: str) -> Diagnostic:
    """A key that the same object has already."""
    return Diagnostic(
        Code.DUPLICATE_MEMBER,
        f"the key {quoted(key)} occurs twice",
        span,
        source,
        help="remove one of them",
        labels=(Label(first, "it stands here first"),),
    )


def one_subject(source: Source, span: Span, found: Collection[str]) -> Diagnostic:
    """A file that names nothing to test, or several things."""
    message = (
        f"the file tests {listed(found)} at once"
        if found
        else "the file does not say what it tests"
    )
    return Diagnostic(
        Code.BAD_MODEL,
        message,
        span,
        source,
        help="write one of `program`, `trigger`, `filter` and `mapping`",
    )


def name_twice(source: Source, span: Span, first: Span, name: str) -> Diagnostic:
    """Two tests of one name."""
    return Diagnostic(
        Code.DUPLICATE_NAME,
        f"there are two tests {quoted(name)}",
        span,
        source,
        help="reports and snapshots tell tests by their names: change one",
        labels=(Label(first, "the first one"),),
    )


def no_such_event(
    source: Source, span: Span, name: str, known: Collection[str]
) -> Diagnostic:
    """A test whose event is not there."""
    near = nearest(name, known)
    names = listed(known) if known else "none"
    rest = (
        f"the file's `events` are: {names}; FILE.json is a file with one event, "
        "FILE.ndjson:12 the event in line 12 of a file"
    )
    return Diagnostic(
        Code.NO_SUCH_EVENT,
        f"there is no event {quoted(name)}",
        span,
        source,
        help=did_you_mean(near, rest),
    )


def bad_event_file(source: Source, span: Span, name: str, problem: str) -> Diagnostic:
    """A file that is to hold an event, and does not. *problem*: why, in words."""
    return Diagnostic(
        Code.NO_SUCH_EVENT,
        f"no event can be read from {quoted(name)}: {problem}",
        span,
        source,
        help="FILE.json holds one event; FILE.ndjson:12 is line 12 of a file with "
        "an event a line",
    )


def bad_path(source: Source, span: Span, path: str, problem: str) -> Diagnostic:
    """A path that cannot be set or removed in an event. *problem*: why."""
    return Diagnostic(
        Code.BAD_PATH,
        f"{quoted(path)} {problem}",
        span,
        source,
        help="write the keys from the event inwards: `properties.products.0.sku`",
    )


def no_such_part(
    source: Source, span: Span, what: str, name: str, *, known: Collection[str]
) -> Diagnostic:
    """A test that speaks of what the program does not have. *what*: its kind."""
    near = nearest(name, known)
    names = listed(known) if known else "none"
    return Diagnostic(
        Code.NO_SUCH_PART,
        f"the program has no {what} {quoted(name)}",
        span,
        source,
        help=did_you_mean(near, f"it has: {names}"),
    )


def misplaced(source: Source, span: Span, key: str, why: str) -> Diagnostic:
    """A key that means nothing for what is tested. *why*: in words."""
    return Diagnostic(
        Code.MISPLACED_EXPECTATION, f"`{key}` {why}", span, source, help=_PLACES
    )


_PLACES = (
    "a program has `mappings`, `outcomes`, `refused`; a trigger `matches`; a filter "
    "`matches`, `dropped`, `left`, `left_part`; a mapping `payload`, `part`, "
    "`snapshot`, `problems`, and in a program `matches`"
)


def nothing_expected(source: Source, span: Span) -> Diagnostic:
    """A test that can only pass."""
    return Diagnostic(
        Code.BAD_MODEL,
        "the test expects nothing",
        span,
        source,
        help="write `expect`: true or false, the names of mappings, or an object",
    )


def no_tests(name: str, why: str) -> Diagnostic:
    """Nothing to run. *why*: what was looked at, in words."""
    return Diagnostic(
        Code.NO_TESTS,
        f"no test found: {why}",
        Span(0, 0),
        Source("", name),
        help="tests stand in files whose names end in .yaml or .yml, under `tests`",
    )


def bad_snapshots(name: str, problem: str) -> Diagnostic:
    """A file of snapshots that is none. *problem*: why, in words."""
    return Diagnostic(
        Code.FILE_UNREADABLE,
        f"cannot read {quoted(name)}: {problem}",
        Span(0, 0),
        Source("", name),
        help="it is written by `fql test --update`: remove it, and run that",
    )
