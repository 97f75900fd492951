"""What the functions give: the part of the oracle that is beside the functions table.

Everything is written from the language's description; nothing is taken from the
compiler.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from tests.compiler.reference_values import instant, kind, ordered

if TYPE_CHECKING:
    from collections.abc import Callable


def exists(value: object) -> bool:
    return value is not None


def timestamp(value: object) -> object:
    return None if instant(value) is None else value


def contains(text: object, part: object) -> bool:
    return isinstance(text, str) and isinstance(part, str) and part in text


def length(value: object) -> int | None:
    if isinstance(value, str):
        return sum(
            1 + (ord(c) > 0x7F) + (ord(c) > 0x7FF) + (ord(c) > 0xFFFF) for c in value
        )
    if isinstance(value, list):
        return len(value)
    return 0 if value is None else None


def on_text(change: Callable[[str], str]) -> Callable[[object], str | None]:
    """Return *change* as a function of any value: null for all but strings."""
    return lambda value: change(value) if isinstance(value, str) else None


def titlecase(text: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))


def to_bool(value: object) -> bool:
    if isinstance(value, str):
        return value.lower() not in {"", "false"}
    return bool(value)  # Python's own reading of all else is the same


def to_string(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json_text(value)


def json_text(value: object) -> str:
    """Return compact JSON."""
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    if isinstance(value, dict):
        members = (f"{json_text(key)}:{json_text(value[key])}" for key in value)
        return "{" + ",".join(members) + "}"
    if isinstance(value, float):
        return float_text(value)
    text = json.dumps(value, ensure_ascii=False)
    return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)


def float_text(number: float) -> str:
    """Return the shortest digits that read back as *number*, as JavaScript would."""
    if not isfinite(number):
        return "null"
    _, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    assert isinstance(exponent, int)
    point = len(digits) + exponent
    shown = "".join(map(str, digits))
    if 0 < point <= 21:
        shown = shown[:point].ljust(point, "0") + "." + shown[point:]
    elif -6 < point <= 0:
        shown = "0." + "0" * -point + shown
    else:
        shown = f"{shown[0]}.{shown[1:]}".rstrip(".") + f"e{point - 1:+d}"
    return ("-" if number < 0 else "") + shown.rstrip(".")


JSON_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


def to_number(value: object) -> int | float | None:
    if kind(value) == "number":
        assert isinstance(value, int | float)
        return value
    match = (
        JSON_NUMBER.fullmatch(value.strip(" \t\n\r"))
        if isinstance(value, str)
        else None
    )
    if not match:
        return None
    if match[2] is None and match[3] is None:
        return int(match[0])
    number = float(match[0])
    return number if isfinite(number) else None


def semver(version: object, op: object, other: object) -> bool:
    left, right = version_parts(version), version_parts(other)
    if left is None or right is None or not isinstance(op, str):
        return False
    if op in {"=", "!="}:
        return (left == right) is (op == "=")
    return op in {"<", "<=", ">", ">="} and ordered(op, left, right)


def version_parts(version: object) -> list[int] | None:
    """Return the three numbers of *version*, None where it is no version."""
    parts = version.split(".") if isinstance(version, str) else []
    leading = [re.match(r"\s*([+-]?\d+)", part, re.ASCII) for part in parts]
    if not 1 <= len(parts) <= 3 or not all(leading):
        return None
    numbers = [int(each[1]) for each in leading if each]
    return numbers + [0] * (3 - len(numbers))


def match(text: object, pattern: object) -> bool:
    if not isinstance(text, str) or not isinstance(pattern, str):
        return False
    atoms = glob_atoms(pattern)
    if atoms is None:
        return False
    reached = {0}
    for character in [*text, None]:
        for at, atom in enumerate(atoms):
            if at in reached and atom == "*":
                reached.add(at + 1)
        if character is None:
            break
        reached = {
            at if atoms[at] == "*" else at + 1
            for at in reached
            if at < len(atoms) and accepts(atoms[at], character)
        }
    return len(atoms) in reached


Atom = str | tuple[bool, list[tuple[str, str]]]
"""``*``, ``?``, a backslash and a character, or a class: negated or not, its ranges."""


def accepts(atom: Atom, character: str) -> bool:
    if isinstance(atom, str):
        return atom in {"*", "?"} or atom[1] == character
    is_negated, ranges = atom
    return any(low <= character <= high for low, high in ranges) is not is_negated


def glob_atoms(pattern: str) -> list[Atom] | None:
    """Return the parts of *pattern*, or None where it is malformed."""
    atoms: list[Atom] = []
    rest = pattern
    while rest:
        if rest[0] in "*?":
            atoms.append(rest[0])
            rest = rest[1:]
        elif rest[0] == "\\":
            if len(rest) == 1:
                return None
            atoms.append(rest[:2])
            rest = rest[2:]
        elif rest[0] == "[":
            body = re.match(r"\[(\^?)((?:[^\]\\]|\\.)*)\]", rest, re.DOTALL)
            ranges = class_ranges(body[2]) if body else None
            if body is None or ranges is None:
                return None
            atoms.append((body[1] == "^", ranges))
            rest = rest[body.end() :]
        else:
            atoms.append("\\" + rest[0])
            rest = rest[1:]
    return atoms


def class_ranges(body: str) -> list[tuple[str, str]] | None:
    """Return the ranges between the brackets, or None where they are malformed."""
    one = r"(\\.|[^\\-])"
    if not re.fullmatch(f"({one}(-{one})?)+", body, re.DOTALL):
        return None
    found = re.finditer(f"{one}(?:-{one})?", body, re.DOTALL)
    return [(each[1][-1], (each[2] or each[1])[-1]) for each in found]


FUNCTIONS: dict[str, Callable[..., object]] = {
    "contains": contains,
    "match": match,
    "length": length,
    "lowercase": on_text(str.lower),
    "uppercase": on_text(str.upper),
    "snakecase": on_text(lambda text: text.replace(" ", "_")),
    "kebabcase": on_text(lambda text: text.replace(" ", "-")),
    "titlecase": on_text(titlecase),
    "typeof": kind,
    "bool": to_bool,
    "string": to_string,
    "number": to_number,
    "semver": semver,
    "exists": exists,
    "timestamp": timestamp,
}
