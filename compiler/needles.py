r"""Texts that the JSON of every matching event must contain, as bytes.

A condition that asks for ``event = "Order Completed"`` cannot hold of an event whose
text has no ``"Order Completed"`` in it, so a reader may pass over such a text without
reading it. JSON can spell a text otherwise, with escapes (``\u004frder``): then the
text contains the beginning of such an escape, which a `Needle` names too.

Needles are found where a condition is sure to ask: in all terms of an `And`, and in
each term of an `Or` as alternatives. Numbers are no needles, since ``1`` is also
``1.0`` and ``10e-1``. Names of fields are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler import ir, library
from fql.compiler.functions import FUNCTIONS
from fql.compiler.globs import GlobKind
from fql.compiler.optimize import optimize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.compiler.globs import Glob, Piece
    from fql.compiler.ir import Ir
    from fql.compiler.signatures import Function
    from fql.compiler.values import Json

MAX_ALTERNATIVES = 8
"""Texts of one needle: each is looked for on its own."""

MAX_NEEDLES = 3
"""Needles of one condition: each is looked for on its own."""

SHORTEST = 3
"""Bytes of a text that is worth looking for."""

_USUAL = frozenset(
    {"anonymousId", "context", "event", "messageId", "properties"}
    | {"timestamp", "traits", "type", "userId"}
)
"""Keys that nearly every event has, so that looking for them is of no use."""

# What JSON may spell otherwise without ``\u``, or has to. "\ud800" has no bytes.
_NOT_PLAIN = re.compile('["\\\\/\x00-\x1f\ud800-\udfff]')


@dataclass(frozen=True, slots=True)
class Needle:
    """Texts one of which a matching event contains, unless it spells one with escapes.

    Attributes:
        texts: The alternatives, none of which has a line end in it.
    """

    texts: tuple[bytes, ...]

    @property
    def is_ascii(self) -> bool:
        r"""Whether all are ASCII, which escapes spell as ``\u0000`` to ``\u007f``."""
        return all(text.isascii() for text in self.texts)


Needles: TypeAlias = tuple[Needle, ...]


def find_needles(condition: Ir) -> Needles:
    """Return needles of which a matching event contains each; maybe none.

    >>> from fql.compiler.trigger import compile_trigger
    >>> trigger = compile_trigger('type = "track" and properties.plan in ["a", "b"]')
    >>> [needle.texts for needle in find_needles(trigger.node)]
    [(b'"track"',), (b'"a"', b'"b"'), (b'"plan"',)]
    """
    found = _when(optimize(condition), is_true=True)
    return _chosen(found)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one part of a condition gives: needles of values, and of keys."""

    values: tuple[Needle, ...] = ()
    keys: tuple[Needle, ...] = ()


_NOTHING = _Found()


def _chosen(found: _Found) -> Needles:
    """Return the needles worth looking for: of values, then of keys; the best first."""
    values = sorted(dict.fromkeys(found.values), key=_worth, reverse=True)
    keys = sorted(dict.fromkeys(found.keys), key=_worth, reverse=True)
    return (*values, *keys)[:MAX_NEEDLES]


def _worth(needle: Needle) -> tuple[int, int]:
    """Return what orders needles: few alternatives first, and long ones."""
    return -len(needle.texts), min(map(len, needle.texts))


# --- conditions -------------------------------------------------------------------


def _when(node: Ir, *, is_true: bool) -> _Found:
    """Return what must be there for *node* to be true, or false."""
    match node:
        case ir.Not(term):
            return _when(term, is_true=not is_true)
        case ir.And(terms):
            each = [_when(term, is_true=is_true) for term in terms]
            return _all(each) if is_true else _one(each)
        case ir.Or(terms):
            each = [_when(term, is_true=is_true) for term in terms]
            return _one(each) if is_true else _all(each)
        case ir.Equal(left, ir.Constant(None)) if not is_true:
            return _present(left)
        case _:
            return _test(node) if is_true else _NOTHING


def _all(parts: Iterable[_Found]) -> _Found:
    """Return what is there where all of *parts* are."""
    values: list[Needle] = []
    keys: list[Needle] = []
    for part in parts:
        values += part.values
        keys += part.keys
    return _Found(tuple(values), tuple(keys))


def _one(parts: Sequence[_Found]) -> _Found:
    """Return what is there where one of *parts* is, nobody knows which."""
    best = [_chosen(part)[:1] for part in parts]
    texts = dict.fromkeys(
        text for needles in best for each in needles for text in each.texts
    )
    if not all(best) or len(texts) > MAX_ALTERNATIVES:
        return _NOTHING
    return _Found((Needle(tuple(texts)),))


