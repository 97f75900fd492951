"""From pieces to lines: where lines break, how deep they begin, where comments go.

A tree is laid out as a flat sequence of pieces (`outline.py`): texts, places where a
line may break, and groups of them. A group stands on one line when it fits there and
holds no comment; else each of its own breaks is taken. A comment stands at a break:
the one between the parts that it stood between, or, where there is none, the nearest
one before it in what encloses it.

Everything is one walk over the pieces, linear in them, without recursion: a tree may
be as deep as it likes. Nothing here knows the languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, assert_never

from fql.grammar.source import Source, Span
from fql.grammar.spelling import comment_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.grammar.nodes import Comment

WIDTH = 88
"""Columns of a line. Comments, and what cannot be broken, may go beyond."""

STEP = "  "
"""What one level of indentation is."""


class Mark(Enum):
    """A piece without text."""

    OPEN = "open"
    """Begins a group: from here to its `CLOSE`, one line or every break taken."""

    OPEN_BROKEN = "open broken"
    """Begins a group whose breaks are all taken."""

    CLOSE = "close"
    """Ends a group; indentation is again what it was where the group began."""

    INDENT = "indent"
    """The lines that begin from here on in the group stand one level deeper."""


class Blank(Enum):
    """Whether an empty line follows a break."""

    NEVER = "never"
    KEPT = "kept"
    """Where the author left one or more."""
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a line may end.

    Attributes:
        flat: What stands there when it does not.
        broken: What ends the line when it does.
        shift: Levels by which the following lines stand deeper, when it does.
        is_closing: Whether a closing bracket follows: the comments before it stand a
            level deeper than it.
        blank: Whether an empty line follows. Among comments they are always kept.
    """

    flat: str
    broken: str = ""
    shift: int = 0
    is_closing: bool = False
    blank: Blank = Blank.NEVER


Piece: TypeAlias = str | Span | Break | Mark
"""A text, or where in the source the next text stood, or a break, or a mark."""


def one_line(pieces: Iterable[Piece]) -> str:
    """Return the text of *pieces* with no break taken."""
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            texts.append(piece)
        elif isinstance(piece, Break):
            texts.append(piece.flat)
    return "".join(texts)


def lines(
    pieces: Iterable[Piece],
    source: Source,
    comments: Sequence[Comment],
    *,
    width: float = WIDTH,
) -> str:
    """Return the text of *pieces* in lines, without a line end after the last.

    Args:
        pieces: What to write. The spans among them lie in *source*.
        source: The text that was read.
        comments: The comments in it, in order. All are kept, in that order.
        width: The columns that a line may have; infinitely many are allowed.
    """
    whole = [Break(""), *pieces, Break("", blank=Blank.KEPT)]
    notes = _Placer(source, comments)
    notes.place(whole)
    needs = _needs(whole, notes.by_break)
    return _Printer(notes, needs, width).text(whole)


# --- comments ------------------------------------------------------------------------


class _Note(NamedTuple):
    """A comment at the break where it will stand."""

    text: str
    is_trailing: bool
    """Whether it ends the line that the break ends; else it has a line of its own."""
    follows_blank: bool


class _Placer:
    """Finds the break for each comment, and the empty lines that the author left.

    Attributes:
        by_break: The notes at each break that has any, by its index.
        blanks: The indices of the breaks between whose notes and following text the
            author left an empty line.
    """

    def __init__(self, source: Source, comments: Sequence[Comment]) -> None:
        self.by_break: dict[int, list[_Note]] = {}
        self.blanks: set[int] = set()
        self._text = source.text
        self._comments = comments
        self._next = 0
        self._floor = 0
        """Where the last part or comment ended in the source."""
        self._gap: int | None = None
        """The last break since that part, if there is one."""
        self._enclosing: list[int] = [0]
        """For each open group, its last break, or that of the group around it."""
        self._latest = 0
        """The last break that has got a note: later ones go there or beyond."""

    def place(self, pieces: Sequence[Piece]) -> None:
        """Go through *pieces*, which begin and end with a break."""
        for index, piece in enumerate(pieces):
            match piece:
                case str() | Mark.INDENT:
                    pass
                case Span():
                    self._arrive(piece)
                case Break():
                    self._gap = self._enclosing[-1] = index
                case Mark.OPEN | Mark.OPEN_BROKEN:
                    self._enclosing.append(self._enclosing[-1])
                case Mark.CLOSE:
                    self._enclosing.pop()
                case _:
                    assert_never(piece)
        self._arrive(Span(len(self._text), len(self._text)))

    def _arrive(self, part: Span) -> None:
        """Deal with what stood between the last part and *part*."""
        while (
            self._next < len(self._comments)
            and self._comments[self._next].span.start < part.start
        ):
            self._add(self._comments[self._next])
            self._next += 1
        if self._gap is not None and self._has_blank_before(part.start):
            self.blanks.add(self._gap)
        self._gap = None
        self._floor = max(self._floor, part.end)

    def _add(self, comment: Comment) -> None:
        line_ends = self._line_ends(comment.span.start)
        text = comment_text(self._text[slice(*comment.span)])
        if self._gap is None:
            at = max(self._latest, self._enclosing[-1])
            # The empty line before what it is put before now comes before it.
            note = _Note(text, is_trailing=False, follows_blank=at in self.blanks)
            self.blanks.discard(at)
        else:
            at = self._gap
            ends_line = not line_ends and self._follows_text(comment.span.start)
            is_trailing = ends_line and at not in self.by_break
            note = _Note(text, is_trailing, follows_blank=line_ends > 1)
        self.by_break.setdefault(at, []).append(note)
        self._latest = at
        self._floor = comment.span.end

    def _follows_text(self, offset: int) -> bool:
        """Return whether anything but blanks stands before *offset*."""
        return self._floor > 0 or bool(self._text[:offset].strip())

    def _has_blank_before(self, offset: int) -> bool:
        """Return whether an empty line precedes what follows the last part.

        That is the part at *offset*, or a word or a comma before it.
        """
        text, at = self._text, self._floor
        while at < offset and text[at].isspace():
            at += 1
        return text.count("\n", self._floor, at) > 1 or self._line_ends(offset) > 1

    def _line_ends(self, offset: int) -> int:
        """Return how many lines end in the blanks before *offset*."""
        text, at = self._text, offset
        while at > self._floor and text[at - 1].isspace():
            at -= 1
        return text.count("\n", at, offset)


