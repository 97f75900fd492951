r"""How the smallest parts are written: strings, numbers, paths, names, comments.

The counterpart of the readers in `build.py` and `templates.py`: what one of these
functions writes, they read back as it was. Nothing here knows of lines or trees.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, assert_never

from fql.grammar import nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.grammar.languages import Language

_IDENTIFIER = re.compile(r"[^\W\d][\w\-]*")
_ODD_IN_ROOT = re.compile(r"\A[\d\-]|[^\w\-]")
_ODD_IN_SEGMENT = re.compile(r"\A-|[^\w\-]")

# As in the grammars: case is ignored, by the rules of regular expressions.
_WORDS = re.compile(r"and|or|in|true|false|null", re.IGNORECASE)
_CONSTANTS = re.compile(r"true|false|null", re.IGNORECASE)
_NOT = re.compile(r"not", re.IGNORECASE)
_MAPPING_WORDS = frozenset({"if", "then", "else", "each"})
_WORDS_BEHIND_VALUES = frozenset({"then", "else"})

_EXPONENT = re.compile(r"e([+-])0*")


def string_text(value: str, quote: str = '"') -> str:
    r"""Return the literal of *value*, in double quotes where that reads well.

    *quote* is the author's. It is kept where the value holds two opening braces:
    there it may say whether they begin a path.

    >>> print(string_text("track"), string_text('say "hi"'), string_text("{{x}}", "'"))
    "track" 'say "hi"' '{{x}}'
    """
    if "{{" not in value:
        quote = "'" if '"' in value and "'" not in value else '"'
    return f"{quote}{_escaped(value, quote)}{quote}"


@cache
def _escapes(quote: str) -> re.Pattern[str]:
    return re.compile(rf"(\\+)({quote}|\Z)?|{quote}")


def _escaped(value: str, quote: str) -> str:
    r"""Return *value* as it stands between two of *quote*.

    A backslash before an ordinary character stays alone, so that globs stay legible.
    It stays alone at the end of a run of them too: whether what follows a run is
    escaped must not change, because templates look at the text as it is written.
    """
    if quote not in value and "\\" not in value:
        return value

    def escape(found: re.Match[str]) -> str:
        run, end = found[1], found[2]
        if run is None:
            return "\\" + quote
        if end is None:
            return run + run[1:]
        return run * 2 + ("\\" + quote if end else "")

    return _escapes(quote).sub(escape, value)


def template_text(template: nodes.Template, language: Language) -> str:
    r"""Return the literal of *template*: double quotes, paths in double braces."""
    return f'"{"".join(_template_part(part, language) for part in template.parts)}"'


def _template_part(part: str | nodes.Path | nodes.EventPath, language: Language) -> str:
    match part:
        case str():
            return _escaped(part, '"')
        case nodes.Path(segments):
            return f"{{{{{path_text(segments, language)}}}}}"
        case nodes.EventPath(segments):
            return f"{{{{{event_path_text(segments)}}}}}"
        case _:
            assert_never(part)


def number_text(value: int | float) -> str:
    """Return the shortest text that reads back as *value*, of the same kind.

    Raises:
        ValueError: *value* is no finite number; no text means it.

    >>> number_text(1.0), number_text(1e100), number_text(5e-324)
    ('1.0', '1e100', '5e-324')
    """
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        raise ValueError(f"no text means the number {value}")
    return _EXPONENT.sub(lambda found: "e" + found[1].replace("+", ""), repr(value))


def path_text(segments: Sequence[str], language: Language) -> str:
    r"""Return the path to *segments*, escaped where *language* needs it.

    Raises:
        ValueError: There is no segment, or an empty one; no text means that.

    >>> print(path_text(["properties", "product 1"], "fql"), path_text(["in"], "fql"))
    properties.product\ 1 \in
    """
    _refuse_empty(segments)
    root, *rest = segments
    text = ".".join([_ODD_IN_ROOT.sub(r"\\\g<0>", root), *map(_segment_text, rest)])
    return "\\" + text if _is_keyword(root, language, is_alone=not rest) else text


def event_path_text(segments: Sequence[str]) -> str:
    """Return the path to *segments* from the whole event, ``$`` if there are none.

    Raises:
        ValueError: A segment is empty; no text means that.
    """
    if not segments:
        return "$"
    _refuse_empty(segments)
    return ".".join(["$", *map(_segment_text, segments)])


def _refuse_empty(segments: Sequence[str]) -> None:
    if not segments or not all(segments):
        raise ValueError("no text means a path with an empty key")


def _segment_text(segment: str) -> str:
    return _ODD_IN_SEGMENT.sub(r"\\\g<0>", segment)


def _is_keyword(root: str, language: Language, *, is_alone: bool) -> bool:
    """Return whether a path that begins with *root* would be read as a word."""
    if _WORDS.fullmatch(root):
        return True
    if not is_alone:
        return False
    is_mapping_word = language != "fql" and root in _MAPPING_WORDS
    return is_mapping_word or _NOT.fullmatch(root) is not None


def name_text(name: str) -> str:
    r"""Return *name* as a program declares it or refers to it.

    Raises:
        ValueError: The name is empty; no text means that.
    """
    _refuse_empty([name])
    text = _ODD_IN_ROOT.sub(r"\\\g<0>", name)
    is_word = _WORDS.fullmatch(name) or _NOT.fullmatch(name)
    return "\\" + text if is_word or name in _WORDS_BEHIND_VALUES else text


def key_text(key: str) -> str:
    """Return *key* as it stands before the colon of an object's member."""
    if _IDENTIFIER.fullmatch(key) and not _CONSTANTS.fullmatch(key):
        return key
    return string_text(key)


def property_text(name: str) -> str:
    """Return *name* as it stands in the list of a properties action."""
    return _plain_path(name.split(".")) or string_text(name)


def target_text(segments: Sequence[str]) -> str:
    r"""Return what a properties action names as the object that it works on.

    Raises:
        ValueError: A key is empty, and alone or beside one with a dot; no text means
            that.

    >>> target_text(["context", "traits"]), target_text([]), target_text(["in"])
    ('context.traits', '""', '"in"')
    """
    plain = _plain_path(segments)
    if plain is not None:
        return plain
    if any("." in segment for segment in segments):
        return path_text(segments, "program")
    if len(segments) == 1:
        _refuse_empty(segments)
    return string_text(".".join(segments))


def _plain_path(segments: Sequence[str]) -> str | None:
    """Return the path to *segments*, or None where it would need an escape."""
    if not segments or not all(segments):
        return None
    text = path_text(segments, "program")
    return None if "\\" in text else text


def comment_text(text: str) -> str:
    """Return the comment *text*, which begins with its ``#``, as it is written.

    Nothing changes but the blanks at its end and a missing one at its beginning, so
    that rulers such as ``####`` and indented lines stay as they are.

    >>> comment_text("#why  "), comment_text("#   - first"), comment_text("#####")
    ('# why', '#   - first', '#####')
    """
    text = text.rstrip()
    if text[1:2].isspace() or text[1:2] in {"", "#", "!"}:
        return text
    return f"# {text[1:]}"