def _test(node: Ir) -> _Found:
    match node:
        case ir.Equal(value, ir.Constant(wanted)):
            return _NOTHING if wanted is None else _valued(value, [wanted])
        case ir.Element(value, ir.Constant(list() as wanted)):
            return _NOTHING if None in wanted else _valued(value, wanted)
        case ir.Element(ir.Constant(wanted), items):
            return _all([_present(items), _literals(items, [wanted])])
        case ir.GlobTest(value, glob):
            return _all([_present(value), _glob(value, glob)])
        case ir.IsTrue(value) | ir.HasType(value):
            return _present(value)
        case ir.Order(_, left, right) | ir.InstantOrder(_, left, right):
            return _all([_present(left), _present(right)])
        case ir.Quantify(function, ir.Load() as items, _, condition) if (
            function.implementation is library.any_element
        ):
            # The elements are the event's: what the condition reads of them is too.
            return _all([_present(items), _when(condition, is_true=True)])
        case _:
            return _NOTHING


def _valued(value: Ir, wanted: Sequence[Json]) -> _Found:
    """Return what is there where *value* is one of *wanted*, of which none is null."""
    return _all([_present(value), _literals(value, wanted)])


def _literals(value: Ir, wanted: Sequence[Json]) -> _Found:
    """Return the texts, one of which stands in the event where *value* is read."""
    is_exact = isinstance(value, ir.Load)
    if not is_exact and not isinstance(value, ir.ScriptLoad):
        return _NOTHING
    texts: list[str] = []
    for each in wanted:
        if not isinstance(each, str):
            return _NOTHING
        texts.append(each)
    # The trigger engine finds characters of texts too, which no quotes surround.
    return _needle([_spelled(text, starts=is_exact, ends=is_exact) for text in texts])


def _needle(texts: Sequence[bytes]) -> _Found:
    distinct = tuple(dict.fromkeys(texts))
    if len(distinct) > MAX_ALTERNATIVES or min(map(len, distinct)) < SHORTEST:
        return _NOTHING
    return _Found((Needle(distinct),))


def _glob(value: Ir, glob: Glob) -> _Found:
    """Return what is there where *value* matches a pattern."""
    if not isinstance(value, ir.Load | ir.ScriptLoad):
        return _NOTHING
    is_quoted = isinstance(value, ir.Load)
    match glob.kind, glob.texts:
        case GlobKind.PREFIX, (text,):
            return _needle([_spelled(text, starts=is_quoted)])
        case GlobKind.SUFFIX, (text,):
            return _needle([_spelled(text, ends=is_quoted)])
        case GlobKind.PIECES, _:
            runs = [run for piece in glob.pieces for run in _runs(piece)]
            return _all([_needle([_spelled(run)]) for run in runs])
        case _, texts:
            return _all([_needle([_spelled(text)]) for text in texts])


def _runs(piece: Piece) -> list[str]:
    """Return the texts between the classes of a piece."""
    characters = [each if isinstance(each, str) else "\0" for each in piece]
    return "".join(characters).split("\0")


def _present(value: Ir) -> _Found:
    """Return the key that is there where *value* is not null."""
    match value:
        case ir.Load(slot, segments, fallback) if segments:
            return _key(segments, fallback if slot == ir.EVENT else None)
        case ir.Apply(function, (argument,)) if _keeps_null(function):
            return _present(argument)
        case _:
            return _NOTHING


def _keeps_null(function: Function) -> bool:
    """Return whether it is one of ours, which are pure, and gives null for null."""
    is_ours = FUNCTIONS.get(function.name) is function
    return is_ours and function.implementation(None) is None


def _key(segments: tuple[str, ...], fallback: str | None) -> _Found:
    """Return the innermost key of a path, which an index of a list is not."""
    for depth in range(len(segments) - 1, -1, -1):
        key = segments[depth]
        if depth == 0 and key in _USUAL:
            break
        if not key.isdigit():
            names = [key] if depth or fallback is None else [key, fallback]
            found = _needle([_spelled(name, starts=True, ends=True) for name in names])
            return _Found(keys=found.values)
    return _NOTHING


# --- texts ------------------------------------------------------------------------


def _spelled(text: str, *, starts: bool = False, ends: bool = False) -> bytes:
    r"""Return the longest part of *text* that JSON spells in one way, or with ``\u``.

    Args:
        text: What a string of the event contains.
        starts: Whether it stands at the start of the string, after the quote.
        ends: Whether it stands at its end, before the quote.
    """
    pieces = _NOT_PLAIN.split(text)
    if starts:
        pieces[0] = f'"{pieces[0]}'
    if ends:
        pieces[-1] += '"'
    return max((piece.encode() for piece in pieces), key=len)
