r"""Whether a text is a regular expression as JavaScript reads one without flags.

The syntax is that of ECMA-262 with its Annex B, which forgives much: a stray ``]`` or
``}``, an unknown escape, a brace that repeats nothing. One pass over UTF-16 units in
linear time, without recursion. Nothing is compiled or run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fql.grammar.javascript import from_units, to_units

_LARGEST_COUNT = 2**31 - 1
"""Larger repetition counts all count as this one."""

_IDENTIFIER = r"(?:[\w$]|[^\x00-\x7f]|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]++\})*+"

_TOKEN = re.compile(
    rf"(?P<named>\(\?<(?![=!])(?P<name>{_IDENTIFIER})>)"
    r"|(?P<behind>\(\?<[=!])"
    r"|(?P<group>\((?!\?)|\(\?[:=!])"
    r"|(?P<close>\))"
    r"|(?P<class>\[)"
    r"|(?P<bar>\|)"
    r"|(?P<assertion>\^|\$|\\[bB])"
    rf"|(?P<reference>\\k(?:<(?P<referred>{_IDENTIFIER})>)?)"
    r"|(?P<repeat>(?:[*+?]|\{(?P<least>\d++)(?:,(?P<most>\d*+))?\})\??)"
    r"|(?P<atom>\\.|[^(\\])",
    re.ASCII | re.DOTALL,
)

_CLASS_ATOM = (
    r"(?:\\(?:c\w|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[0-3][0-7]{0,2}|[4-7][0-7]?|[^c])"
    r"|\\(?=c)|[^\\\]])"
)

_CLASS_RANGE = re.compile(
    rf"(?P<low>{_CLASS_ATOM})(?:-(?!\])(?P<high>{_CLASS_ATOM}))?",
    re.ASCII | re.DOTALL,
)

_UNICODE_ESCAPE = re.compile(r"\\u(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))")

_CONTROLS = {"b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13}


def is_js_regex(text: str) -> bool:
    r"""Return whether ``new RegExp(text)`` would take *text*.

    >>> is_js_regex(r"^[\w.]+$"), is_js_regex("(a"), is_js_regex("*")
    (True, False, False)
    """
    return _Scan(to_units(text)).is_well_formed()


@dataclass(slots=True)
class _Scan:
    """One pass over a pattern."""

    text: str
    names: set[str] = field(default_factory=set[str])
    references: list[str | None] = field(default_factory=list["str | None"])
    open_groups: list[bool] = field(default_factory=list[bool])
    can_repeat: bool = False

    def is_well_formed(self) -> bool:
        at = 0
        while at < len(self.text):
            token = _TOKEN.match(self.text, at)
            if token is None:
                return False
            at = token.end()
            if token["class"]:
                at = self._class_end(at)
                if at < 0:
                    return False
                self.can_repeat = True
            elif not self._takes(token):
                return False
        return not self.open_groups and self._are_references_known()

    def _takes(self, token: re.Match[str]) -> bool:
        """Return whether *token*, which is no class, may stand here."""
        if token["repeat"]:
            if not self.can_repeat or not _is_in_order(token["least"], token["most"]):
                return False
            self.can_repeat = False
        elif token["named"] or token["behind"] or token["group"]:
            # What stands behind a lookbehind's end cannot repeat it.
            self.open_groups.append(not token["behind"])
            self.can_repeat = False
            return not token["named"] or self._declares(token["name"])
        elif token["close"]:
            if not self.open_groups:
                return False
            self.can_repeat = self.open_groups.pop()
        elif token["reference"]:
            self.references.append(token["referred"])
            self.can_repeat = True
        else:
            self.can_repeat = bool(token["atom"])
        return True

    def _declares(self, written: str) -> bool:
        """Take a group's name; refuse what is no identifier or stands twice."""
        name = _identifier(written)
        plain = name.replace("$", "_").replace("\u200c", "").replace("\u200d", "")
        if not plain.isidentifier() or name in self.names:
            return False
        self.names.add(name)
        return True

    def _are_references_known(self) -> bool:
        """Return whether references name groups; without named groups all do."""
        if not self.names:
            return True
        return all(
            written is not None and _identifier(written) in self.names
            for written in self.references
        )

    def _class_end(self, at: int) -> int:
        """Return where the class ends whose ``[`` stands before *at*; -1 if wrong."""
        if self.text.startswith("^", at):
            at += 1
        while found := _CLASS_RANGE.match(self.text, at):
            low, high = found["low"], found["high"]
            if "\\k" in (low, high):
                self.references.append(None)
            if high and _is_backwards(_class_value(low), _class_value(high)):
                return -1
            at = found.end()
        return at + 1 if self.text.startswith("]", at) else -1


def _identifier(written: str) -> str:
    """Return the name that *written* is, its escapes resolved."""

    def character(found: re.Match[str]) -> str:
        digits = (found[1] or found[2]).lstrip("0") or "0"
        return chr(int(digits, 16)) if len(digits) <= 5 else ""

    return from_units(_UNICODE_ESCAPE.sub(character, written))


def _is_in_order(least: str | None, most: str | None) -> bool:
    return not least or not most or _count(least) <= _count(most)


def _count(digits: str) -> int:
    digits = digits.lstrip("0") or "0"
    return min(int(digits[:11]), _LARGEST_COUNT)


def _is_backwards(low: int | None, high: int | None) -> bool:
    return low is not None and high is not None and low > high


def _class_value(atom: str) -> int | None:
    """Return the code unit that *atom* is, or None for a set of several."""
    if len(atom) == 1:
        return ord(atom)
    kind, rest = atom[1], atom[2:]
    if kind in "dDsSwW":
        return None
    if kind in _CONTROLS:
        return _CONTROLS[kind]
    if kind == "c":
        return ord(rest) % 32
    if kind in "xu" and rest:
        return int(rest, 16)
    return int(atom[1:], 8) if kind in "01234567" else ord(kind)
