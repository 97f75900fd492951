"""``fql fmt``: programs and conditions in their canonical form."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fql.cli.inputs import PATH, STDIN, TEXT_NAME, read_text
from fql.cli.output import Format, binary_output, conclude, format_option, say, show
from fql.grammar.cells import visible
from fql.grammar.diagnostics import FqlError
from fql.grammar.source import Source

if TYPE_CHECKING:
    from fql.grammar.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class _Text:
    """A text to format.

    Attributes:
        source: The text.
        path: The file that holds it, or None where none does.
        is_condition: Whether it is a condition, and not a program.
    """

    source: Source
    path: Path | None = None
    is_condition: bool = False


@click.command("fmt", short_help="Bring programs into the canonical form.")
@click.argument("files", nargs=-1, type=PATH, metavar="FILE...")
@click.option("-e", "--expression", "text", metavar="TEXT", help="Print a condition.")
@click.option("--check", is_flag=True, help="Write nothing; name what would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option(
    "--simplify", is_flag=True, help="Write conditions shorter where that is sure."
)
@format_option()
def command(
    files: tuple[str, ...],
    *,
    text: str | None,
    check: bool,
    diff: bool,
    simplify: bool,
    form: Format,
) -> int:
    """Write each FILE, a program (.fql), in its canonical form, comments kept.

    A FILE of - is standard input, and goes to standard output. Files with syntax errors
    stay as they are. The exit code is 1 where there are such errors and, with --check
    or --diff, where something would change. With --simplify, conditions are also
    written shorter, where the shorter one is sure to give the same answers; each law
    that was applied is named on standard error.
    """
    if bool(files) == (text is not None):
        raise click.UsageError("name files, or give a condition with -e")
    for path in files:
        if path.lower().endswith(".json"):
            raise click.UsageError(f"{path} is JSON; fmt takes programs (.fql)")
    found: list[Diagnostic] = []
    code = 0
    for path in [text] if text is not None else files:
        try:
            read = _read(path, is_condition=text is not None)
            written = _simplified(read) if simplify else _formatted(read)
            code |= _deliver(read, written, is_check=check, is_diff=diff)
        except FqlError as error:
            found += error.diagnostics
    if form != "human" or found:
        show(found, form, err=True)
    if form == "human" and found:
        conclude(found, err=True)
    return 1 if found else code


def _read(text_or_path: str, *, is_condition: bool) -> _Text:
    if is_condition:
        return _Text(Source(text_or_path, TEXT_NAME), is_condition=True)
    path = None if text_or_path == STDIN else Path(text_or_path)
    return _Text(read_text(text_or_path), path)


def _formatted(text: _Text) -> str:
    """Return the canonical form. Raises: FqlError, if there are syntax errors."""
    from fql.grammar import format as canonical
    from fql.grammar import parse

    if text.is_condition:
        return canonical.format_expression(parse.parse_expression(text.source))
    return canonical.format_program(parse.parse_program(text.source))


def _simplified(text: _Text) -> str:
    """Return the canonical form with shorter conditions, and say what was done.

    Raises:
        FqlError: There are errors.
    """
    if text.is_condition:
        from fql.compiler.simplify import simplify

        found = simplify(text.source)
    else:
        from fql.runtime.simplify_program import simplify_program

        found = simplify_program(text.source)
    for step in found.steps:
        change = f"{_on_one_line(step.before)}  ->  {_on_one_line(step.after)}"
        say(visible(f"{text.source.name}: {step.rule}: {change}"), err=True)
    return found.text


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _deliver(text: _Text, formatted: str, *, is_check: bool, is_diff: bool) -> int:
    """Show, print or write the canonical form, and return the exit code."""
    is_changed = formatted != text.source.text
    if is_check or is_diff:
        if is_changed:
            shown = _diff(text.source, formatted) if is_diff else text.source.name
            _print(shown)
        return int(is_changed)
    if text.path is None:
        _print(formatted)
    elif is_changed:
        return _write(text.path, formatted)
    return 0


def _print(text: str) -> None:
    """Write *text* as UTF-8, with a line end."""
    output = binary_output()
    output.write(text.encode("utf-8", "backslashreplace"))
    if text and not text.endswith("\n"):
        output.write(b"\n")
    output.flush()


def _diff(source: Source, formatted: str) -> str:
    """Return what changes as a unified diff."""
    before, after = (
        text.splitlines(keepends=True) for text in (source.text, formatted)
    )
    lines = difflib.unified_diff(
        before, after, source.name, f"{source.name} (formatted)"
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in lines
    )


def _write(path: Path, text: str) -> int:
    """Write *text* to *path*, all or nothing, and return the exit code."""
    try:
        _replace(path.resolve(), text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        say(f"fql: cannot write {path}: {reason}", err=True)
        return 1
    say(f"formatted {path}", err=True)
    return 0


def _replace(path: Path, text: str) -> None:
    """Exchange the content of the file at *path*; its rights stay.

    Raises:
        OSError: It cannot be written; it is as it was then.
    """
    if not os.access(path, os.W_OK):
        raise PermissionError(13, "permission denied")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        shutil.copymode(path, name)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
