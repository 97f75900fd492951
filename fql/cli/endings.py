"""How a command ends when it does not get to its end: in a line, never a traceback.

| how it ends | exit code |
|---|---|
| findings that are errors | 1 |
| wrong use | 2 |
| a mistake of ours | 70 |
| Ctrl-C | 130 |
| nobody reads the output any more | 141 |
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Generator

FAILED = 1
MISTAKE_OF_OURS = 70
INTERRUPTED = 130
NO_READER = 141

DEBUG_VARIABLE = "FQL_DEBUG"
"""The environment variable that brings the traceback of a mistake of ours."""


@contextmanager
def ended_well() -> Generator[None]:
    """Give what stops the command its line and its exit code.

    Output is flushed here, so that failing to write it is noticed as well. What click
    raises for wrong use or for an exit passes through.
    """
    try:
        yield
        _flush()
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except KeyboardInterrupt:
        _stop(INTERRUPTED, "interrupted")
    except BrokenPipeError:
        _drop_output()
        _stop(NO_READER)
    except OSError as error:
        _drop_output()
        _stop(FAILED, _reason(error))
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE):
            raise
        _stop(MISTAKE_OF_OURS, _confession(error))


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def _stop(code: int, message: str = "") -> NoReturn:
    if message:
        with suppress(OSError, ValueError):
            click.echo(f"fql: {message}", err=True)
    raise click.exceptions.Exit(code) from None


def _drop_output() -> None:
    """Let what is still buffered go nowhere: writing it at exit would fail again."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _reason(error: OSError) -> str:
    said = (error.strerror or str(error)).lower()
    return f"{error.filename}: {said}" if error.filename else f"cannot write: {said}"


def _confession(error: Exception) -> str:
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    return (
        f"internal error: {what}\n"
        f"This is a mistake in fql. Set {DEBUG_VARIABLE}=1 to see where it happened."
    )
