"""Paths and templates of directive JSON: where they split, and nothing else.

Not the paths and templates of the mapping language, which are cleaner.
"""

from __future__ import annotations

import re
from typing import Final

from fql.grammar.javascript import BLANKS, to_units

WHOLE: Final = frozenset({"", "."})
"""The paths of a whole event, once ``$.`` is removed."""

_SEPARATOR: Final = re.compile(r"""\[(?=["'0-9])|\.|(?<=["'0-9])\]+""")
_QUOTES: Final = re.compile("[\"']")
_TRIPLE: Final = re.compile(r"\{\{\{([^}]+)\}\}\}")
_DOUBLE: Final = re.compile(r"\{\{([^}]+)\}\}")


def without_root(path: str) -> str:
    """Return *path* as ``@path`` reads it: the first ``$.`` in it is removed.

    >>> without_root("$.a"), without_root("foo$.bar")
    ('a', 'foobar')
    """
    return path.replace("$.", "", 1)


def path_keys(path: str) -> tuple[str, ...]:
    r"""Return the keys that *path*, without its ``$.``, leads along; none is the whole.

    A dot, a bracket before a quote or a digit, and one behind them end a key; quotes
    are removed, empty keys too, but not one that is empty for its quotes.

    >>> path_keys("items[0]['id']"), path_keys("a[b]"), path_keys("a['b.c']")
    (('items', '0', 'id'), ('a[b]',), ('a', 'b', 'c'))
    """
    if path in WHOLE:
        return ()
    parts = [part for part in _SEPARATOR.split(path) if part]
    return tuple([_QUOTES.sub("", part) for part in parts])


def has_triples(template: str) -> bool:
    """Return whether a template has placeholders in three braces.

    They are replaced first; what results is searched again for those in two.
    """
    return _TRIPLE.search(template) is not None


def split_triples(template: str) -> list[str]:
    """Return texts and, at every odd index, the path of a placeholder ``{{{ }}}``."""
    return _trimmed(_TRIPLE.split(template))


def split_doubles(template: str) -> list[str]:
    """Return texts and, at every odd index, the path of a placeholder ``{{ }}``.

    >>> split_doubles("a{{ b }}c{{}}")
    ['a', 'b', 'c{{}}']
    """
    return _trimmed(_DOUBLE.split(template))


def _trimmed(parts: list[str]) -> list[str]:
    return [
        part.strip(BLANKS) if index % 2 else part for index, part in enumerate(parts)
    ]


def units_in(text: str) -> int:
    """Return the length of *text* as the engine counts it, in UTF-16 units."""
    return len(text) if text.isascii() else len(to_units(text))
