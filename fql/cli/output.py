"""What commands show: findings in three forms, text for people, bytes for programs."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias

import click

from fql.grammar.report import WIDTH, render, summary, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic

Format: TypeAlias = Literal["human", "json", "sarif"]

FORMATS: tuple[Format, ...] = ("human", "json", "sarif")

Decorated: TypeAlias = "Callable[..., Any]"


def format_option(*forms: Format) -> Callable[[Decorated], Decorated]:
    """Return the option ``--format``. *forms*: what it takes; all by default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms or FORMATS),
        default="human",
        show_default=True,
        help="The form in which findings are shown.",
    )


# --- streams ------------------------------------------------------------------------


def binary_output() -> BinaryIO:
    """Return standard output for bytes; without one, a place that keeps nothing.

    It has to be flushed in the end. Where Python is told to buffer nothing, a write may
    take only a part of what it is given, so it is buffered here.
    """
    if sys.stdout is None:
        return Path(os.devnull).open("wb")
    stream = sys.stdout.buffer
    if isinstance(stream, io.RawIOBase):
        return open(stream.fileno(), "wb", closefd=False)
    return stream


def is_colored(stream: IO[str]) -> bool:
    """Return whether *stream* is a terminal whose user wants colours.

    ``NO_COLOR`` (https://no-color.org) and ``TERM=dumb`` say no.
    """
    is_wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return is_wanted and stream.isatty()


def has_color() -> bool:
    """Return whether standard output takes colours."""
    return sys.stdout is not None and is_colored(sys.stdout)


def width_of(stream: IO[str] | None) -> int:
    """Return the cells of a line of *stream*, which may be no terminal."""
    is_terminal = stream is not None and stream.isatty()
    return shutil.get_terminal_size().columns if is_terminal else WIDTH


def say(text: str, *, err: bool = False) -> None:
    """Write *text* and a line end; what the stream cannot encode is escaped."""
    stream = sys.stderr if err else sys.stdout
    if stream is None:
        return
    encoding = stream.encoding or "utf-8"
    safe = text.encode(encoding, "backslashreplace").decode(encoding)
    click.echo(safe, file=stream, color=is_colored(stream))


def heading(text: str, *, err: bool = False) -> str:
    """Return *text* as a heading, bold where there are colours."""
    stream = sys.stderr if err else sys.stdout
    is_bold = stream is not None and is_colored(stream)
    return click.style(text, bold=True) if is_bold else text


def payload_json(value: Json, *, escapes: bool = False) -> str:
    """Return JSON in lines, or in one line where it nests too deep for that.

    What JSON cannot say (not-a-number, the infinities) is null, as it is sent.

    Args:
        value: Payloads, or what is told of them.
        escapes: Whether characters beyond ASCII are escaped.
    """
    try:
        return json.dumps(value, indent=2, ensure_ascii=escapes, allow_nan=False)
    except (ValueError, RecursionError):
        from fql.compiler.values import compact_json

        return compact_json(value)


# --- findings -----------------------------------------------------------------------


def show(
    diagnostics: Sequence[Diagnostic], form: Format = "human", *, err: bool = False
) -> None:
    """Write findings in a form. Humans are shown nothing where there are none."""
    if form == "human":
        if diagnostics:
            say(rendered(diagnostics, err=err), err=err)
    elif form == "json":
        say(_json([to_json(each) for each in diagnostics]), err=err)
    else:
        say(_json(_sarif(diagnostics)), err=err)


def rendered(diagnostics: Sequence[Diagnostic], *, err: bool = False) -> str:
    """Return findings as text for the stream they go to."""
    stream = sys.stderr if err else sys.stdout
    color = stream is not None and is_colored(stream)
    return render(diagnostics, color=color, width=width_of(stream))


def conclude(diagnostics: Sequence[Diagnostic], *, err: bool = False) -> None:
    """Write how many findings of each kind there are."""
    lead = "\n" if diagnostics else ""
    say(f"{lead}{summary(diagnostics)}", err=err)


def _sarif(diagnostics: Sequence[Diagnostic]) -> dict[str, object]:
    from importlib.metadata import version

    from fql.grammar.sarif import sarif_log

    return sarif_log(diagnostics, version=version("fql"))


def _json(value: object) -> str:
    return json.dumps(value, indent=2)
