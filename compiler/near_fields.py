"""Did you mean, for events: the field that an event has in place of one it lacks.

A field is near when its name is (`suggest.py`), at the same place of the event, or
when it has the same name in another of the usual places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.missing import MISSING, fetch
from fql.compiler.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.loads import Keys
    from fql.compiler.values import Json

_MAX_NAMES = 1_000
"""Names of one object that are compared; in larger ones nothing is near."""

_PLACES: tuple[Keys, ...] = (
    ("context", "traits"),
    ("properties",),
    ("traits",),
    ("context",),
    (),
)
"""Where events keep what they are about; the longest before what it begins with."""


def near_field(event: dict[str, Json], keys: Keys) -> Keys | None:
    """Return the field that *event* has in place of *keys*, which it lacks, or None.

    >>> near_field({"properties": {"Total": 25}}, ("properties", "total"))
    ('properties', 'Total')
    >>> near_field({"properties": {"total": 25}}, ("total",))
    ('properties', 'total')
    """
    for candidate in (_renamed(event, keys), *_moved(keys)):
        is_new = candidate is not None and candidate != keys
        if candidate is None or not is_new or not all(candidate):
            continue
        if fetch(event, candidate) not in (MISSING, None):
            return candidate
    return None


def _renamed(event: dict[str, Json], keys: Keys) -> Keys | None:
    """Return *keys* with the first that is absent put right, or None."""
    for index, key in enumerate(keys):
        holder = fetch(event, keys[:index])
        if not isinstance(holder, dict) or len(holder) > _MAX_NAMES:
            return None
        if key not in holder:
            name = nearest(key, holder)
            return None if name is None else (*keys[:index], name, *keys[index + 1 :])
    return None


def _moved(keys: Keys) -> Iterator[Keys]:
    """Yield where else the field of *keys* may be."""
    home = next(each for each in _PLACES if keys[: len(each)] == each)
    rest = keys[len(home) :]
    if rest:
        yield from ((*place, *rest) for place in reversed(_PLACES) if place != home)
