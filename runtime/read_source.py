"""From a path to a text, with everything that can go wrong on the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fql.grammar.diagnostics import FqlError
from fql.grammar.source import Source, Span
from fql.runtime import errors

if TYPE_CHECKING:
    from os import PathLike

_BYTE_ORDER_MARK = "\ufeff"


def read_source(path: str | PathLike[str]) -> Source:
    """Read the text of the file at *path*, UTF-8 with or without a byte order mark.

    Raises:
        FqlError: The file cannot be read, or is not UTF-8.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise FqlError([errors.unreadable(str(file), _reason(error))]) from error
    except ValueError as error:
        # A null character: no file can have such a name.
        raise FqlError([errors.unreadable(str(file), str(error))]) from error
    return decode(content, str(file))


def decode(content: bytes, name: str) -> Source:
    """Return the text of *content*, which came from what is called *name*.

    Raises:
        FqlError: It is not UTF-8.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        readable = content.decode("utf-8", "replace").removeprefix(_BYTE_ORDER_MARK)
        before = content[: error.start].decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
        span = Span(len(before), len(before) + 1)
        finding = errors.not_utf8(Source(readable, name), span, content[error.start])
        raise FqlError([finding]) from error
    return Source(text.removeprefix(_BYTE_ORDER_MARK), name)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
