"""Access predicates: by what in an event a rule can be found.

An access is what a condition needs of one value of the event: to be one of a few
scalars, to begin with a text, to hold a text, or to be of a kind. An event that does
not have it cannot meet the condition; so a rule needs to be tried only where it has.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, final

from fql.compiler import ir
from fql.compiler.glob_texts import needed_text
from fql.compiler.globs import GlobKind
from fql.compiler.types import Type
from fql.compiler.walk import value_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fql.compiler.globs import Glob
    from fql.compiler.ir import Ir
    from fql.compiler.ruleset_entries import Terms, Texts
    from fql.compiler.values import Json
    from fql.compiler.walk import Key

    ScalarKey: TypeAlias = str | int | float | tuple[bool] | None

GRAM = 3
"""Characters of a text by which those that hold it are looked for."""

MAX_KEYS = 10_000
"""A rule is put under no more values than this."""


class Kind(StrEnum):
    """What an access looks at."""

    EQUAL = "equal"
    """The value is one of the keys."""
    PREFIX = "prefix"
    """The value is a text that begins with the key."""
    PART = "part"
    """The value is a text that holds the key, which is `GRAM` characters long."""
    STRING = "string"
    NUMBER = "number"


class Strength(IntEnum):
    """How much an access tells apart, the least first."""

    NONE = 0
    KIND = 1
    """Most events have a value of the kind, or most have none."""
    FLAG = 2
    """A bool or null: a few values that many events have."""
    PART = 3
    VALUE = 4


class Access(NamedTuple):
    """What a condition needs of one value.

    Attributes:
        kind: What has to be so.
        path: Equal for values that are surely the same.
        operand: The value.
        keys: What it has to be, or to begin with, or to hold.
    """

    kind: Kind
    path: Key
    operand: Ir
    keys: tuple[ScalarKey, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether the value has to be one text."""
        return len(self.keys) == 1 and type(self.keys[0]) is str

    @property
    def strength(self) -> Strength:
        """How much the access tells apart."""
        match self.kind:
            case Kind.EQUAL:
                is_flag = any(key is None or type(key) is tuple for key in self.keys)
                return Strength.FLAG if is_flag else Strength.VALUE
            case Kind.PREFIX | Kind.PART:
                return Strength.PART
            case _:
                return Strength.KIND


class Known(NamedTuple):
    """What is so of every event that comes to a bucket."""

    kind: Kind
    path: Key
    key: ScalarKey


@final
class NoKey:
    """What lists and objects are looked up by."""

    __slots__ = ()


NO_KEY: Final = NoKey()
"""Equal to no key."""


def scalar_key(value: object) -> ScalarKey | NoKey:
    """Return what *value* is looked up by: equal keys for equal values, only for them.

    Python says ``True == 1``; so a bool is looked up by a tuple.

    >>> scalar_key(1) == scalar_key(1.0), scalar_key(1) == scalar_key(True)
    (True, False)
    """
    if isinstance(value, bool):
        return (value,)
    if value is None or isinstance(value, str | int | float):
        return value
    return NO_KEY


def text_equality(term: Ir) -> tuple[Key, str] | None:
    """Return the path and the text of the commonest term: a field is a text.

    Asked for each term of each rule, more than once; so it asks nobody else.
    """
    if type(term) is not ir.Equal:
        return None
    field, constant = term.left, term.right
    if type(field) is not ir.Load or type(constant) is not ir.Constant:
        return None
    text = constant.value
    if type(text) is not str or field.fallback is not None:
        return None
    if field.slot != ir.EVENT or field.keeps_missing:
        return None
    return field.segments, text


def texts_of(terms: Terms) -> Texts:
    """Return the text equalities among *terms*."""
    found = [text for term in terms if (text := text_equality(term)) is not None]
    return tuple(found)


def text_access(path: Key, text: str) -> Access:
    """Return the access of a `text_equality`."""
    segments: tuple[str, ...] = path  # type: ignore[assignment]
    return Access(Kind.EQUAL, path, ir.Load(ir.EVENT, segments), (text,))


def strength_of(terms: Iterable[Ir]) -> Strength:
    """Return how telling the most telling access of *terms* is."""
    best = Strength.NONE
    for term in terms:
        if text_equality(term) is not None:
            return Strength.VALUE
    for term in terms:
        for access in accesses(term):
            best = max(best, access.strength)
        if best is Strength.VALUE:
            break
    return best


def accesses(term: Ir) -> Iterator[Access]:
    """Yield what has to be so for *term* to hold, the most telling first."""
    match term:
        case ir.Equal(operand, ir.Constant(value)):
            yield from _equal(operand, [value])
        case ir.Element(operand, ir.Constant(list() as values)):
            yield from _equal(operand, values)
        case ir.IsTrue(operand):
            yield from _equal(operand, [True])
        case ir.GlobTest(operand, glob):
            yield from _matching(operand, glob)
        case ir.Order(_, operand, ir.Constant(limit)):
            kind = Kind.STRING if isinstance(limit, str) else Kind.NUMBER
            yield from _of_kind(operand, kind)
        case ir.InstantOrder(_, operand, ir.Constant()):
            yield from _of_kind(operand, Kind.STRING)
        case ir.HasType(operand, Type.STRING):
            yield from _of_kind(operand, Kind.STRING)
        case ir.HasType(operand, Type.NUMBER):
            yield from _of_kind(operand, Kind.NUMBER)
        case _:
            pass


def _path(operand: Ir) -> Key | None:
    """Return the path of a value that the event alone decides."""
    if isinstance(operand, ir.Load):
        if operand.slot != ir.EVENT or operand.keeps_missing:
            return None
        return operand.segments if operand.fallback is None else value_key(operand)
    match operand:
        case ir.ScriptLoad():
            return value_key(operand)
        case ir.Apply(_, (argument,), False) if _path(argument) is not None:
            return value_key(operand)
        case _:
            return None


def _of_kind(operand: Ir, kind: Kind) -> Iterator[Access]:
    path = _path(operand)
    if path is not None:
        yield Access(kind, path, operand)


def _equal(operand: Ir, values: list[Json]) -> Iterator[Access]:
    path = _path(operand)
    if path is None or not 0 < len(values) <= MAX_KEYS:
        return
    keys = [scalar_key(value) for value in values]
    known = dict.fromkeys([key for key in keys if not isinstance(key, NoKey)])
    if NO_KEY not in keys:
        yield Access(Kind.EQUAL, path, operand, (*known,))


def _matching(operand: Ir, glob: Glob) -> Iterator[Access]:
    path = _path(operand)
    if path is None:
        return
    prefix, part = _prefix(glob), needed_text(glob)
    if prefix:
        length = 1 << (len(prefix).bit_length() - 1)  # few lengths, few look-ups
        yield Access(Kind.PREFIX, path, operand, (prefix[:length],))
    if len(part) >= GRAM:
        yield Access(Kind.PART, path, operand, (part[:GRAM],))
    yield Access(Kind.STRING, path, operand)


def _prefix(glob: Glob) -> str:
    """Return what every text that *glob* matches begins with; may be empty."""
    if glob.kind in (GlobKind.PREFIX, GlobKind.AROUND, GlobKind.IN_ORDER):
        return glob.texts[0]
    if glob.kind is not GlobKind.PIECES:
        return ""
    characters: list[str] = []
    for token in glob.pieces[0]:
        if not isinstance(token, str):
            break
        characters.append(token)
    return "".join(characters)