# --- widths --------------------------------------------------------------------------


def _needs(pieces: Sequence[Piece], noted: Iterable[int]) -> dict[int, float]:
    """Return the columns that each group needs to stand on one line, by its index.

    They include what follows it without a break. A group that must be broken, for its
    own sake or for what it holds, needs infinitely many.
    """
    starts = list(accumulate(map(_flat_width, pieces), initial=0))
    tails = _tails(pieces)
    barred = set(noted)
    needs: dict[int, float] = {}
    opened: list[tuple[int, bool]] = []
    for index, piece in enumerate(pieces):
        if piece is Mark.OPEN or piece is Mark.OPEN_BROKEN:
            opened.append((index, piece is Mark.OPEN_BROKEN))
        elif piece is Mark.CLOSE:
            start, is_broken = opened.pop()
            needs[start] = inf if is_broken else starts[index] - starts[start]
            needs[start] += tails[index + 1]
            if is_broken and opened:
                opened[-1] = (opened[-1][0], True)
        elif index in barred and opened:
            opened[-1] = (opened[-1][0], True)
    return needs


def _tails(pieces: Sequence[Piece]) -> list[int]:
    """Return the columns from each piece to where the line may end next."""
    tails = [0]
    for piece in reversed(pieces):
        if isinstance(piece, Break):
            tails.append(len(piece.broken))
        elif isinstance(piece, str) and "\n" in piece:
            tails.append(piece.index("\n"))
        else:
            tails.append(tails[-1] + _flat_width(piece))
    tails.reverse()
    return tails


def _flat_width(piece: Piece) -> int:
    """Return the columns of *piece* on one line: of its first line if it has more."""
    if isinstance(piece, str):
        return piece.index("\n") if "\n" in piece else len(piece)
    return len(piece.flat) if isinstance(piece, Break) else 0


# --- printing ------------------------------------------------------------------------


class _Group(NamedTuple):
    is_broken: bool
    indent: int
    """The level of indentation where the group began."""


class _Printer:
    """One run over the pieces."""

    def __init__(self, notes: _Placer, needs: dict[int, float], width: float) -> None:
        self._notes = notes
        self._needs = needs
        self._width = width
        self._groups = [_Group(is_broken=True, indent=0)]
        self._indent = 0
        self._texts: list[str] = []
        self._column = 0
        self._is_line_new = False

    def text(self, pieces: Sequence[Piece]) -> str:
        """Return the text of *pieces*, which begin and end with a break."""
        for index, piece in enumerate(pieces):
            match piece:
                case str():
                    self._write(piece)
                case Span():
                    pass
                case Break():
                    self._break(index, piece, is_last=index == len(pieces) - 1)
                case Mark.OPEN | Mark.OPEN_BROKEN:
                    self._open(index)
                case Mark.CLOSE:
                    self._indent = self._groups.pop().indent
                case Mark.INDENT:
                    self._indent += 1
                case _:
                    assert_never(piece)
        return "".join(self._texts)

    def _open(self, index: int) -> None:
        needs = self._needs[index]
        fits = needs < inf and self._column + needs <= self._width
        is_broken = self._groups[-1].is_broken and not fits
        self._groups.append(_Group(is_broken, self._indent))

    def _break(self, index: int, piece: Break, *, is_last: bool) -> None:
        if not self._groups[-1].is_broken:
            self._write(piece.flat)
            return
        self._write(piece.broken)
        notes = self._notes.by_break.get(index, [])
        if notes and notes[0].is_trailing:
            self._write(f"{STEP}{notes[0].text}")
            notes = notes[1:]
        self._indent += piece.shift
        is_blank_wanted = piece.blank is Blank.ALWAYS
        allows_blank = piece.blank is not Blank.NEVER
        for note in notes:
            self._end_line(
                self._indent + piece.is_closing,
                is_blank=is_blank_wanted or (allows_blank and note.follows_blank),
            )
            self._write(note.text)
            is_blank_wanted, allows_blank = False, True
        if is_last:
            return
        follows_blank = index in self._notes.blanks and not piece.is_closing
        self._end_line(
            self._indent, is_blank=is_blank_wanted or (allows_blank and follows_blank)
        )

    def _end_line(self, indent: int, *, is_blank: bool) -> None:
        """Begin a new line at *indent* unless nothing stands above it."""
        if not self._texts:
            return
        self._texts.append("\n\n" if is_blank else "\n")
        self._column = len(STEP) * indent
        self._is_line_new = True

    def _write(self, text: str) -> None:
        if not text:
            return
        if self._is_line_new:
            self._texts.append(" " * self._column)
            self._is_line_new = False
        self._texts.append(text)
        line_end = text.rfind("\n")
        if line_end < 0:
            self._column += len(text)
        else:
            self._column = len(text) - line_end - 1
