r"""From trees to canonical text, comments and all.

A text that is formatted means what it meant: reading it gives the same tree and the
same comments in the same order. Formatting it again changes nothing.

- Words in lower case, one blank around operators and after commas, 88 columns.
- Strings in double quotes, unless that would take more escapes or change what double
  braces in them mean. Paths with dots (`items.0`), escaped only where needed.
- What is too long breaks before its operators, or puts each element of its brackets
  on a line. Objects have a line a member, but for those that the author wrote on one
  line and that are short and simple. ``{ sku: sku }`` is ``{ sku }``.
- Comments on a line of their own stay so, before what they precede; others end their
  line. A comment where a line cannot end moves before what it stands in.
- Between members and filters the author's empty lines stay, one at a time. There is
  one between declarations, and between what differs in kind.

Parentheses are the author's and stay. No line ends with blanks, except inside strings
and where a path ends with an escaped blank. A text that would grow beyond what may be
read is broken only where it must be, and one that even then would grow too long is
left as it is.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from fql.grammar import limits
from fql.grammar.diagnostics import FqlError, has_errors
from fql.grammar.layout import WIDTH, lines, one_line
from fql.grammar.outline import pieces_of

if TYPE_CHECKING:
    from fql.grammar.breaks import Written
    from fql.grammar.languages import Language
    from fql.grammar.nodes import Expr, Program
    from fql.grammar.parse import Parsed


def format_expression(parsed: Parsed[Expr]) -> str:
    r"""Return the canonical text of a condition; a line end follows several lines.

    Raises:
        FqlError: The text has errors.

    >>> from fql.grammar.parse import parse_expression
    >>> from fql.grammar.source import Source
    >>> format_expression(parse_expression(Source("type='track'AND(a)")))
    'type = "track" and (a)'
    """
    return _formatted(parsed, "fql", limits.MAX_TEXT)


def format_mapping(parsed: Parsed[Expr]) -> str:
    r"""Return the canonical text of a mapping, with a line end.

    Raises:
        FqlError: The text has errors.

    >>> from fql.grammar.parse import parse_mapping
    >>> from fql.grammar.source import Source
    >>> print(format_mapping(parse_mapping(Source('{id:userId,"a b":$,c:{}, d:d}'))))
    {
      id: userId
      "a b": $
      c: {}
      d
    }
    <BLANKLINE>
    """
    return _formatted(parsed, "mapping", limits.MAX_TEXT)


def format_program(parsed: Parsed[Program]) -> str:
    """Return the canonical text of a program, with a line end unless it is empty.

    Raises:
        FqlError: The text has errors.
    """
    return _formatted(parsed, "program", limits.MAX_PROGRAM)


def write(node: Written, *, language: Language = "program") -> str:
    r"""Return *node* on one line, without comments.

    Parentheses that a made tree lacks are put in; it reads back with a `Group` there.
    The line is one unless a string or an escaped character in a path holds a line end.

    Args:
        node: Any tree. Its spans need not mean anything.
        language: Where the text will stand; what is right in a program is right in
            the others too, but may have an escape that they do not need.

    Raises:
        ValueError: No text means *node*: it has an `Invalid` part, an empty key in a
            path, an empty name, or a number that is not finite.

    >>> from fql.grammar import nodes
    >>> from fql.grammar.source import Span
    >>> write(nodes.Path(("properties", "and", "50%"), span=Span(0, 0)))
    'properties.and.50\\%'
    """
    return one_line(pieces_of(node, language))


def _formatted(
    parsed: Parsed[Expr] | Parsed[Program], language: Language, limit: int
) -> str:
    """Return the canonical text, at most *limit* code points of it."""
    if has_errors(parsed.diagnostics):
        raise FqlError(parsed.diagnostics)
    source = parsed.source
    pieces = pieces_of(parsed.root, language, source)
    for width in (WIDTH, inf):
        text = _ended(lines(pieces, source, parsed.comments, width=width), language)
        if len(text) <= limit:
            return text
    return source.text


def _ended(text: str, language: Language) -> str:
    """Return *text* with a line end where it is more than a line of a condition."""
    is_line = language == "fql" and "\n" not in text
    return text if is_line or not text else f"{text}\n"
